//! What GitHub's runner does with a composite action, as far as `action.yml` needs it: inputs with their defaults,
//! expressions, the shell of each step, the files for outputs and the summary, and the commands that it would obey.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::yaml::{self, Yaml};

pub type Map = BTreeMap<String, String>;

pub struct Job {
    pub dir: tempfile::TempDir,
    /// The folder of `action.yml`.
    pub action: PathBuf,
    /// The workspace.
    pub workspace: PathBuf,
    /// What earlier steps left in the environment.
    pub env: Vec<(String, String)>,
    /// What GitHub says of the job: `token`, `event.pull_request.head.sha`, …
    pub github: Map,
}

pub struct Outcome {
    /// Code of the step that ended it.
    pub code: i32,
    pub outputs: Map,
    pub summary: String,
    pub log: String,
}

impl Job {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let workspace = dir.path().join("workspace");
        fs::create_dir(&workspace).unwrap();
        let binary = env!("CARGO_BIN_EXE_gatekeeper").to_owned();
        Self {
            action: env!("CARGO_MANIFEST_DIR").into(),
            env: vec![("GATEKEEPER_BIN".into(), binary)],
            workspace,
            dir,
            github: Map::new(),
        }
    }

    pub fn github(mut self, name: &str, value: &str) -> Self {
        self.github.insert(name.into(), value.into());
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.retain(|(n, _)| n != name);
        self.env.push((name.into(), value.into()));
        self
    }

    /// Runs the action as `with:` says.
    pub fn run(&self, with: &[(&str, &str)]) -> Outcome {
        let text = fs::read_to_string(self.action.join("action.yml")).unwrap();
        let action = yaml::parse(&text);
        let mut inputs = Map::new();
        for (name, input) in action.get("inputs").unwrap().pairs() {
            inputs.insert(
                name.clone(),
                input.get("default").unwrap().text().to_owned(),
            );
        }
        for (name, value) in with {
            assert!(
                inputs.insert((*name).into(), (*value).into()).is_some(),
                "no input {name}"
            );
        }
        let path = self.action.display().to_string();
        let mut context = Context {
            inputs,
            github: self
                .github
                .clone()
                .into_iter()
                .chain([("action_path".into(), path)])
                .collect(),
            steps: BTreeMap::new(),
        };
        let (mut code, mut log) = (0, String::new());
        fs::write(self.dir.path().join("summary"), "").unwrap();
        assert_eq!(
            action.get("runs").unwrap().get("using").unwrap().text(),
            "composite"
        );
        for step in action.get("runs").unwrap().get("steps").unwrap().list() {
            let runs = match step.get("if") {
                None => code == 0,
                Some(condition) => context.holds(condition.text()),
            };
            if runs {
                let ended = self.step(step, &mut context, &mut log);
                code = if code == 0 { ended } else { code };
            }
        }
        let outputs = action.get("outputs").unwrap().pairs().iter();
        let outputs = outputs.map(|(name, output)| {
            let value = context.fill(output.get("value").unwrap().text());
            (name.clone(), value)
        });
        Outcome {
            code,
            outputs: outputs.collect(),
            summary: fs::read_to_string(self.dir.path().join("summary")).unwrap(),
            log,
        }
    }

    fn step(&self, step: &Yaml, context: &mut Context, log: &mut String) -> i32 {
        let known = ["id", "if", "shell", "working-directory", "env", "run"];
        for (key, _) in step.pairs() {
            assert!(known.contains(&key.as_str()), "a step with {key}");
        }
        let file = |name: &str| self.dir.path().join(name);
        let script = step.get("run").unwrap().text();
        assert!(
            !script.contains("${{"),
            "an expression in a script: {script}"
        );
        fs::write(file("script"), script).unwrap();
        fs::write(file("output"), "").unwrap();
        let shell = step.get("shell").unwrap().text();
        let words: Vec<String> = shell
            .split(' ')
            .map(|word| word.replace("{0}", file("script").to_str().unwrap()))
            .collect();
        let folder = step
            .get("working-directory")
            .map_or(String::new(), |d| context.fill(d.text()));
        // One pipe, as it reaches the log.
        let both = Command::new("sh")
            .args(["-c", "exec \"$@\" 2>&1", "sh"])
            .args(&words)
            .current_dir(self.workspace.join(folder))
            .env("GITHUB_ACTIONS", "true")
            .env("RUNNER_TEMP", self.dir.path())
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env_remove("GITHUB_EVENT_NAME")
            .env_remove("GITHUB_BASE_REF")
            .env_remove("GITHUB_TOKEN")
            .envs(self.env.iter().map(|(n, v)| (n, v)))
            .envs(
                step.get("env")
                    .unwrap()
                    .pairs()
                    .iter()
                    .map(|(n, v)| (n, context.fill(v.text()))),
            )
            .output()
            .unwrap();
        log.push_str(&String::from_utf8_lossy(&both.stdout));
        let outputs = env_file(&fs::read_to_string(file("output")).unwrap());
        context
            .steps
            .insert(step.get("id").unwrap().text().to_owned(), outputs);
        both.status.code().unwrap()
    }
}

/// The contexts of expressions.
struct Context {
    inputs: Map,
    github: Map,
    steps: BTreeMap<String, Map>,
}

impl Context {
    /// Replaces every expression of a text.
    fn fill(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap();
            out.push_str(before);
            out.push_str(&self.value(expression));
            rest = after;
        }
        out + rest
    }

    /// `NAME`, or `NAME || 'WORDS'`: the first that is not empty.
    fn value(&self, expression: &str) -> String {
        let terms = expression.split("||").map(str::trim);
        let mut values =
            terms.map(
                |term| match term.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
                    Some(words) => words.to_owned(),
                    None => self.name(term),
                },
            );
        values.find(|v| !v.is_empty()).unwrap_or_default()
    }

    /// A condition that asks for success nowhere: `!cancelled() && NAME != ''`.
    fn holds(&self, condition: &str) -> bool {
        let inner = condition
            .strip_prefix("${{")
            .and_then(|c| c.strip_suffix("}}"));
        let (first, second) = inner.unwrap().split_once(" && ").unwrap();
        assert_eq!(first.trim(), "!cancelled()", "{condition}");
        let name = second.trim().strip_suffix(" != ''").unwrap();
        !self.name(name).is_empty()
    }

    fn name(&self, term: &str) -> String {
        let parts: Vec<&str> = term.split('.').collect();
        match parts.as_slice() {
            ["inputs", name] => self
                .inputs
                .get(*name)
                .unwrap_or_else(|| panic!("no input {name}"))
                .clone(),
            ["github", ..] => {
                let name = parts[1..].join(".");
                self.github.get(&name).cloned().unwrap_or_default()
            }
            ["steps", id, "outputs", name] => {
                let step = self.steps.get(*id);
                step.and_then(|s| s.get(*name)).cloned().unwrap_or_default()
            }
            _ => panic!("an expression that is not known here: {term}"),
        }
    }
}

/// `FileCommandManager.cs`: `NAME=VALUE`, or `NAME<<MARK` up to `MARK`.
pub fn env_file(text: &str) -> Map {
    let mut out = Map::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let equals = line.find('=').unwrap_or(usize::MAX);
        let heredoc = line.find("<<").unwrap_or(usize::MAX);
        let (name, value) = if equals < heredoc {
            line.split_once('=')
                .map(|(n, v)| (n, v.to_owned()))
                .unwrap()
        } else {
            let (name, mark) = line
                .split_once("<<")
                .unwrap_or_else(|| panic!("invalid format: {line}"));
            let mut body = Vec::new();
            loop {
                match lines.next() {
                    Some(end) if end == mark => break,
                    Some(line) => body.push(line),
                    None => panic!("the mark of {name} is missing"),
                }
            }
            (name, body.join("\n"))
        };
        out.insert(name.to_owned(), value);
    }
    out
}

/// Every command that the runner would obey, in order (`ActionCommand.cs`, `ProcessInvoker.cs`); the mark of
/// `stop-commands` is random, so it is shown as `MARK`.
pub fn commands(log: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut stopped: Option<String> = None;
    for line in log.split(['\n', '\r']) {
        let head = line.trim_start();
        let second = head
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"));
        match (&stopped, second) {
            (Some(mark), Some((name, _))) if name.eq_ignore_ascii_case(mark) => {
                stopped = None;
                out.push("::MARK::".to_owned());
            }
            (Some(_), _) => {}
            (None, Some(("stop-commands", mark))) => {
                assert!(mark.len() >= 32, "a mark that can be guessed: {mark}");
                stopped = Some(mark.to_owned());
                out.push("::stop-commands::MARK".to_owned());
            }
            (None, Some(_)) => out.push(head.to_owned()),
            (None, None) if line.contains("##[") => out.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert_eq!(stopped, None, "commands stay switched off");
    out
}
