//! Failures by their cause, with what was compared.

use std::fmt::Write as _;

use gatekeeper_parsers::evidence::{Frame, TestError};

use super::super::escape::markup as safe;
use super::super::place;
use super::super::shared::{cut, plural, test_name};
use super::{Section, put, shown};
use crate::failures::{Confidence, Group, Strength};
use crate::report::{Report, ReportFailure};
use crate::waiver::Status;

/// Bytes of the section.
const BUDGET: usize = 3 << 20;
const GROUPS: usize = 200;
const MEMBERS: usize = 50;
const OPEN: usize = 3;
const MESSAGE: usize = 4_000;
const VALUE: usize = 2_000;
const FRAMES: usize = 30;

pub(super) fn section(report: &Report) -> Option<Section> {
    if report.failures.is_empty() {
        return None;
    }
    let mut page = String::new();
    let (n, groups) = (report.failures.len(), report.groups.len());
    put!(
        page,
        "<p>{} with {}.</p>\n<div class=\"groups\">\n",
        plural(n, "failure"),
        plural(groups, "cause")
    );
    let mut done = 0;
    for (i, group) in report.groups.iter().take(GROUPS).enumerate() {
        if page.len() > BUDGET {
            break;
        }
        one(report, i, group, &mut page);
        done += 1;
    }
    page.push_str("</div>\n");
    shown(&mut page, done, groups, "cause");
    Some(Section::new("failures", "Failures", n, page))
}

fn one(report: &Report, i: usize, group: &Group, page: &mut String) {
    let Some(first) = group.members.first().and_then(|m| report.failures.get(*m)) else {
        return;
    };
    let open = if i < OPEN { " open" } else { "" };
    let (title, n) = (safe(&group.title), extent(report, group));
    let cause = safe(&cut(&group.cause, 300));
    put!(
        page,
        "<details class=\"group\"{open}><summary><h3>{title}</h3> <span class=\"n\">{n}</span> <span class=\"cause\">{cause}</span></summary>\n<div class=\"inside\">\n"
    );
    if let Some(hint) = &group.hint {
        put!(page, "<p class=\"hint\">{}</p>\n", safe(&cut(hint, VALUE)));
    }
    failure(report, first, group, page);
    others(report, group, page);
    page.push_str("</div></details>\n");
}

/// How many there are, how many of them are waived, and how sure it is that they are one.
fn extent(report: &Report, group: &Group) -> String {
    let members = group.members.iter().filter_map(|i| report.failures.get(*i));
    let waived = members.filter(|f| f.status == Status::Waived).count();
    let mut says = plural(group.members.len(), "failure");
    if waived > 0 {
        says.push_str(&format!(", {waived} waived"));
    }
    let unsure = group.confidence != Confidence::High && group.members.len() > 1;
    if unsure {
        says.push_str(&format!(", {} confidence", group.confidence.id()));
    }
    says
}

/// The name of a test, and whether a waiver covers it.
fn name(f: &ReportFailure, max: usize) -> String {
    let name = safe(&cut(&test_name(&f.failure), max));
    match f.status {
        Status::Waived => format!("{name} (waived)"),
        Status::New | Status::Known => name,
    }
}

/// What speaks for or against chance.
fn tags(f: &ReportFailure, page: &mut String) {
    if f.class.tags.is_empty() {
        return;
    }
    page.push_str("<dl class=\"facts-of\">");
    for tag in &f.class.tags {
        let flaky = match tag.strength {
            Strength::Shown => "flaky",
            Strength::Likely => "likely flaky",
            Strength::Possible => "maybe flaky",
            Strength::Against => "not flaky",
        };
        put!(page, "<dt>{flaky}</dt><dd>{} ({})</dd>", tag.says, tag.id);
    }
    page.push_str("</dl>\n");
}

/// The cause stands above already, and is not said twice.
fn failure(report: &Report, f: &ReportFailure, group: &Group, page: &mut String) {
    let x = &f.failure;
    put!(page, "<h4>{}</h4>\n", name(f, VALUE));
    if let Some(at) = place(x.file.as_deref(), x.line) {
        put!(page, "<p class=\"where\">{}</p>\n", safe(&cut(&at, VALUE)));
    }
    x.errors.iter().for_each(|e| error(e, &group.cause, page));
    if let Some(parameters) = &x.parameters {
        fold("Parameters", parameters, page);
    }
    if let Some(logs) = &x.logs {
        fold("Logged while it ran", logs, page);
    }
    if let Some(rerun) = &f.rerun {
        put!(
            page,
            "<code class=\"again\">{}</code>\n",
            safe(&cut(rerun, VALUE))
        );
    }
    // A cause with many victims is not chance.
    if group.members.len() == 1 {
        tags(f, page);
        if let Some(repeat) = &f.repeat {
            put!(
                page,
                "<p class=\"where\">Until it fails again:</p><code class=\"again\">{}</code>\n",
                safe(&cut(repeat, VALUE))
            );
        }
    }
    super::related(report, &f.related, page);
}

fn fold(title: &str, text: &str, page: &mut String) {
    let text = safe(&cut(text, MESSAGE));
    put!(
        page,
        "<details class=\"more\"><summary>{title}</summary><pre>{text}</pre></details>\n"
    );
}

fn error(e: &TestError, cause: &str, page: &mut String) {
    let banner = e
        .exception
        .as_ref()
        .map(|x| format!("{x}: "))
        .unwrap_or_default();
    let message = format!("{banner}{}", cut(e.message.trim(), MESSAGE));
    if message != cause {
        put!(page, "<pre class=\"message\">{}</pre>\n", safe(&message));
    }
    let (left, right) = compared(e.left.as_deref(), e.right.as_deref());
    let code = e.code.as_deref().map(|c| safe(&cut(c, VALUE)));
    let rows = [("code", code), ("left", left), ("right", right)];
    if rows.iter().any(|(_, value)| value.is_some()) {
        page.push_str("<dl class=\"diff\">");
        for (label, value) in rows {
            if let Some(value) = value {
                put!(page, "<dt>{label}</dt><dd><pre>{value}</pre></dd>");
            }
        }
        page.push_str("</dl>\n");
    }
    stack(&e.stack, page);
}

/// Both values, with the part marked in which they differ.
fn compared(left: Option<&str>, right: Option<&str>) -> (Option<String>, Option<String>) {
    let (Some(left), Some(right)) = (left, right) else {
        let plain = |value: Option<&str>| value.map(|v| safe(&cut(v, VALUE)));
        return (plain(left), plain(right));
    };
    let (left, right) = (cut(left, VALUE), cut(right, VALUE));
    let (start, end) = same_ends(&left, &right);
    let marked = |text: &str, class: &str| {
        let chars: Vec<char> = text.chars().collect();
        let part = |range: std::ops::Range<usize>| {
            let text: String = chars.get(range).unwrap_or_default().iter().collect();
            safe(&text)
        };
        let stop = chars.len().saturating_sub(end);
        let middle = part(start..stop);
        let middle = match middle.is_empty() {
            true => middle,
            false => format!("<mark class=\"{class}\">{middle}</mark>"),
        };
        format!("{}{middle}{}", part(0..start), part(stop..chars.len()))
    };
    (Some(marked(&left, "cut")), Some(marked(&right, "new")))
}

/// Characters that two texts share at their start, and those they share at their end beside these.
fn same_ends(a: &str, b: &str) -> (usize, usize) {
    let start = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let room = a
        .chars()
        .count()
        .min(b.chars().count())
        .saturating_sub(start);
    let pairs = a.chars().rev().zip(b.chars().rev());
    let end = pairs.take_while(|(x, y)| x == y).count().min(room);
    (start, end)
}

fn stack(frames: &[Frame], page: &mut String) {
    if frames.is_empty() {
        return;
    }
    put!(
        page,
        "<details class=\"more\"><summary>Stack trace, {}</summary><ol>",
        plural(frames.len(), "frame")
    );
    for f in frames.iter().take(FRAMES) {
        let at = place(f.file.as_deref(), f.line).unwrap_or_default();
        let class = if f.app.is_none() {
            " class=\"own\""
        } else {
            ""
        };
        put!(
            page,
            "<li{class}>{} {}</li>",
            safe(&cut(&at, VALUE)),
            safe(&cut(&f.function, VALUE))
        );
    }
    page.push_str("</ol></details>\n");
    shown(page, FRAMES.min(frames.len()), frames.len(), "frame");
}

/// Further members of a group by their names.
fn others(report: &Report, group: &Group, page: &mut String) {
    let others = group.members.len().saturating_sub(1);
    if others == 0 {
        return;
    }
    put!(
        page,
        "<details class=\"more\"><summary>{} with this cause</summary><ul>",
        plural(others, "other failure")
    );
    for f in group
        .members
        .iter()
        .skip(1)
        .take(MEMBERS)
        .filter_map(|m| report.failures.get(*m))
    {
        let at = place(f.failure.file.as_deref(), f.failure.line).unwrap_or_default();
        put!(page, "<li>{} {}</li>", safe(&cut(&at, 300)), name(f, 300));
    }
    page.push_str("</ul></details>\n");
    shown(page, MEMBERS.min(others), others, "other failure");
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_differs_is_marked() {
        let (left, right) = compared(Some("[1, 2, 3]"), Some("[1, <9>, 3]"));
        assert_eq!(
            left.as_deref(),
            Some("[1, <mark class=\"cut\">2</mark>, 3]")
        );
        assert_eq!(
            right.as_deref(),
            Some("[1, <mark class=\"new\">&lt;9&gt;</mark>, 3]")
        );
        let (left, right) = compared(Some("aa"), Some("aaa"));
        assert_eq!(left.as_deref(), Some("aa"));
        assert_eq!(right.as_deref(), Some("aa<mark class=\"new\">a</mark>"));
        assert_eq!(compared(None, Some("x")), (None, Some("x".into())));
    }
}
