//! The policy that holds: the file, the options above it, and with `--policy-from` that of another commit.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

use super::options::given;
use crate::config::{self, NAMES};
use crate::error::Error;
use crate::gates;
use crate::policy::{Change, Date, Origin, Policy, Setting};
use crate::report::{Report, Shadow};
use crate::{clock, tree};

/// As typed.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The policy to judge by, instead of the gatekeeper.toml that is found
    #[arg(long, value_name = "FILE", env = "GATEKEEPER_CONFIG")]
    config: Option<OsString>,
    /// Judge by the policy of this commit, such as origin/main; the tree's own is only shown
    #[arg(long, value_name = "REF", env = "GATEKEEPER_POLICY_FROM")]
    policy_from: Option<String>,
    /// Gates whose evidence must be there, beside those of the policy: tests, coverage, credo, dialyzer, sobelow, …
    #[arg(
        long,
        value_name = "KIND",
        env = "GATEKEEPER_REQUIRE",
        value_delimiter = ','
    )]
    require: Vec<String>,
    /// How many shards of the test suite must be there
    #[arg(long, value_name = "N", env = "GATEKEEPER_SHARDS")]
    shards: Option<String>,
}

/// The policy that decides.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) policy: Policy,
    /// The file that it was read from.
    pub(super) file: Option<String>,
    /// What the file says.
    pub(super) text: Option<String>,
    /// The folder that paths of the file are relative to; the current one where there is no file.
    folder: PathBuf,
    own: Option<Own>,
}

/// The tree's own policy, where another decides.
#[derive(Debug)]
struct Own {
    /// The name of the one that decides.
    from: String,
    /// What the tree's says, or why it cannot be read.
    policy: Result<Policy, String>,
    /// Files by which tools are told what to pass over, that differ from the commit.
    files: Vec<String>,
}

impl Options {
    /// What was typed beside the file: words of `--require`, and `--shards`.
    pub(super) fn typed(&self) -> (Vec<String>, Option<String>) {
        (self.require.clone(), self.shards.clone())
    }

    /// The same policy again: of this file, with these options, judged on this day.
    pub(super) fn again(
        file: Option<(&str, &str)>,
        require: Vec<String>,
        shards: Option<String>,
        today: Date,
    ) -> Result<Policy, Error> {
        let mut policy = match file {
            Some((name, text)) => read(name, text)?,
            None => Policy::default(),
        };
        let options = Self {
            config: None,
            policy_from: None,
            require,
            shards,
        };
        options.lay_over(&mut policy)?;
        policy.today = Some(today);
        Ok(policy)
    }

    /// Reads, and lays the options above what was read.
    pub(super) fn mean(&self) -> Result<Chosen, Error> {
        let here = std::env::current_dir().map_err(|e| Error::open(".", &e))?;
        let config = self.config.as_deref().filter(|p| !p.is_empty());
        let reference = given(self.policy_from.as_deref());
        let mut chosen = match (config, reference) {
            (Some(_), Some(_)) => {
                let message = "--config and --policy-from name two policies";
                return Err(Error::usage(message, "give one of them"));
            }
            (Some(path), None) => from_file(Path::new(path))?,
            (None, Some(reference)) => from_commit(&here, reference)?,
            (None, None) => match config::find(&here)? {
                Some(path) => from_file(&path)?,
                None => Chosen::standard(),
            },
        };
        let today = clock::today()?;
        self.lay_over(&mut chosen.policy)?;
        chosen.policy.today = Some(today);
        if let Some(Own {
            policy: Ok(own), ..
        }) = &mut chosen.own
        {
            self.lay_over(own)?;
            own.today = Some(today);
        }
        Ok(chosen)
    }

    /// What options demand is added to what the policy demands: no option takes a demand back.
    fn lay_over(&self, policy: &mut Policy) -> Result<(), Error> {
        let typed = self.require.iter().map(|k| k.trim());
        for kind in typed.filter(|k| !k.is_empty()) {
            let Some(required) = gates::required(kind, typed_as("--require", "GATEKEEPER_REQUIRE"))
            else {
                let message = format!("--require: there is no gate {kind:?}");
                return Err(Error::usage(message, config::unknown_kind(kind)));
            };
            policy.require.push(required);
        }
        if let Some(text) = given(self.shards.as_deref()) {
            let n = text
                .parse()
                .ok()
                .filter(|n| (1..=config::SHARDS).contains(n));
            let Some(n) = n else {
                let message =
                    format!("--shards: expected a number of shards from 1, found {text:?}");
                return Err(Error::usage(message, "such as --shards 4"));
            };
            let origin = typed_as("--shards", "GATEKEEPER_SHARDS");
            policy.expected_shards = Some(Setting { value: n, origin });
        }
        Ok(())
    }
}

impl Chosen {
    fn standard() -> Self {
        Self {
            policy: Policy::default(),
            file: None,
            text: None,
            folder: PathBuf::new(),
            own: None,
        }
    }

    /// Where a path of the file is.
    pub(super) fn place(&self, path: &str) -> PathBuf {
        let place = self.folder.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        match place.strip_prefix(&here) {
            Ok(short) => short.to_owned(),
            Err(_) => place,
        }
    }

    /// What the tree's own policy would have said.
    pub(super) fn shadow(&self, report: &Report) -> Option<Shadow> {
        let own = self.own.as_ref()?;
        let mut changes = match &own.policy {
            Ok(own) => self.policy.differs_from(own),
            Err(problem) => vec![Change {
                key: NAMES[0].into(),
                used: None,
                other: Some(problem.clone()),
            }],
        };
        changes.extend(own.files.iter().map(|file| Change {
            key: file.clone(),
            used: Some("the tree's".into()),
            other: Some("what the commit has".into()),
        }));
        let verdict = own.policy.as_ref().ok().map(|own| report.verdict_by(own));
        let from = own.from.clone();
        Some(Shadow {
            from,
            changes,
            verdict,
        })
    }
}

/// The baseline that the tree's own policy names.
pub(super) fn baseline() -> Result<Option<PathBuf>, Error> {
    let here = std::env::current_dir().map_err(|e| Error::open(".", &e))?;
    let Some(path) = config::find(&here)? else {
        return Ok(None);
    };
    let chosen = from_file(&path)?;
    let file = chosen.policy.baseline.as_ref();
    Ok(file.map(|file| chosen.place(&file.value)))
}

/// Whether an option was typed, or stood in the environment.
fn typed_as(option: &'static str, variable: &'static str) -> Origin {
    let mut words = std::env::args_os().take_while(|word| word != "--");
    let typed = words.any(|word| word.to_string_lossy().starts_with(option));
    Origin::named(if typed { option } else { variable })
}

/// The name that a policy's values carry: relative to the current folder or the root of the repository.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let root = here
        .ancestors()
        .find(|d| d.join(".git").exists())
        .unwrap_or(&here);
    let short = path
        .strip_prefix(&here)
        .or_else(|_| path.strip_prefix(root));
    short.unwrap_or(path).display().to_string()
}

fn read(name: &str, text: &str) -> Result<Policy, Error> {
    config::read(name, text).map_err(|problems| Error::config(name, &problems))
}

fn from_file(path: &Path) -> Result<Chosen, Error> {
    let name = shown(path);
    let text = config::load(path)?;
    Ok(Chosen {
        policy: read(&name, &text)?,
        file: Some(name),
        text: Some(text),
        folder: folder(path),
        own: None,
    })
}

/// The folder whose policy a file is: that above `.config`.
fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().unwrap_or(Path::new(""));
    match (parent.file_name(), parent.parent()) {
        (Some(name), Some(above)) if name == ".config" => above.to_owned(),
        _ => parent.to_owned(),
    }
}

/// The policy as it is in a commit. One without a policy judges by the default gates.
fn from_commit(here: &Path, reference: &str) -> Result<Chosen, Error> {
    let verify = format!("{reference}^{{commit}}");
    let verify = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &verify,
    ];
    let commit = tree::git(here, &verify).and_then(|out| String::from_utf8(out).ok());
    let Some(commit) = commit.map(|c| c.trim().to_owned()) else {
        let message = format!("--policy-from: there is no commit {reference:?} here");
        let hint = "fetch it first (`git fetch origin main`; actions/checkout with fetch-depth: 0)";
        return Err(Error::usage(message, hint));
    };
    let (policy, from, text, folder) = match in_commit(here, &commit)? {
        None => (
            Policy::default(),
            format!("{reference} (without a policy)"),
            None,
            PathBuf::new(),
        ),
        Some(path) => {
            let shown = format!("{reference}:{path}");
            let bytes = tree::git(here, &["show", &format!("{commit}:{path}")]);
            let Some(bytes) = bytes else {
                let message = format!("--policy-from: git does not show {shown}");
                return Err(Error::usage(message, "fetch the commit whole"));
            };
            let text = config::text(&shown, bytes)?;
            let folder = root(here).join(folder(Path::new(&path)));
            (read(&shown, &text)?, shown, Some(text), folder)
        }
    };
    let own = Own {
        from: from.clone(),
        policy: own(here),
        files: changed(here, &commit),
    };
    Ok(Chosen {
        policy,
        file: Some(from),
        text,
        folder,
        own: Some(own),
    })
}

/// The repository's root.
fn root(here: &Path) -> PathBuf {
    let root = here.ancestors().find(|d| d.join(".git").exists());
    root.unwrap_or(here).to_owned()
}

/// The policy's path in a commit, found as it is in a tree: from the current folder up to the repository's root.
fn in_commit(here: &Path, commit: &str) -> Result<Option<String>, Error> {
    let lost = || {
        Error::usage(
            "--policy-from: git does not list the commit",
            "fetch it whole",
        )
    };
    let prefix = tree::git(here, &["rev-parse", "--show-prefix"]).ok_or_else(lost)?;
    let prefix = String::from_utf8(prefix).map_err(|_| lost())?;
    for folder in Path::new(prefix.trim_end_matches('\n')).ancestors() {
        let paths = NAMES.map(|name| folder.join(name).display().to_string());
        let mut list = vec!["ls-tree", "--full-tree", "--name-only", "-z", commit, "--"];
        list.extend(paths.iter().map(String::as_str));
        let out = tree::git(here, &list).ok_or_else(lost)?;
        let text = String::from_utf8(out).map_err(|_| lost())?;
        let mut there = text.split_terminator('\0');
        match (there.next(), there.next()) {
            (None, _) => {}
            (Some(one), None) => return Ok(Some(one.to_owned())),
            (Some(one), Some(two)) => {
                let message = format!("--policy-from: there are two policies: {one} and {two}");
                return Err(Error::usage(message, "keep one of them"));
            }
        }
    }
    Ok(None)
}

/// Files by which tools are told what to look at.
const TOOL_FILES: [&str; 6] = [
    ".credo.exs",
    ".dialyzer_ignore.exs",
    ".formatter.exs",
    ".sobelow-conf",
    ".sobelow-skips",
    "coveralls.json",
];

/// Those of them that differ from a commit, anywhere in the repository.
fn changed(here: &Path, commit: &str) -> Vec<String> {
    let patterns = TOOL_FILES.map(|file| format!(":(top,glob)**/{file}"));
    let mut diff = vec!["diff", "--no-ext-diff", "--name-only", "-z", commit, "--"];
    diff.extend(patterns.iter().map(String::as_str));
    let out = tree::git(here, &diff).unwrap_or_default();
    let names = out.split(|b| *b == 0).filter(|name| !name.is_empty());
    names
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect()
}

/// The tree's own policy. It does not decide, so a broken one is told and not obeyed.
fn own(here: &Path) -> Result<Policy, String> {
    let found = config::find(here).map_err(|e| e.message)?;
    let Some(path) = found else {
        return Ok(Policy::default());
    };
    let text = config::load(&path).map_err(|e| e.message)?;
    read(&shown(&path), &text).map_err(|e| e.message)
}
