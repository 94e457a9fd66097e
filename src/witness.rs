//! Do the exit code and the output agree? Pure.
//!
//! A result needs witnesses that agree. The output of a command says what was found, its exit code says it again, and
//! where the two disagree neither is believed: the sources become partial and their gates undecided.

use gatekeeper_parsers::evidence::{Evidence, Findings};
use gatekeeper_parsers::{Completeness, Defect, DefectKind, Part, Position, Tool};

use crate::report::Exit;

/// What is known of a command beside its output.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    /// How it ended; `None` when that is not known (a file).
    pub exit: Option<Exit>,
    /// Whether gatekeeper itself read its streams to their ends: then none of them was cut.
    pub present: bool,
    /// Its words.
    pub command: &'a [String],
}

impl Witness<'_> {
    /// Whether the exit code says that nothing of this part was lost. Sobelow's is 0 whatever it found, unless it was
    /// asked for another one; and where `mix hex.audit` lists only what the project ignores, no line says that it is
    /// all.
    fn proves(&self, part: &Part, code: i32) -> bool {
        let open = match &part.parsed.value {
            Evidence::Findings(f) => {
                f.tool == Tool::HexAudit && f.total == 0 && f.suppressed.is_some()
            }
            Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => false,
        };
        let asked = code == 0 && self.command.iter().any(|w| w.starts_with("--exit"));
        self.present || !(open || part.tool == Tool::Sobelow && !asked)
    }
}

/// Reconciles what one command printed with how it ended.
pub fn reconcile(parts: &mut Vec<Part>, witness: Witness<'_>) {
    let exit = witness.exit;
    drop_noise(parts, exit);
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
    parts.iter_mut().for_each(doubt_the_unproven);
}

fn lower_all(parts: &mut [Part], defect: &Defect) {
    for part in parts {
        part.parsed.lower(Completeness::Partial, defect.clone());
    }
}

/// Tests of macros and generators print compile errors. Where a suite ran to a proven end, they are only talk.
fn drop_noise(parts: &mut Vec<Part>, exit: Option<Exit>) {
    let ran = |p: &Part| {
        matches!(p.parsed.value, Evidence::Tests(_))
            && p.parsed.completeness == Completeness::Complete
    };
    let errors = |p: &Part| match &p.parsed.value {
        Evidence::Findings(f) => {
            f.tool == Tool::Compiler && f.list.iter().all(|f| f.rule != WARNINGS)
        }
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) => false,
    };
    if matches!(exit, Some(Exit::Code(c)) if c != 0) || !parts.iter().any(ran) {
        return;
    }
    let (noise, kept): (Vec<Part>, Vec<Part>) = std::mem::take(parts).into_iter().partition(errors);
    *parts = kept;
    if !noise.is_empty()
        && let Some(suite) = parts.iter_mut().find(|p| ran(p))
    {
        let message =
            "a compile error was printed while the tests ran; they went on, so it is not counted";
        suite.parsed.note(Defect::new(
            DefectKind::Foreign,
            message,
            Position::default(),
        ));
    }
}

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
        Evidence::Nothing | Evidence::Tests(_) | Evidence::Coverage(_) | Evidence::Findings(_) => {
            None
        }
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
    if !parts.iter().any(|p| explains(p, code)) {
        let message =
            format!("the command ended with {code}, but nothing that it printed says why");
        lower_all(
            parts,
            &Defect::new(DefectKind::ExitCode, message, Position::default()),
        );
        return;
    }
    for part in parts.iter_mut() {
        if explains(part, code) && witness.proves(part, code) {
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
const ONE: [Tool; 3] = [Tool::MixAudit, Tool::HexAudit, Tool::MixFormat];

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
        | Tool::Compiler => None,
    }
}

/// Whether this part is a reason for a code other than 0.
fn explains(part: &Part, code: i32) -> bool {
    match &part.parsed.value {
        Evidence::Nothing => false,
        Evidence::Tests(t) => t.counts.failed > 0 || t.counts.invalid > 0,
        Evidence::Coverage(c) => c.missed_threshold.is_some(),
        Evidence::Findings(f) if f.tool == Tool::Credo => credo_bits(f, code),
        Evidence::Findings(f) if ONE.contains(&f.tool) => f.total > 0 && code == 1,
        Evidence::Findings(f) => f.total > 0,
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

/// Reports that a command must print, as far as its words tell: of each group one. A shell's `-c` text counts as words.
#[must_use]
pub fn expected(command: &[String]) -> Vec<&'static [Tool]> {
    let text = command
        .iter()
        .position(|w| w == "-c")
        .and_then(|at| command.get(at + 1));
    let words: Vec<&str> = match text {
        Some(text) => text.split_whitespace().collect(),
        None => command.iter().map(String::as_str).collect(),
    };
    let Some(mix) = words
        .iter()
        .position(|w| *w == "mix" || w.ends_with("/mix"))
    else {
        return Vec::new();
    };
    let mut groups: Vec<&'static [Tool]> = Vec::new();
    let mut task = "";
    let mut starts = true;
    for word in words.iter().skip(mix + 1) {
        if starts && *word != "do" {
            task = word.trim_end_matches(',');
            groups.extend(expected_of_task(task));
        }
        if *word == "--cover" && task == "test" {
            groups.push(&[Tool::MixCover, Tool::Excoveralls]);
        }
        if *word == "--check-formatted" && task == "format" {
            groups.push(&[Tool::MixFormat]);
        }
        // `mix do a, b`, `mix do a + b` and `mix a && mix b` start another task.
        starts = matches!(*word, "do" | "+" | "mix") || word.ends_with(',');
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn expected_of_task(task: &str) -> &'static [&'static [Tool]] {
    match task {
        "test" => &[&[Tool::Exunit]],
        "credo" => &[&[Tool::Credo]],
        "dialyzer" => &[&[Tool::Dialyzer]],
        "sobelow" => &[&[Tool::Sobelow]],
        "deps.audit" => &[&[Tool::MixAudit]],
        "hex.audit" => &[&[Tool::HexAudit]],
        "test.coverage" => &[&[Tool::MixCover]],
        "coveralls" => &[&[Tool::Exunit], &[Tool::Excoveralls]],
        task if task.starts_with("coveralls.") => &[&[Tool::Exunit], &[Tool::Excoveralls]],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_tell_which_reports_they_print() {
        let tools = |line: &str| expected(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let (tests, credo): (&[Tool], &[Tool]) = (&[Tool::Exunit], &[Tool::Credo]);
        assert_eq!(
            tools("mix test --cover"),
            [tests, &[Tool::MixCover, Tool::Excoveralls]]
        );
        assert_eq!(
            tools("env MIX_ENV=test /usr/bin/mix coveralls.json"),
            [tests, &[Tool::Excoveralls]]
        );
        assert_eq!(
            tools("mix do compile, credo --strict, test"),
            [tests, credo]
        );
        assert_eq!(tools("mix do compile + dialyzer"), [&[Tool::Dialyzer]]);
        assert_eq!(
            tools("make test").len() + tools("mix run test --cover").len(),
            0
        );
        let shell = ["bash", "-c", "mix credo && mix sobelow --exit"].map(str::to_owned);
        assert_eq!(expected(&shell), [credo, &[Tool::Sobelow]]);
        let (vulnerable, retired): (&[Tool], &[Tool]) = (&[Tool::MixAudit], &[Tool::HexAudit]);
        assert_eq!(
            tools("mix do deps.audit --format json + hex.audit"),
            [vulnerable, retired]
        );
        assert_eq!(
            tools("mix format --dry-run --check-formatted lib/a.ex"),
            [&[Tool::MixFormat]]
        );
        assert!(tools("mix format lib/a.ex").is_empty());
    }
}
