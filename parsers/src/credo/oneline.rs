//! `--format oneline`: `[R] ↘ lib/a.ex:12:7 Message`, one line an issue ([`rows`](super::rows)).
//!
//! Only lines of exactly this shape are claimed. A path with a blank cannot be told from the message but by its ending.
//! Rule and category are the word for the letter: the check is not printed.

use crate::evidence::Finding;
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text;

use super::category_of_tag;
use super::grammar;
use super::rows::{Rows, issue};

/// The list, if there is one.
#[derive(Default)]
pub(super) struct Oneline {
    rows: Option<Rows>,
}

impl Oneline {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.first() != Some(&b'[') {
            return false;
        }
        let Ok((_, head)) = grammar::head(line.text) else {
            return false;
        };
        let row = text::lossy(head.text, limits.text);
        let Some((place, message)) = split(&row) else {
            return false;
        };
        let rows = self
            .rows
            .get_or_insert_with(|| Rows::new("credo-oneline", line));
        rows.see(line);
        let finding = Finding {
            severity: head.severity,
            ..issue(category_of_tag(head.tag), place, message)
        };
        rows.lies_in(finding.path.as_deref());
        rows.findings.push(finding, limits.details);
        true
    }

    /// The list as a part.
    pub(super) fn finish(self) -> Option<Part> {
        self.rows.map(Rows::finish)
    }
}

/// The location and the message: at the first blank behind a file of Elixir, or else at the first blank.
fn split(row: &str) -> Option<(&str, &str)> {
    let blanks = || row.match_indices(' ').map(|(at, _)| at);
    let is_file = |at: &usize| {
        let (path, _, _) = row.get(..*at).map_or(("", None, None), text::location);
        path.ends_with(".ex") || path.ends_with(".exs")
    };
    let at = blanks().find(is_file).or_else(|| blanks().next())?;
    let (place, message) = row.split_at_checked(at)?;
    (!place.is_empty()).then_some((place, message.strip_prefix(' ')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_split_behind_the_file() {
        assert_eq!(
            split("lib/a.ex:3:1 One two"),
            Some(("lib/a.ex:3:1", "One two"))
        );
        assert_eq!(
            split("lib/my file.ex:3 One"),
            Some(("lib/my file.ex:3", "One"))
        );
        assert_eq!(split("lib/a.ex:3 "), Some(("lib/a.ex:3", "")));
        assert_eq!(split("Makefile:3 One two"), Some(("Makefile:3", "One two")));
        assert_eq!(split("lib/a.ex:3"), None);
        assert_eq!(split(" x"), None);
    }
}
