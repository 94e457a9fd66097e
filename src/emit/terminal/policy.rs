//! What the policy accepts, and what another one would have said.

use std::io::{self, Write};

use super::{labelled, paint, plural, safe};
use crate::emit::Style;
use crate::gates::Ruling;
use crate::report::Report;
use crate::waiver::{Applied, State};

/// Where the limits were set, of those that somebody set.
pub(super) fn limits(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let set = report.gates.iter().filter(|g| g.source != "default");
    let list: Vec<String> = set.map(|g| format!("{} ({})", g.id, g.source)).collect();
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    labelled("limits", &safe(&list.join(", ")), style, out)
}

/// Waivers, what the tree's own policy says otherwise, and what tools were told to pass over.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let idle = |w: &&Applied| style.verbose || w.state != State::Active;
    let waivers: Vec<_> = report.waivers.iter().filter(idle).collect();
    if !waivers.is_empty() {
        let title = plural(report.waivers.len(), "waiver");
        writeln!(out, "\n{}\n", paint(&title, "1", style))?;
    }
    for w in waivers {
        let (finding, owner) = (safe(&w.waiver.finding), safe(&w.waiver.owner));
        let state = w.state.id();
        writeln!(
            out,
            "  {state:<9} {finding} until {} ({owner})",
            w.waiver.expires
        )?;
        labelled("", &safe(&w.waiver.reason), style, out)?;
    }
    if let Some(shadow) = &report.shadow {
        let verdict = shadow.verdict.map_or("unreadable", Ruling::id);
        let title = format!(
            "judged by {}; by the tree's own policy: {verdict}",
            safe(&shadow.from)
        );
        writeln!(out, "\n{}\n", paint(&title, "1", style))?;
        for change in &shadow.changes {
            let word = |value: &Option<String>| safe(value.as_deref().unwrap_or("not said"));
            let (used, other) = (word(&change.used), word(&change.other));
            labelled(
                "",
                &format!("{}: {used}, would be {other}", safe(&change.key)),
                style,
                out,
            )?;
        }
    }
    if let Some(all) = report
        .suppressions
        .as_ref()
        .filter(|all| style.verbose && !all.is_empty())
    {
        let title = format!("{} in the project itself", plural(all.len(), "suppression"));
        writeln!(out, "\n{}\n", paint(&title, "1", style))?;
        for s in all {
            writeln!(out, "  {:<9} {}:{}", s.tool, safe(&s.path), s.line)?;
        }
    }
    Ok(())
}
