//! `gatekeeper check`: judges reports that exist.

use std::path::Path;

use gatekeeper_parsers::{Completeness, Defect, DefectKind, Expect, Position};

use super::options::Shared;
use crate::error::Error;
use crate::exit::of_verdict;
use crate::report::{Report, Source};
use crate::tree::Tree;
use crate::{modules, project, record, source, tree};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Reports to judge together: files, folders, or - for standard input
    #[arg(value_name = "FILE|DIR|-")]
    paths: Vec<String>,
    #[command(flatten)]
    shared: Shared,
}

/// Reads, judges, renders.
pub(super) fn command(args: Args) -> Result<u8, Error> {
    let meant = args.shared.mean()?;
    if args.paths.iter().filter(|p| *p == "-").count() > 1 {
        return Err(Error::usage(
            "standard input (-) can be read only once",
            "give it one time",
        ));
    }
    let here = Path::new(".");
    let state = tree::state(here);
    let mut sources = sources(
        &args.paths,
        &args.shared.record,
        state.as_ref(),
        meant.expect,
    )?;
    modules::place(&mut sources, here);
    let facts = project::facts(here, state.as_ref());
    let mut report = Report::against(sources, &meant.policy.policy, facts, &meant.against);
    meant.complete(&mut report);
    meant.outputs.write(&report)?;
    Ok(of_verdict(report.verdict).code())
}

/// The reports that are named, or else the record.
pub(super) fn sources(
    paths: &[String],
    record: &Path,
    now: Option<&Tree>,
    expect: Expect,
) -> Result<Vec<Source>, Error> {
    if paths.is_empty() {
        return recorded(record, now, expect);
    }
    let mut sources = Vec::new();
    for path in paths {
        sources.extend(source::open(path, expect)?);
    }
    Ok(sources)
}

/// The last run of every command in the record, read again; what does not belong to the tree as it is now is stale.
fn recorded(record: &Path, now: Option<&Tree>, expect: Expect) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    for (dir, run) in record::latest(record)? {
        let Some(run) = run else {
            let message = "what was recorded here is damaged: run.json is gone; remove the folder, or run again";
            let defect = Defect::new(DefectKind::Cut, message, Position::default());
            sources.push(Source::unreadable(dir.display().to_string(), defect));
            continue;
        };
        let mut found = source::recorded(&dir, &run, expect)?;
        if let Some(defect) = stale(&run, now) {
            found
                .iter_mut()
                .for_each(|s| s.lower(Completeness::Partial, defect.clone()));
        }
        sources.extend(found);
    }
    if sources.is_empty() {
        let message =
            "nothing is recorded here; use `gatekeeper run -- mix test`, or name report files";
        let defect = Defect::new(DefectKind::Empty, message, Position::default());
        sources.push(Source::unreadable(record.display().to_string(), defect));
    }
    Ok(sources)
}

/// Whether a run belongs to another state of the tree.
fn stale(run: &record::Run, now: Option<&Tree>) -> Option<Defect> {
    let defect = |message: &str| Some(Defect::new(DefectKind::Stale, message, Position::default()));
    match (&run.before, &run.after, now) {
        (Some(before), Some(after), Some(now)) => {
            if before.digest != after.digest {
                return defect("files changed while it ran; run it again");
            }
            if after.commit != now.commit {
                return defect("recorded for another commit; run it again");
            }
            if after.digest != now.digest {
                defect("files changed since it ran; run it again")
            } else {
                None
            }
        }
        _ => defect("it is not known which state of the files it ran on; run it again"),
    }
}
