//! What goes wrong around a run: full disks, kills, signals, held and closed pipes, floods, crowds, clocks. Whatever
//! happens, what was seen is judged, half a record is no evidence, and nobody is left behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::heard;

const GATEKEEPER: &str = env!("CARGO_BIN_EXE_gatekeeper");

/// A folder to run in.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, program: &str) -> Command {
        heard::signals();
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_remove("GITHUB_ACTIONS")
            .env_remove("MIX_TEST_PARTITION")
            .stdin(Stdio::null());
        command
    }

    /// `gatekeeper ARGS… SCRIPT`, the script for a shell.
    fn run(&self, args: &[&str], script: &str) -> Output {
        let mut command = self.command(GATEKEEPER);
        let words = ["--", "sh", "-c", script];
        command.arg("run").args(args).args(words).output().unwrap()
    }

    fn start(&self, script: &str) -> Child {
        let mut command = self.command(GATEKEEPER);
        command.args(["run", "-q", "--", "sh", "-c", script]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    fn check(&self) -> Output {
        self.command(GATEKEEPER).arg("check").output().unwrap()
    }

    /// What is recorded of a run.
    fn recorded(&self, number: u32) -> Value {
        let path = format!(".gatekeeper/runs/{number:04}/run.json");
        serde_json::from_slice(&fs::read(self.path().join(path)).unwrap()).unwrap()
    }

    /// The folders in the record.
    fn folders(&self) -> Vec<PathBuf> {
        let runs = fs::read_dir(self.path().join(".gatekeeper/runs"));
        let entries = runs.into_iter().flatten();
        entries.map(|e| e.unwrap().path()).collect()
    }

    /// Waits for a file that a script writes.
    fn awaited(&self, name: &str) -> String {
        let start = Instant::now();
        loop {
            let text = fs::read_to_string(self.path().join(name)).unwrap_or_default();
            if text.ends_with('\n') {
                return text.trim().to_owned();
            }
            assert!(start.elapsed() < MINUTE, "{name} does not come");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// Waits for the end of a process, but not for ever.
fn ended(run: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = run.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > 5 * MINUTE {
            let _ = run.kill();
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn code(out: &Output) -> i32 {
    out.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A clean suite, printed.
fn clean() -> String {
    let file = "fixtures/captures/exunit/1.20.4/pass-plain/stdout.txt";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    assert!(path.is_file());
    format!("cat '{}'", path.display())
}

fn untested(what: &str) {
    let line = format!("NOT TESTED: {what}\n");
    // Past the test harness, which would swallow it.
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// How to run a shell that may mount what nobody else sees; `None` where the system does not let us.
fn mounting() -> Option<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [&["unshare", "-m"], &["unshare", "-rm"]];
    let works = |way: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        let done = Command::new(way[0])
            .args(&way[1..])
            .args(["mount", "-t", "tmpfs", "none"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status();
        done.is_ok_and(|status| status.success())
    };
    WAYS.into_iter().find(|way| works(way))
}

/// Runs a script with mounts of its own: what it prints. Its words: gatekeeper, the folder, the clean suite.
fn mounted(tree: &Tree, script: &str) -> Option<Output> {
    let Some(way) = mounting() else {
        untested("real full and read-only file systems (unshare -m is not permitted here)");
        return None;
    };
    let mut command = tree.command(way[0]);
    command.args(&way[1..]).args(["sh", "-c", script, "sh"]);
    command
        .args([GATEKEEPER.as_ref(), tree.path()])
        .arg(clean());
    Some(command.output().unwrap())
}

#[test]
fn a_disk_that_fills_up_costs_the_proof_and_nothing_else() {
    let script = "mount -t tmpfs -o size=256k none \"$2\"; cd \"$2\"
        \"$1\" run -- sh -c \"$3; seq 1 100000\" > /dev/shm/gk-$$; echo \"run $?\"
        grep -c '^100000$' /dev/shm/gk-$$; grep -o 'could not be recorded whole' /dev/shm/gk-$$ | head -1
        rm /dev/shm/gk-$$; \"$1\" check > /dev/null; echo \"check $?\"; ls -a .gatekeeper/runs | grep new";
    let Some(out) = mounted(&Tree::new(), script) else {
        return;
    };
    let said = text(&out.stdout);
    let expected = "run 3\n1\ncould not be recorded whole\ncheck 3\n";
    assert_eq!(said, expected, "{}", text(&out.stderr));
}

#[test]
fn on_a_full_disk_a_run_is_judged_and_not_recorded() {
    let script = "mount -t tmpfs -o size=64k none \"$2\"; cd \"$2\"; mkdir -p .gatekeeper/runs
        echo '*' > .gatekeeper/.gitignore; cat /dev/zero > fill 2>/dev/null
        \"$1\" run -- sh -c \"$3\"; echo \"run $?\"; ls -A .gatekeeper/runs | wc -l";
    let Some(out) = mounted(&Tree::new(), script) else {
        return;
    };
    let (said, error) = (text(&out.stdout), text(&out.stderr));
    assert!(said.contains("gatekeeper: PASS"), "{said}{error}");
    assert!(said.ends_with("run 0\n0\n"), "{said}{error}");
    assert!(
        error.contains("this run is not recorded: cannot write"),
        "{error}"
    );
}

#[test]
fn in_a_read_only_tree_a_run_is_judged_and_not_recorded() {
    // A file where the record would be is in the way of every user, even of root.
    let tree = Tree::new();
    fs::write(tree.path().join(".gatekeeper"), "").unwrap();
    let said = |out: &Output| text(&out.stderr).contains("this run is not recorded");
    let passed = tree.run(&[], &clean());
    assert_eq!((code(&passed), said(&passed)), (0, true), "{passed:?}");
    let failed = tree.run(&[], &format!("{}; exit 2", clean()));
    assert_eq!((code(&failed), said(&failed)), (3, true), "{failed:?}");
    let quiet = tree.run(&["--no-record"], &clean());
    assert_eq!((code(&quiet), said(&quiet)), (0, false), "nobody asked");

    let script =
        "mount --bind \"$2\" \"$2\" && mount -o remount,ro,bind \"$2\" && cd \"$2\" || exit 9
        \"$1\" run -- sh -c \"$3\"; echo \"run $?\"; \"$1\" check; echo \"check $?\"";
    let Some(out) = mounted(&Tree::new(), script) else {
        return;
    };
    assert!(said(&out), "{out:?}");
    let out = text(&out.stdout);
    assert!(
        out.contains("run 0\n") && out.ends_with("check 3\n"),
        "{out}"
    );
}

#[test]
fn a_limit_on_files_is_an_error_and_not_the_end() {
    let tree = Tree::new();
    let script = format!("{}; seq 1 100000", clean());
    let mut command = tree.command("sh");
    command.args(["-c", "ulimit -f 64; exec \"$@\"", "sh", GATEKEEPER]);
    command.args(["run", "--", "sh", "-c", &script]);
    let out = command.output().unwrap();
    let said = text(&out.stdout);
    assert_eq!(out.status.code(), Some(3), "{:?}: {said}", out.status);
    assert!(
        said.contains("could not be recorded whole: File too large"),
        "{said}"
    );
    assert!(said.contains("\n100000\n"), "it was shown whole");
    assert_eq!(code(&tree.check()), 3);
}

#[test]
fn killed_at_any_moment_a_run_leaves_a_record_that_can_be_read() {
    let tree = Tree::new();
    let script = format!("{}; sleep 0.02; echo x >&2", clean());
    let mut finished = 0;
    for moment in 0..60 {
        let mut run = tree.start(&script);
        thread::sleep(Duration::from_micros(moment * 1500));
        run.kill().unwrap();
        finished += u32::from(ended(&mut run).code() == Some(0));
        let folders = tree.folders();
        let numbered =
            |p: &&PathBuf| !text(p.file_name().unwrap().as_encoded_bytes()).starts_with('.');
        for dir in folders.iter().filter(numbered) {
            // Whole, or not there: never a folder that nobody can read.
            let json = fs::read(dir.join("run.json")).unwrap();
            let run: Value = serde_json::from_slice(&json).unwrap();
            assert!(run["ended"] == false || run["exit_code"] == 0, "{run:#}");
        }
        if let Some(last) = folders.iter().filter(numbered).max() {
            let run: Value =
                serde_json::from_slice(&fs::read(last.join("run.json")).unwrap()).unwrap();
            let expected = if run["ended"] == true { 0 } else { 3 };
            assert_eq!(code(&tree.check()), expected, "moment {moment}: {run:#}");
        }
    }
    assert!(finished < 60, "no run was killed");
    let whole = tree.run(&["-q"], &script);
    assert_eq!(
        (code(&whole), code(&tree.check())),
        (0, 0),
        "a whole run is evidence again"
    );
}

#[test]
fn a_folder_that_a_killed_run_left_half_made_is_swept() {
    let tree = Tree::new();
    let runs = tree.path().join(".gatekeeper/runs");
    for name in [".new-1-0", ".new-1-1"] {
        fs::create_dir_all(runs.join(name)).unwrap();
    }
    let old = std::time::SystemTime::now() - Duration::from_secs(7200);
    let folder = fs::File::open(runs.join(".new-1-0")).unwrap();
    folder.set_modified(old).unwrap();
    assert_eq!(code(&tree.run(&["-q"], &clean())), 0);
    let there = [".new-1-0", ".new-1-1", "0001"].map(|name| runs.join(name).exists());
    assert_eq!(there, [false, true, true], "the other may be at work still");
}

#[test]
fn a_command_that_is_killed_is_never_a_pass() {
    for (signal, number) in [("SEGV", 11), ("KILL", 9), ("TERM", 15)] {
        let tree = Tree::new();
        let script = format!("{}; kill -{signal} $$", clean());
        assert_eq!(code(&tree.run(&[], &script)), 3, "{signal}");
        let run = tree.recorded(1);
        assert_eq!(
            (&run["signal"], &run["exit_code"]),
            (&number.into(), &Value::Null)
        );
        assert_eq!(code(&tree.check()), 3, "{signal}");
        let mirrored = tree.run(&["--exit-code", "child"], &script);
        assert_eq!(code(&mirrored), 128 + number, "{signal}");
    }
}

/// Neither the command nor what it started obeys, and what it started has let go of the streams.
#[test]
fn who_ignores_the_end_is_killed_with_all_it_started() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let tree = Tree::new();
        let inner = "trap '' TERM INT HUP; echo $$ > inner; exec >/dev/null 2>&1; while :; do sleep 0.1; done";
        let script = format!(
            "trap '' TERM INT HUP; sh -c \"{}\" & while :; do sleep 0.1; done",
            inner.replace('$', "\\$")
        );
        let mut run = tree.start(&script);
        let inner: i32 = tree.awaited("inner").parse().unwrap();
        kill_process(Pid::from_child(&run), signal).unwrap();
        let status = ended(&mut run);
        assert_eq!(status.code(), Some(128 + signal.as_raw()), "{status:?}");
        let alive = || {
            let stat = fs::read_to_string(format!("/proc/{inner}/stat"));
            stat.is_ok_and(|stat| !stat.contains(") Z"))
        };
        let start = Instant::now();
        while alive() {
            assert!(start.elapsed() < MINUTE, "{inner} lives");
            thread::sleep(Duration::from_millis(20));
        }
        let run = tree.recorded(1);
        assert_eq!((&run["signal"], &run["ended"]), (&9.into(), &true.into()));
    }
}

#[test]
fn output_that_somebody_holds_open_proves_nothing() {
    let tree = Tree::new();
    let script = format!("{}; sleep 8 & exit 0", clean());
    let out = tree.run(&[], &script);
    assert_eq!(code(&out), 3, "{}", text(&out.stdout));
    let run = tree.recorded(1);
    assert_eq!(run["held"], true);
    // The time that was waited for the other is not that of the command.
    assert!(run["duration_ms"].as_u64().unwrap() < 4000, "{run:#}");
}

#[test]
fn an_output_that_is_closed_early_changes_neither_record_nor_code() {
    for (end, expected) in [("", 0), ("; exit 2", 3)] {
        let tree = Tree::new();
        let script = format!("seq 1 100000; {}{end}", clean());
        let mut command = tree.command(GATEKEEPER);
        command.args(["run", "--", "sh", "-c", &script]);
        let mut run = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = run.stdout.take().unwrap();
        output.read_exact(&mut [0; 100]).unwrap();
        drop(output);
        let status = ended(&mut run);
        assert_eq!((status.code(), status.signal()), (Some(expected), None));
        let log = fs::read(tree.path().join(".gatekeeper/runs/0001/stdout.txt")).unwrap();
        assert!(log.len() > 588_895, "{} bytes", log.len());
        assert_eq!(code(&tree.check()), expected);
    }
}

/// 2 GiB that are one line without end and no text (their log needs room where temporary files are); then lines, and
/// lines of which each may be a report, of these fewer, for they are looked at one by one. Then the peak of gatekeeper, as
/// its command sees it.
#[test]
fn a_flood_needs_little_memory() {
    for (flood, bytes) in [
        ("cat /dev/zero", 2 << 30),
        ("yes 'warning: one line of very many'", 96 << 20),
        (
            "yes '{\"level\": \"info\", \"text\": \"a [log] in JSON\"}'",
            1 << 20,
        ),
    ] {
        let tree = Tree::new();
        let script = format!("{flood} | head -c {bytes}; grep VmHWM /proc/$PPID/status >&2");
        let mut command = tree.command(GATEKEEPER);
        command.args(["run", "-q", "--", "sh", "-c", &script]);
        let out = command.stdout(Stdio::null()).output().unwrap();
        let said = text(&out.stderr);
        let peak: u64 = said.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(peak < 36 << 10, "{flood}: {peak} kB");
        assert_eq!(code(&out), 3, "nothing was reported");
        let log = tree.path().join(".gatekeeper/runs/0001/stdout.txt");
        assert_eq!(fs::metadata(log).unwrap().len(), bytes);
    }
}

#[test]
fn many_runs_at_once_are_each_recorded_whole() {
    const CROWD: u32 = 8;
    let tree = Tree::new();
    let runs: Vec<Child> = (0..CROWD)
        .map(|n| tree.start(&format!("{}; seq 1 20000; echo {n} >&2; exit {n}", clean())))
        .collect();
    for (n, mut run) in (0..).zip(runs) {
        let expected = if n == 0 { 0 } else { 3 };
        assert_eq!(ended(&mut run).code(), Some(expected));
    }
    let mut seen = Vec::new();
    for number in 1..=CROWD {
        let run = tree.recorded(number);
        assert_eq!(run["ended"], true);
        let dir = tree.path().join(format!(".gatekeeper/runs/{number:04}"));
        let said = fs::read_to_string(dir.join("stderr.txt")).unwrap();
        assert_eq!(
            said.trim(),
            run["exit_code"].to_string(),
            "their files are their own"
        );
        assert!(fs::metadata(dir.join("stdout.txt")).unwrap().len() > 108_894);
        seen.push(said);
    }
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), tree.folders().len()), (8, 8));
}

/// The wall clock jumps back and forth by a day whenever it is looked at; the monotonic one does not.
#[test]
fn a_clock_that_jumps_changes_no_duration_and_no_verdict() {
    let tree = Tree::new();
    let source = "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <time.h>\n
        int clock_gettime(clockid_t id, struct timespec *at) {
          static int (*real)(clockid_t, struct timespec *); static int calls;
          if (!real) real = dlsym(RTLD_NEXT, \"clock_gettime\");
          int done = real(id, at);
          if (id == CLOCK_REALTIME) at->tv_sec += (calls++ % 2 ? 86400 : -86400);
          return done;
        }";
    fs::write(tree.path().join("jump.c"), source).unwrap();
    let built = tree
        .command("cc")
        .args(["-shared", "-fPIC", "-o", "jump.so", "jump.c", "-ldl"])
        .output()
        .expect("this test needs a C compiler, as Rust does");
    assert!(built.status.success(), "{}", text(&built.stderr));
    let mut command = tree.command(GATEKEEPER);
    command.env("LD_PRELOAD", tree.path().join("jump.so"));
    let script = format!("{}; date +%s; sleep 0.5; date +%s", clean());
    command.args(["run", "-q", "--", "sh", "-c", &script]);
    let out = command.output().unwrap();
    assert_eq!(code(&out), 0, "{}", text(&out.stderr));
    let run = tree.recorded(1);
    let took = run["duration_ms"].as_u64().unwrap();
    assert!((500..60_000).contains(&took), "{run:#}");
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let off = run["ended_at"].as_u64().unwrap().abs_diff(now);
    assert!(off > 80_000, "the clock did not jump: {off} s");
    assert_eq!(code(&tree.check()), 0);
}
