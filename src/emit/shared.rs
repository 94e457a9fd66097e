//! What several renderings need.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::{Failure, Severity};

use crate::gates::{Judged, Ruling};
use crate::report::{Report, ReportFinding};

/// The first characters of a text, with a mark where it was cut.
pub(super) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((at, _)) => format!("{} […]", text.get(..at).unwrap_or_default()),
    }
}

/// The first line of a text that says something, cut.
pub(super) fn first_line(text: &str, max: usize) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty());
    cut(line.unwrap_or_default(), max)
}

/// `1 failure`, `2 failures`.
pub(super) fn plural(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// `adds (Shop.CartTest)`.
pub(super) fn test_name(f: &Failure) -> String {
    match (f.name.as_deref(), f.module.as_deref()) {
        (Some(name), Some(module)) => format!("{name} ({module})"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => f.file.as_deref().unwrap_or_default().to_owned(),
    }
}

/// Findings that are listed apart: compile errors are failures already.
pub(super) fn listed(report: &Report) -> Vec<&ReportFinding> {
    let all = report.findings.iter();
    all.filter(|f| f.tool != Tool::Compiler || f.finding.severity < Severity::High)
        .collect()
}

/// The id of a gate. Whoever shows it escapes it.
pub(super) fn id(g: &Judged) -> &str {
    &g.id
}

/// The title of a gate. Whoever shows it escapes it.
pub(super) fn title(g: &Judged) -> &str {
    &g.title
}

/// The gates that have not passed: those that keep the verdict from being a pass, and the advisory ones.
pub(super) fn not_passed(report: &Report) -> Vec<&Judged> {
    let all = report.gates.iter();
    all.filter(|g| g.judgement.ruling != Ruling::Pass).collect()
}

/// The gates with this ruling, as far as the verdict depends on them.
pub(super) fn gates_that(report: &Report, ruling: Ruling) -> Vec<&Judged> {
    let all = report.gates.iter();
    all.filter(|g| g.counts() && g.judgement.ruling == ruling)
        .collect()
}

/// Why the verdict is no pass where no gate keeps it from being one: there was nothing but advice.
pub(super) fn no_gate_counts(report: &Report) -> Option<&'static str> {
    let none = report.verdict != Ruling::Pass && gates_that(report, report.verdict).is_empty();
    none.then_some(match report.gates.is_empty() {
        true => "no gate could be judged; that is not a pass",
        false => "only advisory gates were judged; that is not a pass",
    })
}

/// ` (advisory)` behind what a gate says that does not count for the verdict.
pub(super) fn advisory(g: &Judged) -> &'static str {
    if g.counts() { "" } else { " (advisory)" }
}

/// The verdict in a few words: `fail (tests, coverage)`.
pub(super) fn headline(report: &Report) -> String {
    let ids: Vec<&str> = gates_that(report, report.verdict)
        .iter()
        .map(|g| id(g))
        .collect();
    match ids.as_slice() {
        [] => report.verdict.id().to_owned(),
        ids => format!("{} ({})", report.verdict.id(), ids.join(", ")),
    }
}

/// `3 defects in 2 of 5 sources`.
pub(super) fn defects(report: &Report) -> String {
    let with = report.sources.iter().filter(|s| !s.defects.is_empty());
    let (with, all) = (with.count(), plural(report.sources.len(), "source"));
    match report.defects() {
        0 => format!("{all}, no defect"),
        n => format!("{} in {with} of {all}", plural(n, "defect")),
    }
}

/// A path below the root of the repository, with `/` between its parts. `None` for a path that leads out of it, and for
/// what is no path at all.
pub(super) fn repository_path(report: &Report, path: &str) -> Option<String> {
    let below = match (path.strip_prefix('/'), &report.project.root) {
        (None, _) => {
            let prefix = report.project.path.as_deref().map(|p| format!("{p}/"));
            format!("{}{path}", prefix.unwrap_or_default())
        }
        (Some(_), Some(root)) => path
            .strip_prefix(root.as_str())?
            .strip_prefix('/')?
            .to_owned(),
        (Some(_), None) => return None,
    };
    let parts: Vec<&str> = below
        .split('/')
        .filter(|p| !matches!(*p, "" | "."))
        .collect();
    let wrong = parts.contains(&"..") || below.chars().any(char::is_control);
    (!wrong && !parts.is_empty()).then(|| parts.join("/"))
}

/// The file in which a finding without a place would be mended; media that demand a file get this one.
pub(super) fn home(tool: Tool) -> &'static str {
    match tool {
        Tool::MixAudit | Tool::HexAudit | Tool::HexOutdated | Tool::DepsUnlock => "mix.lock",
        Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Credo
        | Tool::Dialyzer
        | Tool::Sobelow
        | Tool::MixFormat
        | Tool::Compiler
        | Tool::Codecov
        | Tool::Xref
        | Tool::Doctor
        | Tool::Benchee
        | Tool::Playwright
        | Tool::Ctrf
        | Tool::Tap
        | Tool::GitlabSecurity
        | Tool::CodeQuality
        | Tool::Axe
        | Tool::Sarif => "mix.exs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::Policy;
    use crate::report::Project;

    #[test]
    fn paths_are_those_of_the_repository() {
        let project = Project {
            root: Some("/work/shop".into()),
            path: Some("apps/web".into()),
            ..Project::default()
        };
        let report = Report::assemble(Vec::new(), &Policy::default(), project);
        let path = |p| repository_path(&report, p);
        assert_eq!(path("lib/a.ex").as_deref(), Some("apps/web/lib/a.ex"));
        assert_eq!(path("./lib//a.ex").as_deref(), Some("apps/web/lib/a.ex"));
        assert_eq!(path("/work/shop/mix.exs").as_deref(), Some("mix.exs"));
        for outside in [
            "/work/shopping/a.ex",
            "/etc/passwd",
            "../../../x",
            "a\nb",
            "/work/shop/..",
        ] {
            assert_eq!(path(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_cut_shows() {
        assert_eq!(cut("ähm", 3), "ähm");
        assert_eq!(cut("ähm", 2), "äh […]");
        assert_eq!(first_line("\n  a\nb", 9), "a");
    }
}
