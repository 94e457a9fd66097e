//! What a command says of its tests while they run, in one line, and a plan of its steps, in a table. Pure: told what came
//! through the channel and what time it is, it gives the lines.
//!
//! It is for a person who waits. Nothing is judged by it, so what it does not understand it passes over.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::emit::escape;

mod table;

pub use table::{Table, line, took};

/// Tests that are watched at once; more than any machine runs.
const RUNNING: usize = 10_000;

/// A test that runs shorter is not worth a word.
const SLOW: Duration = Duration::from_secs(1);

/// Columns of the label.
const LABEL: usize = 24;

/// A line of the channel, as far as it is shown.
#[derive(Deserialize)]
struct Event {
    vm: String,
    t: String,
    suite: Option<u64>,
    module: Option<String>,
    name: Option<String>,
    params: Option<String>,
    state: Option<String>,
    invalidated: Option<u64>,
    #[serde(default)]
    passed: i64,
    #[serde(default)]
    failed: i64,
    #[serde(default)]
    invalid: i64,
    #[serde(default)]
    skipped: i64,
}

/// A test, by everything that tells it from others.
#[derive(PartialEq, Eq, Hash)]
struct Test {
    vm: String,
    suite: Option<u64>,
    module: String,
    name: String,
    params: Option<String>,
}

/// How far the tests are.
#[derive(Default)]
pub struct Progress {
    suites: u64,
    done: u64,
    failed: u64,
    /// By the totals of suites that ended.
    ended: u64,
    running: HashMap<Test, Instant>,
    /// How many there were the last time.
    expected: Option<u64>,
}

impl Progress {
    /// At the start, where the last run of the same command is known by what came through its channel.
    #[must_use]
    pub fn after(last: Option<&Self>) -> Self {
        Self {
            expected: last.map(|l| l.ended).filter(|n| *n > 0),
            ..Self::default()
        }
    }

    /// Takes one line of the channel.
    pub fn line(&mut self, line: &[u8], now: Instant) {
        let Ok(event) = serde_json::from_slice::<Event>(line) else {
            return;
        };
        match event.t.as_str() {
            "suite" => self.suites = self.suites.saturating_add(1),
            "run" if self.running.len() < RUNNING => {
                let _ = self.running.insert(event.test(), now);
            }
            "test" => {
                let state = event.state.clone().unwrap_or_default();
                self.running.remove(&event.test());
                self.done = self.done.saturating_add((state != "excluded").into());
                let bad = ["failed", "invalid"].contains(&state.as_str());
                self.failed = self.failed.saturating_add(bad.into());
            }
            "module" => {
                let more = event.invalidated.unwrap_or(0);
                self.failed = self.failed.saturating_add(more);
            }
            "end" => {
                let numbers = [event.passed, event.failed, event.invalid, event.skipped];
                let ran = numbers.iter().filter_map(|n| u64::try_from(*n).ok());
                self.ended = ran.fold(self.ended, u64::saturating_add);
                let of = |t: &Test| (&t.vm, t.suite) == (&event.vm, event.suite);
                self.running.retain(|test, _| !of(test));
            }
            _ => {}
        }
    }

    /// The line, no wider than this: what is least wanted goes first.
    #[must_use]
    pub fn show(&self, label: &str, elapsed: Duration, now: Instant, width: usize) -> String {
        let label = fitted(&escape::terminal(label), LABEL);
        let mut line = format!("── {label} · {}", clock(elapsed));
        let told = self.told(now);
        if !told.is_empty() {
            line.push_str(&format!(" · {told}"));
        }
        fitted(&escape::terminal(&line), width)
    }

    /// How many tests ended and failed, and which one runs longest; empty where nothing is known.
    #[must_use]
    pub fn told(&self, now: Instant) -> String {
        let mut told = Vec::new();
        if self.suites > 0 {
            let done = match self.expected.filter(|all| *all >= self.done) {
                Some(all) => format!("{} of about {all} tests", self.done),
                None if self.done == 1 => "1 test".to_owned(),
                None => format!("{} tests", self.done),
            };
            told.push(format!("{done}, {} failed", self.failed));
        }
        if let Some((test, took)) = self.slowest(now).filter(|(_, took)| *took >= SLOW) {
            told.push(format!("{} {} ({})", clock(took), test.name, test.module));
        }
        told.join(" · ")
    }

    fn slowest(&self, now: Instant) -> Option<(&Test, Duration)> {
        let oldest = self.running.iter().min_by_key(|(_, since)| **since)?;
        Some((oldest.0, now.saturating_duration_since(*oldest.1)))
    }
}

impl Event {
    fn test(self) -> Test {
        Test {
            vm: self.vm,
            suite: self.suite,
            module: self.module.unwrap_or_default(),
            name: self.name.unwrap_or_default(),
            params: self.params,
        }
    }
}

/// `0:07`, `12:00`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// As much of it as fits. A character beyond ASCII may be two columns wide; our own dashes and dots are one.
fn fitted(line: &str, width: usize) -> String {
    let columns = |c: char| {
        if c.is_ascii() || "─·…".contains(c) {
            1
        } else {
            2
        }
    };
    let whole: usize = line.chars().map(columns).sum();
    if whole <= width {
        return line.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut short = String::new();
    for c in line.chars() {
        match left.checked_sub(columns(c)) {
            Some(rest) => left = rest,
            None => break,
        }
        short.push(c);
    }
    short.push('…');
    short
}

/// Where our lines may stand on a terminal, so that they can be taken away again without a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From the cursor on, which is at the start of a line.
    Here,
    /// Below the cursor, which is within a line and stays there: a row of dots goes on.
    Below,
}

/// What tells where a command left the cursor of a terminal, as far as it prints plain text and colours.
#[derive(Debug, Default, Clone)]
pub struct Cursor {
    /// Columns of the open line.
    columns: usize,
    /// The line has what may be wider than a column, or has gone back to its start.
    unclear: bool,
    escape: Escape,
    moved: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    Begun,
    Control,
}

impl Cursor {
    /// The command printed this.
    pub fn passed(&mut self, bytes: &[u8]) {
        let escapes = self.escape != Escape::None || bytes.contains(&0x1b);
        let last = bytes.iter().rposition(|b| *b == b'\n');
        let from = last.filter(|_| !escapes).unwrap_or(0);
        let open = bytes.get(from..).unwrap_or_default();
        open.iter().for_each(|byte| self.byte(*byte));
    }

    fn byte(&mut self, byte: u8) {
        self.escape = match (self.escape, byte) {
            (Escape::None, 0x1b) => Escape::Begun,
            (Escape::None, byte) => {
                self.text(byte);
                Escape::None
            }
            (Escape::Begun, b'[') => Escape::Control,
            (Escape::Control, b'0'..=b'9' | b';' | b':') => Escape::Control,
            // Colours stay where they are.
            (Escape::Control, b'm') => Escape::None,
            (Escape::Begun | Escape::Control, _) => {
                self.moved = true;
                Escape::None
            }
        };
    }

    fn text(&mut self, byte: u8) {
        match byte {
            b'\n' => (self.columns, self.unclear) = (0, false),
            b' '..=b'~' => self.columns = self.columns.saturating_add(1),
            _ => self.unclear = true,
        }
    }

    /// Where our lines can stand, on a terminal of so many columns: nowhere after a command that moves the cursor
    /// itself, and not where the open line ends at the last column, where terminals differ.
    #[must_use]
    pub fn place(&self, columns: usize) -> Option<Place> {
        let known = !self.moved && !self.unclear && self.escape == Escape::None;
        match self.columns {
            _ if !known => None,
            0 => Some(Place::Here),
            n => n.checked_rem(columns)?.gt(&0).then_some(Place::Below),
        }
    }

    /// Whether this goes on in the row of the cursor, on a terminal of so many columns: what stands below may stay.
    #[must_use]
    pub fn stays(&self, bytes: &[u8], columns: usize) -> bool {
        let mut after = self.clone();
        after.passed(bytes);
        let row = |c: &Self| c.columns.checked_div(columns);
        !bytes.contains(&b'\n')
            && after.place(columns) == Some(Place::Below)
            && row(&after) == row(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(progress: &mut Progress, lines: &[&str], now: Instant) {
        for line in lines {
            let line = format!("{{\"gk\":\"x\",\"vm\":\"1\",\"n\":0,{line}}}");
            progress.line(line.as_bytes(), now);
        }
    }

    const RUN: &str = r#""t":"run","suite":1,"module":"ATest","name":"test slow""#;
    const SUITE: &str = r#""t":"suite","suite":1"#;

    #[test]
    fn tests_are_counted_as_they_end_and_the_slowest_is_named() {
        let start = Instant::now();
        let mut progress = Progress::default();
        let shown = |p: &Progress, after| p.show("mix test", after, start + after, 79);
        let second = Duration::from_secs(1);
        assert_eq!(shown(&progress, second), "── mix test · 0:01");
        fed(&mut progress, &[SUITE, RUN], start);
        fed(
            &mut progress,
            &[
                r#""t":"run","suite":1,"module":"BTest","name":"test b""#,
                r#""t":"test","suite":1,"module":"BTest","name":"test b","state":"failed""#,
                r#""t":"test","suite":1,"module":"BTest","name":"test c","state":"passed""#,
                r#""t":"test","suite":1,"module":"BTest","name":"test d","state":"excluded""#,
                "no JSON",
            ],
            start + second,
        );
        assert_eq!(
            shown(&progress, 65 * second),
            "── mix test · 1:05 · 2 tests, 1 failed · 1:05 test slow (ATest)"
        );
        fed(
            &mut progress,
            &[
                r#""t":"module","suite":1,"module":"BTest","invalidated":1"#,
                r#""t":"end","suite":1,"passed":0,"failed":2,"skipped":5"#,
            ],
            start + second,
        );
        let ended = "── mix test · 1:05 · 2 tests, 2 failed";
        assert_eq!(shown(&progress, 65 * second), ended);
        let mut next = Progress::after(Some(&progress));
        fed(&mut next, &[SUITE], start);
        let about = "── mix test · 0:01 · 0 of about 7 tests, 0 failed";
        assert_eq!(shown(&next, second), about);
    }

    #[test]
    fn no_name_is_wider_than_the_line_or_more_than_text() {
        let now = Instant::now();
        for width in 20..120 {
            let mut progress = Progress::default();
            let hostile = r#""t":"run","suite":1,"module":"A","name":"日本\u001b[2J\n\u202e日本語日本語日本語""#;
            fed(&mut progress, &[SUITE, hostile], now);
            let later = now + Duration::from_secs(9);
            let line = progress.show("mix", Duration::from_secs(9), later, width);
            let wide = line
                .chars()
                .filter(|c| !c.is_ascii() && !"─·…".contains(*c));
            assert!(line.chars().count() + wide.count() <= width, "{line}");
            assert!(!line.contains(['\u{1b}', '\n', '\u{202e}']), "{line}");
        }
    }

    #[test]
    fn the_line_stands_only_where_it_can_be_taken_away() {
        let place = |pieces: &[&str]| {
            let mut cursor = Cursor::default();
            pieces.iter().for_each(|p| cursor.passed(p.as_bytes()));
            cursor.place(10)
        };
        for pieces in [
            &[""][..],
            &["a\n"],
            &["...", "\n"],
            &["é\ta\r\n"],
            &["\x1b[1;32mok\x1b[0m\r\n"],
        ] {
            assert_eq!(place(pieces), Some(Place::Here), "{pieces:?}");
        }
        for pieces in [
            &["..."][..],
            &["é\n....", "....."],
            &["...........", "."],
            &["a\n\x1b[32m.\x1b[0m"],
            &["\x1b[32m.........", "\x1b[0m"],
        ] {
            assert_eq!(place(pieces), Some(Place::Below), "{pieces:?}");
        }
        for pieces in [
            &["a\r"][..],
            &["é"],
            &["a\tb"],
            &[".........."],
            &["a\n....................\x1b[0m"],
            &["\x1b[2K\n"],
            &["\x1b[", "1A\n", "a\n"],
            &["\x1b7\n"],
            &["\x1b]0;title\x07\n"],
            &["\n\x1b"],
        ] {
            assert_eq!(place(pieces), None, "{pieces:?}");
        }
    }

    #[test]
    fn what_stands_below_stays_while_its_row_goes_on() {
        let mut cursor = Cursor::default();
        cursor.passed(b"..............");
        let stays = |bytes: &str| cursor.stays(bytes.as_bytes(), 10);
        assert!(stays(".") && stays("\x1b[32m.\x1b[0m") && stays("....."));
        for bytes in ["......", ".......", "a\nb", "\r", "é", "\x1b[A", "\x1b[32"] {
            assert!(!stays(bytes), "{bytes:?}");
        }
    }
}
