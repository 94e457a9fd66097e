//! `gatekeeper wave export`: everything that is recorded for this tree, judged, sealed, and entered into the ledger.

use std::fs;
use std::path::{Path, PathBuf};

use super::made::Made;
use super::{Signing, Waves, print, project_name};
use crate::cli::policy::Options;
use crate::error::Error;
use crate::exit::of_verdict;
use crate::gates::Ruling;
use crate::report::Report;
use crate::wave::ledger::Kind;
use crate::wave::paper;
use crate::wave::seal::Seal;
use crate::wave::store::{Published, Store};
use crate::wave::verify::{REPORT, bundle_name};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// Number of the wave; the next one of the ledger where it is not given
    #[arg(long, value_name = "N")]
    wave: Option<u32>,
    /// A text that is handed over with it
    #[arg(long, value_name = "FILE")]
    pub(super) note: Option<PathBuf>,
    /// Files that are handed over with it: end-to-end results, screenshots, logs of migrations, health checks. Repeatable
    #[arg(long, value_name = "GLOB")]
    pub(super) attach: Vec<String>,
    /// Where the raw output is recorded
    #[arg(
        long,
        value_name = "DIR",
        env = "GATEKEEPER_RECORD",
        default_value = ".gatekeeper"
    )]
    pub(super) record: PathBuf,
    /// Changed lines are measured since the merge base with this commit or branch
    #[arg(long, value_name = "REF", env = "GATEKEEPER_BASE")]
    pub(super) base: Option<String>,
    /// Findings that are known
    #[arg(long, value_name = "FILE", env = "GATEKEEPER_BASELINE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) policy: Options,
    #[command(flatten)]
    waves: Waves,
    #[command(flatten)]
    pub(super) signing: Signing,
}

/// Exports.
pub(super) fn command(args: &Export) -> Result<u8, Error> {
    let key = args.signing.key()?;
    let project = project_name();
    let mut store = Store::open(&args.waves.waves)?;
    let wave = args.wave.unwrap_or_else(|| store.next());
    if store.has(wave) {
        let message = format!("wave {wave} was exported before");
        let hint =
            "waves are never replaced: export the next one, and withdraw this one if it is wrong";
        return Err(Error::usage(message, hint));
    }
    let staging = store.stage(wave)?;
    let mut made = Made::new(args, wave, &staging)?;
    let (report, bytes) = made.judge(&staging)?;
    let stated = made.stated(&report, &bytes);
    made.write(
        &staging,
        &report,
        &bytes,
        &stated,
        &trend(&store, &args.waves.waves),
    )?;
    let seal = Seal {
        stated: &stated,
        project: &project,
        time: made.time,
        key: key.as_ref(),
    };
    let published = store.publish(staging, &seal)?;
    print(&told(&published, &report, &made, key.is_some()))?;
    Ok(of_verdict(report.verdict).code())
}

/// The waves before that still count.
fn trend(store: &Store, waves: &Path) -> Vec<paper::Point> {
    let entries = store.ledger().entries();
    let withdrawn = |wave| {
        let mut all = entries.iter();
        all.any(|e| e.wave == wave && e.kind == Kind::Withdrawn)
    };
    let points = entries
        .iter()
        .filter(|e| !withdrawn(e.wave))
        .filter_map(|e| {
            let verdict = [Ruling::Pass, Ruling::Undecided, Ruling::Fail];
            let report = waves.join(bundle_name(e.wave)).join(REPORT);
            Some(paper::Point {
                wave: e.wave,
                coverage: fs::read(report).ok().and_then(|bytes| covered(&bytes)),
                verdict: verdict.into_iter().find(|r| r.id() == e.verdict)?,
            })
        });
    points.collect()
}

/// The coverage in a report, in hundredths of a percent.
pub(super) fn covered(report: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Brief {
        coverage: Option<Percent>,
    }
    #[derive(serde::Deserialize)]
    struct Percent {
        percent: Option<String>,
    }
    let brief: Brief = serde_json::from_slice(report).ok()?;
    let percent = brief.coverage?.percent?;
    let (whole, part) = percent.split_once('.')?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(100)?.checked_add(part.parse().ok()?)
}

fn told(published: &Published, report: &Report, made: &Made, signed: bool) -> String {
    let mut out = vec![
        format!("{}: {}", bundle_name(made.inputs.wave), report.verdict.id()),
        format!("  bundle   {}", published.bundle.display()),
        format!("  archive  {}", published.archive.display()),
        format!("  digest   sha256:{}", published.bag),
    ];
    let open = report
        .gates
        .iter()
        .filter(|g| g.counts() && g.judgement.ruling != Ruling::Pass);
    out.extend(open.map(|g| {
        format!(
            "  {:<8} {}: {}",
            g.judgement.ruling.id(),
            g.id,
            g.judgement.because
        )
    }));
    let redacted: u64 = made.redactor.counts().values().sum();
    if redacted > 0 {
        out.push(format!("  redacted {redacted} (see data/redactions.json)"));
    }
    if !signed {
        out.push(
            "  note     not signed: give a key with --sign (see `gatekeeper wave keygen`)".into(),
        );
    }
    out.join("\n") + "\n"
}
