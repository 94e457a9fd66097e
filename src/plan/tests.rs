use super::*;
use std::fs;

fn lines(steps: &[Planned]) -> Vec<String> {
    let line = |s: &Planned| format!("{}: {}", s.id, s.command.join(" "));
    steps.iter().map(line).collect()
}

fn project(mix: &str, lock: Option<&str>) -> (tempfile::TempDir, Scan) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mix.exs"), mix).unwrap();
    if let Some(lock) = lock {
        fs::write(dir.path().join("mix.lock"), lock).unwrap();
    }
    let scan = Scan::of(dir.path());
    (dir, scan)
}

fn rules(text: &str) -> Rules {
    crate::config::read("gatekeeper.toml", text).unwrap().plan
}

#[test]
fn beside_others_runs_only_what_neither_compiles_nor_is_of_the_policy() {
    let (dir, _) = project("[app: :shop]", Some("%{\"a\": {:hex, :a}}"));
    fs::write(dir.path().join(".formatter.exs"), "[]").unwrap();
    let scan = Scan::of(dir.path());
    let beside = |rules: &Rules, done: usize| {
        let all = plan(&scan, rules).unwrap();
        let left = &all[done..];
        let beside = left.iter().zip(aside(left)).filter(|(_, can)| *can);
        beside.map(|(s, _)| s.id.clone()).collect::<Vec<_>>()
    };
    let found = Rules::default();
    assert!(beside(&found, 0).is_empty(), "compile comes first");
    assert_eq!(beside(&found, 1), ["deps_unlock", "hex_audit"]);
    assert_eq!(
        beside(&found, 2),
        ["hex_audit"],
        "the first is run as it is"
    );
    let other = rules("[plan.commands]\nhex_audit = \"./audit\"\n");
    assert_eq!(beside(&other, 1), ["deps_unlock"]);
}

#[test]
fn a_plan_is_what_the_project_has() {
    let (_dir, scan) = project("[app: :shop]\n# {:credo, \"~> 1.7\"}", None);
    assert_eq!(
        lines(&plan(&scan, &Rules::default()).unwrap()),
        [
            "compile: mix compile --all-warnings",
            "test: mix test --cover"
        ]
    );
    let mix = "[test_coverage: [tool: ExCoveralls]]\n[{:sobelow, \"~> 0.13\"}, {:doctor, \"1\"}]";
    let lock = "%{\"credo\": {:hex, :credo}, \"dialyxir\": {:hex, 1}, \"mix_audit\": {:hex, 2}}";
    let (dir, _) = project(mix, Some(lock));
    fs::write(dir.path().join(".formatter.exs"), "[]").unwrap();
    let all = plan(&Scan::of(dir.path()), &Rules::default()).unwrap();
    assert_eq!(
        lines(&all),
        [
            "compile: mix compile --all-warnings",
            "format: mix format --check-formatted",
            "deps_unlock: mix deps.unlock --check-unused",
            "hex_audit: mix hex.audit",
            "deps_audit: mix deps.audit --format json",
            "credo: mix credo --strict --format json",
            "sobelow: mix sobelow --private --format json --exit low",
            "doctor: mix doctor",
            "test: env MIX_ENV=test mix coveralls.json",
            "dialyzer: mix dialyzer",
        ]
    );
}

#[test]
fn every_step_of_the_table_makes_its_tool_tell() {
    for step in &STEPS {
        let words: Vec<String> = step.command.split(' ').map(str::to_owned).collect();
        let expected = crate::command::words(&words).expected();
        assert!(!expected.is_empty(), "{}", step.id);
    }
}

#[test]
fn a_policy_names_its_steps_and_commands() {
    let (_dir, scan) = project("[app: :shop]", None);
    let text = "[plan]\nsteps = [\"test\", \"js\"]\n[plan.commands]\njs = \"npx 'play wright'\"\ntest = \"make test\"\n";
    assert_eq!(
        lines(&plan(&scan, &rules(text)).unwrap()),
        ["test: make test", "js: npx play wright"]
    );
    let text = "[plan.commands]\njs = \"npm test\"\ncredo = \"mix credo\"\n";
    let ids: Vec<String> = plan(&scan, &rules(text))
        .unwrap()
        .into_iter()
        .map(|s| s.id)
        .collect();
    assert_eq!(ids, ["compile", "credo", "test", "js"]);
}

#[test]
fn what_is_named_and_not_there_is_told_with_its_line() {
    let (_dir, scan) = project("[app: :shop]", None);
    let text = "[plan]\nsteps = [\"credo\", \"test\", \"deps_unlock\"]\n";
    let missing = plan(&scan, &rules(text)).unwrap_err();
    assert_eq!(missing.len(), 2);
    assert!(
        missing[0].contains("add to its deps: {:credo, \"~> 1.7\""),
        "{missing:?}"
    );
    assert!(missing[1].contains("there is no mix.lock"), "{missing:?}");
}

#[test]
fn dialyzer_needs_no_package_where_the_policy_runs_erlangs_own() {
    let (_dir, scan) = project("[app: :shop]", None);
    let planned = "[plan]\nsteps = [\"dialyzer\"]\n";
    let missing = plan(&scan, &rules(planned)).unwrap_err();
    let both = ["{:dialyxir, \"~> 1.4\"", "[plan.commands]: dialyzer = \""];
    assert!(both.iter().all(|w| missing[0].contains(w)), "{missing:?}");
    // The line that the hint tells is one that can be written.
    let (_, line) = missing[0].split_once("[plan.commands]: ").unwrap();
    let steps = plan(
        &scan,
        &rules(&format!("{planned}[plan.commands]\n{line}\n")),
    )
    .unwrap();
    assert_eq!(
        lines(&steps),
        [
            "dialyzer: env ERL_LIBS=ELIXIR/lib dialyzer --fullpath --plt PLT -r _build/dev/lib/APP/ebin"
        ]
    );
    assert!(crate::command::words(&steps[0].command).dialyzer);
}

#[test]
fn mistakes_in_a_plan_are_told() {
    for (text, told) in [
        ("[plan]\nsteps = [\"creedo\"]", "did you mean \"credo\"?"),
        ("[plan]\nsteps = [\"test\", \"test\"]", "stands there twice"),
        ("[plan]\nstep = [\"test\"]", "unknown key \"step\""),
        (
            "[plan.commands]\ntest = \"mix test | tee log\"",
            "is for a shell",
        ),
        (
            "[plan.commands]\n\"a b\" = \"mix test\"",
            "is no name of a step",
        ),
        ("[plan.commands]\ntest = 1", "expected a text"),
    ] {
        let problems = crate::config::read("gatekeeper.toml", text).unwrap_err();
        let all: Vec<String> = problems.iter().flat_map(|p| p.lines()).collect();
        assert!(all.join("\n").contains(told), "{text}: {all:?}");
    }
}
