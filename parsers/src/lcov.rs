//! LCOV tracefiles (`lcov.info`): coverage by line, as `mix coveralls.lcov` and many other tools write it.
//!
//! Source of the format: `docs/man/geninfo.rst` of lcov 2, and `lib/excoveralls/lcov.ex` of ExCoveralls 0.18.5. A
//! record is about one file: `SF:` names it, `DA:line,hits` tells of a line, `LF:` and `LH:` say how many lines there
//! are and how many of them ran, and `end_of_record` ends it. A file may have several records (one for each test that
//! is named by `TN:`): their hits are summed up.
//!
//! Proof of completeness: each record ends, and has as many lines as it says that it has, and as many that ran. Nothing
//! says how many records there are, so a file that was cut between two of them looks whole: only the exit code of the
//! command that printed the report can prove it.
//!
//! ExCoveralls writes absolute paths. They are kept, because nothing in the report says in which folder the project
//! stands: reports of the same run unite when both have such paths.
//!
//! Deliberately absent: functions, branches and conditions, checksums, and the names of tests.

use crate::collect::Defects;
use crate::cover::Files;
use crate::defect::{Completeness, Defect, DefectKind, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::{Limits, Line, Taken};
use crate::stream::{Part, Section};
use crate::{Format, Reader, text};

mod grammar;
mod record;

use grammar::{Entry, entry, plain};
use record::Record;

/// The tracefile.
pub(crate) const INFO: Format = Format {
    id: "lcov-info",
    tool: Tool::Lcov,
    summary: "an LCOV tracefile (`mix coveralls.lcov`)",
    proof: "`end_of_record` and agreeing `LF` and `LH` in each record; that there is no further record, only the exit code 0 of the command that wrote it proves, so let `gatekeeper run -- mix coveralls.lcov` write it",
    reader: Reader::Lines(open),
};

fn open() -> Box<dyn Section> {
    Box::<Lcov>::default()
}

#[derive(Default)]
struct Lcov {
    files: Files,
    defects: Defects,
    record: Option<Record>,
    /// Whether there was a record. Before that, a line that looks like one of ours may be anybody's.
    seen: bool,
}

impl Section for Lcov {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        // Nearly every line that is not taken at once.
        if let Some(record) = &mut self.record
            && self.seen
            && !line.cut
            && let Some((Some(at), hits)) = plain(line.text)
        {
            record.hits.push(at, hits);
            return true;
        }
        let entry = entry(line.text);
        // `SF: ` may start any line of a log: a record is one when the next line belongs to it.
        if !self.seen && self.record.is_some() {
            match entry {
                Entry::Other | Entry::Blank | Entry::Comment | Entry::Unknown(_) => {
                    self.record = None;
                }
                _ => self.seen = true,
            }
        }
        let claimed = match self.record.take() {
            Some(record) => {
                self.inside(record, entry, line.number, limits);
                true
            }
            None => self.outside(entry, line.number, limits),
        };
        if claimed && line.cut {
            let message = "the line is longer than what is read of it";
            self.partial(DefectKind::Limit, message, line.number);
        }
        claimed
    }

    /// The lines of a record that tell of a line, as nearly all do.
    fn lines(&mut self, text: &[u8], limits: &Limits) -> Taken {
        let record = self.record.as_mut().filter(|_| self.seen);
        let Some(record) = record.filter(|_| limits.line >= grammar::PLAIN) else {
            return Taken::default();
        };
        Taken::each(text, |rest| {
            let (line, hits, rest) = grammar::next_plain(rest)?;
            record.hits.push(line, hits);
            Some(rest)
        })
    }

    fn end_of_stream(&mut self) {
        if let Some(record) = self.record.take().filter(|_| self.seen) {
            self.cut(&record);
        }
    }

    fn is_open(&self) -> bool {
        self.record.is_some()
    }

    fn finish(mut self: Box<Self>, limits: &Limits) -> Vec<Part> {
        if !self.seen {
            return Vec::new();
        }
        let coverage = self.files.finish(|path| path, &mut self.defects, limits);
        let mut parsed = self.defects.finish(Evidence::Coverage(coverage));
        if parsed.completeness == Completeness::Complete {
            let message = "LCOV does not say where a report ends: let `gatekeeper run -- mix coveralls.lcov` write it, \
                so that its exit code proves it, or use the JSON or Cobertura report";
            let defect = Defect::new(DefectKind::NoEndMark, message, Position::default());
            parsed.lower(Completeness::Unproven, defect);
        }
        vec![Part {
            format: INFO.id,
            tool: Tool::Lcov,
            parsed,
        }]
    }
}

impl Lcov {
    fn partial(&mut self, kind: DefectKind, message: impl Into<String>, at: u64) {
        self.defects.partial(kind, message, Position::line(at));
    }

    /// A line where no record is open. `false` when it is none of ours.
    fn outside(&mut self, entry: Entry<'_>, at: u64, limits: &Limits) -> bool {
        match entry {
            Entry::File(path) => self.start(path, at, limits),
            // Lost is the line that names the file.
            Entry::End => {
                self.seen = true;
                self.partial(
                    DefectKind::Syntax,
                    "the end of a record without a start",
                    at,
                );
            }
            Entry::Line(_) | Entry::Found(_) | Entry::Covered(_) if self.seen => {
                let message = "a line of a record without a start";
                self.partial(DefectKind::Syntax, message, at);
            }
            Entry::Test if self.seen => {}
            _ => return false,
        }
        true
    }

    fn start(&mut self, path: &[u8], at: u64, limits: &Limits) {
        if path.is_empty() && self.seen {
            self.partial(DefectKind::MissingField, "a record without a file", at);
        }
        if std::str::from_utf8(path).is_err() {
            let message = "a path that is not UTF-8";
            self.defects
                .note(DefectKind::Encoding, message, Position::line(at));
        }
        self.record = Some(Record::new(text::lossy(path, limits.text), at));
    }

    /// A line of an open record.
    fn inside(&mut self, mut record: Record, entry: Entry<'_>, at: u64, limits: &Limits) {
        match entry {
            Entry::End => return self.settle(record, limits),
            Entry::Test | Entry::File(_) => {
                self.cut(&record);
                self.outside(entry, at, limits);
                return;
            }
            Entry::Line(Some((line, hits))) => record.line(line, hits, at, &mut self.defects),
            Entry::Line(None) => {
                let message = "`DA` is not a line number and a number of hits";
                self.partial(DefectKind::Number, message, at);
            }
            Entry::Found(n) => record.found.set(n, at, &mut self.defects),
            Entry::Covered(n) => record.covered.set(n, at, &mut self.defects),
            Entry::Passed | Entry::Comment | Entry::Blank => {}
            Entry::Unknown(key) => {
                let key = text::lossy(key, 40);
                let message = format!("`{key}` is not known and was passed over");
                self.defects
                    .note(DefectKind::UnknownValue, message, Position::line(at));
            }
            Entry::Other => {
                let message = "a line that is not LCOV stands inside of a record";
                self.partial(DefectKind::Syntax, message, at);
            }
        }
        self.record = Some(record);
    }

    /// A record is whole.
    fn settle(&mut self, record: Record, limits: &Limits) {
        record.check(&mut self.defects);
        self.files.add(record.path, record.hits, limits);
    }

    /// A record does not end. Its lines do not count: those that are lost may be others.
    fn cut(&mut self, record: &Record) {
        let message = "a record without its `end_of_record`";
        self.partial(DefectKind::Cut, message, record.start);
    }
}

#[cfg(test)]
mod tests;
