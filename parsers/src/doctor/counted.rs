//! The whole numbers behind the rounded percentages, from the rows of a full report.

use super::grammar::Row;
use crate::text;

/// How far a rounded percentage may be from the exact one, in hundredths of a percent.
const HALF: u64 = 5;

/// What the rows add up to.
#[derive(Default)]
pub(super) struct Counted {
    functions: u64,
    no_docs: u64,
    no_specs: u64,
    modules: u64,
    no_moduledocs: u64,
    /// Whether a row does not say how many.
    incomplete: bool,
}

impl Counted {
    pub(super) fn add(&mut self, row: &Row<'_>) {
        let number = |word: &str| text::number(word.as_bytes());
        let functions = number(row.functions);
        let missing = row
            .missing
            .and_then(|(d, s)| Some((number(d)?, number(s)?)));
        let (Some(functions), Some((no_docs, no_specs))) = (functions, missing) else {
            self.incomplete = true;
            return;
        };
        self.incomplete |= no_docs > functions || no_specs > functions;
        self.functions = self.functions.saturating_add(functions);
        self.no_docs = self.no_docs.saturating_add(no_docs);
        self.no_specs = self.no_specs.saturating_add(no_specs);
        if row.module_doc != "N/A" {
            self.modules = self.modules.saturating_add(1);
            let without = u64::from(row.module_doc == "No");
            self.no_moduledocs = self.no_moduledocs.saturating_add(without);
        }
    }

    /// The numbers behind these shares; only those of which the share is what is printed.
    pub(super) fn behind(&self, shares: &[(&'static str, u64)]) -> Vec<(&'static str, u64, u64)> {
        if self.incomplete {
            return Vec::new();
        }
        let counted = |name: &str| match name {
            "docs" => Some((self.functions, self.no_docs)),
            "specs" => Some((self.functions, self.no_specs)),
            "moduledocs" => Some((self.modules, self.no_moduledocs)),
            _ => None,
        };
        let behind = shares.iter().filter_map(|(name, printed)| {
            let (all, without) = counted(name)?;
            let with = all.saturating_sub(without);
            is_near(with, all, *printed).then_some((*name, with, all))
        });
        behind.collect()
    }
}

/// Whether a share, rounded to one decimal, may be that of these numbers.
fn is_near(with: u64, all: u64, printed: u64) -> bool {
    let exact = u128::from(with).saturating_mul(10_000);
    let at = |hundredths: u64| u128::from(hundredths).saturating_mul(u128::from(all));
    all > 0
        && exact >= at(printed.saturating_sub(HALF))
        && exact <= at(printed.saturating_add(HALF))
}

/// Adds the numbers of another app; what one of them does not know, both do not.
pub(super) fn sum(all: &mut Vec<(&'static str, u64, u64)>, more: &[(&'static str, u64, u64)]) {
    all.retain_mut(|(name, with, of)| {
        let Some((_, w, o)) = more.iter().find(|(n, ..)| n == name) else {
            return false;
        };
        *with = with.saturating_add(*w);
        *of = of.saturating_add(*o);
        true
    });
}
