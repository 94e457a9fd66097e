//! ExCoveralls: its table on standard output, and its JSON report.
//!
//! Source of the formats: `lib/excoveralls/local.ex`, `stats.ex` and `json.ex` of ExCoveralls 0.18.5. Deliberately
//! absent: the HTML report, and the formats of other tools that ExCoveralls can write (LCOV, Cobertura, Sonar).

mod bound;
mod fold;
mod hits;
mod json;
mod row;
mod sums;
mod table;

pub(crate) use json::JSON;
pub(crate) use table::TABLE;

#[cfg(test)]
mod tests;
