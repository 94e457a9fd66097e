//! Readers for the output of Elixir's quality tools: bytes in, evidence out.
//!
//! Reading never fails and never panics: any bytes give parts, each a [`Parsed`] value with its defects and with how
//! far it is proven. Memory is bounded by what is kept ([`Limits`]), not by what is read. There are no files, clocks,
//! processes or environment in here.
//!
//! In reading order: [`evidence`] (the model), [`defect`], [`input`] and [`text`] (bounded reading), [`stream`] (from
//! streams to parts), then a module for each tool.

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::disallowed_methods
    )
)]

use std::io::BufRead;

mod advisory;
mod axe;
mod benchee;
mod cobertura;
mod codecov;
mod collect;
mod compiler;
mod cover;
mod coverdata;
mod credo;
mod ctrf;
#[cfg(test)]
mod damage;
pub mod defect;
mod deps_unlock;
mod dialyzer;
mod doctor;
mod eight;
mod etf;
pub mod evidence;
mod excoveralls;
mod exunit;
pub mod exunit_channel;
mod github_log;
mod gitlab;
mod hex_audit;
mod hex_outdated;
pub mod input;
mod json_doc;
mod junit;
mod lcov;
mod mix_audit;
mod mix_cover;
mod mix_format;
mod names;
mod playwright;
mod record;
mod sarif;
mod sobelow;
pub mod stream;
#[cfg(test)]
mod stream_damage;
mod tap;
pub mod text;
mod xml;
mod xref;

pub use defect::{Completeness, Defect, DefectKind, Parsed, Position};
pub use evidence::{Evidence, Tool};
pub use input::{Limits, Stream};
pub use stream::{Expect, Part, Reading, Section, read};

/// One output format of one tool.
#[derive(Debug)]
pub struct Format {
    /// Stable id: tool, dash, form.
    pub id: &'static str,
    /// The tool that writes it.
    pub tool: Tool,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What proves that a source of this format is complete.
    pub proof: &'static str,
    /// How it is read.
    pub reader: Reader,
}

/// How a format is read.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// Line by line, beside the other line formats. Formats that share the function share one section.
    Lines(fn() -> Box<dyn Section>),
    /// As one document, from its first byte to the end of the stream.
    Document {
        /// Whether a document of this format starts with these bytes (up to 64 KiB).
        sniff: fn(&[u8]) -> bool,
        /// Reads it. The input starts at the document's first byte.
        parse: fn(&mut dyn BufRead, &Limits) -> Parsed<Evidence>,
    },
}

/// Every format, in the order in which lines are offered and documents are tried. What a test prints may look like
/// anybody's report, so ExUnit comes before all others but the compiler, whose errors it lets through.
pub static FORMATS: &[Format] = &[
    compiler::CONSOLE,
    exunit::ROW,
    exunit_channel::ROW,
    junit::XML,
    playwright::JSON,
    ctrf::JSON,
    mix_cover::TABLE,
    coverdata::EXPORT,
    excoveralls::TABLE,
    excoveralls::JSON,
    excoveralls::SONAR,
    lcov::INFO,
    cobertura::XML,
    codecov::JSON,
    credo::JSON,
    credo::TEXT,
    credo::ONELINE,
    credo::FLYCHECK,
    credo::JSONL,
    dialyzer::DEFAULT,
    dialyzer::SHORT,
    dialyzer::RAW,
    dialyzer::GITHUB,
    dialyzer::ERLANG,
    dialyzer::IGNORE,
    dialyzer::STRICT,
    dialyzer::OTP_TEXT,
    dialyzer::OTP_RAW,
    sobelow::JSON,
    sobelow::TEXT,
    sobelow::COMPACT,
    sobelow::FLYCHECK,
    sarif::CREDO,
    sarif::SOBELOW,
    sarif::JSON,
    mix_audit::JSON,
    mix_audit::HUMAN,
    hex_outdated::JSON,
    hex_outdated::CONSOLE,
    hex_audit::CONSOLE,
    mix_format::CONSOLE,
    doctor::CONSOLE,
    gitlab::SECURITY,
    gitlab::QUALITY,
    axe::JSON,
    benchee::JSON,
    tap::CONSOLE,
    deps_unlock::CONSOLE,
    xref::CYCLES,
];

/// The format with this id.
#[must_use]
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.id == id)
}
