//! One finding a row: `compact` and `flycheck`.

use super::{findings, kinds, one};
use crate::damage::parts;
use crate::evidence::Severity;
use crate::{Completeness, DefectKind};

#[test]
fn the_colour_of_a_compact_row_is_its_confidence() {
    let row = |colour: &str, rest: &str| format!("\u{1b}[{colour}m[+]\u{1b}[0m {rest}\n");
    let text = row("31", "Config.HTTPS: HTTPS Not Enabled - config/prod.exs:0")
        + &row("33", "XSS.Raw: XSS - lib/a.ex:4")
        + &row("32", "SQL.Query: SQL injection - lib/b - c.ex:5")
        + &row(
            "32",
            "Vuln.Plug: Known Vulnerable Dependency - Plug v1.3.1 - mix.lock:0",
        );
    let parts = parts(text.as_bytes(), 1 << 16);
    assert_eq!(parts[0].format, "sobelow-compact");
    let read = findings(parts);
    assert_eq!(
        (read.completeness, kinds(&read)),
        (Completeness::Unproven, vec![DefectKind::NoEndMark])
    );
    let rows: Vec<_> = read.value.list.iter().collect();
    let severities: Vec<_> = rows.iter().map(|f| f.severity).collect();
    use Severity::{High, Low, Medium};
    assert_eq!(severities, [High, Medium, Low, High]);
    assert_eq!(
        (rows[0].path.as_deref(), rows[0].line),
        (Some("config/prod.exs"), None)
    );
    assert_eq!(
        (rows[1].rule.as_str(), rows[1].message.as_str()),
        ("XSS.Raw", "XSS")
    );
    assert_eq!(rows[2].path.as_deref(), Some("c.ex"));
    assert_eq!(rows[3].message, "Known Vulnerable Dependency - Plug v1.3.1");
}

#[test]
fn a_compact_row_without_its_colour_is_of_unknown_severity() {
    for colour in ["", "\u{1b}[1m", "\u{1b}[34m", "\u{1b}[0m\u{1b}[32m"] {
        let read = one(&format!("{colour}[+]\u{1b}[0m XSS.Raw: XSS - lib/a.ex:4\n"));
        assert_eq!(read.completeness, Completeness::Partial, "{colour:?}");
        assert_eq!((read.value.total, read.value.ungraded()), (1, 1));
        assert_eq!(read.value.list[0].rule, "XSS.Raw");
    }
    let read = one("[+] Vuln.Plug: Old - Plug v1 - mix.lock:0\n");
    assert_eq!(read.value.counts.high, 1);
    // A row that was damaged among others, and what other tools print.
    let read = one(
        "\u{1b}[32m[+]\u{1b}[0m XSS.Raw: XSS - lib/a.ex:4\n\u{1b}[31m[+]\u{1b}[0m XSS#Raw: XSS\n",
    );
    assert_eq!(read.completeness, Completeness::Partial);
    for other in [
        "[+] Building 2.3s (3/3) FINISHED\n",
        "[+] A.b: c\n",
        "[+] a: b - c:1\n",
    ] {
        assert_eq!(parts(other.as_bytes(), 1 << 16), [], "{other}");
    }
}

#[test]
fn flycheck_says_nothing_of_severities() {
    let text = "lib/a.ex:4: XSS.Raw: XSS\nconfig/prod.exs:0: Config.HTTPS: HTTPS Not Enabled\n\
                a: b/c.ex:5: New.Rule: one: two\nmix.lock:0: Vuln.Plug: Old - Plug v1\n";
    let found = parts(text.as_bytes(), 1 << 16);
    assert_eq!(found[0].format, "sobelow-flycheck");
    let read = findings(found);
    assert_eq!(read.completeness, Completeness::Partial);
    assert_eq!((read.value.total, read.value.ungraded()), (4, 3));
    assert_eq!((read.value.counts.high, read.value.list.len()), (1, 4));
    let last = &read.value.list[2];
    assert_eq!(
        (
            last.path.as_deref(),
            last.rule.as_str(),
            last.message.as_str()
        ),
        (Some("a: b/c.ex"), "New.Rule", "one: two")
    );
    for other in [
        "lib/a.ex:4: Foo.Bar: baz\n",
        "lib/a.ex:4: warning: XSS.Raw: x\n",
        "  lib/a.ex:4: XSS.Raw: x\n",
        "lib/a.ex: XSS.Raw: x\n",
        "** (XSS.Raw) x\n",
    ] {
        assert_eq!(parts(other.as_bytes(), 1 << 16), [], "{other}");
    }
}
