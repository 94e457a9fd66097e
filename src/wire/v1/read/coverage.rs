//! Coverage: the total, the files, and the layers.

use gatekeeper_parsers::evidence::{FileCoverage, Lines, Measure};

use super::document::{WireCoverage, WireFile, WireLayer};
use super::{Read, Unread, all, unknown};
use crate::coverage::{CoverageReport, LayerCoverage, Printed};

pub(super) fn coverage(c: WireCoverage) -> Read<CoverageReport> {
    let lines = c.covered.zip(c.relevant);
    let printed = match (lines, &c.percent) {
        (None, Some(percent)) => vec![printed(hundredths(percent)?)],
        _ => Vec::new(),
    };
    Ok(CoverageReport {
        lines,
        printed,
        files: all(c.files, file)?,
        layers: c.layers.into_iter().map(layer).collect(),
        ..CoverageReport::default()
    })
}

fn printed(shown: u64) -> Printed {
    Printed {
        at_least: shown.saturating_mul(2).saturating_sub(1),
        below: shown.saturating_mul(2).saturating_add(1),
        shown,
    }
}

fn file(f: WireFile) -> Read<FileCoverage> {
    let measure = match (f.covered.zip(f.relevant), &f.percent) {
        (Some((covered, relevant)), _) => Measure::Lines { covered, relevant },
        (None, Some(percent)) => Measure::Rounded {
            hundredths: hundredths(percent)?,
        },
        (None, None) => return Err(Unread::Value("a file has no coverage".into())),
    };
    Ok(FileCoverage {
        path: f.path,
        module: f.module,
        measure,
        lines: Lines::default(),
    })
}

/// `79.99` as 7999.
fn hundredths(percent: &str) -> Read<u64> {
    let parts = percent
        .split_once('.')
        .filter(|(_, decimals)| decimals.len() == 2);
    let number = parts.and_then(|(whole, decimals)| format!("{whole}{decimals}").parse().ok());
    number.map_or_else(|| unknown("the percentage", percent), Ok)
}

fn layer(l: WireLayer) -> LayerCoverage {
    LayerCoverage {
        name: l.name,
        lines: l.covered.zip(l.relevant),
    }
}
