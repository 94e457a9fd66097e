//! Tools that print nothing when all is well. Pure.
//!
//! Silence is also what a tool prints that did not run, so it is a report only beside two witnesses: a command whose
//! words say that the tool was run so that it must tell, and the exit code 0 of that command. The streams must have been
//! read to their ends. A file alone is never a clean report.
//!
//! Deliberately absent: tools that end with 0 in silence when they looked at nothing (Credo's `oneline`, Sobelow's
//! `--quiet`), and `mix compile --warnings-as-errors`, which is silent when it compiled nothing.

use gatekeeper_parsers::evidence::Findings;
use gatekeeper_parsers::{DefectKind, Evidence, Parsed, Part, Tool};

use crate::report::Exit;
use crate::vouched::{self, Task};

/// A task of Mix that is silent when it has nothing to say.
struct Silent {
    task: &'static str,
    /// The option that makes it tell.
    with: &'static str,
    /// Words that take the meaning from its exit code.
    without: &'static [&'static str],
    tool: Tool,
    /// The format in which it would have told.
    format: &'static str,
}

static SILENT: &[Silent] = &[Silent {
    task: "format",
    with: "--check-formatted",
    // Standard input may be empty.
    without: &["--no-exit", "--no-check-formatted", "-"],
    tool: Tool::MixFormat,
    format: "mix_format-console",
}];

/// The clean reports that a command gave by its silence, beside the parts that were read.
#[must_use]
pub fn clean_reports(command: &[String], exit: Option<Exit>, parts: &[Part]) -> Vec<Part> {
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
    task.args.contains(&silent.with) && !task.args.iter().any(|a| silent.without.contains(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(command: &str, exit: Option<Exit>) -> usize {
        let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        clean_reports(&command, exit, &[]).len()
    }

    #[test]
    fn silence_is_a_report_beside_its_command_and_0_only() {
        let zero = Some(Exit::Code(0));
        for command in [
            "mix format --check-formatted",
            "mix format --dry-run --check-formatted lib/a.ex",
            "mix do format --check-formatted, test",
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
            "",
        ] {
            assert_eq!(reports(command, zero), 0, "{command}");
        }
    }

    #[test]
    fn what_was_said_is_not_silence() {
        let command = ["mix", "format", "--check-formatted"].map(str::to_owned);
        let said = Part {
            format: "mix_format-console",
            tool: Tool::MixFormat,
            parsed: Parsed::complete(Evidence::Nothing),
        };
        assert!(clean_reports(&command, Some(Exit::Code(0)), &[said]).is_empty());
    }
}
