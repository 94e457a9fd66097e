//! What the words of a command run, as far as its exit code can vouch for it. Pure.
//!
//! Stricter than guessing which reports to expect: `mix format --check-formatted || true` ends with 0 whatever was
//! found, and `true mix format` runs nothing. So only what is known to hand on its exit code is understood: Mix itself,
//! a few programs that run another one, and shell texts that are nothing but commands joined by `&&`.

/// One Mix task with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task<'a> {
    /// Its name.
    pub name: &'a str,
    /// The words after its name.
    pub args: Vec<&'a str>,
}

/// Shells, whose `-c` is followed by a text.
const SHELLS: [&str; 4] = ["sh", "bash", "dash", "zsh"];

/// Programs that run the program that is named behind their own options, and end as it does.
const WRAPPERS: [&str; 5] = ["env", "timeout", "nice", "asdf", "mise"];

/// Characters with which a shell text is more than commands and their words.
const SPECIAL: [char; 15] = [
    '|', ';', '&', '<', '>', '$', '`', '(', ')', '#', '!', '"', '\'', '\\', '\n',
];

/// The Mix tasks of a command, by run of Mix: where the command ended with 0, every one of them did. Nothing where the
/// command is not understood.
#[must_use]
pub fn mix_runs(command: &[String]) -> Vec<Vec<Task<'_>>> {
    let Some(text) = shell_text(command) else {
        return direct(command).into_iter().collect();
    };
    let mut runs = Vec::new();
    for part in text.split("&&") {
        let words: Vec<&str> = part.split_whitespace().collect();
        if part.contains(&SPECIAL[..]) {
            return Vec::new();
        }
        match tasks(&words) {
            Some(tasks) => runs.push(tasks),
            None if words.first() == Some(&"cd") => {}
            None => return Vec::new(),
        }
    }
    runs
}

/// The tasks of a command that is one run of Mix, without a shell between.
#[must_use]
pub fn direct(command: &[String]) -> Option<Vec<Task<'_>>> {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    // A captured command may be the text of a shell without its shell.
    let plain = !words.iter().any(|w| w.contains(&SPECIAL[..5]));
    tasks(&words).filter(|_| plain)
}

/// The text that a shell is asked to run.
fn shell_text(command: &[String]) -> Option<&str> {
    let (program, rest) = command.split_first()?;
    if !SHELLS.contains(&base(program)) {
        return None;
    }
    let option = |w: &String| w.starts_with('-') && !w.starts_with("--") && w.ends_with('c');
    let at = rest.iter().position(option)?;
    rest.get(at + 1).map(String::as_str)
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The tasks of one run of Mix, which may stand behind a wrapper; `None` where something else is run.
fn tasks<'a>(words: &[&'a str]) -> Option<Vec<Task<'a>>> {
    let at = words.iter().position(|w| base(w) == "mix")?;
    let before = words.get(..at).unwrap_or_default();
    let assignments = before.iter().take_while(|w| w.contains('=')).count();
    let wrapper = before.get(assignments);
    if wrapper.is_some_and(|w| !WRAPPERS.contains(&base(w))) {
        return None;
    }
    let words = words.get(at + 1..).unwrap_or_default();
    let Some((&"do", rest)) = words.split_first() else {
        let (name, args) = words.split_first()?;
        let args = args.to_vec();
        return Some(vec![Task { name, args }]);
    };
    // `mix do a x, b` and `mix do a x + b`.
    let mut tasks: Vec<Task<'_>> = Vec::new();
    let mut starts = true;
    for word in rest {
        let ends = word.ends_with(',');
        let bare = word.trim_end_matches(',');
        match tasks.last_mut() {
            _ if *word == "+" || bare.is_empty() => {}
            Some(task) if !starts => task.args.push(bare),
            Some(_) | None => tasks.push(Task {
                name: bare,
                args: Vec::new(),
            }),
        }
        starts = ends || *word == "+";
    }
    Some(tasks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(command: &[&str]) -> String {
        let command: Vec<String> = command.iter().map(|w| (*w).to_owned()).collect();
        let describe = |t: &Task<'_>| format!("{}{:?}", t.name, t.args);
        let runs = mix_runs(&command);
        let runs = runs
            .iter()
            .map(|r| r.iter().map(describe).collect::<Vec<_>>().join(" "));
        runs.collect::<Vec<_>>().join(" | ")
    }

    fn words(command: &str) -> String {
        runs(&command.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn mix_is_found_behind_what_hands_on_its_exit_code() {
        for command in [
            "mix format --check",
            "/usr/bin/mix format --check",
            "env MIX_ENV=test mix format --check",
            "MIX_ENV=test mix format --check",
            "timeout 60 mix format --check",
        ] {
            assert_eq!(words(command), "format[\"--check\"]", "{command}");
        }
        assert_eq!(
            runs(&["bash", "-lc", "cd app && mix a && mix b x"]),
            "a[] | b[\"x\"]"
        );
    }

    #[test]
    fn tasks_are_parted() {
        assert_eq!(words("mix do a --x, b + c y"), "a[\"--x\"] b[] c[\"y\"]");
        assert_eq!(words("mix do a , b"), "a[] b[]");
        assert_eq!(words("mix"), "");
    }

    #[test]
    fn exit_codes_that_say_nothing_are_not_understood() {
        for command in [
            "true mix format",
            "echo mix format",
            "mix format || true",
            "mix format ; mix test",
            "mix format | tee log",
            "make format",
        ] {
            assert_eq!(words(command), "", "{command}");
        }
        for text in [
            "mix format || true",
            "mix format; true",
            "exit 0 && mix format",
            "mix format &",
            "if mix format\nthen true\nfi",
            "! mix format",
        ] {
            assert_eq!(runs(&["sh", "-c", text]), "", "{text}");
        }
    }
}
