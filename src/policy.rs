//! What is demanded: every limit with where it comes from. Pure; `config` reads it, `gates` judge by it.

use std::borrow::Cow;
use std::fmt;

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use crate::gates::Gate;
use crate::plan;

mod benchmark;
mod date;
mod list;
mod paths;

pub use benchmark::{BenchmarkLimit, BenchmarkRule, NamePattern};
pub use date::Date;
pub(crate) use list::seconds;
pub use list::{Change, Effective};
pub use paths::Patterns;

/// Where a value comes from: `default`, `gatekeeper.toml:12`, `--require`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(Cow<'static, str>);

impl Origin {
    /// Nobody said anything.
    pub const DEFAULT: Self = Self(Cow::Borrowed("default"));

    /// A place with a name.
    #[must_use]
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// What holds when nobody says anything.
    #[must_use]
    pub fn standard(value: T) -> Self {
        let origin = Origin::DEFAULT;
        Self { value, origin }
    }

    /// Another value that was said at the same place.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        let (value, origin) = (change(self.value), self.origin);
        Setting { value, origin }
    }
}

/// Whether a gate counts for the verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Weight {
    /// It does.
    #[default]
    Fail,
    /// It is shown, and does not lower the verdict.
    Warn,
}

impl Weight {
    /// The word on the wire and in the policy.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
        }
    }
}

/// Evidence that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// The gate that judges it.
    pub gate: &'static Gate,
    /// The tool, where its gate is served by tools that look for different things.
    pub tool: Option<Tool>,
    /// Who demands it.
    pub origin: Origin,
}

/// Limits on tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRules {
    /// Failed tests that are accepted.
    pub max_failed: Setting<u64>,
    /// Tests that could not run that are accepted.
    pub max_invalid: Setting<u64>,
    /// Failed tests that are accepted when they passed as they were run again.
    pub max_flaky: Setting<u64>,
    /// Tests that must have run.
    pub min_run: Setting<u64>,
    /// Skipped tests that are accepted.
    pub max_skipped: Option<Setting<u64>>,
    /// Milliseconds that 100 tests may take.
    pub max_ms_per_100: Option<Setting<u64>>,
    /// Of all of them.
    pub severity: Setting<Weight>,
    /// Of skipped tests, when it differs.
    pub skipped_severity: Option<Setting<Weight>>,
    /// Of slow tests, when it differs.
    pub speed_severity: Option<Setting<Weight>>,
}

impl Default for TestRules {
    fn default() -> Self {
        Self {
            max_failed: Setting::standard(0),
            max_invalid: Setting::standard(0),
            max_flaky: Setting::standard(0),
            min_run: Setting::standard(1),
            max_skipped: None,
            max_ms_per_100: None,
            severity: Setting::standard(Weight::Fail),
            skipped_severity: None,
            speed_severity: None,
        }
    }
}

/// Limits on coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRules {
    /// In hundredths of a percent.
    pub min: Setting<u64>,
    /// Of the gate on all lines, and of the parts that say nothing else.
    pub severity: Setting<Weight>,
    /// Parts of the project.
    pub layers: Vec<PartRule>,
    /// Files or modules, each of which is judged alone.
    pub files: Vec<PartRule>,
    /// Apps of an umbrella.
    pub apps: Vec<PartRule>,
    /// Changed lines.
    pub patch: Option<PatchRule>,
}

impl Default for CoverageRules {
    fn default() -> Self {
        Self {
            min: Setting::standard(8_000),
            severity: Setting::standard(Weight::Fail),
            layers: Vec::new(),
            files: Vec::new(),
            apps: Vec::new(),
            patch: None,
        }
    }
}

/// A minimum for some of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRule {
    /// What the gate is called: a layer's name, an app, the first pattern.
    pub name: String,
    /// Files, or modules.
    pub patterns: Patterns,
    /// In hundredths of a percent.
    pub min: Setting<u64>,
    /// Whether it counts.
    pub severity: Weight,
}

/// A minimum for changed lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchRule {
    /// In hundredths of a percent.
    pub min: Setting<u64>,
    /// Whether it counts.
    pub severity: Weight,
}

/// Limits on findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingRules {
    /// In all.
    pub max: Option<Setting<u64>>,
    /// By severity.
    pub by_severity: Vec<(Severity, Setting<u64>)>,
    /// Whether findings of the baseline are left out.
    pub new_only: Option<Setting<bool>>,
    /// Whether it counts.
    pub severity: Option<Setting<Weight>>,
}

impl FindingRules {
    /// So many in all.
    #[must_use]
    pub fn at_most(n: u64) -> Self {
        let max = Some(Setting::standard(n));
        Self {
            max,
            ..Self::default()
        }
    }

    /// None that is high or critical.
    #[must_use]
    pub fn nothing_grave() -> Self {
        let none = |severity| (severity, Setting::standard(0));
        Self {
            by_severity: [Severity::Critical, Severity::High].map(none).into(),
            ..Self::default()
        }
    }

    /// Whether what the baseline has is left out.
    #[must_use]
    pub fn judges_new_only(&self) -> bool {
        self.new_only.as_ref().is_some_and(|n| n.value)
    }

    /// Whether it counts.
    #[must_use]
    pub fn weight(&self) -> Weight {
        self.severity.as_ref().map_or(Weight::Fail, |s| s.value)
    }
}

/// Minimums for documentation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocsRules {
    /// What is measured, by the name that Doctor's reader gives it, and its minimum in hundredths of a percent.
    pub min: Vec<(&'static str, Setting<u64>)>,
    /// Whether they count.
    pub severity: Option<Setting<Weight>>,
}

/// What the bundle of a wave must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaveRules {
    /// Evidence, beside that which every run must have.
    pub require: Vec<Required>,
    /// Kinds of attachments, by their id.
    pub attachments: Vec<Setting<&'static str>>,
}

/// An accepted finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// `tool:rule`, or a fingerprint.
    pub finding: String,
    /// Only in these files.
    pub path: Option<Patterns>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it stands.
    pub origin: Origin,
}

/// What is demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Evidence that must be there.
    pub require: Vec<Required>,
    /// Shards of the suite that must be there, from 1.
    pub expected_shards: Option<Setting<u32>>,
    /// Tests.
    pub tests: TestRules,
    /// Coverage.
    pub coverage: CoverageRules,
    /// Findings of one tool. Credo and Dialyzer are always here.
    pub findings: Vec<(Tool, FindingRules)>,
    /// Findings of all security tools together.
    pub security: FindingRules,
    /// Vulnerable and retired dependencies.
    pub audit: FindingRules,
    /// Unformatted files.
    pub format: FindingRules,
    /// Compile errors (whether they count), and warnings in `max`.
    pub compile: FindingRules,
    /// Documentation.
    pub docs: DocsRules,
    /// Benchmarks.
    pub benchmarks: Vec<BenchmarkRule>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
    /// Whether a waiver that waives nothing, or is over, counts.
    pub unused_waivers: Setting<Weight>,
    /// The file of known findings, relative to the folder of the policy.
    pub baseline: Option<Setting<String>>,
    /// What the bundle of a wave must hold beside.
    pub wave: WaveRules,
    /// What `run` without a command runs.
    pub plan: plan::Rules,
    /// The day that is judged: what expires is compared with it. Without one nothing is waived.
    pub today: Option<Date>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            require: Vec::new(),
            expected_shards: None,
            tests: TestRules::default(),
            coverage: CoverageRules::default(),
            findings: [Tool::Credo, Tool::Dialyzer]
                .map(|t| (t, FindingRules::at_most(0)))
                .into(),
            security: FindingRules::nothing_grave(),
            audit: FindingRules::at_most(0),
            format: FindingRules::at_most(0),
            compile: FindingRules::default(),
            docs: DocsRules::default(),
            benchmarks: Vec::new(),
            waivers: Vec::new(),
            unused_waivers: Setting::standard(Weight::Warn),
            baseline: None,
            wave: WaveRules::default(),
            plan: plan::Rules::default(),
            today: None,
        }
    }
}

impl Policy {
    /// Whether the lines that changed are judged.
    #[must_use]
    pub fn judges_patch(&self) -> bool {
        self.coverage.patch.is_some() || self.require.iter().any(|r| r.gate.id == "coverage.patch")
    }

    /// Whether any gate judges new findings only, or compares benchmarks with it, and so needs a baseline.
    #[must_use]
    pub fn needs_baseline(&self) -> bool {
        let compares = |rule: &BenchmarkRule| {
            matches!(
                rule.limit,
                BenchmarkLimit::Change {
                    reference: None,
                    ..
                }
            )
        };
        if self.benchmarks.iter().any(compares) {
            return true;
        }
        let tools = self.findings.iter().map(|(_, rules)| rules);
        let shared = [&self.security, &self.audit, &self.format, &self.compile];
        tools.chain(shared).any(FindingRules::judges_new_only)
    }

    /// Earlier reports that benchmarks are compared with.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.benchmarks.iter().filter_map(|rule| match &rule.limit {
            BenchmarkLimit::Change {
                reference: Some(file),
                ..
            } => Some(file.value.as_str()),
            BenchmarkLimit::Change {
                reference: None, ..
            }
            | BenchmarkLimit::Median(_) => None,
        })
    }

    /// The limits on one tool's findings, where there are any.
    #[must_use]
    pub fn findings_of(&self, tool: Tool) -> Option<&FindingRules> {
        let mut all = self.findings.iter();
        all.find(|(t, _)| *t == tool).map(|(_, rules)| rules)
    }
}
