//! One report in the default text: what its lines say ([`judge`] says whether they agree).

mod judge;

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Findings, Tool};
use crate::input::{Limits, Line};

use super::grammar::{Analysis, Edge, Head, Start, Summary};
use super::issue::{Issue, Title};

/// Where in the list of issues the last line stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first bar under a title.
    Outside,
    /// Where an issue may start and nothing else may stand.
    Fresh,
    /// Between the first line of an issue and its end.
    Message,
    /// Where the source line of an issue stands (`--verbose`, `list`).
    Source,
}

/// A report that is being read.
pub(super) struct Report {
    first: u64,
    start: Option<Start>,
    body: bool,
    place: Place,
    /// What looks like a title, and its line: it is one if a bar follows.
    candidate: Option<(u64, Title)>,
    title: Title,
    untold: bool,
    issue: Option<Issue>,
    category: Option<Option<usize>>,
    listed: [u64; 5],
    customs: u64,
    findings: Findings,
    pub(super) analysis: Option<Analysis>,
    pub(super) summary: Option<Summary>,
    ended: bool,
    defects: Defects,
}

impl Report {
    /// A report starts, with or without its first line.
    pub(super) fn new(start: Option<Start>, first: u64) -> Self {
        Self {
            first,
            start,
            body: false,
            place: Place::Outside,
            candidate: None,
            title: Title::Scope,
            untold: false,
            issue: None,
            category: None,
            listed: [0; 5],
            customs: 0,
            findings: Findings::new(Tool::Credo),
            analysis: None,
            summary: None,
            ended: false,
            defects: Defects::default(),
        }
    }

    /// Notes that the report is not to be relied on.
    pub(super) fn partial(&mut self, kind: DefectKind, message: &str, at: u64) {
        self.defects.partial(kind, message, Position::line(at));
    }

    /// The last line was seen, with its line end or without.
    pub(super) fn end(&mut self, terminated: bool) {
        self.ended = terminated;
    }

    /// A line without a bar: a title, or the line before the totals.
    pub(super) fn aside(&mut self, line: &Line<'_>) {
        if line.text.starts_with(b"Please report incorrect results: ") {
            self.body = true;
        }
        let Some(title) = line.text.strip_prefix(b"  ") else {
            return;
        };
        if title.first().is_some_and(|b| *b != b' ') {
            self.candidate = Some((line.number, Title::new(title)));
        }
    }

    /// A line with a bar.
    pub(super) fn edge(&mut self, edge: Edge<'_>, line: &Line<'_>, limits: &Limits) {
        self.body = true;
        match edge {
            Edge::Blank => self.blank(line.number, limits),
            Edge::Head(head) => self.head(&head, line.number, limits),
            Edge::More(n) => self.more(n, line.number, limits),
            Edge::Text(text) => self.text(text, line.number, limits),
            Edge::Unknown => {
                let message = "a line about an issue that is not understood";
                self.partial(DefectKind::UnknownValue, message, line.number);
            }
        }
        if line.cut {
            self.partial(DefectKind::Limit, "a line is too long", line.number);
        }
    }

    fn blank(&mut self, number: u64, limits: &Limits) {
        let title = self.candidate.take();
        let title = title.filter(|(at, _)| at.saturating_add(1) == number);
        let in_message = self.place == Place::Message;
        self.place = match self.place {
            Place::Message => Place::Source,
            _ => Place::Fresh,
        };
        if in_message {
            self.close_issue(true, limits);
        }
        if let Some((_, title)) = title {
            self.close_block(number);
            self.place = Place::Fresh;
            (self.title, self.category, self.untold) = (title, None, true);
        }
    }

    fn head(&mut self, head: &Head<'_>, number: u64, limits: &Limits) {
        self.close_issue(false, limits);
        let issue = Issue::new(head, &self.title, number, limits);
        self.category = Some(issue.category);
        self.count(issue.category, 1);
        self.issue = Some(issue);
        (self.place, self.untold) = (Place::Message, false);
    }

    fn more(&mut self, n: u64, number: u64, limits: &Limits) {
        self.close_issue(false, limits);
        self.place = Place::Fresh;
        match self.category {
            Some(category) => self.count(category, n),
            None => self.partial(
                DefectKind::Cut,
                "the issues before this line are lost",
                number,
            ),
        }
    }

    fn text(&mut self, text: &[u8], number: u64, limits: &Limits) {
        let marker = text.iter().all(|b| matches!(b, b' ' | b'^'));
        match (self.place, &mut self.issue) {
            (Place::Message, Some(issue)) => issue.push(text, limits),
            (Place::Source, _) => {}
            // The marker under a source line that is empty.
            (Place::Fresh, _) if marker => {}
            _ => self.partial(
                DefectKind::Cut,
                "the first line of an issue is lost",
                number,
            ),
        }
    }

    fn count(&mut self, category: Option<usize>, n: u64) {
        let slot = match category {
            Some(index) => self.listed.get_mut(index),
            None => Some(&mut self.customs),
        };
        if let Some(slot) = slot {
            *slot = slot.saturating_add(n);
        }
    }

    fn close_issue(&mut self, source: bool, limits: &Limits) {
        if let Some(issue) = self.issue.take() {
            let (finding, trouble) = issue.finish(source, limits);
            if let Some((kind, message, at)) = trouble {
                self.defects.partial(kind, message, at);
            }
            self.findings.push(finding, limits.details);
        }
    }

    fn close_block(&mut self, number: u64) {
        if self.untold {
            self.partial(DefectKind::Cut, "the issues under a title are lost", number);
        }
        self.untold = false;
    }
}
