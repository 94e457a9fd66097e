//! axe-core: what `axe.run()` found on a page, as `@axe-core/playwright`, `a11y_audit`, `@axe-core/cli` and others save it.
//!
//! Source: `AxeResults` in `axe.d.ts` of axe-core 3 to 4.14.
//!
//! `{"testEngine": {"name": "axe-core", "version"}, "url", "violations": […], "passes": […], "incomplete": […],
//! "inapplicable": […]}`, or an array of such objects, one a page. A violated rule is a finding, whose impact is its
//! severity: critical, serious (high), moderate (medium), minor (low). A rule that axe could not decide is listed for
//! information and does not count.
//!
//! Proof of completeness: the document closes and nothing follows, and each page has all four lists. Nothing counts them.
//! A page on which no rule was tried shows nothing.
//!
//! Deliberately absent: the checks of a rule, the HTML of an element, and all but the first of its elements.

use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Evidence, Finding, Findings, Severity, Tool};
use crate::input::Limits;
use crate::json_doc::after_byte;
use crate::json_doc::{self, AnyScalar, Element, Fields, Fuse, Object, Records};
use crate::{Format, Reader, text};

/// The row of `axe-json`.
pub(crate) const JSON: Format = Format {
    id: "axe-json",
    tool: Tool::Axe,
    summary: "axe-core: what it found on one page or several",
    proof: "the document closes, nothing follows, and all four lists of each page are there",
    reader: Reader::Document { sniff, parse },
};

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

/// The lists of a page.
const LISTS: [&str; 4] = ["violations", "passes", "incomplete", "inapplicable"];

/// Category of a rule that could not be decided.
pub(crate) const INCOMPLETE: &str = "incomplete";

fn sniff(head: &[u8]) -> bool {
    let holds = |word: &[u8]| text::holds(head, word);
    let object = after_byte(head, b'[').unwrap_or(head);
    after_byte(object, b'{').is_some() && holds(b"\"testEngine\"") && holds(b"\"axe-core\"")
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let mut pages = Pages {
        findings: Findings::new(Tool::Axe),
        defects: Defects::default(),
        limits,
        fuse: &fuse,
        page: Page::default(),
        pages: 0,
    };
    if let Some((kind, message)) = json_doc::read_value(input, &fuse, Document(&mut pages)) {
        let at = Position::path(format!("after rule {}", pages.page.rules));
        pages.defects.partial(kind, message, at);
    } else if pages.pages == 0 {
        let at = Position::default();
        pages
            .defects
            .partial(DefectKind::NothingRan, "no page was looked at", at);
    }
    pages.defects.finish(Evidence::Findings(pages.findings))
}

struct Pages<'a> {
    findings: Findings,
    defects: Defects,
    limits: &'a Limits,
    fuse: &'a Fuse,
    page: Page,
    pages: u64,
}

/// The page that is being read.
#[derive(Default)]
struct Page {
    seen: Vec<&'static str>,
    engine: bool,
    rules: u64,
    /// Findings listed before it: they get the address of the page, which may come last.
    first: usize,
    url: Option<String>,
}

impl Pages<'_> {
    /// A page is over.
    fn close(&mut self) {
        let next = Page {
            first: self.findings.list.len(),
            ..Page::default()
        };
        let page = std::mem::replace(&mut self.page, next);
        let place = |name: &str| Position::path(format!("page {}: {name}", self.pages));
        for name in LISTS.iter().filter(|l| !page.seen.contains(l)) {
            let message = format!("`{name}` is missing");
            self.defects
                .partial(DefectKind::MissingField, message, place(name));
        }
        if !page.engine {
            let message = "the page does not say that axe-core looked at it";
            self.defects
                .partial(DefectKind::MissingField, message, place("testEngine"));
        }
        if page.rules == 0 {
            let message = "no rule was tried on a page";
            self.defects
                .partial(DefectKind::NothingRan, message, place("passes"));
        }
        for finding in self.findings.list.iter_mut().skip(page.first) {
            finding.path.clone_from(&page.url);
        }
        self.pages = self.pages.saturating_add(1);
    }

    fn rule(&mut self, list: &'static str, rule: &mut Rule) {
        self.page.rules = self.page.rules.saturating_add(1);
        let violated = list == "violations";
        if !violated && list != INCOMPLETE {
            return;
        }
        let at = Position::path(format!("page {}: {list}", self.pages));
        let severity = match rule.impact.take().as_deref() {
            _ if !violated => Some(Severity::Info),
            Some("critical") => Some(Severity::Critical),
            Some("serious") => Some(Severity::High),
            Some("moderate") => Some(Severity::Medium),
            Some("minor") => Some(Severity::Low),
            other => {
                let message = format!("the impact {other:?} is not known");
                self.defects
                    .partial(DefectKind::UnknownValue, message, at.clone());
                None
            }
        };
        if rule.id.is_none() {
            let message = "a rule without an id";
            self.defects.partial(DefectKind::MissingField, message, at);
        }
        let elements = match rule.nodes {
            1 => "1 element".to_owned(),
            n => format!("{n} elements"),
        };
        let first = rule.target.take().map(|t| format!(", first {t}"));
        let help = rule.help.take().unwrap_or_default();
        let first = first.unwrap_or_default();
        let finding = Finding {
            rule: rule.id.take().unwrap_or_else(|| "unknown".into()),
            category: (!violated).then(|| INCOMPLETE.to_owned()),
            severity: severity.unwrap_or(Severity::High),
            confidence: None,
            message: format!("{help} ({elements}{first})"),
            path: None,
            line: None,
            column: None,
            end_column: None,
            function: None,
        };
        match severity {
            Some(_) => self.findings.push(finding, self.limits.details),
            None => self.findings.push_ungraded(finding, self.limits.details),
        }
    }
}

/// One page, or an array of pages.
struct Document<'r, 'a>(&'r mut Pages<'a>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a page or an array of pages")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object(&mut *self.0).visit_map(map)?;
        self.0.close();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Object(&mut *self.0))?.is_some() {
            self.0.close();
            self.0.fuse.refill();
        }
        Ok(())
    }
}

impl Fields for Pages<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if let Some(list) = LISTS.into_iter().find(|l| *l == name) {
            if self.page.seen.contains(&list) {
                let message = format!("`{name}` stands there twice");
                self.defects
                    .partial(DefectKind::Contradiction, message, Position::path(name));
            }
            self.page.seen.push(list);
            let (mut rule, fuse) = (Rule::default(), self.fuse);
            return map.next_value_seed(Records {
                record: &mut rule,
                fuse,
                sink: |rule: &mut Rule| self.rule(list, rule),
            });
        }
        match name {
            "testEngine" => {
                let mut engine = Engine::default();
                map.next_value_seed(Object(&mut engine))?;
                self.page.engine = engine.name.as_deref() == Some("axe-core");
                self.findings.tool_version = engine.version;
            }
            "url" => self.page.url = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

#[derive(Default)]
struct Engine {
    name: Option<String>,
    version: Option<String>,
}

impl Fields for Engine {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match name {
            "name" => self.name = value.into_text(),
            "version" => self.version = value.into_text(),
            _ => {}
        }
        Ok(())
    }
}

/// One rule and what it was tried on.
#[derive(Default)]
struct Rule {
    id: Option<String>,
    impact: Option<String>,
    help: Option<String>,
    nodes: u64,
    /// Tag of the first element.
    target: Option<String>,
}

impl Element for Rule {
    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Fields for Rule {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "impact" => self.impact = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "help" => self.help = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "nodes" => {
                let (mut node, fuse) = (Node::default(), Fuse::default());
                return map.next_value_seed(Records {
                    record: &mut node,
                    fuse: &fuse,
                    sink: |node: &mut Node| {
                        self.nodes = self.nodes.saturating_add(1);
                        if self.nodes == 1 {
                            self.target = node.0.take();
                        }
                    },
                });
            }
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

/// An element: its tag, cut.
#[derive(Default)]
struct Node(Option<String>);

impl Element for Node {
    fn clear(&mut self) {
        self.0 = None;
    }
}

impl Fields for Node {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(200))?;
        if name == "html" {
            let tag = |html: String| match html.split_once('>') {
                Some((tag, _)) => format!("{tag}>"),
                None => html,
            };
            self.0 = value.into_text().map(tag);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Completeness;
    use crate::damage::{Damage, files, parts};

    const DAMAGE: Damage = Damage {
        format: "axe-json",
        bad: |e| matches!(e, Evidence::Findings(f) if f.total > f.counts.info),
        document: true,
    };

    #[test]
    fn damage_never_passes() {
        for path in files("axe", "axe.json") {
            DAMAGE.check(&path);
        }
    }

    fn read(text: &str) -> Parsed<Findings> {
        let part = parts(text.as_bytes(), 1 << 16).swap_remove(0);
        part.parsed.map(|e| match e {
            Evidence::Findings(f) => f,
            other => panic!("{other:?}"),
        })
    }

    fn page(violations: &str, passes: &str) -> String {
        format!(
            r#"{{"testEngine":{{"name":"axe-core","version":"4.14.1"}},"violations":[{violations}],"passes":[{passes}],"incomplete":[],"inapplicable":[],"url":"http://localhost/a"}}"#
        )
    }

    #[test]
    fn pages_alone_and_in_an_array() {
        let pass = r#"{"id":"a","impact":null,"nodes":[{"html":"<p>"}]}"#;
        let bad = r#"{"id":"label","impact":"serious","help":"Label it","nodes":[{"html":"<i>"},{"html":"<b>"}]}"#;
        let parsed = read(&page("", pass));
        assert_eq!(
            (parsed.value.total, parsed.completeness),
            (0, Completeness::Complete)
        );
        let parsed = read(&format!("[{},{}]", page(bad, pass), page("", pass)));
        assert_eq!(
            parsed.completeness,
            Completeness::Complete,
            "{:?}",
            parsed.defects
        );
        assert_eq!(parsed.value.counts.high, 1);
        let finding = &parsed.value.list[0];
        assert_eq!(finding.message, "Label it (2 elements, first <i>)");
        assert_eq!(finding.path.as_deref(), Some("http://localhost/a"));
    }

    #[test]
    fn a_page_without_rules_or_impact_shows_nothing() {
        assert_eq!(read(&page("", "")).completeness, Completeness::Partial);
        let odd = r#"{"id":"label","impact":null,"nodes":[]}"#;
        let parsed = read(&page(odd, ""));
        assert_eq!(
            (parsed.value.ungraded(), parsed.completeness),
            (1, Completeness::Partial)
        );
    }
}
