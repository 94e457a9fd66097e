//! The quality gate for Elixir and Phoenix teams, as a library: a pure kernel in a thin shell.
//!
//! In reading order: [`source`] reads bytes into sources ([`witness`] compares exit codes with output, [`command`]
//! knows what a command must print, [`silence`] when none is a report, by what its code [`vouched`] for),
//! [`report`] puts them together, [`coverage`], [`failures`] and [`fingerprint`] refine them, [`compare`] joins them with
//! the lines that changed and [`baseline`] with what was known, [`gates`] judge them by the [`policy`] that [`config`]
//! reads, with what it [`waiver`]s, [`emit`] and [`wire`] render the result. At the edge: [`cli`], [`run`], [`channel`], [`record`],
//! [`written`], [`modules`], [`git`], [`tree`], [`project`], [`lockfile`], [`dependency`], [`suppressions`], [`clock`].

pub mod baseline;
pub mod benchmark;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod command;
pub mod compare;
pub mod config;
pub mod coverage;
pub mod dependency;
pub mod emit;
pub mod error;
pub mod exit;
pub mod failures;
pub mod fingerprint;
pub mod gates;
pub mod git;
pub mod live;
pub mod lockfile;
pub mod modules;
pub mod plan;
pub mod policy;
pub mod project;
pub mod publish;
pub mod record;
mod related;
pub mod report;
pub mod retry;
pub mod run;
pub mod sanitise;
pub mod silence;
pub mod source;
pub mod suppressions;
pub mod tree;
pub mod vouched;
pub mod waiver;
pub mod wave;
pub mod wire;
pub mod witness;
pub mod words;
pub mod written;
