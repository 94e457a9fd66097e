//! A bundle while it is made: what was recorded is copied, judged, and written out in every rendering.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::export::Export;
use super::{attach, judged};
use crate::cli::compared;
use crate::error::Error;
use crate::policy::Policy;
use crate::record::{self, Run};
use crate::report::Report;
use crate::tree::Tree;
use crate::wave::attachment::Attached;
use crate::wave::inputs::{Inputs, SCHEMA, seen};
use crate::wave::redact::Redactor;
use crate::wave::seal::json;
use crate::wave::statement::{Ran, Stated};
use crate::wave::store::Staging;
use crate::wave::{bag, gather, paper, pdf, pptx, time};
use crate::{clock, project, tree};

/// Variables that say where and on what a wave was judged. No other is stored.
const ENVIRONMENT: [&str; 22] = [
    "CI",
    "GITHUB_ACTIONS",
    "GITHUB_REPOSITORY",
    "GITHUB_WORKFLOW",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_JOB",
    "GITHUB_REF",
    "GITHUB_SHA",
    "GITHUB_EVENT_NAME",
    "RUNNER_OS",
    "RUNNER_ARCH",
    "GITLAB_CI",
    "CI_PROJECT_PATH",
    "CI_PIPELINE_ID",
    "CI_JOB_ID",
    "CI_COMMIT_SHA",
    "CI_COMMIT_REF_NAME",
    "MIX_ENV",
    "MIX_TARGET",
    "ELIXIR_VERSION",
    "OTP_VERSION",
];

/// A bundle while it is made.
pub(super) struct Made {
    pub(super) inputs: Inputs,
    runs: Vec<(String, Run)>,
    attached: Vec<Attached>,
    missing: Vec<String>,
    pub(super) redactor: Redactor,
    /// SHA-256 of the policy file, in hex.
    policy: Option<String>,
    judged_by: Policy,
    pub(super) time: u64,
}

impl Made {
    pub(super) fn new(args: &Export, wave: u32, staging: &Staging) -> Result<Self, Error> {
        let here = Path::new(".");
        let chosen = args.policy.mean()?;
        let (require, shards) = args.policy.typed();
        let attached = attach::files(&args.attach)?;
        let state = tree::state(here);
        let mut redactor = Redactor::new(secrets());
        let runs = runs(&args.record, &staging.dir, &mut redactor)?;
        let time = runs.iter().map(|(_, run)| run.ended_at).max().unwrap_or(0);
        let policy = match &chosen.text {
            Some(text) => Some(gather::text(
                text,
                &staging.dir.join(judged::POLICY),
                &mut redactor,
            )?),
            None => None,
        };
        let inputs = Inputs {
            schema: SCHEMA.into(),
            wave,
            project: project::facts(here, state.as_ref()),
            tree: ran_on(&runs, state, &handed_over(args, &attached)),
            day: clock::today_seconds()?,
            policy: chosen.file.clone().filter(|_| policy.is_some()),
            require,
            shards,
            against: crate::compare::Against {
                changes: compared::changes(args.base.as_deref(), &chosen.policy)?,
                baseline: compared::baseline(args.baseline.as_deref(), &chosen)?,
                references: compared::references(&chosen),
            },
            seen: Vec::new(),
        };
        let judged_by = judged::policy(&staging.dir, &inputs)?;
        let mut made = Self {
            inputs,
            runs,
            attached: Vec::new(),
            missing: Vec::new(),
            redactor,
            policy,
            judged_by,
            time,
        };
        made.attached = attach::copied(attached, staging, &mut made.redactor)?;
        if let Some(note) = &args.note {
            let shown = note.display().to_string();
            let text = fs::read_to_string(note).map_err(|e| Error::open(&shown, &e))?;
            gather::text(&text, &staging.dir.join("data/note.md"), &mut made.redactor)?;
        }
        let kinds: Vec<&str> = made.attached.iter().map(|a| a.kind.as_str()).collect();
        made.missing = judged::missing(&made.judged_by, &kinds);
        Ok(made)
    }

    /// Judges what was copied. What is seen at the place of each command is kept as the difference that it makes.
    pub(super) fn judge(&mut self, staging: &Staging) -> Result<(Report, Vec<u8>), Error> {
        self.write_runs(staging, false)?;
        let mut placed = judged::sources(&staging.dir, &self.inputs)?;
        crate::modules::place(&mut placed, Path::new("."));
        self.write_runs(staging, true)?;
        let apart = judged::sources(&staging.dir, &self.inputs)?;
        self.inputs.seen = seen(&apart, &placed);
        let (by, missing) = (&self.judged_by, &self.missing);
        Ok(judged::report(apart, by, &self.inputs, missing))
    }

    fn write_runs(&self, staging: &Staging, sealed: bool) -> Result<(), Error> {
        for (number, run) in &self.runs {
            let path = staging
                .dir
                .join(judged::RAW)
                .join("runs")
                .join(number)
                .join(record::FILES[0]);
            let run = Run {
                sealed,
                ..run.clone()
            };
            let bytes = json(&run).map_err(|e| Error::write(&path, &e.into()))?;
            fs::create_dir_all(path.parent().unwrap_or(&path))
                .and_then(|()| fs::write(&path, bytes))
                .map_err(|e| Error::write(&path, &e))?;
        }
        Ok(())
    }

    pub(super) fn stated(&self, report: &Report, bytes: &[u8]) -> Stated {
        let commands = self.runs.iter().map(|(number, run)| Ran {
            argv: run.command.clone(),
            exit_code: run.exit_code,
            signal: run.signal,
            path: format!("{}/runs/{number}/stdout.txt", judged::RAW),
            sha256: run.stdout_sha256.clone(),
        });
        let gates = report.gates.iter().filter(|g| g.counts());
        let project = &report.project;
        Stated {
            wave: self.inputs.wave,
            verdict: report.verdict.id().into(),
            gates: gates
                .map(|g| (g.id.clone(), g.judgement.ruling.id().to_owned()))
                .collect(),
            gatekeeper: env!("CARGO_PKG_VERSION").into(),
            commit: project.commit.clone(),
            branch: project.branch.clone(),
            dirty: project.dirty,
            policy: self.policy.clone(),
            policy_origin: self
                .inputs
                .policy
                .clone()
                .unwrap_or_else(|| "defaults".into()),
            report: bag::sha256(bytes),
            commands: commands.collect(),
            finished: time::rfc3339(self.time),
        }
    }

    /// Writes everything that is made of the report.
    pub(super) fn write(
        &self,
        staging: &Staging,
        report: &Report,
        bytes: &[u8],
        stated: &Stated,
        trend: &[paper::Point],
    ) -> Result<(), Error> {
        let put = |path: &str, bytes: &[u8]| gather::bytes(bytes, &staging.dir.join(path));
        let put_json = |path: &str, value: serde_json::Result<Vec<u8>>| {
            let bytes = value.map_err(|e| Error::write(Path::new(path), &e.into()))?;
            put(path, &bytes)
        };
        put("data/report.json", bytes)?;
        put_json("data/verdict.json", json(stated))?;
        put_json("data/inputs.json", json(&self.inputs))?;
        put_json("data/attachments.json", json(&self.attached))?;
        put_json("data/environment.json", json(&environment()))?;
        put_json("data/redactions.json", json(self.redactor.counts()))?;
        put_json("data/policy.json", json(&effective(&self.judged_by)))?;
        for (format, name) in RENDERINGS {
            if let Some(text) = judged::rendered(report, format) {
                put(&format!("data/report/{name}"), &text)?;
            }
        }
        let mut trend = trend.to_vec();
        trend.push(paper::Point {
            wave: self.inputs.wave,
            coverage: super::export::covered(bytes),
            verdict: report.verdict,
        });
        let facts = paper::WaveFacts {
            number: self.inputs.wave,
            date: stated.finished.clone(),
            trend,
        };
        let paper = paper::document(report, &facts);
        put("data/report/report.pdf", &pdf::pdf(&paper, bytes))?;
        put("data/report/report.pptx", &pptx::pptx(&paper))
    }
}

/// The renderings in a bundle.
const RENDERINGS: [(&str, &str); 4] = [
    ("markdown", "report.md"),
    ("html", "report.html"),
    ("sarif", "report.sarif"),
    ("junit", "report.junit.xml"),
];

/// Every value of the policy with where it comes from.
fn effective(policy: &Policy) -> Vec<BTreeMap<&'static str, String>> {
    let all = policy.effective().into_iter();
    all.map(|e| {
        BTreeMap::from([
            ("key", e.key),
            ("value", e.value),
            ("source", e.origin.to_string()),
        ])
    })
    .collect()
}

/// Copies the last run of every command.
fn runs(from: &Path, staging: &Path, redactor: &mut Redactor) -> Result<Vec<(String, Run)>, Error> {
    let mut runs = Vec::new();
    for (dir, run) in record::latest(from)? {
        let number = dir
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(run) = run else {
            let message = format!("{} is damaged: run.json is gone", dir.display());
            return Err(Error::usage(
                message,
                "remove this folder, or run the command again",
            ));
        };
        let to = staging.join(judged::RAW).join("runs").join(&number);
        runs.push((number, gather::run(&dir, &run, &to, redactor)?));
    }
    Ok(runs)
}

fn secrets() -> Vec<(String, String)> {
    let all = std::env::vars_os();
    all.filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)))
        .collect()
}

/// The variables of the list that are set.
fn environment() -> BTreeMap<&'static str, String> {
    let set = ENVIRONMENT
        .iter()
        .filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    set.collect()
}

/// The state of the tree that the runs are compared with: as it is, or without what is handed over and was made since.
fn ran_on(runs: &[(String, Run)], now: Option<Tree>, handed_over: &[PathBuf]) -> Option<Tree> {
    let ran = |tree: &Option<Tree>| {
        let digest = tree.as_ref().map(|t| &t.digest);
        runs.iter()
            .all(|(_, run)| run.after.as_ref().map(|t| &t.digest) == digest)
    };
    if handed_over.is_empty() || ran(&now) {
        return now;
    }
    let without = tree::state_without(Path::new("."), handed_over);
    if ran(&without) { without } else { now }
}

/// What is handed over, the note, and the keys: none of it is what was tested.
fn handed_over(args: &Export, attached: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = attached.to_vec();
    all.extend(args.note.clone());
    if let Some(key) = args.signing.file() {
        all.push(key.to_owned());
        all.push(super::public_of(key));
    }
    all
}
