//! A source: one thing that was read.

use std::borrow::Cow;

use gatekeeper_parsers::evidence::{Evidence, Findings};
use gatekeeper_parsers::{Completeness, Defect, Tool};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// How far a source can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// What a command printed: the code under test can print anything.
    Text,
    /// What our own formatter told past the output, and the output says the same.
    Channel,
    /// A file that was there before.
    File,
}

impl Trust {
    /// Every one.
    pub const ALL: &[Self] = &[Self::Text, Self::Channel, Self::File];

    /// What it means, in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Text => {
                "what a command printed, and its exit code; the code under test can forge both"
            }
            Self::Channel => {
                "what gatekeeper's own ExUnit formatter told, and the output says the same; only code that knows gatekeeper can forge both"
            }
            Self::File => {
                "a report file that was there before; who wrote it, and when, is not known"
            }
        }
    }

    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Channel => "channel",
            Self::File => "file",
        }
    }
}

/// One part of a partitioned suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: u32,
    /// How many there are, where it is known.
    pub total: Option<u32>,
}

/// One report that was read, with where it came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// What a person calls it: the command, or the path of the file.
    pub label: String,
    /// The tool that wrote it; `None` when it was not recognised.
    pub tool: Option<Tool>,
    /// The format it was read as.
    pub format: Option<&'static str>,
    /// SHA-256 of the bytes, in hex; for a command, of the digests of its two streams.
    pub sha256: Option<String>,
    /// Number of bytes.
    pub bytes: u64,
    /// The command, when one was run.
    pub command: Option<Vec<String>>,
    /// How the command ended.
    pub exit: Option<Exit>,
    /// How long it ran.
    pub duration_ms: Option<u64>,
    /// The shard it stands for.
    pub shard: Option<Shard>,
    /// How far it is proven.
    pub completeness: Completeness,
    /// How far it can be believed.
    pub trust: Trust,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
    /// What it says.
    pub evidence: Evidence,
}

impl Source {
    /// A source that carries no evidence, with the reason.
    #[must_use]
    pub fn unreadable(label: impl Into<String>, defect: Defect) -> Self {
        Self {
            label: label.into(),
            tool: None,
            format: None,
            sha256: None,
            bytes: 0,
            command: None,
            exit: None,
            duration_ms: None,
            shard: None,
            completeness: Completeness::Unreadable,
            trust: Trust::File,
            defects: vec![defect],
            evidence: Evidence::Nothing,
        }
    }

    /// Notes a defect and lowers the completeness.
    pub fn lower(&mut self, completeness: Completeness, defect: Defect) {
        self.completeness = self.completeness.max(completeness);
        self.defects.push(defect);
    }

    /// The id of its tool on the wire; `None` when it was not recognised.
    #[must_use]
    pub fn tool_id(&self) -> Option<Cow<'static, str>> {
        let findings = self.evidence.findings().map(Findings::tool_id);
        findings.or_else(|| self.tool.map(|tool| tool.id().into()))
    }

    /// Whether it proves that it was read to its end and that its totals agree.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }
}
