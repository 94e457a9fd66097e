//! `[[waiver]]` and `[waivers]`: an accepted finding has a reason, an owner and a last day.

use gatekeeper_parsers::Tool;

use super::fields::{Fields, Reader, suggestion};
use crate::gates::{finding_tools, gate};
use crate::policy::{Setting, Waiver, Weight};

pub(super) fn list(r: &mut Reader<'_>, all: Fields<'_>) -> Vec<Waiver> {
    let mut out: Vec<Waiver> = Vec::new();
    for (table, span) in r.tables(all, "waiver") {
        let f = r.open(
            "waiver",
            table,
            &["finding", "path", "reason", "owner", "expires"],
        );
        r.must(
            f,
            "finding",
            &span,
            "such as finding = \"sobelow:Config.HTTPS\"",
        );
        r.must(f, "reason", &span, "why the finding is accepted");
        r.must(f, "owner", &span, "who answers for it");
        r.must(
            f,
            "expires",
            &span,
            "the last day on which it holds, such as expires = 2027-03-31",
        );
        let path = r.patterns(f, "path");
        let finding = r.text(f, "finding");
        let (reason, owner, expires) = (
            r.text(f, "reason"),
            r.text(f, "owner"),
            r.date(f, "expires"),
        );
        if let Some(finding) = &finding {
            known(r, f, &finding.value);
        }
        let (Some(finding), Some(reason), Some(owner), Some(expires)) =
            (finding, reason, owner, expires)
        else {
            continue;
        };
        if out
            .iter()
            .any(|w| w.finding == finding.value && w.path == path)
        {
            let message = format!("[[waiver]]: {:?} is waived twice", finding.value);
            r.problem(f.span("finding"), message, Some("keep one of them".into()));
        }
        out.push(Waiver {
            finding: finding.value,
            path,
            reason: reason.value,
            owner: owner.value,
            expires: expires.value,
            origin: r.origin(&span),
        });
    }
    out
}

/// A waiver is of one rule of one tool, or of one finding: never of everything.
fn known(r: &mut Reader<'_>, f: Fields<'_>, finding: &str) {
    let fingerprint = finding.len() == 32 && finding.bytes().all(|b| b.is_ascii_hexdigit());
    let problem = match finding.split_once(':') {
        _ if fingerprint => return,
        None => {
            Some("expected tool:rule or a fingerprint (32 hex digits, from the JSON report)".into())
        }
        Some((_, rule)) if rule.is_empty() || rule.contains(['*', '?']) => {
            Some("name the rule itself; a waiver is never of every rule".into())
        }
        // The name of a SARIF document's tool may be anything; that of ours is known.
        Some((tool, _)) if tool.contains(char::is_whitespace) || tool.is_empty() => {
            Some(suggestion(
                tool,
                finding_tools()
                    .map(Tool::id)
                    .collect::<Vec<_>>()
                    .into_iter(),
            ))
        }
        Some(("tests", name)) if name.contains(' ') => None,
        Some((tool, _)) if finding_tools().any(|t| t.id() == tool) => None,
        Some((word, _)) if gate(word).is_some() || Tool::ALL.iter().any(|t| t.id() == word) => {
            Some(
                "name the tool that found it, or a failed test: tests:Shop.CartTest adds an item"
                    .into(),
            )
        }
        Some((tool, _)) => near(tool).map(|id| format!("did you mean \"{id}:…\"?")),
    };
    if let Some(hint) = problem {
        let message = format!("waiver.finding: {finding:?} names no finding");
        r.problem(f.span("finding"), message, Some(hint));
    }
}

/// A tool that was misspelt by one or two letters.
fn near(tool: &str) -> Option<&'static str> {
    let mut ids = finding_tools().map(Tool::id);
    ids.find(|id| crate::words::distance(id, tool) <= 2)
}

pub(super) fn unused(r: &mut Reader<'_>, all: Fields<'_>) -> Option<Setting<Weight>> {
    let (table, _) = r.table(all, "waivers")?;
    let f = r.open("waivers", table, &["unused"]);
    r.weight(f, "unused")
}
