//! The table of a plan while it runs: every step with how far it is. Pure.

use std::time::{Duration, Instant};

use super::{clock, fitted};
use crate::emit::escape;

/// The steps in their order.
pub struct Table {
    begun: Instant,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    state: State,
}

enum State {
    Waiting,
    Running {
        since: Instant,
        told: String,
    },
    /// Its line.
    Over(String),
}

impl Table {
    /// Steps of these names, all waiting.
    pub fn new(ids: impl Iterator<Item = String>, now: Instant) -> Self {
        let rows = ids.map(|id| Row {
            id,
            state: State::Waiting,
        });
        Self {
            begun: now,
            rows: rows.collect(),
        }
    }

    /// How many lines it has.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len().saturating_add(1)
    }

    /// A step starts.
    pub fn starts(&mut self, at: usize, now: Instant) {
        let told = String::new();
        self.becomes(at, State::Running { since: now, told });
    }

    /// How far a step is, if it runs.
    pub fn tells(&mut self, at: usize, news: String) {
        if let Some(Row {
            state: State::Running { told, .. },
            ..
        }) = self.rows.get_mut(at)
        {
            *told = news;
        }
    }

    /// A step is over, and this line says how it went.
    pub fn ends(&mut self, at: usize, line: String) {
        self.becomes(at, State::Over(line));
    }

    fn becomes(&mut self, at: usize, state: State) {
        if let Some(row) = self.rows.get_mut(at) {
            row.state = state;
        }
    }

    /// Its lines, none wider than this.
    #[must_use]
    pub fn lines(&self, now: Instant, width: usize) -> Vec<String> {
        let over = |r: &&Row| matches!(r.state, State::Over(_));
        let (over, all) = (self.rows.iter().filter(over).count(), self.rows.len());
        let elapsed = clock(now.saturating_duration_since(self.begun));
        let title = format!("── plan · {over} of {all} · {elapsed}");
        let rows = self.rows.iter().map(|r| r.line(now));
        let lines = std::iter::once(title).chain(rows);
        lines
            .map(|l| fitted(escape::terminal(&l).trim_end(), width))
            .collect()
    }
}

impl Row {
    fn line(&self, now: Instant) -> String {
        match &self.state {
            State::Waiting => line(&self.id, "waiting", "", ""),
            State::Running { since, told } => {
                let took = clock(now.saturating_duration_since(*since));
                line(&self.id, "running", &took, told)
            }
            State::Over(line) => line.clone(),
        }
    }
}

/// A line of the table.
#[must_use]
pub fn line(id: &str, word: &str, time: &str, because: &str) -> String {
    format!("{id:<12} {word:<9} {time:>8}  {because}")
}

/// A time that is over: `2.7s`.
#[must_use]
pub fn took(time: Duration) -> String {
    let tenths = time.as_millis().saturating_add(50) / 100;
    format!("{}.{}s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fills_in() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let ids = ["compile", "deps_unlock", "test"].map(str::to_owned);
        let mut table = Table::new(ids.into_iter(), now);
        table.starts(0, now);
        table.ends(
            0,
            line(
                "compile",
                "ok",
                &took(Duration::from_millis(2_650)),
                "no compile error",
            ),
        );
        table.starts(2, at(3));
        table.tells(2, "2 tests, 1 failed".to_owned());
        table.tells(1, "it does not run".to_owned());
        assert_eq!(
            table.lines(at(70), 79),
            [
                "── plan · 1 of 3 · 1:10",
                "compile      ok            2.7s  no compile error",
                "deps_unlock  waiting",
                "test         running       1:07  2 tests, 1 failed",
            ]
        );
        assert_eq!(table.height(), 4);
        table.starts(9, now);
        for width in 20..60 {
            table.ends(
                1,
                "日本語日本語\u{1b}[2J\n日本語日本語日本語日本語".to_owned(),
            );
            let lines = table.lines(at(70), width);
            let columns = |l: &String| -> usize {
                l.chars().map(|c| if c > '\u{2fff}' { 2 } else { 1 }).sum()
            };
            assert!(lines.iter().all(|l| columns(l) <= width), "{lines:?}");
            assert!(!lines.concat().contains(['\u{1b}', '\n']), "{lines:?}");
        }
    }
}
