//! Coverage on the wire.

use gatekeeper_parsers::evidence::{FileCoverage, Measure};
use serde::Serialize;

use super::compared;
use crate::coverage::{CoverageReport, LayerCoverage, hundredths, percent};
use crate::report::Report;

#[derive(Debug, Serialize)]
pub(super) struct Coverage<'a> {
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
    files: Vec<CoveredFile<'a>>,
    layers: Vec<Layer<'a>>,
    patch: Option<compared::Patch<'a>>,
    patch_unknown: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Layer<'a> {
    name: &'a str,
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct CoveredFile<'a> {
    path: Option<&'a str>,
    module: Option<&'a str>,
    covered: Option<u64>,
    relevant: Option<u64>,
    percent: Option<String>,
}

pub(super) fn coverage<'a>(c: &'a CoverageReport, report: &'a Report) -> Coverage<'a> {
    let patch = report.patch.as_ref();
    let Percent {
        covered,
        relevant,
        percent,
    } = total(c);
    Coverage {
        covered,
        relevant,
        percent,
        files: c.files.iter().map(covered_file).collect(),
        layers: c.layers.iter().map(layer).collect(),
        patch: patch
            .and_then(|p| p.as_ref().ok())
            .map(|p| compared::patch(p, report)),
        patch_unknown: patch.and_then(|p| p.as_ref().err()).map(String::as_str),
    }
}

/// A measure as it is shown: whole numbers where they are known, and the percentage, floored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Percent {
    /// Lines that ran.
    pub covered: Option<u64>,
    /// Lines that can run.
    pub relevant: Option<u64>,
    /// With two decimals.
    pub percent: Option<String>,
}

/// How a measure is shown.
#[must_use]
pub fn measured(measure: &Measure) -> Percent {
    match *measure {
        Measure::Lines { covered, relevant } => Percent {
            covered: Some(covered),
            relevant: Some(relevant),
            percent: percent(covered, relevant),
        },
        Measure::Rounded { hundredths: shown }
        | Measure::Between {
            at_least: shown, ..
        } => Percent {
            covered: None,
            relevant: None,
            percent: Some(hundredths(shown)),
        },
    }
}

/// How the total is shown.
#[must_use]
pub fn total(c: &CoverageReport) -> Percent {
    if let Some((covered, relevant)) = c.lines {
        return measured(&Measure::Lines { covered, relevant });
    }
    // One rounded total is the percentage; several apps have no common one without their numbers of lines.
    let percent = match c.printed.as_slice() {
        [one] => Some(hundredths(one.shown)),
        _ => None,
    };
    Percent {
        covered: None,
        relevant: None,
        percent,
    }
}

pub(super) fn covered_file(f: &FileCoverage) -> CoveredFile<'_> {
    let Percent {
        covered,
        relevant,
        percent,
    } = measured(&f.measure);
    CoveredFile {
        path: f.path.as_deref(),
        module: f.module.as_deref(),
        covered,
        relevant,
        percent,
    }
}

pub(super) fn layer(l: &LayerCoverage) -> Layer<'_> {
    let (covered, relevant) = l.lines.unzip();
    Layer {
        name: &l.name,
        covered,
        relevant,
        percent: l
            .lines
            .and_then(|(covered, relevant)| percent(covered, relevant)),
    }
}
