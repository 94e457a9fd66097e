//! Exported coverage, against what the real `mix test.coverage` and `:cover.analyse` say of the same files.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use crate::real::Shop;

/// Prints `module line ran` for each line of the files that are named, as Erlang's cover counts them.
const ANALYSE: &str = r##"
[ebin | files] = System.argv()
Application.ensure_all_started(:tools)
{:ok, cover} = :cover.start()
:cover.compile_beam_directory(String.to_charlist(ebin))
{:ok, silence} = StringIO.open("")
Process.group_leader(cover, silence)
for file <- files, do: :ok = :cover.import(String.to_charlist(file))
{:result, lines, _} = :cover.analyse(:coverage, :line)
for {{module, line}, {ran, _}} <- lines, line != 0, do: IO.puts("#{inspect(module)} #{line} #{ran}")
"##;

const TESTS: [&str; 5] = ["test/shop", "--exclude", "not_implemented", "--seed", "0"];

fn run(shop: &Shop, program: &str, args: &[&str], partition: Option<&str>) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(shop.0.path());
    command
        .env("MIX_ENV", "test")
        .env_remove("MIX_TEST_PARTITION");
    if let Some(partition) = partition {
        command.env("MIX_TEST_PARTITION", partition);
    }
    let out = command.output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program} {args:?}: {text}");
    out
}

fn partitioned() -> Shop {
    let shop = Shop::new();
    for partition in ["1", "2"] {
        let cover = ["--cover", "--partitions", "2"];
        let args = [&["test"], &TESTS[..], &cover].concat();
        run(&shop, "mix", &args, Some(partition));
    }
    shop
}

fn check(shop: &Shop, paths: &[&str]) -> (Option<i32>, Value) {
    let args = [&["check", "--format", "json", "-q"], paths].concat();
    let out = shop.gatekeeper(&args);
    let report = serde_json::from_slice(&out.stdout);
    let text = String::from_utf8_lossy(&out.stderr);
    (
        out.status.code(),
        report.unwrap_or_else(|e| panic!("{e}: {text}")),
    )
}

/// `Percentage | Module` by module, and the total.
fn table(shop: &Shop) -> BTreeMap<String, String> {
    let out = run(shop, "mix", &["test.coverage"], None);
    let text = String::from_utf8(out.stdout).unwrap();
    let rows = text.lines().filter_map(|line| {
        let (percent, module) = line.trim_matches(['|', ' ']).split_once('|')?;
        let percent = percent.trim().strip_suffix('%')?;
        Some((module.trim().to_owned(), percent.to_owned()))
    });
    rows.collect()
}

/// Covered and relevant lines by module, as `:cover.analyse` says.
fn analysed(shop: &Shop, files: &[&str]) -> BTreeMap<String, (u64, u64)> {
    let ebin = "_build/test/lib/shop/ebin";
    let args = [&["-e", ANALYSE, ebin], files].concat();
    let out = run(shop, "elixir", &args, None);
    let text = String::from_utf8(out.stdout).unwrap();
    let mut lines: BTreeMap<(String, u32), bool> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split(' ');
        let module = words.next().unwrap().to_owned();
        let number = words.next().unwrap().parse().unwrap();
        *lines.entry((module, number)).or_default() |= words.next() == Some("1");
    }
    let mut modules: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for ((module, _), ran) in lines {
        let sums = modules.entry(module).or_default();
        *sums = (sums.0 + u64::from(ran), sums.1 + 1);
    }
    modules
}

fn by_module(report: &Value) -> BTreeMap<String, (u64, u64)> {
    let files = report["coverage"]["files"].as_array().unwrap();
    let number = |f: &Value, key: &str| f[key].as_u64().unwrap();
    let pairs = files.iter().map(|f| {
        let module = f["module"].as_str().unwrap().to_owned();
        (module, (number(f, "covered"), number(f, "relevant")))
    });
    pairs.filter(|(_, sums)| sums.1 > 0).collect()
}

fn rounded(sums: (u64, u64)) -> String {
    if sums.1 == 0 {
        return "100.00".into();
    }
    // As Mix prints it: rounded to two decimals.
    let hundredths = (sums.0 * 20_000 + sums.1) / (sums.1 * 2);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[test]
fn partitions_unite_to_what_mix_and_cover_say() {
    let shop = partitioned();
    let files = ["cover/1.coverdata", "cover/2.coverdata"];
    for files in [&files[..], &files[..1], &files[1..]] {
        let (_, report) = check(&shop, files);
        assert_eq!(by_module(&report), analysed(&shop, files), "{files:?}");
    }
    let (code, report) = check(&shop, &["cover"]);
    assert_eq!(code, Some(1), "{:#}", report["gates"]);
    let sources = report["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2);
    for source in sources {
        assert_eq!(source["format"], "mix_cover-coverdata");
        assert_eq!(source["completeness"], "complete", "{source:#}");
    }
    let table = table(&shop);
    let modules = by_module(&report);
    assert!(modules.len() > 10 && table.len() > modules.len());
    for (module, sums) in &modules {
        assert_eq!(rounded(*sums), table[module], "{module}");
    }
    let coverage = &report["coverage"];
    let number = |key: &str| coverage[key].as_u64().unwrap();
    let total = (number("covered"), number("relevant"));
    assert_eq!(rounded(total), table["Total"]);
    assert_eq!(total, (35, 78));
}

#[test]
fn modules_have_the_files_that_define_them() {
    let shop = partitioned();
    let (_, report) = check(&shop, &["cover"]);
    for file in report["coverage"]["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap_or_else(|| panic!("{file}"));
        assert!(shop.0.path().join(path).is_file(), "{path}");
    }
    let path = |module: &str| {
        let files = report["coverage"]["files"].as_array().unwrap();
        let file = files.iter().find(|f| f["module"] == module).unwrap();
        file["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(path("Shop.Cart"), "lib/shop/cart.ex");
    assert_eq!(path("String.Chars.Shop.Money"), "lib/shop/money.ex");
    assert_eq!(path("Shop.Shipping.ByWeight"), "lib/shop/shipping/flat.ex");
    assert_eq!(path("Shop.Factory"), "test/support/factory.ex");
    // Without its source, a module keeps its name.
    fs::remove_file(shop.0.path().join("lib/shop/cart.ex")).unwrap();
    let (_, report) = check(&shop, &["cover"]);
    let files = report["coverage"]["files"].as_array().unwrap();
    let cart = files.iter().find(|f| f["module"] == "Shop.Cart").unwrap();
    assert_eq!(cart["path"], Value::Null);
    let kinds: Vec<_> = report["sources"][0]["defects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["kind"].clone())
        .collect();
    assert_eq!(kinds, ["unplaced"]);
}

#[test]
fn an_export_alone_or_cut_is_not_proven() {
    let shop = partitioned();
    let cover = shop.0.path().join("cover");
    let mend = |path: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(cover.join("1.coverdata")).unwrap();
        change(&mut bytes);
        fs::write(cover.join(path), bytes).unwrap();
    };
    let gate = |paths: &[&str]| {
        let (_, report) = check(&shop, paths);
        let sources = report["sources"].as_array().unwrap();
        sources.iter().all(|s| s["completeness"] == "complete")
    };
    let (one, two) = ("cover/1.coverdata", "cover/2.coverdata");
    assert!(gate(&[one, two]));
    assert!(!gate(&[one]));
    assert!(!gate(&[one, one]), "the same bytes are one witness");
    // Cut between two terms: the last ones are short.
    mend("cut.coverdata", &|bytes| {
        for _ in 0..20 {
            let starts =
                |at: &usize| bytes[*at] == 131 && bytes[at - 1] as usize == bytes.len() - at;
            let last = (1..bytes.len()).rev().find(starts).unwrap();
            bytes.truncate(last - 1);
        }
    });
    assert!(!gate(&["cover/cut.coverdata", two]));
    mend("cut.coverdata", &|bytes| bytes.truncate(bytes.len() - 3));
    assert!(!gate(&["cover/cut.coverdata", two]));
}

fn gate(report: &Value, id: &str) -> Value {
    let gates = report["gates"].as_array().unwrap();
    let gate = gates.iter().find(|g| g["id"] == id);
    gate.map_or(Value::Null, |g| g["ruling"].clone())
}

fn sums(report: &Value) -> (u64, u64) {
    let number = |key: &str| report["coverage"][key].as_u64().unwrap_or_default();
    (number("covered"), number("relevant"))
}

#[test]
fn an_export_that_a_run_wrote_is_judged_with_it_and_recorded() {
    let shop = Shop::new();
    let run = |name: &str, more: &[&str]| {
        let export = ["--cover", "--export-coverage", name];
        let words = ["run", "-q", "--format", "json", "--", "mix", "test"];
        let out = shop.gatekeeper(&[&words[..], &TESTS, &export, more].concat());
        let report: Value = serde_json::from_slice(&out.stdout).unwrap();
        (out.status.code(), report)
    };
    let (code, report) = run("all", &[]);
    assert_eq!(code, Some(1), "{:#}", report["gates"]);
    let rulings = ["tests", "coverage"].map(|id| gate(&report, id));
    assert_eq!(rulings, ["pass", "fail"], "below 80 %");
    assert_eq!(sums(&report), (35, 78));
    let written = report["sources"].as_array().unwrap().last().unwrap();
    assert_eq!(written["label"], "cover/all.coverdata");
    assert_eq!(written["completeness"], "complete", "{written:#}");
    // The record has its own copy.
    fs::remove_dir_all(shop.0.path().join("cover")).unwrap();
    let (code, again) = check(&shop, &[]);
    assert_eq!((code, sums(&again)), (Some(1), (35, 78)));
    assert_eq!(again["sources"], report["sources"]);
    let (_, again) = check(&shop, &[".gatekeeper/runs/0001"]);
    assert_eq!(sums(&again), (35, 78));
    // A run that stops before its export has none, whatever lies there.
    let cover = shop.0.path().join("cover");
    fs::create_dir_all(&cover).unwrap();
    let copy = shop.0.path().join(".gatekeeper/runs/0001/written/1");
    fs::copy(copy, cover.join("none.coverdata")).unwrap();
    let (code, report) = run("none", &["test/broken/vm_halt_test.exs"]);
    assert_eq!(code, Some(3), "{:#}", report["gates"]);
    assert_eq!(
        report["coverage"]["files"].as_array().map_or(0, Vec::len),
        0
    );
}

/// `mix coveralls.lcov`, as it was captured: it prints a table, and writes a file without an end mark.
#[test]
fn a_tracefile_that_the_run_wrote_is_proven_by_its_code() {
    let captures = "fixtures/captures/excoveralls/0.18.5-1.20.4";
    let captures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(captures);
    let dir = tempfile::tempdir().unwrap();
    let script = |code: u8| {
        let lines = [
            "#!/bin/sh".to_owned(),
            format!("cat {}", captures.join("lcov/stdout.txt").display()),
            format!(
                "mkdir -p cover; cat {} > cover/lcov.info",
                captures.join("lcov-report/lcov.info").display()
            ),
            format!("exit {code}"),
        ];
        let path = dir.path().join("mix");
        fs::write(&path, lines.join("\n")).unwrap();
        let run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, run).unwrap();
    };
    let run = || {
        let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args([
                "run",
                "-q",
                "--format",
                "json",
                "--",
                "./mix",
                "coveralls.lcov",
            ])
            .current_dir(dir.path())
            .env_remove("GITHUB_ACTIONS")
            .env_remove("MIX_TEST_PARTITION")
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&out.stdout).unwrap();
        report
    };
    for (code, completeness) in [(0, "complete"), (1, "partial"), (0, "complete")] {
        script(code);
        let report = run();
        let sources = report["sources"].as_array().unwrap();
        let lcov = sources.iter().find(|s| s["format"] == "lcov-info").unwrap();
        assert_eq!(lcov["completeness"], completeness, "{report:#}");
        assert_eq!(lcov["exit_code"], code);
        assert_eq!(sums(&report), (34, 66));
        assert_eq!(gate(&report, "coverage"), "fail");
    }
    // Alone, it proves nothing.
    let lcov = dir.path().join("cover/lcov.info");
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["check", "--format", "json", "-q"])
        .arg(lcov)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let defect = report["sources"][0]["defects"][0]["message"].as_str();
    assert!(defect.unwrap().contains("gatekeeper run"), "{defect:?}");
}
