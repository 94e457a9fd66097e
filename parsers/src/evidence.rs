//! The evidence model: what sources say, whatever tool said it. It does not serialise; the wire format is the
//! application's business.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The tools whose output is understood. Ids are those of the wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// `mix test`.
    Exunit,
    /// A JUnit XML report, of whatever tool.
    Junit,
    /// `mix test --cover`.
    MixCover,
    /// ExCoveralls.
    Excoveralls,
    /// An LCOV tracefile, of whatever tool.
    Lcov,
    /// A Cobertura XML report, of whatever tool.
    Cobertura,
    /// A report in Codecov's JSON, of whatever tool.
    Codecov,
    /// Credo.
    Credo,
    /// Dialyzer, by dialyxir or alone.
    Dialyzer,
    /// Sobelow.
    Sobelow,
    /// mix_audit (`mix deps.audit`).
    MixAudit,
    /// `mix hex.audit`.
    HexAudit,
    /// `mix format`.
    MixFormat,
    /// The Elixir compiler, and the Erlang compiler in a project of Mix.
    Compiler,
    /// `mix deps.unlock --check-unused`.
    DepsUnlock,
    /// `mix xref graph`.
    Xref,
    /// Any other tool that writes SARIF; which one it is stands in [`Findings::driver`].
    Sarif,
    /// Doctor.
    Doctor,
    /// Benchee, by benchee_json.
    Benchee,
    /// Playwright, by its JSON reporter.
    Playwright,
    /// A CTRF report, of whatever tool.
    Ctrf,
    /// The Test Anything Protocol, of whatever tool.
    Tap,
    /// A GitLab security report; which tool it is of stands in [`Findings::driver`].
    GitlabSecurity,
    /// A GitLab Code Quality report, of whatever tool.
    CodeQuality,
    /// axe-core.
    Axe,
    /// `mix hex.outdated`.
    HexOutdated,
}

impl Tool {
    /// The id on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Exunit => "exunit",
            Self::Junit => "junit",
            Self::MixCover => "mix_cover",
            Self::Excoveralls => "excoveralls",
            Self::Lcov => "lcov",
            Self::Cobertura => "cobertura",
            Self::Codecov => "codecov",
            Self::Credo => "credo",
            Self::Dialyzer => "dialyzer",
            Self::Sobelow => "sobelow",
            Self::MixAudit => "mix_audit",
            Self::HexAudit => "hex_audit",
            Self::MixFormat => "mix_format",
            Self::Compiler => "compiler",
            Self::DepsUnlock => "deps_unlock",
            Self::Xref => "xref",
            Self::Sarif => "sarif",
            Self::Doctor => "doctor",
            Self::Benchee => "benchee",
            Self::Playwright => "playwright",
            Self::Ctrf => "ctrf",
            Self::Tap => "tap",
            Self::GitlabSecurity => "gitlab_security",
            Self::CodeQuality => "code_quality",
            Self::Axe => "axe",
            Self::HexOutdated => "hex_outdated",
        }
    }

    /// Every tool.
    pub const ALL: &[Self] = &[
        Self::Exunit,
        Self::Junit,
        Self::MixCover,
        Self::Excoveralls,
        Self::Lcov,
        Self::Cobertura,
        Self::Codecov,
        Self::Credo,
        Self::Dialyzer,
        Self::Sobelow,
        Self::MixAudit,
        Self::HexAudit,
        Self::MixFormat,
        Self::Compiler,
        Self::DepsUnlock,
        Self::Xref,
        Self::Sarif,
        Self::Doctor,
        Self::Benchee,
        Self::Playwright,
        Self::Ctrf,
        Self::Tap,
        Self::GitlabSecurity,
        Self::CodeQuality,
        Self::Axe,
        Self::HexOutdated,
    ];
}

/// What one part of a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing but defects: the tool was recognised, its result was not there.
    Nothing,
    /// Tests that ran.
    Tests(Tests),
    /// Line coverage.
    Coverage(Coverage),
    /// Remarks of a static tool.
    Findings(Findings),
    /// Durations of code that was measured.
    Benchmarks(Benchmarks),
}

impl Evidence {
    /// The tests, where it is about tests.
    #[must_use]
    pub fn tests(&self) -> Option<&Tests> {
        match self {
            Self::Tests(tests) => Some(tests),
            Self::Nothing | Self::Coverage(_) | Self::Findings(_) | Self::Benchmarks(_) => None,
        }
    }

    /// The coverage, where it is about coverage.
    #[must_use]
    pub fn coverage(&self) -> Option<&Coverage> {
        match self {
            Self::Coverage(coverage) => Some(coverage),
            Self::Nothing | Self::Tests(_) | Self::Findings(_) | Self::Benchmarks(_) => None,
        }
    }

    /// The findings, where it is about findings.
    #[must_use]
    pub fn findings(&self) -> Option<&Findings> {
        match self {
            Self::Findings(findings) => Some(findings),
            Self::Nothing | Self::Tests(_) | Self::Coverage(_) | Self::Benchmarks(_) => None,
        }
    }

    /// The benchmarks, where it is about benchmarks.
    #[must_use]
    pub fn benchmarks(&self) -> Option<&Benchmarks> {
        match self {
            Self::Benchmarks(benchmarks) => Some(benchmarks),
            Self::Nothing | Self::Tests(_) | Self::Coverage(_) | Self::Findings(_) => None,
        }
    }
}

/// A test run: one or more suites (umbrella apps), already summed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tests {
    /// How many of each outcome.
    pub counts: Counts,
    /// Tests by type (`test`, `doctest`, `property`, …), as far as the source says; counted as the source counts them.
    pub by_type: BTreeMap<String, u64>,
    /// Duration of the run in microseconds, as the source states it.
    pub duration_us: Option<u64>,
    /// The seed, when all suites share one.
    pub seed: Option<u64>,
    /// `max_cases`, when all suites share one.
    pub max_cases: Option<u64>,
    /// Every failure that the source details, in its order.
    pub failures: Vec<Failure>,
    /// Every case that the source names. A progress dot names none.
    pub cases: Vec<TestCase>,
    /// The slowest tests as the source lists them.
    pub slowest: Vec<SlowTest>,
    /// What was logged between the failures and may be their cause. For explanations only: a test can print any of it.
    pub logged: Vec<Logged>,
}

/// What kind of event was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoggedKind {
    /// A process ended with an exception.
    Terminated,
    /// A database accepted no connection.
    NoConnection,
}

/// An error that was logged outside of any failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// What happened.
    pub kind: LoggedKind,
    /// The process, by name or pid.
    pub who: String,
    /// Module of the exception.
    pub exception: Option<String>,
    /// The first line of its message.
    pub message: String,
    /// Its stack, innermost call first.
    pub stack: Vec<Frame>,
    /// How many of [`Tests::failures`] were printed before it.
    pub before: usize,
    /// How often it was logged.
    pub times: u64,
}

/// Numbers of tests by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Not run because their set-up (`setup_all`) failed.
    pub invalid: u64,
    /// Skipped by a tag.
    pub skipped: u64,
    /// Excluded by a filter; never part of the total.
    pub excluded: u64,
}

impl Counts {
    /// Passed, failed, invalid and skipped tests.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.passed
            .saturating_add(self.failed)
            .saturating_add(self.invalid)
            .saturating_add(self.skipped)
    }

    /// Tests that really ran: passed and failed ones.
    #[must_use]
    pub fn ran(&self) -> u64 {
        self.passed.saturating_add(self.failed)
    }

    /// Adds another run's numbers.
    pub fn add(&mut self, other: &Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.invalid = self.invalid.saturating_add(other.invalid);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.excluded = self.excluded.saturating_add(other.excluded);
    }
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// Its `setup_all` failed, so it did not run.
    Invalid,
    /// A tag skipped it.
    Skipped,
    /// A filter excluded it.
    Excluded,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
            Self::Excluded => "excluded",
        }
    }
}

/// One named test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// The umbrella app.
    pub app: Option<String>,
    /// The test module, without `Elixir.`.
    pub module: Option<String>,
    /// The name without its type: `adds two numbers`, with the describe block in front.
    pub name: String,
    /// `test`, `doctest`, `property`, `feature`, …
    pub test_type: Option<String>,
    /// File, relative to the project's root where the source says so.
    pub file: Option<String>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in microseconds.
    pub duration_us: Option<u64>,
    /// Why it was skipped, or the first line of its failure.
    pub reason: Option<String>,
}

/// A slow test, as `--slowest` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowTest {
    /// The test module.
    pub module: Option<String>,
    /// The name without its type.
    pub name: String,
    /// File of the test.
    pub file: Option<String>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// One failed test, or one set-up that failed for a whole module, broken into its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The umbrella app.
    pub app: Option<String>,
    /// The test module, without `Elixir.`.
    pub module: Option<String>,
    /// The name without its type. `None` where the failure is of a whole module or file.
    pub name: Option<String>,
    /// `test`, `doctest`, `property`, `feature`, …; `setup_all` for a module's set-up; `compile` for a file.
    pub test_type: Option<String>,
    /// File, relative to the project's root where the source says so.
    pub file: Option<String>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// Parameters of a parameterised test, as printed.
    pub parameters: Option<String>,
    /// What went wrong. At least one; several for `ExUnit.MultiError` and failing `on_exit` callbacks.
    pub errors: Vec<TestError>,
    /// Output that was captured while the test ran, as printed, without its indentation.
    pub logs: Option<String>,
}

impl Failure {
    /// Gives back memory that was taken for more than there is: thousands of failures may be kept.
    pub fn shrink(&mut self) {
        self.errors.shrink_to_fit();
        for error in &mut self.errors {
            error.message.shrink_to_fit();
            error.nested.shrink_to_fit();
            error.stack.shrink_to_fit();
            let texts = [
                &mut error.code,
                &mut error.left,
                &mut error.right,
                &mut error.doctest,
                &mut error.arguments,
                &mut error.mailbox,
                &mut error.hint,
            ];
            texts.into_iter().flatten().for_each(String::shrink_to_fit);
        }
    }
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// A failed assertion (`ExUnit.AssertionError`); printed without a banner.
    #[default]
    Assertion,
    /// An exception was raised.
    Error,
    /// `exit`, or an exit of a process that was called.
    Exit,
    /// `throw`.
    Throw,
    /// A linked process exited (`EXIT from #PID<…>`).
    LinkedExit,
    /// `Not implemented`: a test without a body.
    NotImplemented,
}

impl ErrorKind {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Error => "error",
            Self::Exit => "exit",
            Self::Throw => "throw",
            Self::LinkedExit => "EXIT",
            Self::NotImplemented => "not_implemented",
        }
    }
}

/// One error of a failed test, broken into its parts. Texts are as printed, without indentation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestError {
    /// What kind it is.
    pub kind: ErrorKind,
    /// Module of the exception, such as `KeyError`.
    pub exception: Option<String>,
    /// Everything up to the first label: the assertion's message, or the banner's text without `** (X) `.
    pub message: String,
    /// Exceptions named by later banners (`** (X) …`) inside the message, outermost first.
    pub nested: Vec<Nested>,
    /// `code:`.
    pub code: Option<String>,
    /// `left:`.
    pub left: Option<String>,
    /// `right:`.
    pub right: Option<String>,
    /// `doctest:`.
    pub doctest: Option<String>,
    /// `arguments:` with its numbered values, or a property's generated values.
    pub arguments: Option<String>,
    /// `mailbox:` with its pairs.
    pub mailbox: Option<String>,
    /// `hint:`.
    pub hint: Option<String>,
    /// `stacktrace:`, innermost call first.
    pub stack: Vec<Frame>,
}

/// A banner inside a message: `** (EXIT) …`, `** (RuntimeError) …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// What stands in the parentheses.
    pub exception: String,
    /// The rest of its line.
    pub message: String,
}

/// One entry of a stack trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// `ex_unit` of `(ex_unit 1.20.4) lib/…`; `None` for the project's own code.
    pub app: Option<String>,
    /// File.
    pub file: Option<String>,
    /// Line.
    pub line: Option<NonZeroU32>,
    /// `Shop.Cart.add/2`, `(test)`, `anonymous fn/0 in …`.
    pub function: String,
}

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
    pub lines: BTreeMap<NonZeroU32, u64>,
}

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
        if self.list.len() < max_details {
            self.list.push(finding);
        }
    }

    /// Findings whose severity is not known.
    #[must_use]
    pub fn ungraded(&self) -> u64 {
        self.total.saturating_sub(self.counts.known())
    }

    /// Counts a finding of which nothing more is kept.
    pub fn count(&mut self, severity: Severity) {
        self.counts.add(severity, 1);
        self.total = self.total.saturating_add(1);
    }

    /// Counts a finding, and keeps it when there is room for its details.
    pub fn push(&mut self, finding: Finding, max_details: usize) {
        self.count(finding.severity);
        if self.list.len() < max_details {
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

/// What a benchmark measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Benchmarks {
    /// Every scenario, up to the limit of details.
    pub scenarios: Vec<Scenario>,
    /// How many there are, listed or not.
    pub total: u64,
}

/// One job with one input. Times are in picoseconds, so that comparing them is exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Name of the job.
    pub name: String,
    /// Name of the input, where there are several.
    pub input: Option<String>,
    /// The median.
    pub median_ps: Option<u64>,
    /// The average.
    pub average_ps: Option<u64>,
    /// The 99th percentile.
    pub p99_ps: Option<u64>,
    /// Iterations a second, as printed.
    pub ips: Option<String>,
    /// Measurements.
    pub samples: u64,
    /// Median of the memory that one run took, in bytes, where it was measured.
    pub memory_bytes: Option<u64>,
}
