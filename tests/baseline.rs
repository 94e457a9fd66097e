//! The baseline over real findings: edits that keep the meaning keep them known, and nothing new hides among them.

use std::fs;
use std::io::BufRead;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatekeeper::baseline::{self, Baseline, Standing};
use gatekeeper::compare::Against;
use gatekeeper::gates::{Policy, Ruling};
use gatekeeper::policy::{FindingRules, Setting};
use gatekeeper::report::{Project, Report, Source};
use gatekeeper::source::{self, Origin};
use gatekeeper::waiver::Status;
use gatekeeper_parsers::evidence::{Evidence, Finding};
use gatekeeper_parsers::{Completeness, Expect, Stream, Tool};

use crate::patch::Repo;

/// Real findings: Credo with functions, Dialyzer and Sobelow with files alone.
const CAPTURES: [&str; 4] = [
    "credo/1.7.19-1.20.4/enable-disabled-json",
    "credo/1.7.19-1.20.4/json-strict",
    "dialyxir/1.4.7-1.20.4/noignore-default",
    "sobelow/0.15.0-1.20.4/webshop-fmt-json",
];

fn capture(name: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
    source::open(root.join(name).to_str().unwrap(), Expect::default()).unwrap()
}

fn findings(sources: &mut [Source]) -> &mut Vec<Finding> {
    let lists = sources.iter_mut().filter_map(|s| match &mut s.evidence {
        Evidence::Findings(f) => Some(&mut f.list),
        Evidence::Benchmarks(_)
        | Evidence::Nothing
        | Evidence::Tests(_)
        | Evidence::Coverage(_) => None,
    });
    lists.max_by_key(|list| list.len()).unwrap()
}

fn assembled(sources: Vec<Source>, policy: &Policy, baseline: Option<Standing>) -> Report {
    let against = Against {
        changes: None,
        baseline,
        ..Against::default()
    };
    Report::against(sources, policy, Project::default(), &against)
}

fn accepted(sources: Vec<Source>) -> Baseline {
    let report = assembled(sources, &Policy::default(), None);
    let entries = baseline::entries(&report.findings);
    let text = baseline::write(&entries, &[]);
    Baseline {
        entries: baseline::read(&text).unwrap().0,
        gone: Default::default(),
        benchmarks: Vec::new(),
    }
}

fn standing(found: Result<Baseline, String>) -> Option<Standing> {
    Some(Standing {
        path: "gatekeeper.baseline.json".into(),
        found,
    })
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

fn moved(line: Option<NonZeroU32>, by: usize) -> Option<NonZeroU32> {
    line.map(|l| l.saturating_add(u32::try_from(by).unwrap()))
}

/// One edit that keeps the meaning; gives the name of a file that was renamed by it.
fn edit(list: &mut [Finding], dice: &mut Dice) -> Option<String> {
    let victim = list[dice.below(list.len())].clone();
    let in_file = |f: &Finding| f.path == victim.path;
    match dice.below(6) {
        // Lines are inserted above.
        0 => {
            let by = 1 + dice.below(200);
            let below = list
                .iter_mut()
                .filter(|f| in_file(f) && f.line >= victim.line);
            below.for_each(|f| f.line = moved(f.line, by));
        }
        // A function moves within its file.
        1 => {
            let same = |f: &Finding| in_file(f) && f.function == victim.function;
            let by = dice.below(900);
            list.iter_mut()
                .filter(|f| same(f))
                .for_each(|f| f.line = moved(f.line, by));
        }
        // A file is renamed; messages name it too.
        2 => {
            let old = victim.path.clone()?;
            let (folder, name) = old.rsplit_once('/').unwrap_or(("lib", &old));
            let new = format!("{folder}/renamed_{}_{name}", dice.below(1000));
            for f in list.iter_mut() {
                if f.path.as_ref() == Some(&old) {
                    f.path = Some(new.clone());
                }
                f.message = f.message.replace(&old, &new);
            }
            return Some(old);
        }
        // Code is reformatted: columns change, and lines that messages name.
        3 => {
            for f in list.iter_mut().filter(|f| in_file(f)) {
                f.column = moved(f.column, dice.below(40));
                f.message = f
                    .message
                    .replace(".ex:", &format!(".ex:{}", 1 + dice.below(9)));
            }
        }
        // The tool wraps its text elsewhere.
        4 => {
            for f in list.iter_mut().filter(|f| in_file(f)) {
                f.message = f.message.replace(' ', "\n  ");
            }
        }
        // A function with a name moves to another module; its file stays.
        _ => {
            let function = victim.function.clone()?;
            let name = function.rsplit('.').next()?.to_owned();
            for f in list
                .iter_mut()
                .filter(|f| f.function.as_ref() == Some(&function))
            {
                f.function = Some(format!("Elsewhere{}.{name}", dice.below(1000)));
                f.path = Some("lib/elsewhere.ex".into());
            }
        }
    }
    None
}

/// The line of a finding that was put in.
const SEEDED: Option<NonZeroU32> = NonZeroU32::new(1_999_999);

/// A new finding that resembles an old one.
fn seed(victim: Finding, how: usize) -> Finding {
    let mut new = Finding {
        line: SEEDED,
        ..victim
    };
    match how {
        0 => new.rule.push_str(".Seeded"),
        1 => new.message.push_str(" in seeded/2"),
        2 if new.function.is_some() => new.function = Some("Credozoo.Design.seeded".into()),
        2 => new.message = format!("seeded_fun/1: {}", new.message),
        _ => {}
    }
    new
}

#[test]
fn five_hundred_edits_keep_findings_known_and_hide_no_new_one() {
    let mut dice = Dice(20_261_121);
    let (mut all, mut known, mut hidden) = (0, 0, Vec::new());
    let captures = CAPTURES.map(|name| (name, capture(name), accepted(capture(name))));
    for round in 0..500 {
        let (name, mut sources, mut baseline) = captures[round % CAPTURES.len()].clone();
        let list = findings(&mut sources);
        for _ in 0..=dice.below(3) {
            baseline.gone.extend(edit(list, &mut dice));
        }
        all += list.len();
        let duplicate = round % 4 == 3;
        if !duplicate {
            // What is fixed leaves room in the baseline: the new one must not take it.
            for _ in 0..dice.below(4) {
                list.swap_remove(dice.below(list.len()));
                all -= 1;
            }
        }
        let victim = list[dice.below(list.len())].clone();
        list.push(seed(victim, round % 4));
        let report = assembled(sources, &Policy::default(), standing(Ok(baseline)));
        let outcome = report.baseline.unwrap();
        known += usize::try_from(outcome.known).unwrap();
        let seeded = report
            .findings
            .iter()
            .find(|f| f.finding.line == SEEDED)
            .unwrap();
        // Of two equal ones either is the new one.
        let found = if duplicate {
            outcome.new > 0
        } else {
            seeded.status == Status::New
        };
        if !found {
            hidden.push(format!("round {round} of {name}: {:?}", seeded.finding));
        }
    }
    assert_eq!(hidden, [""; 0], "a new finding was taken for a known one");
    assert!(known * 100 >= all * 99, "{known} of {all} stayed known");
}

#[test]
fn nothing_changed_is_all_known_and_nothing_left_is_all_fixed() {
    for name in CAPTURES {
        let baseline = accepted(capture(name));
        let n = baseline.entries.len() as u64;
        assert!(n >= findings(&mut capture(name)).len() as u64);
        let report = assembled(
            capture(name),
            &Policy::default(),
            standing(Ok(baseline.clone())),
        );
        let outcome = report.baseline.unwrap();
        assert_eq!(
            (outcome.new, outcome.known, outcome.fixed),
            (0, n, 0),
            "{name}"
        );
        let mut sources = capture(name);
        for source in &mut sources {
            if let Evidence::Findings(f) = &mut source.evidence {
                f.list.clear();
                f.total = 0;
            }
        }
        let report = assembled(sources, &Policy::default(), standing(Ok(baseline)));
        assert_eq!(report.baseline.unwrap().fixed, n, "{name}");
    }
}

/// Findings of Credo, one a line: `rule path function message`.
fn credo(lines: &[&str]) -> Source {
    let issues: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            serde_json::json!({
                "category": "warning", "check": words[0], "filename": words[1], "line_no": 3, "column": 1,
                "column_end": 2, "message": words[3], "priority": 1, "trigger": "x",
                "scope": (words[2] != "-").then_some(words[2]),
            })
        })
        .collect();
    let text = serde_json::json!({ "issues": issues }).to_string();
    let mut bytes = text.as_bytes();
    let streams = vec![(Stream::Out, &mut bytes as &mut dyn BufRead)];
    let found = source::read(streams, Expect::default());
    let mut source = source::sources(&Origin::file("credo.json"), 0, None, found).remove(0);
    assert_eq!(source.tool, Some(Tool::Credo), "{:?}", source.defects);
    source.completeness = Completeness::Complete;
    source
}

fn counted(before: &[&str], after: &[&str], gone: &[&str]) -> (u64, u64, u64) {
    let mut baseline = accepted(vec![credo(before)]);
    baseline.gone = gone.iter().map(|g| (*g).to_owned()).collect();
    let report = assembled(
        vec![credo(after)],
        &Policy::default(),
        standing(Ok(baseline)),
    );
    let outcome = report.baseline.unwrap();
    (outcome.new, outcome.known, outcome.fixed)
}

/// What it is, findings before and after, files that are gone, and how many are new, known and fixed.
type Row<'a> = (
    &'a str,
    &'a [&'a str],
    &'a [&'a str],
    &'a [&'a str],
    (u64, u64, u64),
);

const ROWS: &[Row<'static>] = &[
    (
        "the same",
        &["R a.ex A.f x is 1"],
        &["R a.ex A.f x is 22"],
        &[],
        (0, 1, 0),
    ),
    (
        "a second equal one",
        &["R a.ex A.f x"],
        &["R a.ex A.f x", "R a.ex A.f x"],
        &[],
        (1, 1, 0),
    ),
    (
        "another rule",
        &["R a.ex A.f x"],
        &["S a.ex A.f x"],
        &[],
        (1, 0, 1),
    ),
    (
        "another arity",
        &["R a.ex - calls f/1"],
        &["R a.ex - calls f/2"],
        &[],
        (1, 0, 1),
    ),
    (
        "another function of the file",
        &["R a.ex A.f x"],
        &["R a.ex A.g x"],
        &[],
        (1, 0, 1),
    ),
    (
        "a moved function",
        &["R a.ex A.f x"],
        &["R b.ex B.f x"],
        &[],
        (0, 1, 0),
    ),
    (
        "moved and also left",
        &["R a.ex A.f x"],
        &["R a.ex A.f x", "R b.ex B.f x"],
        &[],
        (1, 1, 0),
    ),
    (
        "a renamed file",
        &["R a.ex - x"],
        &["R b.ex - x"],
        &["a.ex"],
        (0, 1, 0),
    ),
    (
        "the old file is still there",
        &["R a.ex - x"],
        &["R b.ex - x"],
        &[],
        (1, 0, 1),
    ),
    (
        "the new file was there before",
        &["R a.ex - x", "R b.ex - y"],
        &["R b.ex - x", "R b.ex - y"],
        &["a.ex"],
        (1, 1, 1),
    ),
    (
        "the old file has findings yet",
        &["R a.ex - x", "R a.ex - y"],
        &["R b.ex - x", "R a.ex - y"],
        &["a.ex"],
        (1, 1, 1),
    ),
    (
        "another format",
        &["R a.ex A.f x"],
        &["R a.ex - x"],
        &[],
        (0, 1, 0),
    ),
    (
        "the format before",
        &["R a.ex - x"],
        &["R a.ex A.f x"],
        &[],
        (0, 1, 0),
    ),
    (
        "a message that names a renamed file",
        &["R a.ex A.f copied in lib/b.ex:3 (mass: 40)"],
        &["R a.ex A.f copied in lib/c.ex:9 (mass: 41)"],
        &[],
        (0, 1, 0),
    ),
];

#[test]
fn what_is_known_new_and_fixed() {
    for (name, before, after, gone, expected) in ROWS {
        assert_eq!(counted(before, after, gone), *expected, "{name}");
    }
}

#[test]
fn a_tool_that_said_nothing_has_fixed_nothing() {
    let baseline = accepted(vec![credo(&["R a.ex A.f x"])]);
    let report = assembled(vec![], &Policy::default(), standing(Ok(baseline.clone())));
    assert_eq!(report.baseline.unwrap().fixed, 0);
    let mut cut = credo(&[]);
    cut.completeness = Completeness::Partial;
    let report = assembled(vec![cut], &Policy::default(), standing(Ok(baseline)));
    assert_eq!(report.baseline.unwrap().fixed, 0);
}

fn new_only(tools: &[Tool]) -> Policy {
    let mut policy = Policy::default();
    for tool in tools {
        let mut rules = FindingRules::at_most(0);
        rules.new_only = Some(Setting::standard(true));
        policy.findings.retain(|(t, _)| t != tool);
        policy.findings.push((*tool, rules));
    }
    policy
}

fn ruled(
    sources: Vec<Source>,
    policy: &Policy,
    baseline: Option<Standing>,
    gate: &str,
) -> (Ruling, String) {
    let report = assembled(sources, policy, baseline);
    let judged = report.gates.iter().find(|g| g.gate.id == gate).unwrap();
    (judged.judgement.ruling, judged.judgement.because.clone())
}

#[test]
fn new_only_judges_what_the_baseline_does_not_have() {
    let before = ["R a.ex A.f x", "R a.ex A.g y"];
    let known = || standing(Ok(accepted(vec![credo(&before)])));
    let policy = new_only(&[Tool::Credo]);
    let rule = |now: &[&str], baseline| ruled(vec![credo(now)], &policy, baseline, "credo").0;
    assert_eq!(rule(&before, known()), Ruling::Pass);
    assert_eq!(rule(&["R a.ex A.f x"], known()), Ruling::Pass);
    assert_eq!(
        rule(&["R a.ex A.f x", "R a.ex A.f x"], known()),
        Ruling::Fail
    );
    // Without the policy, a baseline is only shown.
    let all = ruled(vec![credo(&before)], &Policy::default(), known(), "credo").0;
    assert_eq!(all, Ruling::Fail);
    // Without a baseline that can be used nothing is decided, not even for a clean report.
    for missing in [None, standing(Err("is of another version".into()))] {
        for now in [&before[..], &[]] {
            let (ruling, because) = ruled(vec![credo(now)], &policy, missing.clone(), "credo");
            assert_eq!(ruling, Ruling::Undecided, "{because}");
            assert!(because.contains("baseline"), "{because}");
        }
    }
}

#[test]
fn a_list_that_is_not_whole_is_not_compared() {
    let policy = new_only(&[Tool::Credo]);
    let known = standing(Ok(accepted(vec![credo(&["R a.ex A.f x"])])));
    let mut capped = credo(&["R a.ex A.f x"]);
    if let Evidence::Findings(f) = &mut capped.evidence {
        f.total = 9;
    }
    let (ruling, because) = ruled(vec![capped], &policy, known, "credo");
    assert_eq!(ruling, Ruling::Undecided);
    assert!(because.contains("only some"), "{because}");
}

/// Sobelow's findings are compared, a vulnerable dependency is not: it fails with or without a baseline.
#[test]
fn a_gate_of_several_tools_compares_only_those_it_is_told_to() {
    let policy = new_only(&[Tool::Sobelow]);
    let sobelow = || capture("sobelow/0.15.0-1.20.4/webshop-fmt-json");
    let known = || standing(Ok(accepted(sobelow())));
    assert_eq!(
        ruled(sobelow(), &policy, known(), "security").0,
        Ruling::Pass
    );
    assert_eq!(
        ruled(sobelow(), &policy, None, "security").0,
        Ruling::Undecided
    );
    let vulnerable = || {
        let mut source = credo(&["GHSA-1 mix.lock - bad"]);
        source.tool = Some(Tool::MixAudit);
        if let Evidence::Findings(f) = &mut source.evidence {
            f.tool = Tool::MixAudit;
            f.counts = Default::default();
            f.counts.high = 1;
        }
        let mut all = sobelow();
        all.push(source);
        all
    };
    for baseline in [known(), None] {
        assert_eq!(
            ruled(vulnerable(), &policy, baseline, "security").0,
            Ruling::Fail
        );
    }
}

#[test]
fn compile_errors_are_never_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/compiler");
    let mut checked = 0;
    for version in fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()) {
        for case in fs::read_dir(version).unwrap().map(|e| e.unwrap().path()) {
            let open = || source::open(case.to_str().unwrap(), Expect::default()).unwrap();
            let plain = assembled(open(), &Policy::default(), None);
            let Some(judged) = plain.gates.iter().find(|g| g.gate.id == "compile") else {
                continue;
            };
            let policy = new_only(&[Tool::Compiler]);
            let report = assembled(open(), &policy, standing(Ok(accepted(open()))));
            let again = report
                .gates
                .iter()
                .find(|g| g.gate.id == "compile")
                .unwrap();
            assert_eq!(
                judged.judgement.ruling,
                again.judgement.ruling,
                "{}",
                case.display()
            );
            let grave = report.findings.iter().filter(|f| !baseline::may_know(f));
            for finding in grave {
                assert_eq!(finding.status, Status::New);
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no compile error was looked at");
}

#[test]
fn the_file_is_sorted_whole_and_says_when_it_was_touched() {
    let baseline = accepted(vec![credo(&[
        "R b.ex B.f x",
        "R a.ex A.f x 12",
        "R a.ex A.f x 13",
    ])]);
    let text = baseline::write(&baseline.entries, &[]);
    let reversed: Vec<_> = baseline.entries.iter().rev().cloned().collect();
    assert_eq!(baseline::write(&reversed, &[]), text);
    assert_eq!(text.lines().count(), 3 + 3 + 2);
    assert!(text.contains("\"x #\""), "{text}");
    // A line that a merge doubled counts once; a line that was taken out is missing, and no more.
    let line = text.lines().find(|l| l.contains("\"b.ex\"")).unwrap();
    let doubled = text.replace(line, &format!("{},\n{line}", line.trim_end_matches(',')));
    assert_eq!(baseline::read(&doubled).unwrap().0, baseline.entries);
    let fewer = text.replace(&format!(",\n{line}"), "");
    assert_eq!(baseline::read(&fewer).unwrap().0.len(), 2);
    for (damaged, why) in [
        (text.replace("\"R\"", "\"S\""), "fingerprint"),
        (text.replace("x #", "y #"), "fingerprint"),
        (text.replace("A.f", "A.g"), "fingerprint"),
        (
            text.replace("\"occurrence\":2", "\"occurrence\":3"),
            "fingerprint",
        ),
        (
            text.replace("baseline/v1", "baseline/v2"),
            "another version",
        ),
        (
            text.replace("\"rule\"", "\"unknown\":1,\"rule\""),
            "damaged",
        ),
        (
            text.replace("\"tool\"", "\"tool\":\"x\",\"tool\""),
            "damaged",
        ),
        ("<<<<<<< HEAD\n".to_owned() + &text, "no baseline"),
        (String::new(), "no baseline"),
        ("[]".into(), "no baseline"),
    ] {
        let error = baseline::read(&damaged).unwrap_err();
        assert!(error.contains(why), "{why}: {error}");
    }
    for end in 0..text.trim_end().len() {
        assert!(baseline::read(&text[..end]).is_err(), "cut at {end}");
    }
}

/// The evidence that a baseline is written from must not be stale by that.
#[test]
fn writing_the_baseline_leaves_the_state_of_the_tree_as_it_is() {
    let repo = Repo::new(&[(baseline::FILE, "{}\n"), ("lib/a.ex", "1\n")]);
    let state = || gatekeeper::tree::state(&repo.path("")).unwrap().digest;
    let before = state();
    repo.write(baseline::FILE, "{\"other\": 1}\n");
    assert_eq!(state(), before);
    repo.write("lib/a.ex", "2\n");
    assert_ne!(state(), before);
}

/// A folder with real reports, in which gatekeeper is run.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures");
        for (name, file) in [("credo.json", CAPTURES[1]), ("sobelow.json", CAPTURES[3])] {
            fs::copy(root.join(file).join("stdout.txt"), desk.path(name)).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn baseline(&self) -> Vec<u8> {
        fs::read(self.path(baseline::FILE)).unwrap()
    }

    /// Runs gatekeeper, which must end with this code; gives all that it says.
    fn run(&self, code: i32, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatekeeper"));
        for name in ["GATEKEEPER_BASELINE", "GATEKEEPER_BASE", "GITHUB_BASE_REF"] {
            command.env_remove(name);
        }
        let out = command
            .args(args)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = String::from_utf8([out.stdout, out.stderr].concat()).unwrap();
        assert_eq!(out.status.code(), Some(code), "{args:?}: {text}");
        text
    }
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in:\n{text}");
}

#[test]
fn write_and_show() {
    let desk = Desk::new();
    desk.run(2, &["baseline", "show"]);
    let text = desk.run(0, &["baseline", "write", "credo.json"]);
    has(&text, "71 findings known (71 added, 0 removed)");
    let credo = desk.baseline();
    // Another tool is added, and the one that has no report now is kept.
    has(
        &desk.run(0, &["baseline", "write", "sobelow.json"]),
        "71 of credo kept",
    );
    let both = desk.baseline();
    assert!(both.len() > credo.len());
    desk.run(0, &["baseline", "write", "credo.json", "sobelow.json"]);
    assert_eq!(desk.baseline(), both);
    let text = desk.run(0, &["baseline", "show"]);
    has(&text, "credo (71)");
    has(&text, "sobelow (49)");
}

#[test]
fn every_rendering_says_what_is_new_known_and_fixed() {
    let desk = Desk::new();
    desk.run(0, &["baseline", "write", "credo.json"]);
    let check = ["check", "--no-record", "credo.json"];
    has(
        &desk.run(1, &check),
        "71 findings: 0 new, 71 known, 0 fixed",
    );
    let rendered = |format| desk.run(1, &[&check[..], &["-q", "--format", format]].concat());
    has(
        &rendered("markdown"),
        "0 new, 71 known, 0 fixed".replace(',', "\\,").as_str(),
    );
    let wire: serde_json::Value = serde_json::from_str(&rendered("json")).unwrap();
    assert_eq!(wire["findings"][0]["status"], "known");
    let counts = &wire["baseline"];
    assert_eq!((&counts["new"], &counts["known"]), (&0.into(), &71.into()));
}

#[test]
fn a_baseline_of_another_version_is_neither_used_nor_replaced() {
    let desk = Desk::new();
    fs::write(
        desk.path(baseline::FILE),
        "{\"schema\":\"gatekeeper.baseline/v9\"}",
    )
    .unwrap();
    has(
        &desk.run(1, &["check", "--no-record", "credo.json"]),
        "another version",
    );
    desk.run(2, &["baseline", "write", "credo.json"]);
    desk.run(2, &["baseline", "show"]);
    desk.run(
        2,
        &[
            "check",
            "--no-record",
            "--baseline",
            "none.json",
            "credo.json",
        ],
    );
    desk.run(0, &["baseline", "write", "--force", "credo.json"]);
}

/// Evidence that is not whole makes no baseline, and leaves the one that is there as it is.
#[test]
fn a_baseline_is_made_of_whole_evidence() {
    let desk = Desk::new();
    desk.run(0, &["baseline", "write", "sobelow.json"]);
    let before = desk.baseline();
    let text = fs::read(desk.path("credo.json")).unwrap();
    fs::write(desk.path("cut.json"), &text[..text.len() - 20]).unwrap();
    for evidence in [&["cut.json"][..], &["credo.json", "cut.json"], &[]] {
        let text = desk.run(3, &[&["baseline", "write"], evidence].concat());
        has(&text, "no baseline was written");
    }
    assert_eq!(desk.baseline(), before);
    desk.run(0, &["baseline", "write", "--force", "cut.json"]);
}
