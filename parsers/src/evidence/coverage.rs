//! What a source says of coverage.

mod lines;

pub use lines::Lines;

/// Line coverage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The totals that the source prints: one, or one per umbrella app.
    pub totals: Vec<Measure>,
    /// Files or modules.
    pub files: Vec<FileCoverage>,
    /// The project's own minimum, when the source says that it was not reached.
    pub missed_threshold: Option<Threshold>,
}

/// A minimum that was not reached, as the tool printed it (`99.00%`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The minimum.
    pub required: String,
    /// What was measured.
    pub measured: String,
}

/// How much is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Exact numbers of lines.
    Lines {
        /// Relevant lines that ran.
        covered: u64,
        /// Lines that can run.
        relevant: u64,
    },
    /// A percentage in hundredths of a percent, rounded by the tool: the exact value is within half of one.
    Rounded {
        /// 7999 is 79.99 %.
        hundredths: u64,
    },
    /// A percentage that the tool printed with fewer digits, floored or rounded: only its bounds are known.
    Between {
        /// The exact value is at least this, in hundredths of a percent.
        at_least: u64,
        /// And less than this.
        below: u64,
    },
}

/// Coverage of one file or module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCoverage {
    /// Path, where the source knows files.
    pub path: Option<String>,
    /// Module, where the source knows modules.
    pub module: Option<String>,
    /// How much.
    pub measure: Measure,
    /// Hits by line, for relevant lines; empty where the source has no lines.
    pub lines: Lines,
}
