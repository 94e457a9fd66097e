//! The whole plan of the shop with real tools: Mix's compiler, formatter and lockfile check, ExUnit with coverage, and the
//! `dialyzer` of Erlang/OTP, by a command of the policy.
//!
//! Needs `mix` and `dialyzer`; `.ci/run` installs them. Without them this test fails: a check that is skipped in silence
//! is none.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::real::Shop;

/// Where Elixir's applications are, then the files of all modules that the shop calls or implements.
const CALLED: &str = r##"
IO.puts(Path.dirname(:code.lib_dir(:elixir)))
beams = for beam <- Path.wildcard("_build/test/lib/shop/ebin/*.beam"), do: String.to_charlist(beam)
own = for beam <- beams, do: beam |> Path.basename(".beam") |> String.to_atom()
chunks = for beam <- beams, {:ok, {_, chunks}} = :beam_lib.chunks(beam, [:imports, :attributes]), do: chunks
called = for c <- chunks, {module, _, _} <- c[:imports], do: module
implemented = for c <- chunks, {:behaviour, modules} <- c[:attributes], module <- modules, do: module
for module <- Enum.uniq(called ++ implemented) -- own do
  case :code.which(module) do
    :preloaded -> IO.puts("#{:code.lib_dir(:erts)}/ebin/#{module}.beam")
    beam when is_list(beam) -> IO.puts(beam)
  end
end
"##;

const FORMATTER: &str = "[inputs: [\"lib/**/*.ex\"]]\n";

/// Makes a PLT of what the shop calls; one of all of OTP and Elixir takes minutes. Tells where Elixir's applications are.
fn plt(dir: &Path) -> String {
    let told = said(Command::new("elixir").args(["-e", CALLED]), dir);
    let (libs, beams) = told.split_once('\n').unwrap();
    let mut dialyzer = Command::new("dialyzer");
    dialyzer.env("ERL_LIBS", libs);
    dialyzer.args(["--build_plt", "--output_plt", "_build/otp.plt", "-c"]);
    dialyzer.args(beams.lines());
    assert!(said(&mut dialyzer, dir).contains("done"));
    libs.to_owned()
}

fn said(command: &mut Command, dir: &Path) -> String {
    let out = command.current_dir(dir).output();
    let out =
        out.expect("this test needs Elixir and Dialyzer: apt-get install elixir erlang-dialyzer");
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{command:?}: {said}");
    said
}

/// Runs the plan: the exit code, what was said of it, and the report.
fn plan(dir: &Path) -> (Option<i32>, String, Value) {
    let out = Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(["run", "--format", "json=report.json"])
        .current_dir(dir)
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("GITHUB_ACTIONS")
        .env_remove("MIX_ENV")
        .env_remove("MIX_TEST_PARTITION")
        .output()
        .unwrap();
    let report = fs::read(dir.join("report.json")).unwrap();
    (
        out.status.code(),
        String::from_utf8_lossy(&out.stderr).into_owned(),
        serde_json::from_slice(&report).unwrap(),
    )
}

/// Every gate that is judged, with its ruling.
fn rulings(report: &Value) -> Vec<(&str, &str)> {
    let gates = report["gates"].as_array().unwrap().iter();
    gates
        .map(|g| (g["id"].as_str().unwrap(), g["ruling"].as_str().unwrap()))
        .collect()
}

#[test]
fn the_whole_plan_with_erlangs_dialyzer_passes_and_a_warning_fails_it() {
    let shop = Shop::new();
    let dir = shop.0.path();
    let libs = plt(dir);
    fs::write(dir.join("mix.lock"), "%{\n}\n").unwrap();
    fs::write(dir.join(".formatter.exs"), FORMATTER).unwrap();
    let policy = format!(
        "require = [\"compile\", \"format\", \"deps\", \"dialyzer\", \"tests\", \"coverage\"]
[coverage]
min = 10
[plan]
steps = [\"compile\", \"format\", \"deps_unlock\", \"dialyzer\", \"test\"]
[plan.commands]
dialyzer = \"ERL_LIBS={libs} dialyzer --fullpath --plt _build/otp.plt -r _build/dev/lib/shop/ebin\"
test = \"mix test --cover test/shop --exclude not_implemented\"
"
    );
    fs::write(dir.join("gatekeeper.toml"), policy).unwrap();

    // The shop as it is: a pattern that can never match, since `with` has no clause for an amount of 0.
    let (code, stderr, report) = plan(dir);
    assert_eq!(code, Some(1), "{stderr}");
    let failing: Vec<_> = rulings(&report)
        .into_iter()
        .filter(|(_, r)| *r != "pass")
        .collect();
    assert_eq!(failing, [("dialyzer", "fail")], "{stderr}");
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["tool"], &finding["path"], &finding["line"]),
        (&"dialyzer".into(), &"lib/shop/coupon.ex".into(), &14.into()),
        "{finding:#}"
    );

    let coupon = dir.join("lib/shop/coupon.ex");
    let text = fs::read_to_string(&coupon).unwrap();
    let mended = text.replace("{:error, reason} -> {:error, reason}", "error -> error");
    assert_ne!(mended, text);
    fs::write(&coupon, mended).unwrap();
    let (code, stderr, report) = plan(dir);
    assert_eq!(code, Some(0), "{stderr}");
    let gates = ["compile", "coverage", "deps", "dialyzer", "format", "tests"];
    let mut passing = rulings(&report);
    passing.sort_unstable();
    assert_eq!(passing, gates.map(|gate| (gate, "pass")), "{stderr}");
    let sources = report["sources"].as_array().unwrap();
    assert!(
        sources.iter().all(|s| s["completeness"] == "complete"),
        "{report:#}"
    );
}
