//! One vulnerability of the JSON: a dependency, and the advisory that hits it.

use serde::de::MapAccess;

use crate::advisory::{self, Advisory, WORD};
use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::Findings;
use crate::json_doc::{AnyScalar, Element, Fields, Object, Scalar};
use crate::record::{Judge, Record};
use crate::text;

use super::json::unknown;
use super::versions::Versions;

static DEPENDENCY: [&str; 3] = ["package", "version", "lockfile"];

/// The fields of an advisory but its patched versions. Those of version 0.1 and 1 are among them.
static ADVISORY: [&str; 10] = [
    "id",
    "cve",
    "package",
    "title",
    "description",
    "url",
    "disclosure_date",
    "severity",
    "vulnerable_version_ranges",
    "unaffected_versions",
];

/// One vulnerability: a dependency, and the advisory that hits it.
pub(super) struct Entry {
    dependency: Record,
    advisory: Record,
    patched: Option<Vec<String>>,
    /// Fields that nobody knows, and what they hold.
    unknown: Vec<(String, Scalar)>,
}

impl Entry {
    pub(super) fn new(max_text: usize) -> Self {
        Self {
            dependency: Record::new(&DEPENDENCY, max_text),
            advisory: Record::new(&ADVISORY, max_text),
            patched: None,
            unknown: Vec::new(),
        }
    }

    /// Adds it to the findings. Whatever is wrong with it, it counts.
    pub(super) fn add(&mut self, findings: &mut Findings, defects: &mut Defects, details: usize) {
        let index = findings.total;
        for (name, value) in self.unknown.drain(..) {
            unknown(defects, &name, &value);
        }
        let path = || format!("vulnerabilities[{index}].dependency");
        let mut judge = Judge::new(&self.dependency, defects, path);
        let package = judge.text("package").map(str::to_owned);
        let version = judge.text("version").map(str::to_owned);
        judge.rest();
        let advisory = Advisory {
            package,
            version,
            ..self.details(index, defects)
        };
        findings.push(advisory.finding(), details);
    }

    /// What the advisory itself says. Only its id has to be there.
    fn details(&mut self, index: u64, defects: &mut Defects) -> Advisory {
        let path = || format!("vulnerabilities[{index}].advisory");
        let mut judge = Judge::new(&self.advisory, defects, path);
        let mut text = |name| judge.extra_text(name).map(str::to_owned);
        let id = text("id").or_else(|| text("cve"));
        let title = text("title");
        let severity = text("severity");
        judge.rest();
        if id.is_none() {
            let message = "an advisory without an id";
            defects.partial(DefectKind::MissingField, message, Position::path(path()));
        }
        if advisory::severity(severity.as_deref()).is_none() {
            let message = "a severity that is not known; it counts as high";
            defects.note(DefectKind::UnknownValue, message, Position::path(path()));
        }
        let patched = self.patched.take().map(|versions| match versions.len() {
            0 => "no patched version".to_owned(),
            _ => format!("patched in {}", versions.join(", ")),
        });
        Advisory {
            id,
            title,
            severity,
            patched,
            ..Advisory::default()
        }
    }
}

impl Element for Entry {
    fn clear(&mut self) {
        self.dependency.clear();
        self.advisory.clear();
        self.patched = None;
        self.unknown.clear();
    }
}

impl Fields for Entry {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "dependency" => map.next_value_seed(Object(&mut self.dependency)),
            "advisory" => map.next_value_seed(Object(&mut Details(self))),
            _ => {
                let value = map.next_value_seed(AnyScalar(0))?;
                if self.unknown.len() < 8 {
                    let name = text::lossy(name.as_bytes(), WORD);
                    self.unknown.push((name, value));
                }
                Ok(())
            }
        }
    }
}

/// The object `advisory`.
struct Details<'a>(&'a mut Entry);

impl Fields for Details<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "first_patched_versions" | "patched_versions" => {
                self.0.patched = map.next_value_seed(Versions)?;
                Ok(())
            }
            _ => self.0.advisory.field(name, map),
        }
    }
}
