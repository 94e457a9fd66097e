//! The table of gates. `explain` prints it.

use gatekeeper_parsers::Tool;

use super::{
    Gate, benchmark, coverage, docs, evidence, findings, parts, patch, shards, tests, waivers,
};

/// Tools that run tests.
const TESTS: &[Tool] = &[
    Tool::Exunit,
    Tool::Junit,
    Tool::Playwright,
    Tool::Ctrf,
    Tool::Tap,
];

/// Tools that measure coverage.
const COVERAGE: &[Tool] = &[
    Tool::MixCover,
    Tool::Excoveralls,
    Tool::Lcov,
    Tool::Cobertura,
    Tool::Codecov,
];

/// Every gate, in the order of the report.
pub static GATES: &[Gate] = &[
    Gate {
        id: "tests",
        title: "Tests",
        rule: "at least 1 test ran, 0 failed, 0 invalid",
        explanation: "Every test that ran must pass. A test is invalid when the setup_all of its module failed, so it \
            could not run: that counts like a failure. When no test ran at all (nothing matched, all were skipped or \
            excluded, the run was cut) the gate is undecided, because nothing was shown.",
        tools: TESTS,
        aliases: &["exunit", "junit", "playwright", "ctrf", "tap", "test"],
        judge: tests::judge,
    },
    Gate {
        id: "tests.skipped",
        title: "Skipped tests",
        rule: "with tests.max_skipped: at most so many are skipped",
        explanation: "A skipped test shows nothing. With `max_skipped` in [tests] of gatekeeper.toml, more of them than \
            that fail the gate. Tests that a filter excluded are not skipped ones. `skipped_severity = \"warn\"` makes \
            it advisory.",
        tools: TESTS,
        aliases: &[],
        judge: tests::skipped,
    },
    Gate {
        id: "tests.speed",
        title: "Speed of tests",
        rule: "with tests.max_seconds_per_100: not slower",
        explanation: "The durations of all test runs together, in whole milliseconds, against the number of tests that \
            ran. A run that does not say how long it took leaves the gate undecided. `speed_severity = \"warn\"` makes \
            it advisory.",
        tools: TESTS,
        aliases: &[],
        judge: tests::speed,
    },
    Gate {
        id: "shards",
        title: "Shards",
        rule: "with expected_shards: each of them arrived, once",
        explanation: "With `expected_shards` in gatekeeper.toml (or --shards N), the output of each part of the suite \
            (MIX_TEST_PARTITION 1 to N, as `gatekeeper run` records it, or as cmd.txt of a captured command says) must \
            be there, and once. What is missing, came twice, or does not say which shard it is, is named, and the gate \
            is undecided.",
        tools: &[],
        aliases: &[],
        judge: shards::judge,
    },
    Gate {
        id: "coverage",
        title: "Coverage",
        rule: "at least 80 % of the relevant lines covered",
        explanation: "Covered and relevant lines are compared as whole numbers: 94,999 of 100,000 lines is below 95 %. \
            Lines that several reports know count once. The table of `mix test --cover` prints rounded percentages \
            only, so a total that rounds to exactly the limit is undecided: use an ExCoveralls JSON or a Cobertura report \
            for exact numbers. A minimum of the project itself that was not reached fails the gate as well.",
        tools: COVERAGE,
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
        id: "coverage.layer",
        title: "Coverage of a layer",
        rule: "with [[coverage.layer]]: at least its min",
        explanation: "The lines of all files that match the layer's paths, together, compared as whole numbers. A layer without a \
            relevant line, or whose files are only known by rounded percentages, is undecided: it is not 100 %. Layers \
            may overlap, and say so.",
        tools: COVERAGE,
        aliases: &[],
        judge: parts::layers,
    },
    Gate {
        id: "coverage.file",
        title: "Coverage of files",
        rule: "with [[coverage.file]]: at least its min in each",
        explanation: "Each file that matches the paths (or each module that matches the modules) must reach the minimum by itself. \
            The worst one is named. When nothing matches, the gate is undecided.",
        tools: COVERAGE,
        aliases: &[],
        judge: parts::files,
    },
    Gate {
        id: "coverage.app",
        title: "Coverage of an app",
        rule: "with [[coverage.app]]: at least its min",
        explanation: "The lines of all files below apps/NAME of an umbrella, together. Without a relevant line the gate is undecided.",
        tools: COVERAGE,
        aliases: &[],
        judge: parts::apps,
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
        id: "findings",
        title: "Findings",
        rule: "with [findings.TOOL]: at most so many of each severity",
        explanation: "The findings of one tool against the limits that gatekeeper.toml gives it: `max` in all, \
            `max_critical`, `max_high`, `max_medium`, `max_low` of that severity. A table without a limit allows none. Each tool \
            is judged as findings.TOOL; the limits of Credo and Dialyzer are judged by their own gates. Waived findings are not counted, but shown.",
        tools: &[],
        aliases: &[],
        judge: findings::by_tool,
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
        id: "compile.warnings",
        title: "Compiler warnings",
        rule: "with compile.max_warnings: at most so many",
        explanation: "Warnings of the compiler are shown, and judged when [compile] of gatekeeper.toml says \
            `max_warnings`. A project that is compiled already prints none: compile with --force to see them all.",
        tools: &[Tool::Compiler],
        aliases: &[],
        judge: findings::warnings,
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
        id: "docs.coverage",
        title: "Documented",
        rule: "with [docs]: at least min_docs, min_moduledocs, min_specs",
        explanation: "The shares of functions with documentation, of modules with documentation, and of functions with \
            a spec, as Doctor measures them, against the minimums in [docs] of gatekeeper.toml, whatever Doctor's own \
            thresholds say. Where the report lists every module, whole numbers are compared. Else a percentage that \
            is rounded at the limit leaves the gate undecided, and so does one that is not there, as in the reports \
            of several apps together.",
        tools: &[Tool::Doctor],
        aliases: &[],
        judge: docs::judge,
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
        id: benchmark::ID,
        title: "Benchmark",
        rule: "with [[benchmark]]: its medians within the limit",
        explanation: "Medians of Benchee (the file of benchee_json) against the limits of [[benchmark]] in \
            gatekeeper.toml, in whole picoseconds. max_median is a time with its unit. max_change_percent compares \
            with what `gatekeeper baseline write` has recorded, or with the earlier report that `reference` names. \
            A job that is missing, new, measured twice or without samples, other inputs than in the reference, and a \
            reference that is not there leave the gate undecided. A report does not say which machine or which \
            version of Benchee made it: compare reports of one machine. Without a limit nothing is judged.",
        tools: &[Tool::Benchee],
        aliases: &["benchmarks", "benchee"],
        judge: benchmark::judge,
    },
    Gate {
        id: "evidence",
        title: "Evidence",
        rule: "every source is understood",
        explanation: "Everything that was given must have been recognised, or gatekeeper cannot know what it says. The \
            gate appears only when something was not: an unknown format, an empty file, a command that printed no \
            report, or nothing at all; and when nothing of what was given is judged by another gate, such as benchmarks without a limit.",
        tools: &[],
        aliases: &[],
        judge: evidence::judge,
    },
    Gate {
        id: "waivers",
        title: "Waivers",
        rule: "every waiver still waives something",
        explanation: "Appears when a waiver of gatekeeper.toml is over, or when the tools that it is about ran and found \
            nothing that it covers. It is advisory unless [waivers] says `unused = \"fail\"`. A waiver that is over no \
            longer waives.",
        tools: &[],
        aliases: &[],
        judge: waivers::judge,
    },
];
