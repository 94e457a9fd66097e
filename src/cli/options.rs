//! Options that `run` and `check` share: as typed, and as meant.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use gatekeeper_parsers::{Expect, FORMATS, Tool};

use super::output::Outputs;
use crate::error::Error;
use crate::gates::{DISTINCT, GATES, Policy, gate};

/// As typed.
#[derive(Debug, Args)]
pub(super) struct Shared {
    /// How to render the report: terminal, markdown, json, agent, handoff; with =PATH into a file. Repeatable
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
    /// Gates whose evidence must be there: tests, coverage, credo, dialyzer, sobelow, …
    #[arg(
        long,
        value_name = "KIND",
        env = "GATEKEEPER_REQUIRE",
        value_delimiter = ','
    )]
    require: Vec<String>,
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
    quiet: bool,
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
    pub(super) policy: Policy,
    pub(super) outputs: Outputs,
}

impl Shared {
    /// Checks everything before anything is read or run.
    pub(super) fn mean(&self) -> Result<Meant, Error> {
        no_config_yet()?;
        Ok(Meant {
            expect: Expect {
                format: self.expected_format()?,
                tool: self.expected_tool()?,
            },
            policy: self.policy()?,
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

    fn policy(&self) -> Result<Policy, Error> {
        let known = || GATES.iter().map(|g| g.id).collect::<Vec<_>>().join(", ");
        let (mut require, mut tools) = (Vec::new(), Vec::new());
        for kind in self
            .require
            .iter()
            .map(|k| k.trim())
            .filter(|k| !k.is_empty())
        {
            let Some(gate) = gate(kind) else {
                let message = format!("--require: there is no gate {kind:?}");
                return Err(Error::usage(message, format!("gates: {}", known())));
            };
            require.push(gate);
            tools.extend(DISTINCT.iter().filter(|t| t.id() == kind));
        }
        Ok(Policy {
            require,
            tools,
            ..Policy::default()
        })
    }
}

/// An empty variable is none.
fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|v| !v.is_empty())
}

/// A policy file that is not read must not be ignored: the project may demand more than the defaults.
fn no_config_yet() -> Result<(), Error> {
    if let Some(path) = std::env::var_os("GATEKEEPER_CONFIG").filter(|p| !p.is_empty()) {
        let message = format!(
            "GATEKEEPER_CONFIG names {}, but this version reads no policy file yet",
            path.display()
        );
        return Err(Error::usage(
            message,
            "unset it to judge by the default gates, or use --require",
        ));
    }
    let here = std::env::current_dir().unwrap_or_default();
    for dir in here.ancestors() {
        for name in ["gatekeeper.toml", ".config/gatekeeper.toml"] {
            let path = dir.join(name);
            if path.is_file() {
                let message = format!(
                    "{} is there, but this version reads no policy file yet",
                    path.display()
                );
                return Err(Error::usage(
                    message,
                    "move it away to judge by the default gates, or use --require",
                ));
            }
        }
        if dir.join(".git").exists() {
            break;
        }
    }
    Ok(())
}
