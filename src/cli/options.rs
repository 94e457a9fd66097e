//! Options that `run` and `check` share: as typed, and as meant.

use std::path::{Path, PathBuf};

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use gatekeeper_parsers::{Expect, FORMATS, Tool};

use super::compared;
use super::output::Outputs;
use super::policy::{self, Chosen};
use crate::compare::Against;
use crate::error::Error;
use crate::report::Report;

/// As typed.
#[derive(Debug, Args)]
pub(super) struct Shared {
    /// How to render the report: terminal, markdown, html, json, github, sarif, junit, gitlab, agent, handoff, values; with
    /// =PATH into a file. Repeatable
    #[arg(
        long,
        value_name = "NAME[=PATH]",
        env = "GATEKEEPER_FORMAT",
        value_delimiter = ','
    )]
    format: Vec<String>,
    /// Read only the output of this tool (exunit, credo, …)
    #[arg(long, value_name = "NAME", env = "GATEKEEPER_TOOL")]
    tool: Option<String>,
    /// Read as this format, without detection (see `gatekeeper explain formats`)
    #[arg(long = "as", value_name = "FORMAT", env = "GATEKEEPER_AS")]
    as_format: Option<String>,
    #[command(flatten)]
    policy: policy::Options,
    /// Lines changed since the merge base with this commit or branch are measured apart; in a pull request, its target
    #[arg(long, value_name = "REF", env = "GATEKEEPER_BASE")]
    base: Option<String>,
    /// Findings that are known; gatekeeper.baseline.json where it is there (see `gatekeeper baseline`)
    #[arg(long, value_name = "FILE", env = "GATEKEEPER_BASELINE")]
    baseline: Option<PathBuf>,
    /// Where raw output is recorded
    #[arg(
        long,
        value_name = "DIR",
        env = "GATEKEEPER_RECORD",
        default_value = ".gatekeeper"
    )]
    pub(super) record: PathBuf,
    /// Record nothing
    #[arg(long, env = "GATEKEEPER_NO_RECORD", value_parser = FalseyValueParser::new())]
    pub(super) no_record: bool,
    /// Whether to use colour
    #[arg(
        long,
        value_name = "WHEN",
        env = "GATEKEEPER_COLOR",
        default_value = "auto"
    )]
    color: Color,
    /// Print nothing but the command's own output and errors
    #[arg(short, long, env = "GATEKEEPER_QUIET", value_parser = FalseyValueParser::new())]
    pub(super) quiet: bool,
    /// Show every failure, finding, source and defect
    #[arg(short, long, env = "GATEKEEPER_VERBOSE", value_parser = FalseyValueParser::new(), conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// As meant.
pub(super) struct Meant {
    pub(super) expect: Expect,
    pub(super) policy: Chosen,
    pub(super) against: Against,
    pub(super) outputs: Outputs,
}

impl Meant {
    /// Adds what the rest of the tree says: the policy that does not decide, and what tools were told to pass over.
    pub(super) fn complete(&self, report: &mut Report) {
        report.shadow = self.policy.shadow(report);
        if self.outputs.show_everything() {
            report.suppressions = Some(crate::suppressions::scan(Path::new(".")));
        }
    }
}

impl Shared {
    /// Checks everything before anything is read or run.
    pub(super) fn mean(&self) -> Result<Meant, Error> {
        let policy = self.policy.mean()?;
        Ok(Meant {
            expect: Expect {
                format: self.expected_format()?,
                tool: self.expected_tool()?,
            },
            against: Against {
                changes: compared::changes(self.base.as_deref(), &policy.policy)?,
                baseline: compared::baseline(self.baseline.as_deref(), &policy)?,
                references: compared::references(&policy),
            },
            policy,
            outputs: Outputs::open(&self.format, self.color, self.quiet, self.verbose)?,
        })
    }

    fn expected_format(&self) -> Result<Option<&'static gatekeeper_parsers::Format>, Error> {
        let Some(id) = given(self.as_format.as_deref()) else {
            return Ok(None);
        };
        let known = || FORMATS.iter().map(|f| f.id).collect::<Vec<_>>().join(", ");
        match gatekeeper_parsers::format(id) {
            Some(format) => Ok(Some(format)),
            None => Err(Error::usage(
                format!("--as: there is no format {id:?}"),
                format!("formats: {}", known()),
            )),
        }
    }

    fn expected_tool(&self) -> Result<Option<Tool>, Error> {
        let Some(id) = given(self.tool.as_deref()) else {
            return Ok(None);
        };
        let known = || {
            Tool::ALL
                .iter()
                .map(|t| t.id())
                .collect::<Vec<_>>()
                .join(", ")
        };
        match Tool::ALL.iter().find(|t| t.id() == id) {
            Some(tool) => Ok(Some(*tool)),
            None => Err(Error::usage(
                format!("--tool: there is no tool {id:?}"),
                format!("tools: {}", known()),
            )),
        }
    }
}

/// An empty variable is none.
pub(super) fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|v| !v.is_empty())
}
