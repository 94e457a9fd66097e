//! The evidence model: what sources say, whatever tool said it. It does not serialise; the wire format is the
//! application's business.

mod benchmark;
mod coverage;
mod finding;
mod name;
mod suite;

pub use benchmark::{Benchmarks, Scenario};
pub use coverage::{Coverage, FileCoverage, Lines, Measure, Threshold};
pub use finding::{Finding, Findings, Severity, SeverityCounts};
pub use name::Name;
pub use suite::{
    Counts, ErrorKind, Failure, Frame, Logged, LoggedKind, Nested, Outcome, SlowModule, SlowTest,
    TestCase, TestError, Tests,
};

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
