//! One line of the channel.

use serde::Deserialize;

/// What a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Told {
    /// A VM was started.
    Hello,
    /// A suite begins.
    Suite,
    /// A test begins.
    Run,
    /// A test ended.
    Test,
    /// The set-up of a module failed.
    Module,
    /// The suite was aborted by a signal.
    Abort,
    /// Something could not be written.
    Lost,
    /// A suite ended.
    End,
    /// The run ended, and gatekeeper closed the channel.
    Sealed,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Passed,
    Failed,
    Invalid,
    Skipped,
    Excluded,
}

/// A line. The format is ours, so that what is not known is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Event {
    /// The nonce of the run.
    pub gk: String,
    /// The VM that wrote it.
    pub vm: String,
    /// Number of the line in its VM, from 0.
    pub n: u64,
    pub t: Option<Told>,
    pub v: Option<u64>,
    pub otp: Option<String>,
    pub hook: Option<bool>,
    /// Number of the suite in its VM, from 1.
    pub suite: Option<u64>,
    pub app: Option<String>,
    pub seed: Option<u64>,
    pub max_cases: Option<u64>,
    pub elixir: Option<String>,
    pub nested: Option<bool>,
    pub console: Option<bool>,
    pub repeat: Option<u64>,
    pub module: Option<String>,
    pub name: Option<String>,
    pub params: Option<String>,
    #[serde(rename = "type")]
    pub test_type: Option<String>,
    pub describe: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub us: Option<u64>,
    pub state: Option<State>,
    pub reason: Option<String>,
    pub block: Option<String>,
    pub logs: Option<String>,
    /// The block was longer than what is passed on.
    pub cut: Option<bool>,
    pub invalidated: Option<u64>,
    pub stopped: Option<bool>,
    pub passed: Option<u64>,
    pub failed: Option<u64>,
    pub invalid: Option<u64>,
    pub skipped: Option<u64>,
    pub excluded: Option<u64>,
    pub lines: Option<u64>,
}

impl Event {
    /// What tells one test from another, as a person would name it.
    pub(super) fn title(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        let module = self.module.as_deref().unwrap_or_default();
        match &self.params {
            Some(params) => format!("{name} ({module}) {params}"),
            None => format!("{name} ({module})"),
        }
    }

    /// The name without its type.
    pub(super) fn short_name(&self) -> String {
        let name = self.name.clone().unwrap_or_default();
        let prefix = self.test_type.as_ref().map(|t| format!("{t} "));
        match prefix.and_then(|p| name.strip_prefix(&p).map(str::to_owned)) {
            Some(short) => short,
            None => name,
        }
    }
}
