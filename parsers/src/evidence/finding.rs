//! What a source says of findings.

use std::borrow::Cow;
use std::num::NonZeroU32;

use super::Tool;

/// Remarks of one static tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The tool.
    pub tool: Tool,
    /// The name of the tool as a SARIF or GitLab document gives it.
    pub driver: Option<String>,
    /// Version of the tool, where the source says it.
    pub tool_version: Option<String>,
    /// Every finding that is listed, up to the limit of details.
    pub list: Vec<Finding>,
    /// How many there are by severity, whether listed or not.
    pub counts: SeverityCounts,
    /// How many there are in all. At least the number of listed ones; more where the source shows only some.
    pub total: u64,
    /// How many the tool says that it suppressed (ignore file, skips).
    pub suppressed: Option<u64>,
    /// Percentages over the whole project that the tool prints, in hundredths, rounded by the tool: name and number.
    pub shares: Vec<(&'static str, u64)>,
    /// The whole numbers behind them, where the source lists everything: name, how many have it, of how many.
    pub counted: Vec<(&'static str, u64, u64)>,
}

impl Findings {
    /// No findings of a tool, so far.
    #[must_use]
    pub fn new(tool: Tool) -> Self {
        Self {
            tool,
            driver: None,
            tool_version: None,
            list: Vec::new(),
            counts: SeverityCounts::default(),
            total: 0,
            suppressed: None,
            shares: Vec::new(),
            counted: Vec::new(),
        }
    }

    /// The id of the tool on the wire: that of [`Tool`], or the name of the tool that a SARIF or GitLab document tells, in lower case.
    #[must_use]
    pub fn tool_id(&self) -> Cow<'static, str> {
        match (&self.driver, self.tool) {
            (Some(driver), Tool::Sarif | Tool::GitlabSecurity) => driver.to_lowercase().into(),
            (_, tool) => tool.id().into(),
        }
    }

    /// Counts a finding whose severity is not known: it is in no count by severity. Listed with one all the same, as a
    /// developer wants to see it.
    pub fn push_ungraded(&mut self, finding: Finding, max_details: usize) {
        self.total = self.total.saturating_add(1);
        if self.has_room(max_details) {
            self.list.push(finding);
        }
    }

    /// Findings whose severity is not known.
    #[must_use]
    pub fn ungraded(&self) -> u64 {
        self.total.saturating_sub(self.counts.known())
    }

    /// Whether the details of one more are kept.
    #[must_use]
    pub fn has_room(&self, max_details: usize) -> bool {
        self.list.len() < max_details
    }

    /// Counts a finding of which nothing more is kept.
    pub fn count(&mut self, severity: Severity) {
        self.counts.add(severity, 1);
        self.total = self.total.saturating_add(1);
    }

    /// Counts a finding, and keeps it when there is room for its details.
    pub fn push(&mut self, finding: Finding, max_details: usize) {
        self.count(finding.severity);
        if self.has_room(max_details) {
            self.list.push(finding);
        }
    }
}

/// Numbers of findings by severity. Findings that a summary counts without saying how severe they are appear in
/// [`Findings::total`] alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeverityCounts {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Info.
    pub info: u64,
}

impl SeverityCounts {
    /// Adds `n` findings of a severity.
    pub fn add(&mut self, severity: Severity, n: u64) {
        let slot = self.slot(severity);
        *slot = slot.saturating_add(n);
    }

    fn slot(&mut self, severity: Severity) -> &mut u64 {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }

    /// Takes one finding of a severity away.
    pub fn remove(&mut self, severity: Severity) {
        let slot = self.slot(severity);
        *slot = slot.saturating_sub(1);
    }

    /// Adds other numbers.
    pub fn add_all(&mut self, other: &Self) {
        self.add(Severity::Critical, other.critical);
        self.add(Severity::High, other.high);
        self.add(Severity::Medium, other.medium);
        self.add(Severity::Low, other.low);
        self.add(Severity::Info, other.info);
    }

    /// Findings whose severity is known.
    #[must_use]
    pub fn known(&self) -> u64 {
        [self.critical, self.high, self.medium, self.low, self.info]
            .into_iter()
            .fold(0, u64::saturating_add)
    }
}

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For information.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One remark of a static tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule of the tool: `Credo.Check.Readability.ModuleDoc`, `pattern_match`, `Config.HTTPS`.
    pub rule: String,
    /// The tool's own grouping: `readability`, `warn_matching`.
    pub category: Option<String>,
    /// How severe it is.
    pub severity: Severity,
    /// The tool's own word for how sure it is.
    pub confidence: Option<String>,
    /// What it says, in full.
    pub message: String,
    /// File as printed.
    pub path: Option<String>,
    /// Line; `None` where the tool has none (it may print 0).
    pub line: Option<NonZeroU32>,
    /// Column.
    pub column: Option<NonZeroU32>,
    /// Last column.
    pub end_column: Option<NonZeroU32>,
    /// Function or scope.
    pub function: Option<String>,
}
