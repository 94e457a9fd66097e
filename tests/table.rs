//! The table of a plan on a pseudo-terminal: it fills in below what the steps print, and at the end it stands there once.

use crate::live::{gatekeeper, screen, shown};
use crate::plan::Fake;

const COLUMNS: u16 = 100;
const ROWS: u16 = 14;

/// Rows of the table that are over, without their times; `None` for other lines.
fn row(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [id, _, time, ..] = words[..] else {
        return None;
    };
    let known = ["compile", "format", "credo", "notes", "dialyzer"].contains(&id);
    let took = time
        .strip_suffix('s')
        .is_some_and(|t| t.parse::<f64>().is_ok());
    (known && took).then(|| {
        words
            .iter()
            .filter(|w| **w != time)
            .map(|w| format!("{w} "))
            .collect()
    })
}

/// What a plan of five steps shows, of which two take a while.
fn plan(live: bool, rows: u16, options: &[&str]) -> String {
    let fake = Fake::new();
    fake.task("credo", "credo/1.7.19-1.20.4/json-strict");
    fake.write("captures/format/sleep", "1.2");
    fake.write("captures/credo/sleep", "0.7");
    let policy = "[plan]\nsteps = [\"compile\", \"format\", \"credo\", \"notes\", \"dialyzer\"]\n[plan.commands]\n\
                  notes = \"sh -c 'printf ha; sleep 0.6; printf lf'\"\n";
    fake.write("gatekeeper.toml", policy);
    let mut command = gatekeeper(fake.path(), live);
    let path = format!("{}/bin:/usr/bin:/bin", fake.path().display());
    command.env("PATH", path).arg("run").args(options);
    let (code, text) = shown(command, rows, COLUMNS);
    assert_eq!(code, Some(1), "{text}");
    text
}

/// What stood on the screen each time before something was taken away.
fn frames(bytes: &str, rows: u16) -> Vec<Vec<String>> {
    let taken = ["\r\x1b[", "\x1b7"].map(|how| bytes.match_indices(how));
    let ends = taken.into_iter().flatten();
    ends.map(|(at, _)| screen(&bytes[..at], rows)).collect()
}

#[test]
fn the_table_fills_in_and_stands_there_once_at_the_end() {
    let (with, without) = (plan(true, ROWS, &[]), plan(false, ROWS, &[]));
    assert!(!without.contains('\x1b'), "CI gets plain lines");
    let frames = frames(&with, ROWS);
    let stood = |lines: &[&str]| {
        let begin = |(line, start): (&String, &&str)| line.starts_with(*start);
        let all = |f: &&Vec<String>| {
            f.windows(lines.len())
                .any(|w| w.iter().zip(lines).all(begin))
        };
        frames.iter().filter(all).count()
    };
    let waiting = [
        "credo        waiting",
        "notes        waiting",
        "dialyzer     waiting",
    ];
    let format = [
        "── plan · 1 of 5 · 0:0",
        "compile      ok ",
        "format       running       0:01",
    ];
    assert!(
        stood(&[&format[..], &waiting[..]].concat()) > 0,
        "{frames:#?}"
    );
    let credo = [
        "format       ok ",
        "credo        running       0:00",
        waiting[1],
        waiting[2],
    ];
    assert!(stood(&credo) > 0, "{frames:#?}");
    let dialyzer = ["credo        fail ", "notes        undecided "];
    assert!(stood(&dialyzer) > 0, "{frames:#?}");
    assert_eq!(stood(&["ha──"]) + stood(&["hacompile"]), 0, "{frames:#?}");
    assert!(stood(&["ha", "── plan"]) > 0, "{frames:#?}");

    // In the end all that differs is where the lines of the steps stand, and a line's end that one of them owes.
    let (with, without) = (screen(&with, ROWS), screen(&without, ROWS));
    let others = |lines: &[String]| -> Vec<String> {
        lines.iter().filter(|l| row(l).is_none()).cloned().collect()
    };
    let mut expected = others(&without);
    let owed = expected.iter().position(|l| l.starts_with("half")).unwrap();
    assert!(row(&expected[owed][4..]).is_some(), "{expected:#?}");
    expected[owed].truncate(4);
    let after = expected.iter().position(|l| l.starts_with("────")).unwrap();
    expected.insert(after - 1, "── plan".to_owned());
    assert_eq!(others(&with), expected);
    let table = with.iter().position(|l| l == "── plan").unwrap();
    let rows: Vec<_> = with.iter().filter_map(|l| row(l)).collect();
    let once: Vec<_> = with[table + 1..].iter().map_while(|l| row(l)).collect();
    assert_eq!((rows.len(), once), (5, rows));
}

#[test]
fn a_terminal_that_is_too_low_gets_lines() {
    let text = plan(true, 11, &[]);
    assert!(!text.contains("waiting"), "{text}");
    let rows: Vec<_> = screen(&text, 11).iter().filter_map(|l| row(l)).collect();
    assert_eq!(
        rows.len(),
        9,
        "one of the five stands behind what notes printed: {rows:?}"
    );
    let all = plan(true, 12, &[]);
    assert!(all.contains("waiting"), "{all}");
}

#[test]
fn who_wants_silence_gets_no_table() {
    let text = plan(true, 30, &["-q"]);
    assert!(
        !text.contains('\x1b') && !text.contains("waiting"),
        "{text}"
    );
}
