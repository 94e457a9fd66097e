//! `gatekeeper baseline write|show`: accepts today's findings as known, and shows what was accepted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use gatekeeper_parsers::{Evidence, Expect};

use super::{check, compared, output, policy};
use crate::baseline::{self, Entry};
use crate::benchmark::{self, Recorded};
use crate::emit::escape::terminal as safe;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::gates::{self, GATES, Policy};
use crate::report::{Project, Report, Source, nanoseconds};
use crate::tree;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Store the findings of these reports (without any: of everything recorded for this tree) as known, and the medians
    /// of their benchmarks
    Write {
        /// Reports: files, folders, or - for standard input
        #[arg(value_name = "FILE|DIR|-")]
        paths: Vec<String>,
        /// Where the baseline is, instead of the file that the policy names, or gatekeeper.baseline.json
        #[arg(long, value_name = "FILE", env = "GATEKEEPER_BASELINE")]
        baseline: Option<PathBuf>,
        /// Where raw output is recorded
        #[arg(
            long,
            value_name = "DIR",
            env = "GATEKEEPER_RECORD",
            default_value = ".gatekeeper"
        )]
        record: PathBuf,
        /// Write even what is known only in part
        #[arg(long)]
        force: bool,
    },
    /// List what is known
    Show {
        /// Where the baseline is, instead of the file that the policy names, or gatekeeper.baseline.json
        #[arg(long, value_name = "FILE", env = "GATEKEEPER_BASELINE")]
        baseline: Option<PathBuf>,
    },
}

/// Writes or shows.
pub(super) fn command(args: Args) -> Result<u8, Error> {
    let page = match args.what {
        What::Write {
            paths,
            baseline,
            record,
            force,
        } => {
            let state = tree::state(Path::new("."));
            let sources = check::sources(&paths, &record, state.as_ref(), Expect::default())?;
            written(&place(baseline)?, sources, force)?
        }
        What::Show { baseline } => shown(&place(baseline)?)?,
    };
    output::page(page.as_bytes())?;
    Ok(0)
}

/// Where the baseline is: what is typed, what the policy says, or its usual name.
fn place(typed: Option<PathBuf>) -> Result<PathBuf, Error> {
    if let Some(path) = typed.filter(|p| !p.as_os_str().is_empty()) {
        return Ok(path);
    }
    Ok(policy::baseline()?.unwrap_or_else(|| baseline::FILE.into()))
}

fn written(path: &Path, sources: Vec<Source>, force: bool) -> Result<String, Error> {
    let report = Report::assemble(sources, &Policy::default(), Project::default());
    let tools: BTreeSet<String> = report
        .sources
        .iter()
        .filter(|s| matches!(s.evidence, Evidence::Findings(_)))
        .filter_map(|s| s.tool_id().map(String::from))
        .collect();
    let timed = report
        .sources
        .iter()
        .filter_map(|s| s.evidence.benchmarks());
    let timed = timed.map(|b| b.total).sum::<u64>() > 0;
    refuse(&report, tools.is_empty() && !timed, force)?;
    let (before, recorded) = existing(path, force)?;
    let (benchmarks, said) = match timed {
        true => times(&report, force)?,
        false if recorded.is_empty() => (recorded, String::new()),
        false => {
            let n = recorded.len();
            let kept = format!("  {n} benchmarks kept: no report of them was given\n");
            (recorded, kept)
        }
    };
    let mut entries = baseline::entries(&report.findings);
    let (old, kept): (Vec<Entry>, Vec<Entry>) =
        before.into_iter().partition(|e| tools.contains(&e.tool));
    let (now, then): (BTreeSet<&Entry>, BTreeSet<&Entry>) =
        (entries.iter().collect(), old.iter().collect());
    let (added, gone) = (now.difference(&then).count(), then.difference(&now).count());
    let written = entries.len();
    let mut page = format!(
        "{}: {written} findings known ({added} added, {gone} removed)\n",
        safe(&path.display().to_string())
    );
    for (tool, n) in by_tool(&kept) {
        // Writing does not end with an error.
        let _ = writeln!(
            page,
            "  {n} of {} kept: no report of it was given",
            safe(tool)
        );
    }
    page.push_str(&said);
    entries.extend(kept);
    store(path, &baseline::write(&entries, &benchmarks))?;
    Ok(page)
}

/// The medians to record, and the line that says so. With `--force` those that are not known are left out.
fn times(report: &Report, force: bool) -> Result<(Vec<Recorded>, String), Error> {
    let measured = report.scenarios().map(|(_, s)| s);
    let found = match force {
        true => benchmark::recorded(measured.filter(|s| s.median_ps.is_some() && s.samples > 0)),
        false => benchmark::recorded(measured),
    };
    let recorded = found.map_err(|why| Error {
        details: Vec::new(),
        message: format!("no baseline was written: {why}"),
        hint: Some("give one report of each benchmark".to_owned()),
        code: ExitCode::Undecided,
    })?;
    let said = format!("  {} benchmarks recorded\n", recorded.len());
    Ok((recorded, said))
}

/// A baseline is made of whole evidence only: what a cut report does not list would be new tomorrow.
fn refuse(report: &Report, nothing: bool, force: bool) -> Result<(), Error> {
    let undecided = |message: String, hint: &str| {
        Err(Error {
            details: Vec::new(),
            message,
            hint: Some(hint.to_owned()),
            code: ExitCode::Undecided,
        })
    };
    if nothing {
        let message = "no baseline was written: there is no report of a static tool".to_owned();
        return undecided(
            message,
            "run the tools first, such as `gatekeeper run -- mix credo --format json`",
        );
    }
    let finds = |source: &Source| {
        let tested = |id: &str| {
            GATES
                .iter()
                .any(|g| g.id == id && source.tool.is_some_and(|t| g.tools.contains(&t)))
        };
        !tested("tests") && !tested("coverage")
    };
    let own = || report.sources.iter().filter(|s| finds(s));
    let doubtful = own().find(|s| !s.is_complete());
    let short = |s: &Source| {
        let timed = s.evidence.benchmarks();
        timed.is_some_and(|b| b.total > b.scenarios.len() as u64)
    };
    let capped = own().find(|s| baseline::is_capped(s) || short(s));
    let why = match (doubtful, capped) {
        _ if force => return Ok(()),
        (Some(source), _) => gates::doubt(report, source),
        (None, Some(source)) => format!("{} lists only some of what it found", source.label),
        (None, None) => return Ok(()),
    };
    let hint =
        "what is missing from it would be new in the next run: run the tool again, or use --force";
    undecided(format!("no baseline was written: {why}"), hint)
}

/// What is known already. A baseline that cannot be read is not replaced: it may be of a newer version.
fn existing(path: &Path, force: bool) -> Result<(Vec<Entry>, Vec<Recorded>), Error> {
    let text = match compared::read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(e) => return Err(Error::open(&path.display().to_string(), &e)),
        Ok(text) => text,
    };
    match baseline::read(&text) {
        Ok(known) => Ok(known),
        Err(_) if force => Ok(Default::default()),
        Err(why) => Err(unusable(
            path,
            &why,
            "mend it, remove it, or replace it with --force",
        )),
    }
}

fn unusable(path: &Path, why: &str, hint: &str) -> Error {
    Error::usage(format!("{} {why}", path.display()), hint)
}

/// Aside and then renamed: a baseline is whole or not there.
fn store(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let stored = || {
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        readable(file.as_file())?;
        file.persist(path).map_err(|e| e.error).map(|_| ())
    };
    stored().map_err(|e| Error::write(path, &e))
}

/// A temporary file is its owner's alone; a baseline is a file like any other of the project.
fn readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

fn shown(path: &Path) -> Result<String, Error> {
    let text = compared::read(path).map_err(|e| Error::open(&path.display().to_string(), &e))?;
    let (entries, benchmarks) = baseline::read(&text).map_err(|why| {
        unusable(
            path,
            &why,
            "`gatekeeper baseline write --force` writes it anew",
        )
    })?;
    let mut page = format!(
        "{}: {} findings known\n",
        safe(&path.display().to_string()),
        entries.len()
    );
    for (tool, n) in by_tool(&entries) {
        let _ = writeln!(page, "\n{} ({n})", safe(tool));
        for entry in entries.iter().filter(|e| e.tool == tool) {
            let at = entry.path.as_deref().unwrap_or("-");
            let function = entry
                .function
                .as_deref()
                .map(|f| format!(" ({f})"))
                .unwrap_or_default();
            let _ = writeln!(
                page,
                "  {}  {}{}",
                safe(at),
                safe(&entry.rule),
                safe(&function)
            );
            let _ = writeln!(page, "      {}", safe(&entry.message));
        }
    }
    if !benchmarks.is_empty() {
        let _ = writeln!(page, "\nbenchmarks ({})", benchmarks.len());
    }
    for r in &benchmarks {
        let name = benchmark::name(&r.job, r.input.as_deref());
        let _ = writeln!(
            page,
            "  {}  median {} ns",
            safe(&name),
            nanoseconds(r.median_ps)
        );
    }
    Ok(page)
}

fn by_tool(entries: &[Entry]) -> BTreeMap<&str, usize> {
    let mut tools = BTreeMap::new();
    for entry in entries {
        *tools.entry(entry.tool.as_str()).or_default() += 1;
    }
    tools
}
