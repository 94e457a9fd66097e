//! The gates: what is measured, what the limit is, and the ruling with its reason. Pure.
//!
//! Worst wins: `fail`, then `undecided`, then `pass`. A gate passes only on evidence that is there, complete, and about
//! something: each file below rules on one kind of evidence, and `evidence` on everything that no other gate sees.

use gatekeeper_parsers::{Completeness, DefectKind, Evidence, Tool};

use crate::report::{Report, Source};

mod coverage;
mod evidence;
mod findings;
mod patch;
mod tests;

/// What a gate says. Worst is `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruling {
    /// What was measured is within the limit, and proven.
    Pass,
    /// Not known.
    Undecided,
    /// What was measured is beyond the limit.
    Fail,
}

impl Ruling {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Undecided => "undecided",
            Self::Fail => "fail",
        }
    }
}

/// What is demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Gates whose evidence must be there.
    pub require: Vec<&'static Gate>,
    /// Tools whose evidence must be there, beside that of their gate: see [`DISTINCT`].
    pub tools: Vec<Tool>,
    /// Minimum line coverage in hundredths of a percent.
    pub coverage_min: u64,
    /// Minimum coverage of the lines that changed, in hundredths of a percent; without it they are shown, not judged.
    pub patch_min: Option<u64>,
    /// Tools of whose findings only those that the baseline does not have are judged.
    pub new_only: Vec<Tool>,
    /// Warnings of the compiler that are permitted; `None` does not judge them.
    pub max_compile_warnings: Option<u64>,
}

impl Policy {
    /// Whether the lines that changed are judged.
    #[must_use]
    pub fn judges_patch(&self) -> bool {
        self.patch_min.is_some() || self.require.iter().any(|g| g.id == patch::ID)
    }
}

/// Tools that share a gate but look for different things: who requires one by its name is not served by another.
pub const DISTINCT: [Tool; 3] = [Tool::Sobelow, Tool::MixAudit, Tool::HexAudit];

impl Default for Policy {
    fn default() -> Self {
        Self {
            require: Vec::new(),
            tools: Vec::new(),
            coverage_min: 8_000,
            patch_min: None,
            new_only: Vec::new(),
            max_compile_warnings: None,
        }
    }
}

/// One gate of the table.
#[derive(Debug)]
pub struct Gate {
    /// Stable id.
    pub id: &'static str,
    /// A short title.
    pub title: &'static str,
    /// The default rule in a few words.
    pub rule: &'static str,
    /// What it means and what to do, in words.
    pub explanation: &'static str,
    /// Tools whose evidence it judges.
    pub tools: &'static [Tool],
    /// Other words that `--require` accepts for it.
    pub aliases: &'static [&'static str],
    judge: fn(&Gate, &Report, &Policy) -> Judgement,
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Gate {}

/// A ruling with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The ruling.
    pub ruling: Ruling,
    /// Why, for a newcomer.
    pub because: String,
    /// What was measured.
    pub actual: String,
    /// The limit.
    pub limit: String,
}

/// A gate that was judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The gate.
    pub gate: &'static Gate,
    /// What it says.
    pub judgement: Judgement,
}

/// Every gate, in the order of the report.
pub static GATES: &[Gate] = &[
    Gate {
        id: "tests",
        title: "Tests",
        rule: "at least 1 test ran, 0 failed, 0 invalid",
        explanation: "Every test that ran must pass. A test is invalid when the setup_all of its module failed, so it \
            could not run: that counts like a failure. When no test ran at all (nothing matched, all were skipped or \
            excluded, the run was cut) the gate is undecided, because nothing was shown.",
        tools: &[
            Tool::Exunit,
            Tool::Junit,
            Tool::Playwright,
            Tool::Ctrf,
            Tool::Tap,
        ],
        aliases: &["exunit", "junit", "playwright", "ctrf", "tap", "test"],
        judge: tests::judge,
    },
    Gate {
        id: "coverage",
        title: "Coverage",
        rule: "at least 80 % of the relevant lines covered",
        explanation: "Covered and relevant lines are compared as whole numbers: 94,999 of 100,000 lines is below 95 %. \
            Lines that several reports know count once. The table of `mix test --cover` prints rounded percentages \
            only, so a total that rounds to exactly the limit is undecided: use an ExCoveralls JSON or a Cobertura report \
            for exact numbers. A minimum of the project itself that was not reached fails the gate as well.",
        tools: &[
            Tool::MixCover,
            Tool::Excoveralls,
            Tool::Lcov,
            Tool::Cobertura,
            Tool::Codecov,
        ],
        aliases: &["mix_cover", "excoveralls", "lcov", "cobertura", "codecov"],
        judge: coverage::judge,
    },
    Gate {
        id: patch::ID,
        title: "Coverage of changed lines",
        rule: "judged where a minimum is set",
        explanation: "Of the lines that were added or changed since the merge base with --base (in a pull request: with \
            its target branch), up to the files as they are now, those that are relevant are compared with the minimum \
            as whole numbers. Only a source of coverage says which lines are relevant: comments, attributes, and the \
            later lines of an expression that spans several are not, and count neither for nor against. Lines that \
            differ in spaces alone are counted apart. Changed code (.ex, .erl, .xrl, .yrl) that no source of coverage \
            knows, or only one without lines, leaves the gate undecided unless even its best case is below the \
            minimum. When no relevant line changed there is nothing to measure, which passes only because the sources \
            know every changed file. Without a base the gate is undecided: outside of pull requests give --base, such \
            as --base HEAD~1.",
        // It judges what the gate on coverage judges.
        tools: &[],
        aliases: &["patch"],
        judge: patch::judge,
    },
    Gate {
        id: "dialyzer",
        title: "Dialyzer",
        rule: "0 warnings after the project's own ignore file",
        explanation: "Dialyzer must have finished and must have nothing left to say. Warnings that \
            .dialyzer_ignore.exs filters out are counted as suppressed, not as findings.",
        tools: &[Tool::Dialyzer],
        aliases: &["dialyxir"],
        judge: findings::dialyzer,
    },
    Gate {
        id: "security",
        title: "Security",
        rule: "0 findings of severity high or critical",
        explanation: "No security tool may have found anything of severity high or critical. Sobelow's confidence is \
            its severity; a SARIF report has its security-severity, or else its level; a GitLab security report has \
            its own severity; a vulnerable dependency has the \
            severity of its advisory (high where it has none), a retired one is medium, or high when it was retired \
            for security. Findings whose severity is not known leave the gate undecided. Credo's never count here.",
        tools: &[
            Tool::Sobelow,
            Tool::MixAudit,
            Tool::HexAudit,
            Tool::Sarif,
            Tool::GitlabSecurity,
        ],
        aliases: &["sobelow", "sarif", "gitlab_security"],
        judge: findings::security,
    },
    Gate {
        id: "credo",
        title: "Credo",
        rule: "0 issues in the report",
        explanation: "Credo must have looked at every file and found nothing. Which checks run, and from which \
            priority on, is the project's own configuration (.credo.exs, --strict).",
        tools: &[Tool::Credo],
        aliases: &[],
        judge: findings::credo,
    },
    Gate {
        id: "audit",
        title: "Dependency audit",
        rule: "0 vulnerable or retired dependencies",
        explanation: "No dependency may have a known vulnerability or be retired, as mix_audit (`mix deps.audit`) and \
            `mix hex.audit` say. Hex before 2.5 knows retired packages only, which is noted. mix_audit finds nothing \
            when it has no network and when there is no mix.lock: what git says on standard error, and the missing \
            lockfile where `gatekeeper run` ran it, make the gate undecided. A file with its output alone shows \
            neither.",
        tools: &[Tool::MixAudit, Tool::HexAudit],
        aliases: &["mix_audit", "hex_audit"],
        judge: findings::audit,
    },
    Gate {
        id: "compile",
        title: "Compilation",
        rule: "0 compile errors",
        explanation: "Everything must compile. Warnings of the Elixir and Erlang compilers are shown and counted; they \
            fail the gate where the project treats them as errors (--warnings-as-errors), or where the policy has a \
            limit for them. The gate appears when an error or a warning was printed, and for `mix compile`, which \
            prints neither when all is well: then its exit code 0 is the proof for `gatekeeper run`, while a captured \
            copy may have been cut. Warnings prove nothing by themselves, \
            for an error may have followed: the exit code, or a test suite or Dialyzer that ran after them, shows that \
            they are all. Up to Elixir 1.14 `mix compile` prints the warnings of the files it compiles only, so where \
            warnings are judged, use --force or --all-warnings.",
        tools: &[Tool::Compiler],
        aliases: &["compiler"],
        judge: findings::compile,
    },
    Gate {
        id: "format",
        title: "Formatting",
        rule: "0 unformatted files",
        explanation: "Every file that .formatter.exs names must be formatted, as `mix format --check-formatted` says. \
            It prints nothing when all is well, so only `gatekeeper run -- mix format --check-formatted` (or a captured \
            command with its exit code 0) can show that: an empty file shows nothing. A file that does not parse hides \
            the others, so the gate is undecided then.",
        tools: &[Tool::MixFormat],
        aliases: &["mix_format"],
        judge: findings::format,
    },
    Gate {
        id: "docs",
        title: "Documentation",
        rule: "Doctor passed by the project's own thresholds",
        explanation: "Doctor must say that its validation has passed. The thresholds are the project's own \
            (.doctor.exs); each module below them counts, and so does each reason that is about the whole project. A \
            report without its last lines, or with other numbers of modules than rows, is undecided.",
        tools: &[Tool::Doctor],
        aliases: &["doctor"],
        judge: findings::docs,
    },
    Gate {
        id: "quality",
        title: "Code quality",
        rule: "0 issues in GitLab Code Quality reports",
        explanation: "No linter that writes a GitLab Code Quality report may have found anything, of whatever \
            severity: which rules are checked is its own configuration. Such a report is no word about security. An \
            empty one is an empty array, which many tools print, so it counts only where it is named: \
            `--as gitlab-code_quality`.",
        tools: &[Tool::CodeQuality],
        aliases: &["code_quality"],
        judge: findings::quality,
    },
    Gate {
        id: "accessibility",
        title: "Accessibility",
        rule: "0 violations found by axe-core",
        explanation: "No rule of axe-core may be violated, of whatever impact. Rules that it could not decide \
            (`incomplete`) are listed for information and do not count: a person has to look at them. A page on which no \
            rule was tried shows nothing.",
        tools: &[Tool::Axe],
        aliases: &["axe"],
        judge: findings::accessibility,
    },
    Gate {
        id: "deps",
        title: "Unused dependencies",
        rule: "0 unused dependencies in mix.lock",
        explanation: "mix.lock must not name a dependency that the project no longer has, as \
            `mix deps.unlock --check-unused` says. It prints nothing when all is well, so only \
            `gatekeeper run -- mix deps.unlock --check-unused` (or a captured command with its exit code 0) can show \
            that. Without a mix.lock there is nothing to look at, and the gate is undecided.",
        tools: &[Tool::DepsUnlock],
        aliases: &["deps_unlock"],
        judge: findings::deps,
    },
    Gate {
        id: "xref",
        title: "Cycles",
        rule: "0 cycles of files, or as many as --fail-above permits",
        explanation: "Files must not depend on each other in cycles, as `mix xref graph --format cycles` lists them. \
            Where the command permits some (--fail-above 3), that is the limit. The list declares its own numbers, so a \
            cut one is undecided.",
        tools: &[Tool::Xref],
        aliases: &["cycles"],
        judge: findings::xref,
    },
    Gate {
        id: "evidence",
        title: "Evidence",
        rule: "every source is understood",
        explanation: "Everything that was given must have been recognised, or gatekeeper cannot know what it says. The \
            gate appears only when something was not: an unknown format, an empty file, a command that printed no \
            report, or nothing at all; and when nothing of what was given is judged by another gate, such as benchmarks.",
        tools: &[],
        aliases: &[],
        judge: evidence::judge,
    },
];

/// The gate with this id or alias.
#[must_use]
pub fn gate(word: &str) -> Option<&'static Gate> {
    GATES
        .iter()
        .find(|g| g.id == word || g.aliases.contains(&word))
}

/// Judges every gate that has evidence, is required, or has something to complain about.
#[must_use]
pub fn judge(report: &Report, policy: &Policy) -> Vec<Judged> {
    let concerns = |gate: &Gate| {
        sources(gate, report).any(|s| !s.is_complete() || says_something(s))
            || policy.require.contains(&gate)
            || (gate.id == "evidence" && evidence::has_complaint(report))
            || (gate.id == patch::ID && policy.judges_patch())
    };
    let judged = GATES.iter().filter(|gate| concerns(gate));
    judged
        .map(|gate| Judged {
            gate,
            judgement: demanded(gate, report, policy, (gate.judge)(gate, report, policy)),
        })
        .collect()
}

/// The sources that a gate judges.
fn sources<'a>(gate: &'a Gate, report: &'a Report) -> impl Iterator<Item = &'a Source> {
    let security = gate.id == "security";
    report
        .sources_of(gate.tools)
        .filter(move |s| !security || speaks_of_security(s))
}

/// Hex before 2.5 does not look for vulnerabilities: that it found no retired package says nothing of security.
fn speaks_of_security(source: &Source) -> bool {
    let left_out = source.defects.iter().any(|d| d.kind == DefectKind::Skipped);
    let grave = match &source.evidence {
        Evidence::Findings(f) => f.counts.high.saturating_add(f.counts.critical) > 0,
        Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_)
        | Evidence::Benchmarks(_) => false,
    };
    source.tool != Some(Tool::HexAudit) || !source.is_complete() || !left_out || grave
}

/// A gate that is required by the name of a tool does not pass without that tool.
fn demanded(gate: &Gate, report: &Report, policy: &Policy, measured: Judgement) -> Judgement {
    let required = policy.require.contains(&gate);
    let mut tools = policy.tools.iter().filter(|t| gate.tools.contains(t));
    let missing = tools.find(|t| report.sources_of(&[**t]).next().is_none());
    match missing {
        Some(tool) if required && measured.ruling == Ruling::Pass => Judgement {
            ruling: Ruling::Undecided,
            because: format!("{} is required, but no source is about it", tool.id()),
            ..measured
        },
        Some(_) | None => measured,
    }
}

/// A run whose coverage was exported, or switched off, is whole and says nothing of coverage.
fn says_something(source: &Source) -> bool {
    match &source.evidence {
        Evidence::Coverage(coverage) => !coverage.totals.is_empty(),
        Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Findings(_)
        | Evidence::Benchmarks(_) => true,
    }
}

/// The ruling over all gates. No gate at all decides nothing.
#[must_use]
pub fn verdict(gates: &[Judged]) -> Ruling {
    gates
        .iter()
        .map(|g| g.judgement.ruling)
        .max()
        .unwrap_or(Ruling::Undecided)
}

/// A judgement on what was measured, unless the evidence is not there or not proven: then a pass becomes undecided.
fn proven(gate: &Gate, report: &Report, measured: Judgement) -> Judgement {
    if measured.ruling == Ruling::Fail {
        return measured;
    }
    if sources(gate, report).next().is_none() {
        let because = format!(
            "{} is required, but no source is about it",
            gate.title.to_lowercase()
        );
        return Judgement {
            ruling: Ruling::Undecided,
            because,
            ..measured
        };
    }
    match sources(gate, report).find(|s| !s.is_complete()) {
        Some(source) => Judgement {
            ruling: Ruling::Undecided,
            because: doubt(report, source),
            ..measured
        },
        None => measured,
    }
}

/// Why a source is not believed, in one sentence; with its name where there are several.
#[must_use]
pub fn doubt(report: &Report, source: &Source) -> String {
    // What was left out or noted explains less than what is missing or contradictory.
    let weak = |kind: DefectKind| match kind {
        DefectKind::Foreign
        | DefectKind::Limit
        | DefectKind::Encoding
        | DefectKind::UnknownValue => 2,
        DefectKind::NothingRan | DefectKind::NoEndMark => 1,
        _ => 0,
    };
    let grave = source.defects.iter().min_by_key(|d| weak(d.kind));
    let what = match grave {
        Some(defect) => match defect.at.line {
            Some(line) => format!("{} (line {line})", defect.message),
            None => defect.message.clone(),
        },
        None => completeness_word(source.completeness).to_owned(),
    };
    let alone = report.sources.iter().all(|s| s.label == source.label);
    if alone {
        what
    } else {
        format!("{}: {what}", source.label)
    }
}

fn completeness_word(completeness: Completeness) -> &'static str {
    match completeness {
        Completeness::Complete => "is complete",
        Completeness::Unproven => "does not prove that it was read to its end",
        Completeness::Partial => "is not complete",
        Completeness::Unreadable => "could not be read",
    }
}

/// `1 test`, `2 tests`.
fn count(n: u64, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
