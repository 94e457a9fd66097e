//! The texts of an error: its banner, the values of its labels, its stack.

use crate::evidence::{ErrorKind, Frame, Nested, TestError};
use crate::names::Names;

use super::frame::frame;

/// Entries of one stack, and banners of one message, that are kept.
const FRAMES: usize = 500;
const BANNERS: usize = 32;

/// An error of which only the message is known.
pub(super) fn headed(text: &str) -> TestError {
    let (first, rest) = match text.split_once('\n') {
        Some((first, rest)) => (first, Some(rest)),
        None => (text, None),
    };
    let mut error = TestError::default();
    let head = match banner(first) {
        Some((inside, head)) => {
            (error.kind, error.exception) = kind(inside);
            head
        }
        None => first,
    };
    error.message = match rest {
        Some(rest) => format!("{head}\n{rest}"),
        None => head.to_owned(),
    };
    let below = rest.unwrap_or_default().lines().map(str::trim_start);
    let lines = std::iter::once(head).filter(|_| error.exception.is_some() || head != first);
    let banners = lines.chain(below).filter_map(banner).take(BANNERS);
    error.nested = banners.map(nested).collect();
    error
}

/// `** (KeyError) key :a not found` in two.
fn banner(line: &str) -> Option<(&str, &str)> {
    let (inside, rest) = line.strip_prefix("** (")?.split_once(')')?;
    Some((inside, rest.trim_start()))
}

fn kind(inside: &str) -> (ErrorKind, Option<String>) {
    match inside {
        "exit" => (ErrorKind::Exit, None),
        "throw" => (ErrorKind::Throw, None),
        _ if inside.starts_with("EXIT from ") => (ErrorKind::LinkedExit, None),
        exception => (ErrorKind::Error, Some(exception.to_owned())),
    }
}

fn nested((inside, message): (&str, &str)) -> Nested {
    Nested {
        exception: inside.to_owned(),
        message: message.to_owned(),
    }
}

/// The value of a label, without the label and without its indentation.
pub(super) fn value(section: &str) -> String {
    let (first, rest) = section.split_once('\n').unwrap_or((section, ""));
    let head = first.split_once(':').map_or("", |(_, head)| head);
    let head = head.trim_start();
    let column = first.len().saturating_sub(head.len());
    let head = head.trim_end();
    if head.is_empty() {
        return dedent(rest);
    }
    let mut text = head.to_owned();
    for line in rest.lines() {
        let blanks = line.bytes().take_while(|b| *b == b' ').count();
        text.push('\n');
        text.push_str(line.get(blanks.min(column)..).unwrap_or(line));
    }
    text
}

/// Lines without the indentation that all of them share.
fn dedent(text: &str) -> String {
    let filled = text.lines().filter(|l| !l.is_empty());
    let shared = filled
        .map(|l| l.bytes().take_while(|b| *b == b' ').count())
        .min();
    let shared = shared.unwrap_or_default();
    let lines: Vec<&str> = text
        .lines()
        .map(|l| l.get(shared..).unwrap_or_default())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// Entries stand two columns deeper than their label; what is deeper belongs to the entry above.
pub(super) fn stack(section: &str, names: &mut Names) -> Vec<Frame> {
    let lines = section.lines().skip(1);
    let mut entries = lines.filter_map(|line| line.strip_prefix("  ")).peekable();
    let mut frames = Vec::new();
    while let Some(entry) = entries.next().filter(|_| frames.len() < FRAMES) {
        let mut frame = frame(entry.trim_start(), names);
        let mut below = String::new();
        while let Some(more) = entries.next_if(|entry| entry.starts_with(' ')) {
            below.push('\n');
            below.push_str(more.trim_start());
        }
        if !below.is_empty() {
            frame.function = format!("{}{below}", frame.function).into();
        }
        frames.push(frame);
    }
    frames
}

/// The values that a property was refuted with: the list that StreamData puts into its message.
pub(super) fn generated(message: &str) -> Option<String> {
    let (first, rest) = message.split_once('\n')?;
    let first = first.trim_start_matches(['F', 'f']);
    if !first.starts_with("ailed with generated values (") {
        return None;
    }
    let list: Vec<&str> = rest
        .lines()
        .take_while(|l| l.is_empty() || l.starts_with("    "))
        .collect();
    Some(dedent(&list.join("\n"))).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_value_is_moved_left_by_the_column_in_which_it_starts() {
        let list = "[\n  1,\n  2\n]";
        assert_eq!(value("left:  [\n         1,\n         2\n       ]"), list);
        assert_eq!(value("left: f\n      g\n   h"), "f\ng\nh");
        assert_eq!(value("code:\n    a\n\n      b\n"), "a\n\n  b");
    }
}
