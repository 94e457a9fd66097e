//! Hex: `mix hex.outdated`, its table and its JSON.
//!
//! Source: `lib/mix/tasks/hex.outdated.ex` of Hex 0.20 to 2.5.1.
//!
//! ```text
//! Dependency  Only  Current  Latest  Status
//! plug              1.14.0   1.15.3  Update possible
//! credo       dev   1.7.19   1.7.19  Up-to-date
//!
//! Run `mix hex.outdated APP` to see requirements for a specific dependency.
//! ```
//! JSON, since Hex 2.5: an array of `{"package", "lock_version", "latest_version", "outdated", "requirements", …}`. A
//! dependency that is not the latest is a finding for information: outdated is not vulnerable, so no gate judges it.
//!
//! Proof of completeness: the JSON closes itself and nothing follows; the table ends with the line `Run …`, but nothing
//! counts its rows, so that only the exit code proves it. A registry that could not be fetched (`using cache instead`)
//! makes it partial: the versions may be old.
//!
//! Deliberately absent: the table of one dependency (`mix hex.outdated APP`), requirements, links, dates of cooldowns.

mod json;
#[cfg(test)]
mod tests;

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::{Part, Section};
use crate::text::lossy;
use crate::{Format, Reader};

/// The row of `hex_outdated-json`.
pub(crate) const JSON: Format = Format {
    id: "hex_outdated-json",
    tool: Tool::HexOutdated,
    summary: "Hex: `mix hex.outdated --json`",
    proof: "the array closes and nothing follows; nothing counts its entries",
    reader: Reader::Document {
        sniff: json::sniff,
        parse: json::parse,
    },
};

/// The row of `hex_outdated-console`.
pub(crate) const CONSOLE: Format = Format {
    id: "hex_outdated-console",
    tool: Tool::HexOutdated,
    summary: "Hex: the table that `mix hex.outdated` prints",
    proof: "its last line, but no count: only the exit code",
    reader: Reader::Lines(open),
};

/// The line below the table.
const END: &[u8] = b"Run `mix hex.outdated APP`";

fn open() -> Box<dyn Section> {
    Box::new(Outdated {
        findings: Findings::new(Tool::HexOutdated),
        defects: Defects::default(),
        stale: Defects::default(),
        in_table: false,
        tables: 0,
        ends: 0,
        rows: 0,
        document: false,
    })
}

struct Outdated {
    findings: Findings,
    defects: Defects,
    /// Of no meaning without a report.
    stale: Defects,
    in_table: bool,
    tables: u64,
    ends: u64,
    rows: u64,
    document: bool,
}

impl Section for Outdated {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let at = Position::line(line.number);
        if self.in_table {
            self.in_table = !line.text.is_empty();
            return self.in_table && self.row(line, limits);
        }
        match line.text.first() {
            Some(b'D') if is_header(line.text) => {
                self.tables = self.tables.saturating_add(1);
                self.in_table = true;
                true
            }
            Some(b'R') if line.text.starts_with(END) && self.tables > self.ends => {
                self.ends = self.ends.saturating_add(1);
                if !line.terminated {
                    let message = "ends inside of the last line";
                    self.defects.partial(DefectKind::Cut, message, at);
                }
                true
            }
            // `mix hex.audit` may want to know it as well.
            Some(_) if is_stale(line.text) => {
                let message = format!("the registry may be old: {}", lossy(line.text, 300));
                self.stale.partial(DefectKind::Skipped, message, at);
                false
            }
            _ => false,
        }
    }

    fn end_of_stream(&mut self) {
        self.in_table = false;
    }

    fn document(&mut self, tool: Tool) {
        self.document |= tool == Tool::HexOutdated;
    }

    fn is_open(&self) -> bool {
        self.in_table
    }

    fn finish(mut self: Box<Self>, _: &Limits) -> Vec<Part> {
        if self.tables == 0 && !self.document {
            return Vec::new();
        }
        self.defects.extend(self.stale);
        let part = |parsed| Part {
            format: "hex_outdated-console",
            tool: Tool::HexOutdated,
            parsed,
        };
        if self.tables == 0 {
            let parsed = self.defects.finish(Evidence::Nothing);
            let said = !parsed.defects.is_empty();
            return said.then(|| part(parsed)).into_iter().collect();
        }
        let at = Position::default();
        if self.ends != self.tables {
            let message = "the line below the table is missing";
            self.defects.partial(DefectKind::Cut, message, at);
        } else if self.rows == 0 {
            let message = "a table without a row";
            self.defects.partial(DefectKind::NothingRan, message, at);
        } else {
            let message = "nothing counts the rows, so only the exit code proves that they are all";
            self.defects
                .lower(Completeness::Unproven, DefectKind::NoEndMark, message, at);
        }
        vec![part(self.defects.finish(Evidence::Findings(self.findings)))]
    }
}

impl Outdated {
    fn row(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let text = String::from_utf8_lossy(line.text);
        let cells = text.split("  ").map(str::trim).filter(|c| !c.is_empty());
        let cells: Vec<&str> = cells.collect();
        let known = match cells.as_slice() {
            [package, current, latest, status] | [package, _, current, latest, status] => {
                update(status).map(|update| (*package, *current, *latest, update))
            }
            _ => None,
        };
        let Some((package, current, latest, update)) = known else {
            let message = format!("a row that is not known: {}", lossy(line.text, 200));
            let at = Position::line(line.number);
            self.defects.partial(DefectKind::UnknownValue, message, at);
            return true;
        };
        self.rows = self.rows.saturating_add(1);
        if let Some(possible) = update {
            let finding = outdated(package, current, latest, Some(possible));
            self.findings.push(finding, limits.details);
        }
        true
    }
}

fn is_header(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let text = std::str::from_utf8(line).unwrap_or_default();
    let cells: Vec<&str> = text.split_whitespace().collect();
    matches!(
        cells.as_slice(),
        ["Dependency", "Current", "Latest", "Status"]
            | ["Dependency", "Only", "Current", "Latest", "Status"]
    )
}

fn is_stale(line: &[u8]) -> bool {
    let cached = |at| {
        line.get(at..)
            .is_some_and(|l| l.starts_with(b"(using cache instead"))
    };
    line.starts_with(b"Failed to fetch record") || memchr::memchr_iter(b'(', line).any(cached)
}

/// What a status says: up to date, or outdated and whether an update is possible.
fn update(status: &str) -> Option<Option<bool>> {
    let plain = status.strip_suffix("(cooldown)").unwrap_or(status);
    match plain.trim_end() {
        "Up-to-date" => Some(None),
        "Update possible" => Some(Some(true)),
        "Update not possible" => Some(Some(false)),
        _ => None,
    }
}

fn outdated(package: &str, current: &str, latest: &str, possible: Option<bool>) -> Finding {
    let hint = match possible {
        Some(true) => " (update possible)",
        Some(false) => " (update not possible)",
        None => "",
    };
    Finding {
        rule: "outdated".into(),
        category: None,
        severity: Severity::Info,
        confidence: None,
        message: format!("{package} {current}: the latest is {latest}{hint}"),
        path: Some("mix.lock".into()),
        line: None,
        column: None,
        end_column: None,
        function: None,
    }
}
