//! What to do about a finding: the command of its own tool that explains or mends it. And what else is said about a
//! place.

use gatekeeper_parsers::Tool;
use gatekeeper_parsers::evidence::Severity;

use super::shared::test_name;
use super::{compared, place};
use crate::report::{Report, ReportFinding};

/// What is said of a finding that only follows from another one.
pub(super) fn of_derived(f: &ReportFinding) -> Option<&'static str> {
    let says = "Follows from another warning of the same function: mend that one";
    f.derived_from.as_ref().map(|_| says)
}

/// One line, or nothing where no tool has a command for it. Only plain names get into a command.
pub(super) fn of_finding(report: &Report, f: &ReportFinding) -> Option<String> {
    let x = &f.finding;
    let rule = Some(x.rule.as_str()).filter(|rule| is_plain(rule));
    let path = x.path.as_deref().filter(|path| is_plain(path));
    if let Some(says) = of_derived(f) {
        return Some(says.to_owned());
    }
    match f.tool {
        Tool::Credo => Some(format!("mix credo explain {}:{}", path?, x.line?)),
        // Erlang's own dialyzer explains nothing, and Dialyxir need not be there.
        Tool::Dialyzer if is_of_otp(report, f) => None,
        Tool::Dialyzer => Some(format!("mix dialyzer.explain {}", rule?)),
        Tool::Sobelow => Some(format!("mix sobelow --details {}", rule?)),
        Tool::MixFormat => Some(format!("mix format {}", path?)),
        Tool::MixAudit | Tool::HexAudit => {
            Some("Update the dependency (`mix deps.update NAME`), then audit again".to_owned())
        }
        Tool::Compiler if x.severity >= Severity::High => {
            Some("Mend the code at this place: nothing after it was checked".to_owned())
        }
        Tool::DepsUnlock => Some("mix deps.unlock --unused".to_owned()),
        Tool::Compiler
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
        | Tool::HexOutdated
        | Tool::Exunit
        | Tool::Junit
        | Tool::MixCover
        | Tool::Excoveralls
        | Tool::Lcov
        | Tool::Cobertura
        | Tool::Sarif => None,
    }
}

fn is_of_otp(report: &Report, f: &ReportFinding) -> bool {
    let format = report.sources.get(f.source).and_then(|s| s.format);
    matches!(format, Some("dialyzer-text" | "dialyzer-raw"))
}

/// What these ids stand for, each with its place: findings, changed lines that no test runs, failures. Outside text: to be
/// escaped.
pub(super) fn related(report: &Report, ids: &[String]) -> Vec<String> {
    ids.iter().filter_map(|id| one(report, id)).collect()
}

fn one(report: &Report, id: &str) -> Option<String> {
    let number = |n: &str| n.parse::<usize>().ok()?.checked_sub(1);
    if let Some(n) = id.strip_prefix('i') {
        let f = report.findings.get(number(n)?)?;
        let at = place(f.finding.path.as_deref(), f.finding.line).unwrap_or_default();
        return Some(format!("{} {} {at}", f.tool_id, f.finding.rule));
    }
    if let Some(n) = id.strip_prefix('u') {
        let patch = report.patch.as_ref()?.as_ref().ok()?;
        let (path, lines) = patch.uncovered.get(number(n)?)?;
        return Some(format!(
            "changed, no test runs it {}",
            compared::missed(path, lines)
        ));
    }
    let failure = report.failures.iter().find(|f| f.id == id)?;
    let at = place(failure.failure.file.as_deref(), failure.failure.line).unwrap_or_default();
    Some(format!("failure {} {at}", test_name(&failure.failure)))
}

fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}
