//! The lines of a run of dialyxir, and warnings of a quiet run of Erlang's own `dialyzer`: these may stand alone.

use crate::input::{Limits, Line, Stream, Taken};
use crate::stream::Part;
use crate::text;

use super::form::{Form, Rows};
use super::list::List;
use super::long::{self, Long};
use super::marks::{self, Mark};
use super::row::{self, Row};
use super::seen::Seen;
use super::warning::{self, Warning, Whole};
use super::{raw, term, verdict};

/// Lines of a long warning outside of a run that owes warnings. A line of a test may look like the head of one.
const STRAY_LINES: u64 = 1000;

/// Everything that is no run of Erlang's own command.
#[derive(Default)]
pub(super) struct Dialyxir {
    seen: Seen,
    rows: Rows,
    current: Current,
    list: List,
    /// A stream ended: what is being read ends before the next line.
    ended: bool,
    /// The latest exception, in case that a stack trace tells that it is dialyxir's.
    banner: Option<String>,
}

/// A warning of which more lines may follow.
#[derive(Default)]
enum Current {
    #[default]
    None,
    Long(Box<Long>),
    Text(Box<Warning>),
    /// A warning without room for its details: it is counted already.
    Counted(Form),
}

impl Dialyxir {
    /// Looks at a line; `true` claims it.
    #[inline]
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if std::mem::take(&mut self.ended) {
            self.close(false, 0, limits);
        }
        if let Some(mark) = marks::mark(line.text) {
            return self.mark(mark, line, limits);
        }
        if line.text.starts_with(b"** (") {
            self.banner = Some(text::lossy(line.text, 200));
        }
        self.list.line(line.text) || self.long_line(line, limits) || self.row(line, limits)
    }

    /// Takes the short rows that follow one of which only its number counted: theirs alone counts, too.
    pub(super) fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        let Current::Counted(form @ Form::Short) = self.current else {
            return Taken::default();
        };
        if self.ended {
            return Taken::default();
        }
        let taken = Taken::each(text, |rest| row::after_short(rest, limits.line));
        self.rows.count(form, taken.lines);
        taken
    }

    /// A stream is over.
    pub(super) fn end_of_stream(&mut self) {
        self.list = List::None;
        self.ended = true;
    }

    /// Whether the next line belongs to a list or to a long warning.
    pub(super) fn is_open(&self) -> bool {
        !self.ended && (self.list != List::None || matches!(self.current, Current::Long(_)))
    }

    /// The report, if there is one.
    pub(super) fn finish(mut self, limits: &Limits) -> Option<Part> {
        self.close(false, 0, limits);
        verdict::part(self.seen, self.rows)
    }

    /// A line about the run itself.
    fn mark(&mut self, mark: Mark, line: &Line<'_>, limits: &Limits) -> bool {
        let closes = self.close(mark == Mark::Ruler, line.number, limits);
        self.list = List::None;
        match mark {
            Mark::Ruler if !closes => return self.seen.ruler(line.number),
            Mark::Frame => return self.frame(line.number),
            Mark::Passed if self.seen.runs() == 0 && self.seen.first.is_none() => return false,
            _ => {}
        }
        self.seen.mark(mark, line);
        self.list = List::after(mark);
        if mark == Mark::Failure {
            self.banner = None;
        }
        if mark == Mark::Unworded {
            self.current = Current::Long(Box::new(Long::unworded()));
        }
        true
    }

    /// A line of a stack trace inside dialyxir: the exception before it is dialyxir's failure.
    fn frame(&mut self, number: u64) -> bool {
        if let Some(banner) = self.banner.take() {
            self.seen.first.get_or_insert(number);
            self.seen.fail(banner, number);
        }
        self.seen.first.is_some()
    }

    /// A line inside a long warning.
    fn long_line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let owes = self.seen.owes();
        let Current::Long(long) = &mut self.current else {
            return false;
        };
        let head = |row: Row<'_>| row.form == Form::Long && row.known;
        let next = row::row(line.text).is_some_and(head);
        if next || (!owes && long.lines >= STRAY_LINES) {
            self.close(false, line.number, limits);
            return false;
        }
        long.push(line.text, limits.text);
        true
    }

    /// The first line of a warning, or another line of one.
    fn row(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        if line.text.starts_with(raw::START)
            && let Some(finding) = raw::finding(line.text, line.cut, limits.text)
        {
            self.close_text(limits);
            self.seen.first.get_or_insert(line.number);
            self.seen.name(finding.rule.as_bytes(), line.number);
            self.rows.push(Form::Raw, finding, limits.details);
            return true;
        }
        if line.text.starts_with(term::START) {
            self.close_text(limits);
            let term = Warning::term(line.text, line.number, limits.text);
            return self.begin(term, line.stream);
        }
        if let Some(row) = row::row(line.text)
            && self.accepts(&row, line.number)
        {
            self.close_text(limits);
            if row.form == Form::Long {
                self.seen.first.get_or_insert(line.number);
                let warning = long::warning(row.name, &row.place);
                self.current = Current::Long(Box::new(Long::new(warning)));
                return true;
            }
            if !row.form.is_told_by_text() && !self.rows.has_room(row.form, limits.details) {
                return self.count(row.form, line);
            }
            let warning = Warning::new(&row, line.number, limits.text);
            return self.begin(warning, line.stream);
        }
        let owes = self.seen.owes();
        match &mut self.current {
            Current::Text(warning) => warning.more(line.text, owes, limits.text),
            Current::Counted(form) => warning::may_go_on(*form, line.text, owes),
            Current::Long(_) | Current::None => false,
        }
    }

    /// Whether it is a warning. One that is not known is one only where totals announced warnings.
    fn accepts(&mut self, row: &Row<'_>, number: u64) -> bool {
        let named = !matches!(row.form, Form::Worded | Form::Strict);
        let known = warning::is_known(row);
        if !known && !self.seen.owes() {
            if named {
                self.seen.stray(number);
            }
            return false;
        }
        if named && !known {
            self.seen.name(row.name, number);
        }
        true
    }

    fn begin(&mut self, warning: Warning, stream: Stream) -> bool {
        self.seen.apart |= stream == Stream::Err;
        self.current = Current::Text(Box::new(warning));
        true
    }

    /// A warning of which no details are kept, so that nothing that follows can change what becomes of it.
    fn count(&mut self, form: Form, line: &Line<'_>) -> bool {
        self.seen.apart |= line.stream == Stream::Err;
        self.seen.warning(form, line.number);
        self.rows.count(form, 1);
        self.current = Current::Counted(form);
        true
    }

    /// Closes the warning that is being read. `whole`: its closing line was seen. Says whether one was closed by it.
    fn close(&mut self, whole: bool, number: u64, limits: &Limits) -> bool {
        self.close_text(limits);
        let Current::Long(long) = std::mem::take(&mut self.current) else {
            return false;
        };
        if !whole {
            self.seen.broken(number);
        }
        let finding = long.finish();
        if finding.rule != long::UNWORDED {
            self.seen.name(finding.rule.as_bytes(), number);
        }
        self.rows.push(Form::Long, finding, limits.details);
        true
    }

    fn close_text(&mut self, limits: &Limits) {
        match std::mem::take(&mut self.current) {
            Current::Text(warning) => self.keep(warning.finish(limits.text), limits),
            long @ Current::Long(_) => self.current = long,
            Current::None | Current::Counted(_) => {}
        }
    }

    /// A warning with all its lines.
    fn keep(&mut self, whole: Whole, limits: &Limits) {
        // Words that nobody knows in the end, where no warning was announced, are somebody else's.
        if whole.form == Form::Worded && !whole.known && !self.seen.owes() {
            return;
        }
        self.seen.warning(whole.form, whole.number);
        if !whole.closed || (whole.form == Form::Term && !whole.known) {
            self.seen.broken(whole.number);
        }
        self.rows.push(whole.form, whole.finding, limits.details);
    }
}
