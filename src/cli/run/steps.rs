//! The steps of a plan. They run one after the other, but for those that neither compile nor write: these run beside the
//! others, and are shown when it is their turn.
//!
//! At a terminal that is high enough they are a table that fills in, below what they print; elsewhere a line tells of each
//! when it is over.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::again::say;
use super::live::{self, Seat, View};
use super::{Done, How};
use crate::cli::options::Meant;
use crate::error::Error;
use crate::gates::{Policy, Ruling, Weight};
use crate::live::{Table, line, took};
use crate::plan::{self, Planned};
use crate::policy::Setting;
use crate::report::{Project, Report, Source};

/// Runs the steps; the signal is that by which somebody ended gatekeeper meanwhile. What is shown and judged is that of
/// one step after the other, also where some ran side by side.
pub(super) fn run(
    steps: &[Planned],
    how: &How<'_>,
    fail_fast: bool,
) -> Result<(Vec<Done>, Option<i32>), Error> {
    thread::scope(|scope| {
        let mut aside: Vec<Option<Beside<'_>>> = steps.iter().map(|_| None).collect();
        let mut all = Vec::new();
        let mut rows = Rows::of(steps, how);
        let mut stopped: Option<String> = None;
        for (n, step) in steps.iter().enumerate() {
            if let Some(why) = &stopped {
                rows.over(n, row(&step.id, "not run", None, why));
                continue;
            }
            if !fail_fast {
                start_beside(scope, steps, n, &rows, &mut aside);
            }
            say(how, &format!("── {}: {}", step.id, step.command.join(" ")));
            let beside = aside.get_mut(n).and_then(Option::take);
            let seated = rows.seated(n, step, steps.len());
            let mut done = match beside {
                Some(beside) => finished(beside, &seated)?,
                None => started(step, &seated)?,
            };
            done.record();
            let (ruling, line) = told(step, &done, how.meant);
            rows.over(n, line);
            stopped = why_stopped(&done, fail_fast && ruling == Ruling::Fail);
            all.push(done);
        }
        rows.at_once();
        let signal = all.last().and_then(|d: &Done| d.ended.forwarded);
        Ok((all, signal))
    })
}

/// What is said of the steps.
struct Rows<'a> {
    how: &'a How<'a>,
    /// Shown while they run, at a terminal.
    table: Option<Arc<Mutex<Table>>>,
    /// Of those that are over.
    lines: Vec<String>,
}

impl<'a> Rows<'a> {
    fn of(steps: &[Planned], how: &'a How<'a>) -> Self {
        let ids = steps.iter().map(|s| s.id.clone());
        let table = Table::new(ids, Instant::now());
        let shown = how.live && live::has_room(table.height());
        Self {
            how,
            table: shown.then(|| Arc::new(Mutex::new(table))),
            lines: Vec::new(),
        }
    }

    /// How a step runs that is shown: the live line, or the table, tells which of the plan it is.
    fn seated(&self, at: usize, step: &Planned, of: usize) -> How<'a> {
        let table = self.table.clone();
        How {
            label: Some(format!("{} ({} of {of})", step.id, at + 1)),
            seat: table.map(|table| Seat { table, at }),
            ..self.how.clone()
        }
    }

    /// A step is over, in its turn.
    fn over(&mut self, at: usize, line: String) {
        match self.table.clone() {
            Some(table) => Seat { table, at }.with(|table, at| table.ends(at, line.clone())),
            None => say(self.how, &line),
        }
        self.lines.push(line);
    }

    /// At the end all are one table, also where they stood apart, between what the steps printed.
    fn at_once(&self) {
        if !self.how.live {
            return;
        }
        let several = self.lines.len() > 1;
        if several {
            say(self.how, "── plan");
        }
        if several || self.table.is_some() {
            self.lines.iter().for_each(|line| say(self.how, line));
        }
    }
}

/// A step that runs beside others.
type Beside<'scope> = ScopedJoinHandle<'scope, Result<Done, Error>>;

/// Starts what can run beside this step and those that follow, as soon as nothing compiles any more.
fn start_beside<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    steps: &'env [Planned],
    at: usize,
    rows: &Rows<'env>,
    running: &mut [Option<Beside<'scope>>],
) {
    if running.iter().any(Option::is_some) {
        return;
    }
    let left = steps.iter().zip(running).enumerate().skip(at);
    let can = plan::aside(steps.get(at..).unwrap_or_default());
    for ((n, (step, place)), can) in left.zip(can) {
        if can {
            let silent = How {
                shown: false,
                live: false,
                ..rows.seated(n, step, steps.len())
            };
            *place = Some(scope.spawn(move || {
                let done = started(step, &silent)?;
                if let Some(seat) = &silent.seat {
                    let line = told(step, &done, silent.meant).1;
                    seat.with(|table, at| table.ends(at, line));
                }
                Ok(done)
            }));
        }
    }
}

/// Runs a step; the table tells when it starts.
fn started(step: &Planned, how: &How<'_>) -> Result<Done, Error> {
    if let Some(seat) = &how.seat {
        seat.with(|table, at| table.starts(at, Instant::now()));
    }
    Done::of(&words(step), how)
}

/// Waits for a step that ran beside others, and shows what it printed.
fn finished(beside: Beside<'_>, how: &How<'_>) -> Result<Done, Error> {
    let waits = how.seat.clone().filter(|_| !beside.is_finished());
    let view = waits.map(View::waiting).transpose();
    let view = view.map_err(|e| Error::write(Path::new("standard error"), &e))?;
    let done = beside
        .join()
        .unwrap_or_else(|p| std::panic::resume_unwind(p))?;
    drop(view);
    done.show(how)?;
    Ok(done)
}

fn words(step: &Planned) -> Vec<OsString> {
    step.command.iter().map(OsString::from).collect()
}

fn why_stopped(done: &Done, failed: bool) -> Option<String> {
    match done.ended.forwarded {
        Some(signal) => Some(format!("ended by signal {signal}")),
        None if failed => Some("a step before it failed (--fail-fast)".into()),
        None => None,
    }
}

/// How a step went, and its line.
fn told(step: &Planned, done: &Done, meant: &Meant) -> (Ruling, String) {
    let (ruling, mut because) = judged(&done.sources, meant);
    if done.run.timed_out {
        because = crate::source::TIMED_OUT.into();
    }
    let time = Some(done.run.duration_ms);
    let line = row(&step.id, ruling.id(), time, &because);
    (ruling, line)
}

/// What one step alone says. What only all of them together can say (what is required, shards) is left out.
pub(super) fn judged(sources: &[Source], meant: &Meant) -> (Ruling, String) {
    let mut policy = Policy {
        require: Vec::new(),
        expected_shards: None,
        unused_waivers: Setting::standard(Weight::Warn),
        ..meant.policy.policy.clone()
    };
    policy.coverage.patch = None;
    let project = Project::default();
    let report = Report::against(sources.to_vec(), &policy, project, &meant.against);
    let worst = |g: &&crate::gates::Judged| g.counts() && g.judgement.ruling == report.verdict;
    let because: Vec<&str> = report
        .gates
        .iter()
        .filter(worst)
        .map(|g| g.judgement.because.as_str())
        .collect();
    if because.is_empty() && report.sources.iter().all(Source::is_complete) {
        return (Ruling::Pass, "shown; no gate judges it".into());
    }
    (report.verdict, because.join("; "))
}

/// The line of a step that is over.
pub(super) fn row(id: &str, ruling: &str, ms: Option<u64>, because: &str) -> String {
    let word = if ruling == "pass" { "ok" } else { ruling };
    let time = ms.map_or(String::new(), |ms| took(Duration::from_millis(ms)));
    line(id, word, &time, because)
}
