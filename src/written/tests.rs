//! What counts as written by a run, and what it proves.

use std::path::Path;
use std::{fs, thread};

use super::*;
use gatekeeper_parsers::evidence::{Coverage, Measure};

const LCOV: &str = "TN:\nSF:lib/a.ex\nDA:1,1\nLF:1\nLH:1\nend_of_record\n";

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a command that does what `work` does.
    fn run(&self, command: &str, code: i32, work: impl Fn(&Self)) -> (Run, PathBuf, Vec<Source>) {
        let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let mut run = run_of(&command, code);
        let recording = Recording::start(&self.0.path().join(".gatekeeper"), &run)
            .unwrap()
            .0;
        let watch = Watch::start(self.0.path(), &command, None);
        thread::sleep(Duration::from_millis(10));
        work(self);
        let mut sources = Vec::new();
        watch.collect(&recording, &mut run, Expect::default(), &mut sources);
        (run, recording.dir().to_owned(), sources)
    }
}

fn run_of(command: &[String], code: i32) -> Run {
    let run = serde_json::json!({
        "schema": crate::record::SCHEMA, "gatekeeper": "0", "ended": true, "command": command, "directory": "",
        "exit_code": code, "duration_ms": 1, "held": false, "stdout_sha256": "", "stderr_sha256": "",
    });
    serde_json::from_value(run).unwrap()
}

fn lines(source: &Source) -> Vec<Measure> {
    match &source.evidence {
        Evidence::Coverage(Coverage { totals, .. }) => totals.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_command_wrote_is_read_and_proven_by_its_code() {
    let write = |p: &Project| p.write("cover/lcov.info", LCOV);
    for (command, code, completeness) in [
        ("mix coveralls.lcov", 0, Completeness::Complete),
        ("mix coveralls.lcov", 2, Completeness::Partial),
        ("mix coveralls.lcov || true", 0, Completeness::Partial),
    ] {
        let project = Project::new();
        let (_, _, sources) = project.run(command, code, write);
        assert_eq!(sources.len(), 1, "{command}");
        assert_eq!(sources[0].completeness, completeness, "{command}");
        assert_eq!(sources[0].label, "cover/lcov.info");
        let (covered, relevant) = (1, 1);
        assert_eq!(lines(&sources[0]), [Measure::Lines { covered, relevant }]);
    }
}

#[test]
fn what_was_there_before_counts_only_when_it_is_written_again() {
    let project = Project::new();
    project.write("cover/lcov.info", LCOV);
    let (run, _, sources) = project.run("mix coveralls.lcov", 0, |_| {});
    assert!(run.written.is_empty() && sources.is_empty());
    let (run, _, sources) = project.run("mix coveralls.lcov", 0, |p| {
        p.write("cover/lcov.info", LCOV)
    });
    assert_eq!((run.written.len(), sources.len()), (1, 1), "the same bytes");
    // Restored from elsewhere: new here, but of an old time.
    let (run, _, _) = project.run("mix coveralls.lcov", 0, |p| {
        let path = p.0.path().join("cover/lcov.info");
        fs::remove_file(&path).unwrap();
        p.write("cover/lcov.info", LCOV);
        let old = SystemTime::now() - Duration::from_secs(3600);
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(old).unwrap();
    });
    assert!(run.written.is_empty());
}

#[test]
fn the_record_is_read_again_and_a_changed_copy_is_seen() {
    let project = Project::new();
    let (run, dir, first) = project.run("mix coveralls.lcov", 0, |p| {
        p.write("cover/lcov.info", LCOV);
        p.write(
            "apps/web/cover/lcov.info",
            &LCOV.replace("lib", "apps/web/lib"),
        );
    });
    fs::remove_dir_all(project.0.path().join("cover")).unwrap();
    let mut again = Vec::new();
    join(&mut again, &dir, &run, Expect::default());
    let labels =
        |sources: &[Source]| -> Vec<String> { sources.iter().map(|s| s.label.clone()).collect() };
    assert_eq!(labels(&again), labels(&first));
    assert_eq!(again.len(), 2);
    let copy = dir.join(WRITTEN).join("1");
    fs::write(&copy, LCOV.replace("DA:1,1", "DA:1,2")).unwrap();
    let mut changed = Vec::new();
    join(&mut changed, &dir, &run, Expect::default());
    assert_eq!(changed[0].completeness, Completeness::Partial);
    assert_eq!(changed[0].defects[0].kind, DefectKind::Contradiction);
    fs::remove_file(&copy).unwrap();
    let mut gone = Vec::new();
    join(&mut gone, &dir, &run, Expect::default());
    assert_eq!(gone[0].completeness, Completeness::Unreadable);
    assert_eq!(gone[1].completeness, Completeness::Complete);
}

#[test]
fn coverage_under_a_name_that_a_shell_expands_is_missing_and_not_forgotten() {
    let shell = |script: &str| ["bash", "-c", script].map(str::to_owned);
    for (command, found) in [
        (shell("mix test --cover --export-coverage part-$X"), 1),
        (shell("mix test --cover --export-coverage=\"$X\""), 1),
        (shell("mix test --cover --export-coverage part-1"), 0),
        (shell("mix test --export-coverage $X"), 0),
        (
            ["env", "mix", "test --cover --export-coverage $X"].map(str::to_owned),
            0,
        ),
    ] {
        let mut sources = Vec::new();
        let dir = Path::new("");
        join(&mut sources, dir, &run_of(&command, 0), Expect::default());
        assert_eq!(sources.len(), found, "{command:?}");
        for source in sources {
            assert_eq!(source.tool, Some(Tool::MixCover));
            assert_eq!(source.completeness, Completeness::Unreadable);
            assert!(source.defects[0].message.contains("write the name itself"));
        }
    }
}

#[test]
fn junit_reports_of_some_apps_are_not_those_of_the_run() {
    let report = "<testsuites><testsuite name=\"Elixir.A\" tests=\"0\" failures=\"0\" errors=\"0\"/></testsuites>";
    let project = Project::new();
    for app in ["a", "b"] {
        project.write(&format!("apps/{app}/test/a_test.exs"), "");
    }
    let write = |p: &Project, app: &str| {
        p.write(
            &format!("_build/test/lib/{app}/test-junit-report.xml"),
            report,
        );
    };
    let (run, _, _) = project.run("mix test", 0, |p| write(p, "a"));
    assert!(run.written.is_empty());
    let (run, _, _) = project.run("mix test", 0, |p| {
        write(p, "a");
        write(p, "b");
    });
    assert_eq!(run.written.len(), 2);
    assert!(Path::new(&run.written[0].path).starts_with("_build/test/lib/a"));
}
