//! The quality gate for Elixir and Phoenix teams, as a library: a pure kernel in a thin shell.
//!
//! In reading order: [`source`] reads bytes into sources ([`witness`] compares exit codes with output, [`command`]
//! knows what a command must print, [`silence`] when none is a report, by what its code [`vouched`] for),
//! [`report`] puts them together, [`coverage`], [`failures`] and [`fingerprint`] refine them, [`gates`] judge them,
//! [`emit`] and [`wire`] render the result. At the edge: [`cli`], [`run`], [`record`], [`tree`], [`project`],
//! [`lockfile`].

pub mod cli;
pub mod command;
pub mod coverage;
pub mod emit;
pub mod error;
pub mod exit;
pub mod failures;
pub mod fingerprint;
pub mod gates;
pub mod lockfile;
pub mod project;
pub mod record;
mod related;
pub mod report;
pub mod run;
pub mod sanitise;
pub mod silence;
pub mod source;
pub mod tree;
pub mod vouched;
pub mod wire;
pub mod witness;
