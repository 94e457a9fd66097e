//! `gatekeeper.toml`: read whole and validated whole; every problem at once, each with its place. Pure, but for [`find`].
//!
//! The format is that of product contract §4. What is not understood is an error: a misspelt key would be a limit that
//! nobody checks.

use std::ops::Range;

use toml::de::DeTable;

use crate::policy::Policy;

mod benchmark;
mod coverage;
mod fields;
mod find;
mod findings;
mod numbers;
mod plan;
mod problem;
mod sections;
mod waivers;

pub(crate) use find::text;
pub use find::{NAMES, find, load, user_file};
pub use problem::Problem;
pub(crate) use sections::{SHARDS, unknown_kind};

use fields::Reader;

/// Reads a policy. `file` is the name that its values carry as their origin.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn read(file: &str, text: &str) -> Result<Policy, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(file, text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        reader.problem(span, error.message().to_owned(), None);
    }
    // What cannot be parsed is not judged further: half a table gives misleading complaints.
    if errors.is_empty() {
        let policy = sections::policy(&mut reader, table.get_ref());
        if reader.problems.is_empty() {
            return Ok(policy);
        }
    }
    reader
        .problems
        .sort_by_key(|p: &Problem| (p.line, p.column));
    Err(reader.problems)
}

/// A stretch of the file.
type Span = Range<usize>;
