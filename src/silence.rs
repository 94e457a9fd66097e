//! Tools that print nothing when all is well. Pure.
//!
//! Silence is also what a tool prints that did not run, so it is a report only beside two witnesses: a command whose
//! words say that the tool was run so that it must tell, and the exit code 0 of that command. The streams must have been
//! read to their ends. A file alone is never a clean report.
//!
//! Deliberately absent: tools that end with 0 in silence when they looked at nothing (Credo's `oneline`, Sobelow's
//! `--quiet`).
//!
//! `mix compile` that ends with 0 shows that everything compiles, also when nothing had to be compiled: an error is
//! never forgotten. It prints its progress all the same, so a copy may be cut: only streams that gatekeeper itself read
//! to their ends (`present`) are such a report. Of warnings it shows less. Up to Elixir 1.14, and with `--no-all-warnings` since, Mix prints those
//! of the files that it compiles only. So its report says so, unless it was told to compile everything (`--force`) or to
//! print them all (`--all-warnings`); a policy that judges warnings is undecided then.

use gatekeeper_parsers::evidence::Findings;
use gatekeeper_parsers::{Defect, DefectKind, Evidence, Parsed, Part, Position, Tool};

use crate::report::Exit;
use crate::vouched::{self, Task};

/// A task of Mix that is silent when it has nothing to say.
struct Silent {
    task: &'static str,
    /// The option that makes it tell.
    with: Option<&'static str>,
    /// Words that take the meaning from its exit code.
    without: &'static [&'static str],
    tool: Tool,
    /// The format in which it would have told.
    format: &'static str,
}

static SILENT: &[Silent] = &[
    Silent {
        task: "format",
        with: Some("--check-formatted"),
        // Standard input may be empty.
        without: &["--no-exit", "--no-check-formatted", "-"],
        tool: Tool::MixFormat,
        format: "mix_format-console",
    },
    Silent {
        task: COMPILE,
        with: None,
        // The first lists the compilers; with the others, errors are not told, or nothing is compiled.
        without: &["--list", "--return-errors", "--no-compile", "--help"],
        tool: Tool::Compiler,
        format: "compiler-console",
    },
    Silent {
        task: "deps.unlock",
        with: Some("--check-unused"),
        without: &["--help"],
        tool: Tool::DepsUnlock,
        format: "deps_unlock-console",
    },
];

const COMPILE: &str = "compile";

/// Options of `mix compile` with which every warning is printed.
const ALL_WARNINGS: [&str; 2] = ["--force", "--all-warnings"];

/// Notes that warnings may be missing, where `mix compile` compiled only what had changed.
pub fn note_incremental(parts: &mut [Part], command: &[String]) {
    let runs = vouched::mix_runs(command);
    let mut tasks = runs
        .iter()
        .flatten()
        .filter(|t| t.name == COMPILE)
        .peekable();
    let forced = |t: &Task<'_>| t.args.iter().any(|a| ALL_WARNINGS.contains(a));
    if tasks.peek().is_none() || tasks.all(forced) {
        return;
    }
    for part in parts.iter_mut().filter(|p| p.tool == Tool::Compiler) {
        let message = "only what had changed was compiled: up to Elixir 1.14 the warnings of other files are not \
                       printed (--force and --all-warnings print them all)";
        let at = Position::default();
        part.parsed
            .note(Defect::new(DefectKind::Skipped, message, at));
    }
}

/// The clean reports that a command gave by its silence, beside the parts that were read.
#[must_use]
pub fn clean_reports(
    command: &[String],
    exit: Option<Exit>,
    parts: &[Part],
    present: bool,
) -> Vec<Part> {
    let unread = parts
        .iter()
        .any(|p| p.parsed.defects.iter().any(|d| d.kind == DefectKind::Io));
    if exit != Some(Exit::Code(0)) || unread {
        return Vec::new();
    }
    let runs = vouched::mix_runs(command);
    let spoke = |tool: Tool| parts.iter().any(|p| p.tool == tool);
    let silent = SILENT
        .iter()
        .filter(|s| present || s.task != COMPILE)
        .filter(|s| !spoke(s.tool) && runs.iter().any(|tasks| ran(tasks, s)));
    silent
        .map(|s| Part {
            format: s.format,
            tool: s.tool,
            parsed: Parsed::complete(Evidence::Findings(Findings::new(s.tool))),
        })
        .collect()
}

/// Whether one run of Mix ran the task so that its silence tells. Mix runs a task once: a second one of the same name
/// does nothing.
fn ran(tasks: &[Task<'_>], silent: &Silent) -> bool {
    let mut named = tasks.iter().filter(|t| t.name == silent.task);
    let (Some(task), None) = (named.next(), named.next()) else {
        return false;
    };
    silent.with.is_none_or(|with| task.args.contains(&with))
        && !task.args.iter().any(|a| silent.without.contains(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(command: &str, exit: Option<Exit>) -> usize {
        let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        clean_reports(&command, exit, &[], true).len()
    }

    #[test]
    fn silence_is_a_report_beside_its_command_and_0_only() {
        let zero = Some(Exit::Code(0));
        for command in [
            "mix format --check-formatted",
            "mix format --dry-run --check-formatted lib/a.ex",
            "mix do format --check-formatted, test",
            "mix compile",
            "mix compile --warnings-as-errors",
            "mix deps.unlock --check-unused",
        ] {
            assert_eq!(reports(command, zero), 1, "{command}");
            for exit in [None, Some(Exit::Code(1)), Some(Exit::Signal(9))] {
                assert_eq!(reports(command, exit), 0, "{command}");
            }
        }
        for command in [
            "mix format",
            "mix format --check-formatted --no-exit",
            "mix format --check-formatted -",
            "mix do format, format --check-formatted",
            "mix format --check-formatted || true",
            "make format",
            "mix test",
            "mix compile --list",
            "mix compile --return-errors",
            "mix deps.unlock --unused",
            "",
        ] {
            assert_eq!(reports(command, zero), 0, "{command}");
        }
    }

    #[test]
    fn a_compilation_of_what_had_changed_says_so() {
        let notes = |command: &str| {
            let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
            let mut parts = clean_reports(&command, Some(Exit::Code(0)), &[], true);
            note_incremental(&mut parts, &command);
            let [part] = &parts[..] else {
                panic!("{parts:?}");
            };
            assert_eq!(
                part.parsed.completeness,
                gatekeeper_parsers::Completeness::Complete
            );
            part.parsed.defects.len()
        };
        assert_eq!(notes("mix compile"), 1);
        assert_eq!(notes("mix compile --no-all-warnings"), 1);
        assert_eq!(notes("mix compile --force --warnings-as-errors"), 0);
        assert_eq!(notes("mix compile --all-warnings"), 0);
        assert_eq!(notes("mix format --check-formatted"), 0);
    }

    #[test]
    fn what_was_said_is_not_silence() {
        let command = ["mix", "format", "--check-formatted"].map(str::to_owned);
        let said = Part {
            format: "mix_format-console",
            tool: Tool::MixFormat,
            parsed: Parsed::complete(Evidence::Nothing),
        };
        assert!(clean_reports(&command, Some(Exit::Code(0)), &[said], true).is_empty());
    }
}
