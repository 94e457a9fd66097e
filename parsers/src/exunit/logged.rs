//! What Logger prints between failures: processes that end, and connections that no server accepts. A failure often
//! names only the consequence. Nothing here counts for a verdict: a test can print any of it.
//!
//! Source of the format: Logger's default formatter (`HH:MM:SS.mmm [error] text`), its translation of reports of OTP
//! (`GenServer X terminating`, the exception below it, its stack indented by four), and `DBConnection.Connection`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::evidence::{Logged, LoggedKind};
use crate::names::Names;
use crate::text;

use super::frame::frame;

/// Events that are kept, distinct ones.
const EVENTS: usize = 50;

/// What stands before the text of an error. Made once: most pieces of a log are short.
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("[error] "));

/// Lines below an event that are looked at.
const LINES: u8 = 40;

/// Frames of an event that are kept.
const FRAMES: usize = 10;

/// The lines below the event that was logged last, as far as they tell about it.
#[derive(Debug, Default)]
pub(super) struct Log {
    open: Option<Open>,
    names: Names,
}

#[derive(Debug)]
struct Open {
    event: Logged,
    lines: u8,
}

impl Log {
    /// Looks at a line that is none of ExUnit's own. `before` failures were printed above it.
    pub(super) fn line(&mut self, line: &[u8], before: usize, kept: &mut Vec<Logged>) {
        if let Some(said) = message(line) {
            self.close(kept);
            self.open = event(said, before).map(|event| Open { event, lines: 0 });
            return;
        }
        let Some(open) = &mut self.open else { return };
        open.lines = open.lines.saturating_add(1);
        if !below(&mut open.event, line, &mut self.names) || open.lines >= LINES {
            self.close(kept);
        }
    }

    /// Whether the next line may tell more of an event.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// No line follows that belongs to the last event.
    pub(super) fn close(&mut self, kept: &mut Vec<Logged>) {
        let Some(Open { event, .. }) = self.open.take() else {
            return;
        };
        let same = |old: &&mut Logged| {
            // The message of a process that ended may show its state.
            let alike = !event.who.is_empty() || old.message == event.message;
            alike
                && (old.kind, &old.who, &old.exception)
                    == (event.kind, &event.who, &event.exception)
        };
        if let Some(old) = kept.iter_mut().find(same) {
            old.times = old.times.saturating_add(1);
        } else if kept.len() < EVENTS {
            kept.push(event);
        }
    }
}

/// The lines before the first one that may be an error that was logged; `None` where there is no such line.
pub(super) fn before_error(lines: &[u8]) -> Option<&[u8]> {
    let (before, _) = lines.split_at_checked(ERROR.find(lines)?)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end.saturating_add(1));
    before.get(..start)
}

/// What an error that was logged says; progress marks may stand before it.
fn message(line: &[u8]) -> Option<&str> {
    // Cheap: most lines have one bracket, or none at all.
    let is_error = |at| line.get(at..).is_some_and(|l| l.starts_with(b"[error] "));
    if !memchr::memchr_iter(b'[', line).any(is_error) {
        return None;
    }
    let text = std::str::from_utf8(line).ok()?;
    let (before, said) = text.split_once("[error] ")?;
    let clocks = before.as_bytes().windows(12);
    clocks
        .into_iter()
        .any(is_clock)
        .then_some(said.trim_start())
}

/// `HH:MM:SS.mmm`
fn is_clock(bytes: &[u8]) -> bool {
    let mut pairs = bytes.iter().zip(b"00:00:00.000");
    pairs.all(|(b, form)| match form {
        b'0' => b.is_ascii_digit(),
        _ => b == form,
    })
}

fn event(said: &str, before: usize) -> Option<Logged> {
    let (kind, who, rest) = if let Some((_, error)) = said.split_once(" failed to connect: ** (") {
        (LoggedKind::NoConnection, "", error)
    } else {
        let subject = said.strip_suffix(" terminating")?;
        let named = ["GenServer ", ":gen_statem ", "Task ", "Process "];
        let who = named.iter().find_map(|kind| subject.strip_prefix(kind))?;
        (LoggedKind::Terminated, who, "")
    };
    let (exception, message) = match rest.split_once(") ") {
        Some((exception, message)) => (Some(exception.to_owned()), message),
        None => (None, ""),
    };
    Some(Logged {
        kind,
        who: text::lossy(who.as_bytes(), 200),
        exception,
        message: text::lossy(message.as_bytes(), 500),
        stack: Vec::new(),
        before,
        times: 1,
    })
}

/// A line below an event. `false` when nothing more of it can follow.
fn below(event: &mut Logged, line: &[u8], names: &mut Names) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    if event.kind != LoggedKind::Terminated {
        return false;
    }
    if event.exception.is_none() {
        let banner = line.strip_prefix("** (").and_then(|l| l.split_once(") "));
        return match banner {
            Some((exception, message)) => {
                event.exception = Some(text::lossy(exception.as_bytes(), 200));
                event.message = text::lossy(message.as_bytes(), 500);
                true
            }
            None => false,
        };
    }
    if let Some(entry) = line.strip_prefix("    ") {
        let frame = frame(entry.trim(), names);
        if frame.line.is_some() && event.stack.len() < FRAMES {
            event.stack.push(frame);
        }
    }
    !line.starts_with("Last message") && !line.starts_with("State: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Logged> {
        let (mut log, mut kept) = (Log::default(), Vec::new());
        for line in text.lines() {
            log.line(line.as_bytes(), 2, &mut kept);
        }
        log.close(&mut kept);
        kept
    }

    #[test]
    fn a_server_that_ends_is_an_event_with_its_place() {
        let once = "..01:54:40.577 [error] GenServer Shop.Stock terminating\n** (KeyError) key \"x\" not found in:\n\n    %{}\n\n    (shop 0.1.0) lib/shop/stock.ex:21: Shop.Stock.handle_call/3\nLast message (from #PID<0.1.0>): :x\n    lib/none.ex:1: Not.a_frame/0\n";
        let kept = read(&once.repeat(3));
        assert_eq!(kept.len(), 1);
        let event = &kept[0];
        assert_eq!(
            (event.who.as_str(), event.times, event.before),
            ("Shop.Stock", 3, 2)
        );
        assert_eq!(event.exception.as_deref(), Some("KeyError"));
        assert_eq!(event.message, "key \"x\" not found in:");
        assert_eq!(event.stack.len(), 1);
        assert_eq!(event.stack[0].file.as_deref(), Some("lib/shop/stock.ex"));
    }

    #[test]
    fn a_server_that_accepts_no_connection_is_an_event() {
        let kept = read(
            "01:54:58.144 [error] Postgrex.Protocol (#PID<0.390.0> (\"db_conn_8\")) failed to connect: ** (DBConnection.ConnectionError) tcp connect (127.0.0.1:1): connection refused - :econnrefused\n",
        );
        assert_eq!(kept[0].kind, LoggedKind::NoConnection);
        assert!(kept[0].message.starts_with("tcp connect (127.0.0.1:1)"));
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for text in [
            "[error] GenServer Shop.Stock terminating",
            "01:54:40.577 [info] GenServer Shop.Stock terminating",
            "01:54:40.577 [error] nothing",
            "nine [error] GenServer Shop.Stock terminating",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
