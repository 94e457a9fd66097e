//! Which function a line is in, as far as stacks and findings name functions of their lines.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use crate::failures;
use crate::report::{ReportFailure, ReportFinding};

/// Lines whose function is known, by file. A line that two functions claim is in none.
pub(super) struct Functions(HashMap<String, BTreeMap<NonZeroU32, Option<String>>>);

impl Functions {
    pub(super) fn of(failures: &[ReportFailure], findings: &[ReportFinding]) -> Self {
        let mut all = Self(HashMap::new());
        let frames = failures
            .iter()
            .flat_map(|f| failures::own_frames(&f.failure));
        for frame in frames {
            if let (Some(file), Some(line)) = (frame.file, frame.line) {
                all.add(file.into(), line, &frame.function);
            }
        }
        for finding in findings.iter().map(|f| &f.finding) {
            if let (Some(path), Some(line), Some(function)) =
                (&finding.path, finding.line, &finding.function)
            {
                all.add(path.clone(), line, function);
            }
        }
        all
    }

    fn add(&mut self, file: String, line: NonZeroU32, function: &str) {
        // A function inside of another one is a part of it.
        let name = function
            .rsplit(" in ")
            .next()
            .unwrap_or_default()
            .to_owned();
        let lines = self.0.entry(file).or_default();
        let known = lines.entry(line).or_insert_with(|| Some(name.clone()));
        if known.as_ref().is_some_and(|known| !same(known, &name)) {
            *known = None;
        }
    }

    /// The function that is named both above and below a line, or on it.
    pub(super) fn around(&self, file: &str, line: NonZeroU32) -> Option<&str> {
        let lines = self.0.get(file)?;
        let above = lines.range(..=line).next_back()?.1.as_deref()?;
        let below = lines.range(line..).next()?.1.as_deref()?;
        same(above, below).then_some(above)
    }
}

/// Tools write a function with its number of arguments or without.
fn same(a: &str, b: &str) -> bool {
    let parts = |name: &'_ str| {
        let (name, arity) = name.split_once('/').unwrap_or((name, ""));
        (name.to_owned(), arity.to_owned())
    };
    let ((a, m), (b, n)) = (parts(a), parts(b));
    a == b && (m == n || m.is_empty() || n.is_empty())
}
