//! What `gatekeeper run` without a command runs: the tools that the project has, each in the form that proves most.
//!
//! Which tools there are is read from `mix.exs` and `mix.lock` as text, never by running the project. What a policy
//! names must be there: a step that is left out in silence would be a gate that nobody guards.
//!
//! Steps run side by side only where they neither compile nor write to `_build`, which Mix locks: those that read
//! `mix.exs` and `mix.lock` alone. Every task of a package may compile it first, and so may `mix format` with a plugin.
//!
//! Deliberately absent: a shell.

use crate::policy::Setting;

mod scan;
mod split;

pub use scan::Scan;
pub use split::words;

/// One step that is known by its name.
#[derive(Debug)]
pub struct Step {
    /// What it is called: `credo`.
    pub id: &'static str,
    /// Its command.
    pub command: &'static str,
    /// What the project must have.
    needs: Needs,
}

/// What a project must have for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing but `mix.exs`.
    Mix,
    /// A file.
    File(&'static str),
    /// A `mix.lock` that names packages of Hex.
    Hex,
    /// A package, with the line that adds it to `mix.exs`.
    Package(&'static str, &'static str),
}

/// Every step, in the order in which they run: first what all others stand on, then what is quick.
///
/// The forms are those with the best proof: JSON where the document ends with its own bracket, `--exit` where a tool
/// would else end with 0 whatever it found, every warning of the compilers and not those of changed files alone, and
/// of Dialyzer the long text: its short form crashes on some warnings.
pub static STEPS: [Step; 10] = [
    Step {
        id: "compile",
        command: "mix compile --all-warnings",
        needs: Needs::Mix,
    },
    Step {
        id: "format",
        command: "mix format --check-formatted",
        needs: Needs::File(".formatter.exs"),
    },
    Step {
        id: "deps_unlock",
        command: "mix deps.unlock --check-unused",
        needs: Needs::File("mix.lock"),
    },
    Step {
        id: "hex_audit",
        command: "mix hex.audit",
        needs: Needs::Hex,
    },
    Step {
        id: "deps_audit",
        command: "mix deps.audit --format json",
        needs: Needs::Package(
            "mix_audit",
            "{:mix_audit, \"~> 2.1\", only: [:dev, :test], runtime: false}",
        ),
    },
    Step {
        id: "credo",
        command: "mix credo --strict --format json",
        needs: Needs::Package(
            "credo",
            "{:credo, \"~> 1.7\", only: [:dev, :test], runtime: false}",
        ),
    },
    Step {
        id: "sobelow",
        command: "mix sobelow --private --format json --exit low",
        needs: Needs::Package(
            "sobelow",
            "{:sobelow, \"~> 0.14\", only: [:dev, :test], runtime: false}",
        ),
    },
    Step {
        id: "doctor",
        command: "mix doctor",
        needs: Needs::Package(
            "doctor",
            "{:doctor, \"~> 0.22\", only: [:dev, :test], runtime: false}",
        ),
    },
    Step {
        id: "test",
        command: "mix test --cover",
        needs: Needs::Mix,
    },
    Step {
        id: "dialyzer",
        command: "mix dialyzer",
        needs: Needs::Package(
            "dialyxir",
            "{:dialyxir, \"~> 1.4\", only: [:dev, :test], runtime: false}",
        ),
    },
];

/// Steps that need no package where the policy gives another command: what to do instead of adding it.
const INSTEAD: [(&str, &str); 1] = [(
    "dialyzer",
    "or run Erlang's own, with a PLT of yours, by a line in [plan.commands]: dialyzer = \"ERL_LIBS=ELIXIR/lib dialyzer \
     --fullpath --plt PLT -r _build/dev/lib/APP/ebin\"",
)];

/// What a policy says of the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The steps, instead of those that are found.
    pub steps: Option<Setting<Vec<String>>>,
    /// Commands of steps: other ones for known steps, and those of steps that only this project has.
    pub commands: Vec<(String, Setting<Vec<String>>)>,
}

/// A step of this project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What it is called.
    pub id: String,
    /// Its words.
    pub command: Vec<String>,
}

/// Commands that read `mix.exs` and `mix.lock`, and nothing that another step builds.
const ASIDE: [&str; 2] = ["deps_unlock", "hex_audit"];

impl Planned {
    /// Whether it can run beside other steps: by its own name and command, for those of a policy may do anything.
    fn is_aside(&self) -> bool {
        let standard = STEPS.iter().find(|s| s.id == self.id);
        ASIDE.contains(&self.id.as_str())
            && standard.is_some_and(|s| s.command.split(' ').eq(self.command.iter()))
    }
}

/// Which of the steps that are left can be started beside the first of them: none while something is to compile yet.
#[must_use]
pub fn aside(left: &[Planned]) -> Vec<bool> {
    let compiles = left.iter().any(|s| s.id == "compile");
    let mut aside: Vec<bool> = left.iter().map(|s| !compiles && s.is_aside()).collect();
    // The first is run as it is; a step beside nothing is no gain.
    if let Some(first) = aside.first_mut() {
        *first = false;
    }
    aside
}

/// Steps that cannot run, each with what to do.
pub type Missing = Vec<String>;

/// The steps of a project.
///
/// # Errors
/// What a policy names, and the project has not.
pub fn plan(scan: &Scan, rules: &Rules) -> Result<Vec<Planned>, Missing> {
    let own = |id: &str| rules.commands.iter().find(|(name, _)| name == id);
    let mut missing = Missing::new();
    let mut planned = Vec::new();
    for id in ids(scan, rules) {
        let command = match (own(&id), STEPS.iter().find(|s| s.id == id)) {
            (Some((_, command)), _) => command.value.clone(),
            (None, Some(step)) => {
                missing.extend(step.missing(scan));
                step.words(scan)
            }
            // The policy's reader refuses a name without a command.
            (None, None) => {
                missing.push(format!("{id}: there is no command for it"));
                continue;
            }
        };
        planned.push(Planned { id, command });
    }
    match missing.is_empty() {
        true => Ok(planned),
        false => Err(missing),
    }
}

/// The names of the steps: those of the policy, or those that are found and those that have a command.
fn ids(scan: &Scan, rules: &Rules) -> Vec<String> {
    if let Some(steps) = &rules.steps {
        return steps.value.clone();
    }
    let own = |id: &str| rules.commands.iter().any(|(name, _)| name == id);
    let found = STEPS
        .iter()
        .filter(|s| own(s.id) || s.missing(scan).is_none());
    let mut ids: Vec<String> = found.map(|s| s.id.to_owned()).collect();
    let more = rules.commands.iter().map(|(id, _)| id.clone());
    ids.extend(more.filter(|id| STEPS.iter().all(|s| s.id != id)));
    ids
}

impl Step {
    /// What the project has not, and what to do about it.
    fn missing(&self, scan: &Scan) -> Option<String> {
        let id = self.id;
        match self.needs {
            Needs::Mix => None,
            Needs::File(file) if scan.has(file) => None,
            Needs::File(file) => Some(format!("{id}: there is no {file} here")),
            Needs::Hex if scan.has("mix.lock") && scan.locks_packages() => None,
            Needs::Hex => Some(format!("{id}: mix.lock names no package of Hex")),
            Needs::Package(package, _) if scan.depends(package) => None,
            Needs::Package(package, line) => {
                let instead = INSTEAD.iter().find(|(step, _)| *step == id);
                let instead = instead.map_or(String::new(), |(_, what)| format!("; {what}"));
                let add = format!("mix.exs does not name {package}; add to its deps: {line}");
                Some(format!("{id}: {add}{instead}"))
            }
        }
    }

    fn words(&self, scan: &Scan) -> Vec<String> {
        let command = match self.id {
            "test" if scan.covers_with_excoveralls() => match scan.says("coveralls.json") {
                true => "mix coveralls.json",
                // Without `preferred_envs` it would run in the wrong environment, and refuse.
                false => "env MIX_ENV=test mix coveralls.json",
            },
            _ => self.command,
        };
        command.split(' ').map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests;
