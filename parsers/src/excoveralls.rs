//! ExCoveralls: its table on standard output, its JSON report, and its report for SonarQube.
//!
//! Source of the formats: `lib/excoveralls/local.ex`, `stats.ex`, `json.ex` and `xml.ex` of ExCoveralls 0.18.5. Its
//! LCOV and Cobertura reports are read like those of other tools. Deliberately absent: the HTML report.

mod bound;
mod fold;
mod hits;
mod json;
mod row;
mod sonar;
mod sums;
mod table;

pub(crate) use json::JSON;
pub(crate) use sonar::SONAR;
pub(crate) use table::TABLE;

#[cfg(test)]
mod tests;
