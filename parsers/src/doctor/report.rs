//! What the lines of a report of Doctor add up to.

use super::counted::{self, Counted};
use super::grammar::{self, Mark, Row};
use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text::lossy;

/// Characters at which Doctor cuts the name of a file.
const FILE: usize = 56;

/// The reason that only repeats the red rows.
const ROWS: &str = "highlighted modules above";

pub(super) struct Report {
    findings: Findings,
    defects: Defects,
    /// Between the header and the rule below it.
    pub(super) in_table: bool,
    table: bool,
    started: bool,
    rows: u64,
    red: u64,
    counted: Counted,
    passed: Option<u64>,
    failed: Option<u64>,
    verdict: Option<bool>,
    /// Whether reasons may follow.
    reasons: bool,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            findings: Findings::new(Tool::Doctor),
            defects: Defects::default(),
            in_table: false,
            table: false,
            started: false,
            rows: 0,
            red: 0,
            counted: Counted::default(),
            passed: None,
            failed: None,
            verdict: None,
            reasons: false,
        }
    }

    /// A line of the table. What is neither a row nor the rule below it was printed by somebody else, or is damaged.
    pub(super) fn row(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(row) = grammar::row(line.text) else {
            return false;
        };
        self.rows = self.rows.saturating_add(1);
        self.counted.add(&row);
        if line.raw.starts_with(b"\x1b[31m") {
            self.red = self.red.saturating_add(1);
            self.findings.push(unhealthy(&row), limits.details);
        }
        true
    }

    /// A reason below the verdict.
    pub(super) fn reason(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        match grammar::reason(line.text).filter(|_| self.reasons) {
            Some(reason) => {
                self.overall(&lossy(reason, limits.text), limits);
                true
            }
            None => {
                self.reasons &= self.verdict.is_none();
                false
            }
        }
    }

    fn overall(&mut self, reason: &str, limits: &Limits) {
        if !reason.contains(ROWS) {
            let finding = finding("overall", reason.to_owned(), None);
            self.findings.push(finding, limits.details);
        }
    }

    pub(super) fn mark(&mut self, mark: Mark, line: &Line<'_>, limits: &Limits) {
        let at = || Position::line(line.number);
        match mark {
            Mark::Start => self.started = true,
            Mark::Header => (self.in_table, self.table) = (true, true),
            Mark::Rule => self.in_table = false,
            Mark::Passed(n) => number(&mut self.passed, n, &mut self.defects, at()),
            Mark::Failed(n) => number(&mut self.failed, n, &mut self.defects, at()),
            Mark::Share(name, Some(hundredths)) => self.findings.shares.push((name, hundredths)),
            Mark::Share(name, None) => {
                let message = format!("the share of {name} is not a percentage");
                self.defects.partial(DefectKind::Number, message, at());
            }
            Mark::Pass => self.verdict(true, line),
            Mark::Fail(reason) => {
                self.verdict(false, line);
                self.reasons = reason.is_none();
                if let Some(reason) = reason {
                    self.overall(&reason, limits);
                }
            }
            Mark::Odd => {
                let message = "a verdict that is not known";
                self.defects
                    .partial(DefectKind::UnknownValue, message, at());
            }
        }
    }

    fn verdict(&mut self, passed: bool, line: &Line<'_>) {
        let at = Position::line(line.number);
        if self.verdict.replace(passed).is_some() {
            let message = "two verdicts of one report";
            self.defects.partial(DefectKind::Contradiction, message, at);
        } else if !line.terminated {
            let message = "ends inside of the last line";
            self.defects.partial(DefectKind::Cut, message, at);
        }
    }

    /// The report is over: whether all of it is there and agrees.
    fn settle(&mut self) {
        let mut wrong = |kind, message: String| {
            self.defects.partial(kind, message, Position::default());
        };
        if self.verdict.is_none() {
            wrong(DefectKind::Cut, "there is no verdict".into());
        }
        if !self.started {
            let message = "the first line of Doctor is missing";
            wrong(DefectKind::MissingField, message.into());
        }
        for name in ["docs", "specs"] {
            let times = self.findings.shares.iter().filter(|(n, _)| *n == name);
            if times.count() != 1 {
                let message = format!("the share of {name} does not stand there once");
                wrong(DefectKind::MissingField, message);
            }
        }
        let (Some(passed), Some(failed)) = (self.passed, self.failed) else {
            let message = "the numbers of passed and failed modules are missing";
            return wrong(DefectKind::MissingField, message.into());
        };
        let (rows, red) = (self.rows, self.red);
        let all = rows == passed.saturating_add(failed) && (red == failed || red == 0);
        let only_failed = rows == failed && red == failed && failed > 0;
        let none_failed = rows == 0 && failed == 0 && self.table;
        if self.table && !(all || only_failed || none_failed) {
            let message = format!(
                "{passed} modules passed and {failed} failed, but there are {rows} rows, {red} of them red"
            );
            wrong(DefectKind::CountMismatch, message);
        }
        if self.table && rows == passed.saturating_add(failed) {
            self.findings.counted = self.counted.behind(&self.findings.shares);
        }
        if self.verdict == Some(true) && (failed > 0 || red > 0) {
            let message = format!("the verdict is passed, but {failed} modules failed");
            wrong(DefectKind::Contradiction, message);
        }
        if passed == 0 && failed == 0 {
            let message = "no module was looked at";
            wrong(DefectKind::NothingRan, message.into());
        }
        // Failed modules that no row names, and a verdict whose reason is not told, count all the same.
        let unlisted = failed.saturating_sub(red);
        self.findings.counts.add(Severity::Low, unlisted);
        self.findings.total = self.findings.total.saturating_add(unlisted);
        if self.verdict == Some(false) && self.findings.total == 0 {
            self.findings.counts.add(Severity::Low, 1);
            self.findings.total = 1;
        }
    }
}

/// All reports as one part. The shares of several apps have no common one.
pub(super) fn parts(reports: Vec<Report>, limits: &Limits) -> Vec<Part> {
    let several = reports.len() > 1;
    let mut sum: Option<Report> = None;
    for mut report in reports.into_iter().filter(Report::is_one) {
        report.settle();
        let Some(sum) = &mut sum else {
            sum = Some(report);
            continue;
        };
        sum.findings.counts.add_all(&report.findings.counts);
        sum.findings.total = sum.findings.total.saturating_add(report.findings.total);
        let room = limits.details.saturating_sub(sum.findings.list.len());
        sum.findings
            .list
            .extend(report.findings.list.into_iter().take(room));
        counted::sum(&mut sum.findings.counted, &report.findings.counted);
        sum.defects.extend(report.defects);
    }
    let part = sum.map(|mut sum| {
        if several {
            sum.findings.shares.clear();
        }
        Part {
            format: "doctor-console",
            tool: Tool::Doctor,
            parsed: sum.defects.finish(Evidence::Findings(sum.findings)),
        }
    });
    part.into_iter().collect()
}

impl Report {
    /// A line of dashes, or a number of modules, may be anybody's.
    fn is_one(&self) -> bool {
        self.started || self.table || self.verdict.is_some() || self.failed.is_some()
    }
}

fn number(slot: &mut Option<u64>, n: Option<u64>, defects: &mut Defects, at: Position) {
    if n.is_none() {
        let message = "the number of modules is not a number";
        defects.partial(DefectKind::Number, message, at);
    } else if slot.is_some() {
        let message = "the number of modules stands there twice";
        defects.partial(DefectKind::Contradiction, message, at);
    }
    *slot = n;
}

fn unhealthy(row: &Row<'_>) -> Finding {
    let mut message = format!(
        "{}: docs {}, specs {} of {} functions",
        row.module, row.docs, row.specs, row.functions
    );
    for (word, what) in [
        (row.module_doc, "no @moduledoc"),
        (row.struct_spec, "no type of its struct"),
    ] {
        if word == "No" {
            message.push_str("; ");
            message.push_str(what);
        }
    }
    let whole = |f: &&str| f.chars().count() < FILE;
    finding("module", message, row.file.filter(whole))
}

fn finding(rule: &str, message: String, path: Option<&str>) -> Finding {
    Finding {
        rule: rule.to_owned(),
        category: None,
        severity: Severity::Low,
        confidence: None,
        message,
        path: path.map(str::to_owned),
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
