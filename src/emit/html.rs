//! One page of HTML that needs nothing else: no script, no font, no picture, no network. It is read by the keyboard, by
//! a screen reader, on a phone, in the dark and on paper.
//!
//! Every text of others passes [`super::escape::markup`], stands only in elements and quoted attributes, and never in a
//! style or an address. The policy in the head allows the one style sheet by its digest, and nothing else at all.
//!
//! The page keeps a size that a browser opens at once: each section shows a part of what there is, and says so.

use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::escape::markup as safe;
use super::shared::{self, cut, plural};
use super::{Style, advice};
use crate::gates::{Judged, Ruling};
use crate::report::{Report, Source};

mod benchmarks;
mod coverage;
mod failures;
mod findings;
mod policy;
mod sources;
mod table;
mod tests;

const STYLE: &str = include_str!("html/style.css");

/// Appends to a page. Writing to a String does not fail.
macro_rules! put {
    ($page:expr, $($arg:tt)*) => { let _ = write!($page, $($arg)*); };
}
use put;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let sections = [
        failures::section(report),
        findings::section(report),
        coverage::section(report),
        tests::section(report),
        benchmarks::section(report),
        policy::waivers(report),
        policy::shadow(report),
        policy::suppressions(report),
        sources::section(report),
    ];
    let mut page = String::new();
    head(report, &mut page);
    intro(report, &mut page);
    contents(&sections, &mut page);
    page.push_str("</header>\n<main id=\"main\">\n");
    gates(report, &mut page);
    for section in sections.iter().flatten() {
        put!(
            page,
            "<section aria-labelledby=\"{}\">\n<h2 id=\"{}\">{}</h2>\n",
            section.id,
            section.id,
            safe(&section.title)
        );
        page.push_str(&section.body);
        page.push_str("</section>\n");
    }
    put!(
        page,
        "</main>\n<footer><p>{}. Written by gatekeeper {}.</p></footer>\n",
        shared::defects(report),
        env!("CARGO_PKG_VERSION")
    );
    page.push_str("</div>\n</body>\n</html>\n");
    out.write_all(page.as_bytes())
}

/// A part of the page.
struct Section {
    id: String,
    title: String,
    /// What the table of contents says beside the title.
    count: String,
    body: String,
}

impl Section {
    fn new(id: &str, title: &str, count: usize, body: String) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            count: count.to_string(),
            body,
        }
    }
}

/// `showing 20 of 300`, where not all is shown.
fn shown(page: &mut String, shown: usize, all: usize, what: &str) {
    if shown < all {
        put!(
            page,
            "<p class=\"all\">Showing {shown} of {}; the JSON report lists more.</p>\n",
            plural(all, what)
        );
    }
}

/// What else is said about a place.
fn related(report: &Report, ids: &[String], page: &mut String) {
    let said = advice::related(report, ids);
    if !said.is_empty() {
        let said = safe(&cut(&said.join("; "), 1_000));
        put!(page, "<p class=\"where\">See also: {said}</p>\n");
    }
}

fn head(report: &Report, page: &mut String) {
    let digest = base64(&Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    let name = report.project.name.as_deref().unwrap_or("report");
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
    );
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    put!(
        page,
        "<title>{}: {} · gatekeeper</title>\n",
        safe(&cut(name, 100)),
        report.verdict.id()
    );
    put!(
        page,
        "<style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the gates</a>\n<div class=\"page\">\n"
    );
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |i: usize| three.get(i).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4u32 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i as usize > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

/// Who was judged, and the verdict in words.
fn intro(report: &Report, page: &mut String) {
    let p = &report.project;
    let word = report.verdict.id();
    page.push_str("<header>\n<div class=\"head\"><span class=\"brand\">gatekeeper</span>\n<ul class=\"facts\">");
    let commit = p.commit.as_deref().map(|c| cut_hash(c).to_owned());
    let dirty = p
        .dirty
        .filter(|d| *d)
        .map(|_| "with uncommitted changes".to_owned());
    for fact in [
        p.name.clone(),
        p.path.clone(),
        p.branch.clone(),
        commit,
        dirty,
    ]
    .into_iter()
    .flatten()
    {
        put!(page, "<li>{}</li>", safe(&cut(&fact, 100)));
    }
    put!(
        page,
        "</ul></div>\n<h1 class=\"{word}\">{}.</h1>\n<p class=\"lead\">{}</p>\n",
        capital(word),
        safe(&lead(report))
    );
}

fn cut_hash(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// One sentence for each ruling.
fn lead(report: &Report) -> String {
    let titles = |ruling| {
        let gates = shared::gates_that(report, ruling);
        let titles: Vec<&str> = gates.iter().map(|g| shared::title(g)).collect();
        (!titles.is_empty()).then(|| titles.join(", "))
    };
    let mut lines = Vec::new();
    lines.extend(titles(Ruling::Fail).map(|t| format!("Beyond the limit: {t}.")));
    lines.extend(
        titles(Ruling::Undecided).map(|t| format!("Not known, which is never a pass: {t}.")),
    );
    lines.extend(titles(Ruling::Pass).map(|t| format!("Within the limit, and proven: {t}.")));
    let nothing = shared::no_gate_counts(report).map(|why| format!("{}.", capital(why)));
    lines.extend(nothing);
    lines.join(" ")
}

fn contents(sections: &[Option<Section>], page: &mut String) {
    page.push_str("<nav aria-label=\"Contents\"><ul>\n<li><a href=\"#gates\">Gates</a></li>\n");
    for s in sections.iter().flatten() {
        put!(
            page,
            "<li><a href=\"#{}\">{}</a> <span>{}</span></li>\n",
            s.id,
            safe(&s.title),
            safe(&s.count)
        );
    }
    page.push_str("</ul></nav>\n");
}

fn gates(report: &Report, page: &mut String) {
    page.push_str("<section aria-labelledby=\"gates\">\n<h2 id=\"gates\">Gates</h2>\n");
    if report.gates.is_empty() {
        page.push_str("<p>No gate could be judged: nothing was read.</p>\n");
    }
    page.push_str("<ul class=\"rows\">\n");
    report.gates.iter().for_each(|g| gate(g, page));
    page.push_str("</ul>\n</section>\n");
}

fn gate(g: &Judged, page: &mut String) {
    let j = &g.judgement;
    let word = j.ruling.id();
    let title = safe(shared::title(g));
    put!(
        page,
        "<li class=\"gate\" id=\"gate-{}\"><span class=\"{word}\">{}</span><span class=\"name\">{title}</span>",
        safe(shared::id(g)),
        sign(j.ruling)
    );
    let (says, actual, limit) = (safe(&capital(&j.because)), safe(&j.actual), safe(&j.limit));
    put!(
        page,
        "<div class=\"body\"><p class=\"says\">{says}</p><p class=\"measure\">{actual} · limit {limit}{}</p></div>",
        from(g)
    );
    let advisory = if g.counts() {
        ""
    } else {
        " <small>advisory</small>"
    };
    put!(
        page,
        "<span class=\"ruling {word}\">{}{advisory}</span></li>\n",
        capital(word)
    );
}

/// Where a limit was set, if somebody set it.
fn from(g: &Judged) -> String {
    match g.source.as_str() {
        "default" => String::new(),
        place => format!(" ({})", safe(&cut(place, 300))),
    }
}

/// Two posts: open, barred, or with a bar that is only dotted.
fn sign(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Pass => {
            "<svg viewBox=\"0 0 28 28\" aria-hidden=\"true\"><path d=\"M5 4v20M23 4v20\"/></svg>"
        }
        Ruling::Undecided => {
            "<svg viewBox=\"0 0 28 28\" aria-hidden=\"true\"><path d=\"M5 4v20M23 4v20\"/><path d=\"M9 14h10\" stroke-dasharray=\"1 4\"/></svg>"
        }
        Ruling::Fail => {
            "<svg viewBox=\"0 0 28 28\" aria-hidden=\"true\"><path d=\"M5 4v20M23 4v20M5 9h18M5 14h18M5 19h18\"/></svg>"
        }
    }
}

/// A bar of so much of 100, in hundredths.
fn bar(hundredths: u64, class: &str) -> String {
    let width = hundredths.min(10_000);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 10000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"10000\" height=\"10\"/><rect class=\"{class}\" width=\"{width}\" height=\"10\"/></svg>"
    )
}

/// `79.99` as 7999.
fn parse_percent(percent: &str) -> u64 {
    let digits: String = percent.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn completeness(source: &Source) -> (&'static str, &'static str) {
    match source.is_complete() {
        true => ("complete", "pass"),
        false => ("not proven", "undecided"),
    }
}
