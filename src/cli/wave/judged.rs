//! The report of a bundle: made the same way when it is exported and when it is replayed.

use std::fs;
use std::path::Path;

use gatekeeper_parsers::{Defect, DefectKind, Expect, Position};

use crate::cli::check;
use crate::cli::policy::Options;
use crate::emit::{Style, emitter};
use crate::error::Error;
use crate::policy::{Date, Policy};
use crate::report::{Report, Source};
use crate::source;
use crate::wave::inputs::{Inputs, look_again};

/// Folder of the recorded runs in a bundle, of attached reports, and the policy file.
pub(super) const RAW: &str = "data/raw";
pub(super) const ATTACHED: &str = "data/raw/attached";
pub(super) const POLICY: &str = "data/config/gatekeeper.toml";

/// The policy of the inputs.
pub(super) fn policy(bundle: &Path, inputs: &Inputs) -> Result<Policy, Error> {
    let path = bundle.join(POLICY);
    let text = match &inputs.policy {
        Some(_) => Some(fs::read_to_string(&path).map_err(|e| Error::open(POLICY, &e))?),
        None => None,
    };
    let file = inputs.policy.as_deref().zip(text.as_deref());
    let day = Date::of_unix(inputs.day);
    let mut policy = Options::again(file, inputs.require.clone(), inputs.shards.clone(), day)?;
    policy.require.extend(policy.wave.require.clone());
    Ok(policy)
}

/// What the raw output in a bundle says: the recorded runs, then what was attached.
pub(super) fn sources(bundle: &Path, inputs: &Inputs) -> Result<Vec<Source>, Error> {
    let mut sources = check::sources(
        &[],
        &bundle.join(RAW),
        inputs.tree.as_ref(),
        Expect::default(),
    )?;
    for source in &mut sources {
        // The folder of the bundle is another one at each reading.
        if source.label == bundle.join(RAW).display().to_string() {
            source.label = ".gatekeeper".into();
        }
    }
    let attached = bundle.join(ATTACHED);
    let entries = fs::read_dir(&attached).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    names.sort();
    for name in names {
        let mut found = source::open(
            &attached.join(&name).display().to_string(),
            Expect::default(),
        )?;
        found
            .iter_mut()
            .for_each(|s| s.label = format!("attached/{name}"));
        sources.extend(found);
    }
    Ok(sources)
}

/// The report on these sources of a bundle, and its bytes as JSON.
pub(super) fn report(
    mut sources: Vec<Source>,
    policy: &Policy,
    inputs: &Inputs,
    missing: &[String],
) -> (Report, Vec<u8>) {
    look_again(&mut sources, &inputs.seen);
    for kind in missing {
        let message = format!("{kind} is required for a wave, and nothing of it is attached");
        let defect = Defect::new(DefectKind::Empty, message, Position::default());
        sources.push(Source::unreadable(format!("attachment {kind}"), defect));
    }
    let report = Report::against(sources, policy, inputs.project.clone(), &inputs.against);
    let bytes = rendered(&report, "json").unwrap_or_default();
    (report, bytes)
}

/// A rendering, where this version has it.
pub(super) fn rendered(report: &Report, format: &str) -> Option<Vec<u8>> {
    let emitter = emitter(format)?;
    let mut out = Vec::new();
    // Writing into memory does not fail.
    (emitter.write)(report, Style::default(), &mut out).ok()?;
    Some(out)
}

/// Kinds of attachments that the policy demands, and that are not there.
pub(super) fn missing(policy: &Policy, present: &[&str]) -> Vec<String> {
    let demanded = policy.wave.attachments.iter().map(|k| k.value);
    demanded
        .filter(|kind| !present.contains(kind))
        .map(str::to_owned)
        .collect()
}
