//! What the words of a command tell: which Mix tasks it runs, and which reports these must print. Pure.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Findings, Severity};

/// One Mix task with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// `test`, `credo`, `coveralls.json`, …
    pub name: String,
    /// What follows it.
    pub args: Vec<String>,
}

/// What a command runs, as far as its words tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// Whether a shell stands between: it may send output elsewhere, and end with the code of another command.
    pub shell: bool,
    /// Whether Erlang's own `dialyzer` analyses.
    pub dialyzer: bool,
}

const SHELLS: [&str; 6] = ["sh", "bash", "zsh", "dash", "ksh", "ash"];

/// Reads the words of a command; the text that a shell gets with `-c` is read as words too.
#[must_use]
pub fn words(command: &[String]) -> Words {
    let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let shell = command
        .iter()
        .position(|w| SHELLS.contains(&base(w).as_str()));
    let script = shell.and_then(|at| {
        let short = |w: &String| w.starts_with('-') && !w.starts_with("--") && w.contains('c');
        let flag = command.iter().skip(at + 1).position(short)? + at + 1;
        command.get(flag + 1)
    });
    let words: Vec<String> = match script {
        Some(script) => split(script),
        None => command.to_vec(),
    };
    Words {
        tasks: tasks(&words),
        shell: shell.is_some(),
        dialyzer: words.split(|w| w == ";").any(analyses),
    }
}

/// Options with which Erlang's `dialyzer` only makes or shows a PLT, or tells of itself.
const NO_ANALYSIS: [&str; 9] = [
    "--build_plt",
    "--add_to_plt",
    "--remove_from_plt",
    "--check_plt",
    "--plt_info",
    "--version",
    "-v",
    "--help",
    "-h",
];

/// Whether a plain command is Erlang's `dialyzer`, and asks it for an analysis.
fn analyses(command: &[String]) -> bool {
    let before = |w: &&String| *w == "env" || w.contains('=');
    let mut words = command.iter().skip_while(before);
    let first = words.next().and_then(|w| w.rsplit('/').next());
    first == Some("dialyzer") && !words.any(|w| NO_ANALYSIS.contains(&w.as_str()))
}

/// The words of a shell text; what separates commands is a word of its own.
fn split(script: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(script.len() * 2);
    for c in script.chars() {
        match c {
            ';' | '&' | '|' | '(' | ')' | '{' | '}' | '\n' => {
                spaced.push_str(" ; ");
            }
            '"' | '\'' => {}
            c => spaced.push(c),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn tasks(words: &[String]) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let (mut inside, mut starts) = (false, false);
    for word in words {
        if word == ";" {
            (inside, starts) = (false, false);
        } else if !inside {
            inside = word == "mix" || word.ends_with("/mix");
            starts = inside;
        } else if word == "+" {
            starts = true;
        } else if starts && word != "do" {
            // `mix do a, b` parts tasks by commas.
            tasks.push(Task {
                name: word.trim_end_matches(',').to_owned(),
                args: Vec::new(),
            });
            starts = word.ends_with(',');
        } else if let Some(task) = tasks.last_mut() {
            task.args.push(word.trim_end_matches(',').to_owned());
            starts = word.ends_with(',');
        }
    }
    tasks
}

impl Words {
    /// Reports that must be there: of each group one.
    #[must_use]
    pub fn expected(&self) -> Vec<&'static [Tool]> {
        let mut groups: Vec<&'static [Tool]> = Vec::new();
        for task in &self.tasks {
            groups.extend(expected_of(&task.name));
            if task.name == "test" && task.args.iter().any(|a| a == "--cover") {
                groups.push(&[Tool::MixCover, Tool::Excoveralls]);
            }
            if task.name == "format" && task.args.iter().any(|a| a == "--check-formatted") {
                groups.push(&[Tool::MixFormat]);
            }
            if task.name == "deps.unlock" && task.args.iter().any(|a| a == "--check-unused") {
                groups.push(&[Tool::DepsUnlock]);
            }
            if is_cycles(task) {
                groups.push(&[Tool::Xref]);
            }
        }
        if self.dialyzer {
            groups.push(&[Tool::Dialyzer]);
        }
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// How many cycles `mix xref graph` was told to permit (`--fail-above`); none where it was not.
    #[must_use]
    pub fn xref_permitted(&self) -> u64 {
        let cycles = self.tasks.iter().find(|t| is_cycles(t));
        let limit = cycles.and_then(|t| option(t, "--fail-above"));
        limit.and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// Whether there are more cycles, or other references, than are permitted.
    #[must_use]
    pub fn xref_exceeded(&self, found: &Findings) -> bool {
        found.total > self.xref_permitted() || found.list.iter().any(|f| f.rule == REFERENCES)
    }

    /// From which severity on Sobelow was told to end with a code other than 0; `None` when it always ends with 0.
    #[must_use]
    pub fn sobelow_exit(&self) -> Option<Severity> {
        let sobelow = self.tasks.iter().find(|t| t.name == "sobelow")?;
        let at = sobelow
            .args
            .iter()
            .position(|a| a == "--exit" || a.starts_with("--exit="))?;
        let level = match sobelow.args[at].strip_prefix("--exit=") {
            Some(level) => level,
            None => sobelow.args.get(at + 1).map_or("low", String::as_str),
        };
        Some(match level.to_lowercase().as_str() {
            "high" => Severity::High,
            "medium" => Severity::Medium,
            _ => Severity::Low,
        })
    }
}

/// Rule of the finding that stands for too many references of other kinds than cycles.
const REFERENCES: &str = "references";

/// Whether a task lists the cycles of files.
fn is_cycles(task: &Task) -> bool {
    task.name == "xref" && option(task, "--format").is_some_and(|f| f == "cycles")
}

/// The value of an option, behind it or after an equals sign.
fn option<'a>(task: &'a Task, name: &str) -> Option<&'a str> {
    let mut inline = task
        .args
        .iter()
        .filter_map(|a| a.strip_prefix(name)?.strip_prefix('='));
    let apart = || {
        let at = task.args.iter().position(|a| a == name)?;
        task.args.get(at + 1).map(String::as_str)
    };
    inline.next().or_else(apart)
}

fn expected_of(task: &str) -> &'static [&'static [Tool]] {
    match task {
        // What needs the compiled project shows as well that it compiled.
        "compile" => &[&[
            Tool::Compiler,
            Tool::Exunit,
            Tool::MixCover,
            Tool::Excoveralls,
            Tool::Dialyzer,
        ]],
        "test" => &[&[Tool::Exunit]],
        "credo" => &[&[Tool::Credo]],
        "dialyzer" => &[&[Tool::Dialyzer]],
        "sobelow" => &[&[Tool::Sobelow]],
        "deps.audit" => &[&[Tool::MixAudit]],
        "hex.audit" => &[&[Tool::HexAudit]],
        "doctor" => &[&[Tool::Doctor]],
        "test.coverage" => &[&[Tool::MixCover]],
        "coveralls" => &[&[Tool::Exunit], &[Tool::Excoveralls]],
        task if task.starts_with("coveralls.") => &[&[Tool::Exunit], &[Tool::Excoveralls]],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<&'static [Tool]> {
        words(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).expected()
    }

    #[test]
    fn commands_tell_which_reports_they_print() {
        let (tests, credo): (&[Tool], &[Tool]) = (&[Tool::Exunit], &[Tool::Credo]);
        assert_eq!(
            of("mix test --cover"),
            [tests, &[Tool::MixCover, Tool::Excoveralls]]
        );
        assert_eq!(
            of("env MIX_ENV=test /usr/bin/mix coveralls.json"),
            [tests, &[Tool::Excoveralls]]
        );
        let compiled: &[Tool] = &[
            Tool::Compiler,
            Tool::Exunit,
            Tool::MixCover,
            Tool::Excoveralls,
            Tool::Dialyzer,
        ];
        assert_eq!(
            of("mix do compile, credo --strict, test"),
            [tests, credo, compiled]
        );
        assert_eq!(
            of("mix do compile + dialyzer"),
            [&[Tool::Dialyzer], compiled]
        );
        assert_eq!(
            of("mix do deps.unlock --check-unused, xref graph --format=cycles"),
            [&[Tool::DepsUnlock], &[Tool::Xref]]
        );
        assert!(of("mix do deps.unlock --unused + xref graph").is_empty());
        let (vulnerable, retired): (&[Tool], &[Tool]) = (&[Tool::MixAudit], &[Tool::HexAudit]);
        assert_eq!(
            of("mix do deps.audit --format json + hex.audit"),
            [vulnerable, retired]
        );
        assert_eq!(
            of("mix format --dry-run --check-formatted lib/a.ex"),
            [&[Tool::MixFormat]]
        );
        assert!(of("mix format lib/a.ex").is_empty());
        assert_eq!(of("make test").len() + of("mix run test --cover").len(), 0);
    }

    #[test]
    fn erlangs_own_dialyzer_reports_what_it_analyses() {
        for line in [
            "dialyzer --plt a.plt -r ebin",
            "ERL_LIBS=lib /usr/bin/dialyzer --raw a.beam",
            "env ERL_LIBS=lib dialyzer -r ebin",
        ] {
            assert_eq!(of(line), [&[Tool::Dialyzer][..]], "{line}");
        }
        let shell = ["sh", "-c", "make && dialyzer -r ebin"].map(str::to_owned);
        assert_eq!(words(&shell).expected(), [&[Tool::Dialyzer][..]]);
        for line in [
            "dialyzer --build_plt --output_plt a.plt --apps erts",
            "dialyzer --plt a.plt --plt_info",
            "echo dialyzer -r ebin",
            "mix run dialyzer",
        ] {
            assert!(of(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_shell_does_not_hide_what_it_runs() {
        for script in [
            "mix test; mix credo",
            "(mix test); mix credo",
            "mix test|| true; mix credo",
            "mix test&&mix credo",
        ] {
            for flag in ["-c", "-lc", "-ec"] {
                let command = ["/bin/bash", flag, script].map(str::to_owned);
                let words = words(&command);
                assert!(words.shell);
                assert_eq!(
                    words.expected(),
                    [&[Tool::Exunit][..], &[Tool::Credo]],
                    "{script}"
                );
            }
        }
    }

    #[test]
    fn sobelow_is_told_when_to_fail() {
        let exit = |line: &str| {
            words(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).sobelow_exit()
        };
        assert_eq!(exit("mix sobelow --private"), None);
        assert_eq!(exit("mix sobelow --exit"), Some(Severity::Low));
        assert_eq!(
            exit("mix sobelow --exit high --private"),
            Some(Severity::High)
        );
        assert_eq!(exit("mix sobelow --exit=medium"), Some(Severity::Medium));
    }
}
