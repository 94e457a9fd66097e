//! Do the exit code and the output agree? Pure.
//!
//! A result needs witnesses that agree. The output of a command says what was found, its exit code says it again, and
//! where the two disagree neither is believed: the sources become partial and their gates undecided.

use gatekeeper_parsers::evidence::{Evidence, Findings, Severity};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Part, Position, Tool};

use crate::command::Words;
use crate::report::Exit;

/// What is known of a command beside its output.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    /// How it ended; `None` when that is not known (a file).
    pub exit: Option<Exit>,
    /// Whether gatekeeper itself read its streams to their ends: then none of them was cut.
    pub present: bool,
    /// What its words tell.
    pub words: &'a Words,
    /// Whether its exit code is that of everything that it ran: see [`crate::vouched`].
    pub vouched: bool,
}

impl Witness<'_> {
    /// Whether the exit code says that nothing of this part was lost. Sobelow's is 0 whatever it found, unless it was
    /// asked for another one; and where `mix hex.audit` lists only what the project ignores, no line says that it is
    /// all. Then only streams that we read to their ends ourselves, with no shell between that may have sent one
    /// elsewhere, prove that what was printed is all.
    fn proves(&self, part: &Part, code: i32) -> bool {
        let open =
            part.parsed.value.findings().is_some_and(|f| {
                f.tool == Tool::HexAudit && f.total == 0 && f.suppressed.is_some()
            });
        if is_warnings_only(part) {
            // A cut copy of warnings looks like a whole one.
            return self.present && (self.vouched || !self.words.shell);
        }
        let asked = code == 0 && self.words.sobelow_exit().is_some();
        let all_seen = self.present && !self.words.shell;
        all_seen || !(open || part.tool == Tool::Sobelow && !asked)
    }
}

/// Reconciles what one command printed with how it ended.
pub fn reconcile(parts: &mut Vec<Part>, witness: Witness<'_>) {
    let exit = witness.exit;
    drop_noise(parts, witness);
    match exit {
        None => {}
        Some(Exit::Signal(signal)) => {
            let message = format!("the command was ended by signal {signal}");
            lower_all(
                parts,
                &Defect::new(DefectKind::Signal, message, Position::default()),
            );
        }
        Some(Exit::Code(0)) => parts
            .iter_mut()
            .for_each(|part| after_success(part, witness)),
        Some(Exit::Code(code)) => after_failure(parts, code, witness),
    }
    prove_compilation(parts);
    parts.iter_mut().for_each(doubt_the_unproven);
}

fn lower_all(parts: &mut [Part], defect: &Defect) {
    for part in parts {
        part.parsed.lower(Completeness::Partial, defect.clone());
    }
}

/// Tests of macros and generators print compile errors. Beside a suite that ran to a proven end they are only talk when
/// one Mix command printed both and ended with 0; else it is not known whose errors they are.
fn drop_noise(parts: &mut Vec<Part>, witness: Witness<'_>) {
    let ran = |p: &Part| {
        matches!(p.parsed.value, Evidence::Tests(_))
            && p.parsed.completeness < Completeness::Partial
    };
    let errors = |p: &Part| {
        compiled(p).is_some_and(|f| f.counts.high > 0 && f.list.iter().all(|f| f.rule != WARNINGS))
    };
    let failed = matches!(witness.exit, Some(Exit::Code(c)) if c != 0)
        || matches!(witness.exit, Some(Exit::Signal(_)));
    if failed || !parts.iter().any(ran) {
        return;
    }
    if witness.exit.is_none() || witness.words.shell || witness.words.tasks.len() != 1 {
        let message = "a compile error was printed beside a complete test run: it is not known which of the two is the result";
        for part in parts.iter_mut().filter(|p| errors(p)) {
            part.parsed.value = without_errors(part);
            let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
            part.parsed.lower(Completeness::Partial, defect);
        }
        return;
    }
    let mut noise = false;
    for part in parts.iter_mut().filter(|p| errors(p)) {
        noise = true;
        part.parsed.value = without_errors(part);
        // What was said of the errors' ends is said of noise.
        part.parsed.defects.clear();
        part.parsed.completeness = Completeness::Unproven;
    }
    parts.retain(|p| p.tool != Tool::Compiler || p.parsed.value != Evidence::Nothing);
    if noise && let Some(suite) = parts.iter_mut().find(|p| ran(p)) {
        let message =
            "a compile error was printed while the tests ran; they went on, so it is not counted";
        suite.parsed.note(Defect::new(
            DefectKind::Foreign,
            message,
            Position::default(),
        ));
    }
}

/// What the compilers said.
fn compiled(part: &Part) -> Option<&Findings> {
    let findings = part.parsed.value.findings();
    findings.filter(|f| f.tool == Tool::Compiler)
}

/// Whether compilers warned, and no error is known.
fn is_warnings_only(part: &Part) -> bool {
    compiled(part).is_some_and(|f| f.counts.high == 0)
}

/// The warnings beside errors that are not counted; nothing where there are none.
fn without_errors(part: &Part) -> Evidence {
    let Some(findings) = compiled(part).filter(|f| f.total > f.counts.high) else {
        return Evidence::Nothing;
    };
    let mut kept = findings.clone();
    kept.list.retain(|f| f.severity < Severity::High);
    kept.total = kept.total.saturating_sub(kept.counts.high);
    kept.counts.high = 0;
    Evidence::Findings(kept)
}

/// Warnings have no end mark, but where something ran that needs the compiled project, the compilation went on to its
/// end without an error.
fn prove_compilation(parts: &mut [Part]) {
    let needs = |p: &Part| {
        NEEDS_COMPILED.contains(&p.tool) && p.parsed.completeness == Completeness::Complete
    };
    if parts.iter().any(needs) {
        parts
            .iter_mut()
            .filter(|p| is_warnings_only(p))
            .for_each(prove);
    }
}

/// Tools that start only when the project compiles.
const NEEDS_COMPILED: [Tool; 4] = [
    Tool::Exunit,
    Tool::MixCover,
    Tool::Excoveralls,
    Tool::Dialyzer,
];

/// Rule of the finding that stands for `--warnings-as-errors`.
pub const WARNINGS: &str = "warnings-as-errors";

/// The command ended with 0. Tools whose 0 means "clean" must have been clean; a format without an end mark is proven.
fn after_success(part: &mut Part, witness: Witness<'_>) {
    let contradiction = match &part.parsed.value {
        Evidence::Tests(t) if t.counts.failed > 0 || t.counts.invalid > 0 => {
            Some("tests failed, but the command ended with 0: something changed its exit code")
        }
        Evidence::Coverage(c) if c.missed_threshold.is_some() => {
            Some("coverage is below the project's own minimum, but the command ended with 0")
        }
        Evidence::Findings(f) if f.total > 0 && f.tool == Tool::Dialyzer => {
            Some("there are warnings, but the command ended with 0: --ignore-exit-status?")
        }
        Evidence::Findings(f) if f.total > 0 && f.tool == Tool::Credo => {
            Some("there are issues, but the command ended with 0: --mute-exit-status?")
        }
        Evidence::Findings(f) if f.total > 0 && ONE.contains(&f.tool) => Some(
            "there are findings, but the command ended with 0: something changed its exit code",
        ),
        Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_)
        | Evidence::Findings(_)
        | Evidence::Benchmarks(_) => None,
    };
    match contradiction {
        Some(message) => part.parsed.note(Defect::new(
            DefectKind::ExitCode,
            message,
            Position::default(),
        )),
        None if witness.proves(part, 0) => prove(part),
        None => {}
    }
}

/// The command ended with another code: some part must say why.
fn after_failure(parts: &mut [Part], code: i32, witness: Witness<'_>) {
    for part in parts.iter_mut() {
        if let Some(message) = tool_failed(part, code) {
            part.parsed.lower(
                Completeness::Partial,
                Defect::new(DefectKind::ToolError, message, Position::default()),
            );
        }
    }
    if !parts.iter().any(|p| explains(p, code, witness.words)) {
        let message =
            format!("the command ended with {code}, but nothing that it printed says why");
        lower_all(
            parts,
            &Defect::new(DefectKind::ExitCode, message, Position::default()),
        );
        return;
    }
    for part in parts.iter_mut() {
        // A compilation that fails is the end of its command: where something after it failed, it did not.
        let reason = explains(part, code, witness.words) || is_warnings_only(part);
        if reason && witness.proves(part, code) {
            prove(part);
        }
    }
}

/// What only an exit code could prove, it proves; what was said of the missing end mark is settled.
fn prove(part: &mut Part) {
    if part.parsed.completeness == Completeness::Unproven {
        part.parsed.completeness = Completeness::Complete;
        part.parsed
            .defects
            .retain(|d| d.kind != DefectKind::NoEndMark);
    }
}

/// Tools that end with 1 when they have findings, and with no other code.
const ONE: [Tool; 5] = [
    Tool::MixAudit,
    Tool::HexAudit,
    Tool::MixFormat,
    Tool::Doctor,
    Tool::DepsUnlock,
];

/// Codes with which a tool says that it has no result.
fn tool_failed(part: &Part, code: i32) -> Option<String> {
    match part.tool {
        Tool::Credo if code >= 128 => Some(format!(
            "Credo ended with {code}: it could not run as asked"
        )),
        Tool::Dialyzer if code == 1 => {
            Some("Dialyzer ended with 1: it failed, or its filters did".into())
        }
        Tool::Sobelow if code == 2 => Some("Sobelow ended with 2: a file does not parse".into()),
        Tool::Credo
        | Tool::Dialyzer
        | Tool::Sobelow
        | Tool::MixAudit
        | Tool::HexAudit
        | Tool::MixFormat
        | Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Codecov
        | Tool::Sarif
        | Tool::Compiler
        | Tool::DepsUnlock
        | Tool::Xref
        | Tool::Doctor
        | Tool::Benchee
        | Tool::Playwright
        | Tool::Ctrf
        | Tool::Tap
        | Tool::GitlabSecurity
        | Tool::CodeQuality
        | Tool::Axe
        | Tool::HexOutdated => None,
    }
}

/// Whether this part is a reason for a code other than 0.
fn explains(part: &Part, code: i32, words: &Words) -> bool {
    match &part.parsed.value {
        Evidence::Nothing | Evidence::Benchmarks(_) => false,
        Evidence::Tests(t) => t.counts.failed > 0 || t.counts.invalid > 0,
        Evidence::Coverage(c) => c.missed_threshold.is_some(),
        Evidence::Findings(f) if f.tool == Tool::Credo => credo_bits(f, code),
        Evidence::Findings(f) if f.tool == Tool::Sobelow => code == 1 && sobelow_failed(f, words),
        Evidence::Findings(f) if ONE.contains(&f.tool) => f.total > 0 && code == 1,
        Evidence::Findings(f) if f.tool == Tool::Compiler => f.counts.high > 0,
        Evidence::Findings(f) if f.tool == Tool::Xref => code == 1 && words.xref_exceeded(f),
        Evidence::Findings(f) => f.total > 0,
    }
}

/// Sobelow ends with 1 only when it was asked to, and something as severe was found.
fn sobelow_failed(findings: &Findings, words: &Words) -> bool {
    let (c, quiet) = (&findings.counts, findings.total > findings.counts.known());
    quiet
        || match words.sobelow_exit() {
            None => false,
            Some(Severity::High | Severity::Critical) => c.high > 0,
            Some(Severity::Medium) => c.high > 0 || c.medium > 0,
            Some(Severity::Low | Severity::Info) => findings.total > 0,
        }
}

/// Credo's code is a sum of bits, one a category; a bit without an issue of its category means that issues were lost.
/// Issues of custom categories may set any bit, so they explain what is left.
fn credo_bits(findings: &Findings, code: i32) -> bool {
    const BITS: [(&str, i32); 5] = [
        ("consistency", 1),
        ("design", 2),
        ("readability", 4),
        ("refactor", 8),
        ("warning", 16),
    ];
    if findings.total == 0 {
        return false;
    }
    let category =
        |f: &gatekeeper_parsers::evidence::Finding| f.category.clone().unwrap_or_default();
    let custom = findings
        .list
        .iter()
        .any(|f| BITS.iter().all(|(name, _)| *name != category(f)));
    let listed = BITS
        .iter()
        .filter(|(name, _)| findings.list.iter().any(|f| category(f) == *name));
    let mask = listed.fold(0, |mask, (_, bit)| mask | bit);
    custom || findings.total > findings.list.len() as u64 || code & !mask == 0
}

/// What no exit code proved in the end stays doubtful.
fn doubt_the_unproven(part: &mut Part) {
    if part.parsed.completeness != Completeness::Unproven {
        return;
    }
    part.parsed.completeness = Completeness::Partial;
    if !part
        .parsed
        .defects
        .iter()
        .any(|d| d.kind == DefectKind::NoEndMark)
    {
        let message = "this format has no end mark, and no exit code proves that it is whole";
        part.parsed.lower(
            Completeness::Partial,
            Defect::new(DefectKind::NoEndMark, message, Position::default()),
        );
    }
}
