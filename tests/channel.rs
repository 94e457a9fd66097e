//! The channel from real suites: `mix test` in every spelling, other formatters, umbrellas, and tests that attack it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::real::{Shop, committed, numbers, root};

/// A shop whose suite is these files, with `test_helper.exs` as given.
fn suite(helper: &str, files: &[(&str, &str)]) -> Shop {
    let shop = Shop::new();
    let tests = shop.0.path().join("test/shop");
    fs::remove_dir_all(&tests).unwrap();
    fs::create_dir_all(&tests).unwrap();
    fs::write(tests.join("test_helper.exs"), helper).unwrap();
    for (name, text) in files {
        fs::write(tests.join(name), text).unwrap();
    }
    shop
}

const TWO: &str = "defmodule TwoTest do
  use ExUnit.Case, async: true

  describe \"a cart\" do
    test \"with things\" do
      assert 1 + 1 == 2
    end
  end

  @tag :skip
  test \"later\" do
    assert false
  end
end
";

/// Runs a command under gatekeeper: exit code and report.
fn run(shop: &Shop, command: &[&str]) -> (i32, Value) {
    let mut args = vec!["run", "-q", "--format", "json=report.json", "--"];
    args.extend(command);
    let out = shop.gatekeeper(&args);
    let report = fs::read(shop.0.path().join("report.json")).unwrap();
    (
        out.status.code().unwrap(),
        serde_json::from_slice(&report).unwrap(),
    )
}

fn source(report: &Value) -> (String, String, String) {
    // What the compiler said of the suite's own files is another source.
    let sources = report["sources"].as_array().unwrap();
    let tests: Vec<&Value> = sources.iter().filter(|s| s["tool"] == "exunit").collect();
    assert_eq!(tests.len(), 1, "{report:#}");
    let word = |key: &str| tests[0][key].as_str().unwrap().to_owned();
    (word("format"), word("trust"), word("completeness"))
}

fn whole() -> (String, String, String) {
    let words = ["exunit-channel", "channel", "complete"].map(str::to_owned);
    words.into()
}

fn said(report: &Value) -> String {
    let defects = report["sources"][0]["defects"].as_array().unwrap();
    let words = defects.iter().map(|d| d["message"].as_str().unwrap());
    words.collect::<Vec<_>>().join("; ")
}

#[test]
fn mix_test_in_every_spelling_has_a_channel() {
    let shop = suite("ExUnit.start()\n", &[("two_test.exs", TWO)]);
    let mix = shop.0.path().join("mix.exs");
    let text = fs::read_to_string(&mix).unwrap();
    fs::write(
        &mix,
        text.replace(
            "deps: []",
            "deps: [], aliases: [ci: [\"compile\", \"test\"]]",
        ),
    )
    .unwrap();
    for command in [
        &["mix", "test", "test/shop"][..],
        &["mix", "ci", "test/shop"],
        &["mix", "do", "compile", "+", "test", "test/shop"],
        &["elixir", "-S", "mix", "test", "test/shop"],
        &["sh", "-c", "mix test test/shop"],
        &["mix", "cmd", "mix test test/shop"],
        &["mix", "test", "test/shop", "--trace"],
        &["mix", "test", "test/shop", "--cover", "--slowest", "2"],
    ] {
        let (_, report) = run(&shop, command);
        let exunit = report["sources"].as_array().unwrap();
        let exunit = exunit.iter().find(|s| s["tool"] == "exunit").unwrap();
        assert_eq!(exunit["trust"], "channel", "{command:?}: {exunit:#}");
        assert_eq!(exunit["completeness"], "complete", "{command:?}");
        assert_eq!(numbers(&report), [1, 0, 0, 1, 0], "{command:?}");
    }
    let (code, report) = run(&shop, &["mix", "test", "test/shop"]);
    assert_eq!((code, source(&report)), (0, whole()));
    let cases = report["tests"]["cases"].as_array().unwrap();
    let mut names: Vec<_> = cases.iter().map(|c| c["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["a cart with things", "later"]);
}

/// Two modules and a process more in the VM, and one more in every suite: nothing of that may show.
#[test]
fn the_output_stays_as_it_is() {
    let shop = Shop::new();
    let mut seen = Vec::new();
    for (n, channel) in [("0001", true), ("0002", false)] {
        let mut args = vec!["run", "-q"];
        args.extend((!channel).then_some("--no-channel"));
        args.extend(["--", "mix", "test", "--seed", "0", "--max-cases", "1"]);
        args.extend(["test/shop"]);
        let out = shop.gatekeeper(&args);
        let dir = shop.0.path().join(".gatekeeper/runs").join(n);
        assert_eq!(dir.join("channel.jsonl").exists(), channel);
        let log = fs::read_to_string(dir.join("stdout.txt")).unwrap();
        let shown = String::from_utf8(out.stdout).unwrap();
        assert!(shown.starts_with(&log), "what is shown is what was printed");
        let lines = log.lines().map(|l| match l.strip_prefix("Finished in ") {
            Some(_) => "Finished in".to_owned(),
            None => l.to_owned(),
        });
        seen.push((lines.collect::<Vec<_>>(), out.status.code()));
        assert_eq!(fs::read(dir.join("stderr.txt")).unwrap(), b"");
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn the_text_alone_says_the_same_and_is_trusted_less() {
    let shop = Shop::new();
    let (_, told) = shop.mix_test("test/zoo/asserts_test.exs");
    let args = "run -q --no-channel --format json=report.json -- mix test --seed 0 test/zoo/asserts_test.exs";
    shop.gatekeeper(&args.split(' ').collect::<Vec<_>>());
    let report = fs::read(shop.0.path().join("report.json")).unwrap();
    let shown: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(source(&told), whole());
    assert_eq!(source(&shown).1, "text");
    let failures = |report: &Value| -> Vec<Value> {
        let mut all = report["failures"].as_array().unwrap().clone();
        all.sort_by_key(|f| f["line"].as_i64());
        all.iter_mut().for_each(|f| {
            let f = f.as_object_mut().unwrap();
            // Values that differ from run to run, numbers in the order of the run, and what the compiler said in the first.
            [
                "id", "group", "left", "right", "message", "source", "related",
            ]
            .iter()
            .for_each(|k| drop(f.remove(*k)));
        });
        all
    };
    assert_eq!(failures(&told), failures(&shown));
    assert_eq!(told["tests"]["failed"], 37);
}

#[test]
fn formatters_of_the_project_stay_and_the_console_may_be_missing() {
    let helper = "defmodule Quiet do
  use GenServer
  def init(_), do: {:ok, 0}
  def handle_cast({:test_finished, _}, n), do: {:noreply, n + 1}
  def handle_cast({:suite_finished, _}, n) do
    File.write!(\"quiet.txt\", Integer.to_string(n))
    {:noreply, n}
  end
  def handle_cast(_, n), do: {:noreply, n}
end
ExUnit.start(formatters: [Quiet])
";
    let shop = suite(helper, &[("two_test.exs", TWO)]);
    let (code, report) = run(&shop, &["mix", "test", "test/shop"]);
    assert_eq!((code, source(&report)), (0, whole()), "{report:#}");
    let quiet = fs::read_to_string(shop.0.path().join("quiet.txt")).unwrap();
    assert_eq!(quiet, "2");
    let log = shop.0.path().join(".gatekeeper/runs/0001/stdout.txt");
    assert!(!fs::read_to_string(log).unwrap().contains("failures"));
    let words = [
        "mix",
        "test",
        "test/shop",
        "--formatter",
        "ExUnit.CLIFormatter",
    ];
    assert_eq!(run(&shop, &words).0, 0, "the command line wins");
}

#[test]
fn suites_that_tests_run_and_vms_that_they_start_do_not_count() {
    let test = "defmodule NestedTest do
  use ExUnit.Case
  import ExUnit.CaptureIO

  test \"runs a suite that fails\" do
    capture_io(fn ->
      defmodule InnerTest do
        use ExUnit.Case
        test \"fails\", do: assert(1 == 2)
      end
      send(self(), ExUnit.run([InnerTest]))
    end)
    assert_received %{failures: n} when n > 0
  end

  test \"sees its own environment\" do
    assert System.get_env(\"GATEKEEPER_CHANNEL\") == nil
    assert System.get_env(\"ELIXIR_ERL_OPTIONS\") == \" -kernel shell_history disabled\"
  end
end
";
    let shop = suite("ExUnit.start()\n", &[("nested_test.exs", test)]);
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args("run -q --format json=report.json -- mix test test/shop".split(' '))
        .current_dir(shop.0.path())
        .env("MIX_ENV", "test")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("ELIXIR_ERL_OPTIONS", " -kernel shell_history disabled")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    let report = fs::read(shop.0.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(out.status.code(), Some(0), "{report:#}");
    assert_eq!(numbers(&report), [2, 0, 0, 0, 0]);
    assert_eq!(source(&report), whole());
    assert!(
        said(&report).contains("suites that tests ran"),
        "{}",
        said(&report)
    );
}

#[test]
fn the_apps_of_an_umbrella_are_told_apart_and_proven() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "mix.exs",
        "defmodule U.MixProject do
  use Mix.Project
  def project, do: [apps_path: \"apps\", version: \"0.1.0\", deps: []]
end
",
    );
    for (app, module, right) in [("one", "One", "2"), ("two", "Two", "3")] {
        write(
            &format!("apps/{app}/mix.exs"),
            &format!(
                "defmodule {module}.MixProject do
  use Mix.Project
  def project, do: [app: :{app}, version: \"0.1.0\", build_path: \"../../_build\", lockfile: \"../../mix.lock\", deps: []]
end
"
            ),
        );
        write(
            &format!("apps/{app}/test/test_helper.exs"),
            "ExUnit.start()\n",
        );
        write(
            &format!("apps/{app}/test/{app}_test.exs"),
            &format!(
                "defmodule {module}Test do
  use ExUnit.Case
  test \"adds\", do: assert(1 + 1 == {right})
end
"
            ),
        );
    }
    let shop = Shop(dir);
    let (code, report) = run(&shop, &["mix", "test"]);
    assert_eq!((code, numbers(&report)), (1, [1, 1, 0, 0, 0]), "{report:#}");
    assert_eq!(source(&report), whole());
    let failure = &report["failures"][0];
    assert_eq!(failure["app"], "two");
    assert_eq!(failure["file"], "apps/two/test/two_test.exs");
}

#[test]
fn what_was_told_is_recorded_with_its_digest_and_read_again() {
    let shop = suite("ExUnit.start()\n", &[("two_test.exs", TWO)]);
    fs::write(shop.0.path().join(".gitignore"), "_build\nreport.json\n").unwrap();
    committed(shop.0.path());
    let (code, ran) = run(&shop, &["mix", "test", "test/shop"]);
    assert_eq!(code, 0);
    let check = |args: &[&str]| {
        let mut all = vec!["check", "-q", "--format", "json=report.json"];
        all.extend(args);
        let out = shop.gatekeeper(&all);
        let report = fs::read(shop.0.path().join("report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        (out.status.code().unwrap(), report)
    };
    for args in [&[][..], &[".gatekeeper/runs/0001"]] {
        let (code, again) = check(args);
        assert_eq!(code, 0, "{args:?}: {again:#}");
        assert_eq!(again["tests"], ran["tests"]);
        assert_eq!(again["sources"][0]["sha256"], ran["sources"][0]["sha256"]);
        assert_eq!(source(&again), whole());
    }
    let file = shop.0.path().join(".gatekeeper/runs/0001/channel.jsonl");
    let (code, alone) = check(&[".gatekeeper/runs/0001/channel.jsonl"]);
    assert_eq!((code, source(&alone).1.as_str()), (0, "file"));
    let (code, both) = check(&[
        ".gatekeeper/runs/0001/stdout.txt",
        ".gatekeeper/runs/0001/channel.jsonl",
    ]);
    assert_eq!(
        (code, numbers(&both)),
        (0, [1, 0, 0, 1, 0]),
        "counted once: {both:#}"
    );
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, [&bytes[..], b"\n"].concat()).unwrap();
    assert_eq!(check(&[]).0, 3, "changed");
    fs::remove_file(&file).unwrap();
    assert_eq!(check(&[]).0, 3, "taken away");
    fs::write(&file, &bytes).unwrap();
    assert_eq!(check(&[]).0, 0, "as it was");
}

#[test]
fn without_a_compiler_or_a_cache_the_text_is_judged() {
    let shop = suite("ExUnit.start()\n", &[("two_test.exs", TWO)]);
    // No folder can be made below a file, and a shell would take a path with a blank apart.
    for cache in ["/dev/null", "with a blank"] {
        let cache = shop.0.path().join(cache);
        let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
            .args("run -q --format json=report.json -- mix test test/shop".split(' '))
            .current_dir(shop.0.path())
            .env("MIX_ENV", "test")
            .env("XDG_CACHE_HOME", cache)
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(0));
        let report = fs::read(shop.0.path().join("report.json")).unwrap();
        let report = serde_json::from_slice(&report).unwrap();
        assert_eq!(source(&report).1, "text");
    }
}

/// What the code under test can do to the channel: each must be seen. See `fixtures/forgery/README.md`.
#[test]
fn attacks_on_the_channel_do_not_pass() {
    let dir = root().join("fixtures/forgery/channel");
    let expected = [
        (
            "01_fake_end",
            3,
            "212 passed by the end of the suite, 0 by its tests",
        ),
        (
            "02_killed_channel",
            3,
            "last seen running: `test kills the channel (Forgery.KilledChannelTest)`",
        ),
        (
            "03_no_formatters",
            1,
            "tests failed, but the command ended with 0",
        ),
        ("04_killed_formatters", 3, "the suite never ended"),
        (
            "05_extra_end",
            3,
            "line number 3 of its VM, where 4 comes next",
        ),
        (
            "06_replaced_file",
            3,
            "the file of the channel was replaced",
        ),
        ("07_no_suite", 3, "none ran in any VM"),
        ("08_bytes_in_message", 1, "the output has no whole summary"),
    ];
    let files = fs::read_dir(&dir).unwrap().count();
    assert_eq!(files, expected.len());
    for (name, code, because) in expected {
        let text = fs::read_to_string(dir.join(format!("{name}_test.exs"))).unwrap();
        let shop = suite("ExUnit.start()\n", &[("forged_test.exs", &text)]);
        let (got, report) = run(&shop, &["mix", "test", "--seed", "0", "test/shop"]);
        assert_eq!(got, code, "{name}: {:#}", report["sources"]);
        assert!(said(&report).contains(because), "{name}: {}", said(&report));
    }
}

/// A killed run leaves what was told until then.
#[test]
fn a_killed_vm_leaves_what_it_told() {
    let test = "defmodule KilledTest do
  use ExUnit.Case

  test \"fails\" do
    assert 1 + 1 == 3
  end

  test \"is killed\" do
    Process.sleep(200)
    System.cmd(\"kill\", [\"-9\", System.pid()])
  end
end
";
    let shop = suite("ExUnit.start()\n", &[("killed_test.exs", test)]);
    let (code, report) = run(&shop, &["mix", "test", "--seed", "0", "test/shop"]);
    assert_eq!(code, 1, "{report:#}");
    assert_eq!(report["tests"]["failed"], 1);
    assert!(
        said(&report).contains("last seen running: `test is killed (KilledTest)`"),
        "{}",
        said(&report)
    );
    assert!(Path::new(&shop.0.path().join(".gatekeeper/runs/0001/channel.jsonl")).exists());
}
