//! The lists that Sobelow prints a finding a line, without banner, end mark or total.
//!
//! ```text
//! [+] XSS.Raw: XSS - lib/a_web/views/page_view.ex:4       --format compact; the colour of [+] is the confidence
//! lib/a_web/views/page_view.ex:4: XSS.Raw: XSS            --format flycheck
//! ```
//!
//! A clean run prints nothing at all, so only the exit code can prove such a list. Where the confidence is not printed
//! (`flycheck`, or a log that lost its colours) the severity is not known: such a finding is listed as medium, as SARIF
//! does where nothing is said, it is in no count by severity, and the list is partial, because the worst may be high.

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::{Limits, Line};
use crate::stream::Part;
use crate::text::{location, lossy, number};

use super::block::module;
use super::{CONFIDENCES, Confidence, family, severity, split_type};

/// The families of Sobelow's rules. Anybody may print lines that look like `flycheck`.
static FAMILIES: [&str; 9] = [
    "CI",
    "Config",
    "DOS",
    "Misc",
    "RCE",
    "SQL",
    "Traversal",
    "Vuln",
    "XSS",
];

/// The lists of a source.
#[derive(Default)]
pub(super) struct Lists {
    compact: Option<Rows>,
    flycheck: Option<Rows>,
}

struct Rows {
    findings: Findings,
    defects: Defects,
    first: u64,
}

/// A row in its parts.
struct Row<'a> {
    kind: &'a [u8],
    place: &'a [u8],
    confidence: Option<&'static Confidence>,
}

impl Lists {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let (slot, row) = match line.text.first() {
            Some(b'[') => (&mut self.compact, compact(line)),
            _ => {
                let open = self.flycheck.is_some();
                (&mut self.flycheck, flycheck(line.text, open))
            }
        };
        let Some(row) = row else {
            return self.broken(line);
        };
        let rows = slot.get_or_insert_with(|| Rows {
            findings: Findings::new(Tool::Sobelow),
            defects: Defects::default(),
            first: line.number,
        });
        rows.push(&row, line, limits);
        true
    }

    /// Whether a line that is no row looks as if it had been one of the open list.
    fn broken(&mut self, line: &Line<'_>) -> bool {
        let compact = self.compact.as_mut();
        let Some(rows) = compact.filter(|_| line.text.starts_with(b"[+]")) else {
            return false;
        };
        let message = "a row that is not understood";
        let at = Position::line(line.number);
        rows.defects.partial(DefectKind::UnknownValue, message, at);
        true
    }

    /// Whether there is a list.
    pub(super) fn seen(&self) -> bool {
        self.compact.is_some() || self.flycheck.is_some()
    }

    /// The lists as parts.
    pub(super) fn finish(self) -> impl Iterator<Item = Part> {
        let compact = self.compact.map(|rows| rows.finish("sobelow-compact"));
        let flycheck = self.flycheck.map(|rows| rows.finish("sobelow-flycheck"));
        compact.into_iter().chain(flycheck)
    }
}

impl Rows {
    fn push(&mut self, row: &Row<'_>, line: &Line<'_>, limits: &Limits) {
        let at = Position::line(line.number);
        if !line.terminated || line.cut {
            let message = "the last line is cut";
            self.defects.partial(DefectKind::Cut, message, at.clone());
        }
        let kind = lossy(row.kind, limits.text);
        let (rule, description) = split_type(&kind);
        // Findings about vulnerable dependencies are high whatever the confidence.
        let known = row.confidence.map(|c| severity(rule, c));
        let known = known.or_else(|| rule.starts_with("Vuln.").then_some(Severity::High));
        let place = lossy(row.place, limits.text);
        let (path, number, _) = location(&place);
        let finding = Finding {
            rule: rule.to_owned(),
            category: Some(family(rule).to_owned()),
            severity: known.unwrap_or(Severity::Medium),
            confidence: row.confidence.map(|c| c.id.to_owned()),
            message: description.to_owned(),
            path: Some(path.to_owned()),
            line: number,
            column: None,
            end_column: None,
            function: None,
        };
        if known.is_some() {
            self.findings.push(finding, limits.details);
            return;
        }
        if self.findings.ungraded() == 0 {
            let message =
                "the confidence of findings is not printed, so how severe they are is not known";
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        self.findings.push_ungraded(finding, limits.details);
    }

    fn finish(mut self, format: &'static str) -> Part {
        let at = Position::line(self.first);
        let message = "a list without a total and without an end";
        let to = Completeness::Unproven;
        self.defects.lower(to, DefectKind::NoEndMark, message, at);
        Part {
            format,
            tool: Tool::Sobelow,
            parsed: self.defects.finish(Evidence::Findings(self.findings)),
        }
    }
}

/// `[+] XSS.Raw: XSS - lib/a.ex:4`, with the colour in the raw line. The description may hold ` - ` itself.
fn compact<'a>(line: &Line<'a>) -> Option<Row<'a>> {
    let body = line.text.strip_prefix(b"[+] ")?;
    let at = body.windows(3).rposition(|w| w == b" - ")?;
    let (kind, tail) = body.split_at_checked(at)?;
    let place = tail.get(3..)?;
    module(kind).ok().filter(|_| has_line(place))?;
    let coloured = |c: &&Confidence| {
        let rest = line.raw.strip_prefix(c.colour.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"[+]"))
    };
    Some(Row {
        kind,
        place,
        confidence: CONFIDENCES.iter().find(coloured),
    })
}

/// `lib/a.ex:4: XSS.Raw: XSS`: at the first `: ` between a line and a rule. `open` says that there is a list already,
/// which may have rules of a newer Sobelow.
fn flycheck(line: &[u8], open: bool) -> Option<Row<'_>> {
    memchr::memchr_iter(b':', line).find_map(|at| {
        let (place, tail) = line.split_at_checked(at)?;
        let kind = tail.strip_prefix(b": ")?;
        kind.first().filter(|b| b.is_ascii_uppercase())?;
        let (description, _) = module(kind).ok().filter(|_| has_line(place))?;
        let rule = kind.get(..kind.len().saturating_sub(description.len()))?;
        let family = rule.split(|b| *b == b'.').next()?;
        let known = open || FAMILIES.iter().any(|f| f.as_bytes() == family);
        (known && !place.starts_with(b" ")).then_some(Row {
            kind,
            place,
            confidence: None,
        })
    })
}

/// Whether a place ends in a line; a printed 0 is one too.
fn has_line(place: &[u8]) -> bool {
    let at = place.iter().rposition(|b| *b == b':').filter(|at| *at > 0);
    let digits = at.and_then(|at| place.get(at.saturating_add(1)..));
    digits.and_then(number).is_some()
}
