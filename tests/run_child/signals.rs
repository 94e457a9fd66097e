//! Signals, the terminal and gatekeeper's own outputs: in a second copy of this binary (see `helper`), so that no signal
//! ends the tests.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gatekeeper::run::{Outputs, Passthrough, run};
use rustix::process::{Pid, Signal, kill_process};
use sha2::{Digest as _, Sha256};

use super::Scratch;
use crate::heard;

/// Not a test by itself: started as a process of its own by the tests below, it runs `GK_SCRIPT` and writes to
/// `GK_RESULT` what came of it.
#[test]
fn helper() {
    let (Some(script), Some(result)) =
        (std::env::var_os("GK_SCRIPT"), std::env::var_os("GK_RESULT"))
    else {
        return;
    };
    let scratch = Scratch::new("helper");
    let argv = ["sh".into(), "-c".into(), script];
    let pass = match std::env::var_os("GK_PASS") {
        Some(_) => Passthrough::Raw(Outputs::own().unwrap()),
        None => Passthrough::Silent,
    };
    let mut spawn = scratch.spawn(&argv, pass);
    spawn.stdout_log = File::options().write(true).open("/dev/null").unwrap();
    let (ended, read) = run(spawn, |live| {
        let mut count = 0;
        loop {
            let length = live.fill_buf().unwrap().len();
            if length == 0 {
                return count;
            }
            count += length as u64;
            live.consume(length);
        }
    })
    .unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: 0 kB");
    let digest: String = ended
        .stdout
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let forwarded = ended.forwarded;
    let text = format!(
        "{:?} {forwarded:?} {} {digest} {peak}",
        ended.exit,
        read.unwrap()
    );
    let part = PathBuf::from(&result).with_extension("part");
    fs::write(&part, text).unwrap();
    fs::rename(part, &result).unwrap();
    if std::env::var_os("GK_LINGER").is_some() {
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// A running helper; killed if the test fails.
struct Helper {
    process: Child,
    scratch: Scratch,
}

fn helper_command(scratch: &Scratch, program: &Path, script: &str) -> Command {
    heard::signals();
    let mut command = Command::new(program);
    command
        .args(["--exact", "run_child::signals::helper"])
        .env("GK_SCRIPT", script)
        .env("GK_RESULT", scratch.path("result"))
        .env("TMPDIR", &scratch.0)
        .current_dir(&scratch.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

impl Helper {
    fn start(name: &str, script: &str, change: impl FnOnce(&mut Command)) -> Self {
        let scratch = Scratch::new(name);
        let mut command = helper_command(&scratch, &std::env::current_exe().unwrap(), script);
        change(&mut command);
        Self {
            process: command.spawn().unwrap(),
            scratch,
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Waits for a file that the script writes.
    fn await_file(&self, name: &str) -> String {
        let start = Instant::now();
        while fs::read(self.scratch.path(name)).map_or(0, |bytes| bytes.len()) == 0 {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{name} does not come"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        self.scratch.text(name)
    }

    /// How the command ended and which signal was passed on.
    fn result(&self) -> String {
        self.await_file("result")
            .split(' ')
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const LOOP: &str = "echo x > ready; while :; do sleep 0.1; done";

#[test]
fn signals_are_passed_on_and_the_command_may_end_by_itself() {
    for (signal, name) in [
        (Signal::TERM, "TERM"),
        (Signal::INT, "INT"),
        (Signal::HUP, "HUP"),
    ] {
        let script = format!("trap 'exit 7' {name}; {LOOP}");
        let helper = Helper::start(&format!("pass-{name}"), &script, |_| ());
        helper.await_file("ready");
        helper.signal(signal);
        assert_eq!(
            helper.result(),
            format!("Code(7) Some({})", signal.as_raw())
        );
    }
}

#[test]
fn signals_reach_grandchildren() {
    let inner = format!("trap 'echo x > got; exit' TERM; {LOOP}");
    let script = format!("sh -c \"{inner}\" & wait");
    let helper = Helper::start("group", &script, |_| ());
    helper.await_file("ready");
    helper.signal(Signal::TERM);
    assert_eq!(helper.result(), "Signal(15) Some(15)");
    helper.await_file("got");
}

#[test]
fn nobody_of_the_group_is_left_after_a_signal() {
    // The grandchild ignores the signal and has closed its streams.
    let inner = "trap '' TERM; echo $$ > pid; exec >/dev/null 2>&1; while :; do sleep 0.1; done";
    let script = format!("sh -c \"{}\" & {LOOP}", inner.replace('$', "\\$"));
    let helper = Helper::start("orphan", &script, |_| ());
    let pid: i32 = helper.await_file("pid").trim().parse().unwrap();
    helper.await_file("ready");
    helper.signal(Signal::TERM);
    assert_eq!(helper.result(), "Signal(15) Some(15)");
    let start = Instant::now();
    // A killed orphan may stay for a moment, or for good as a zombie where nobody reaps.
    while fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")) {
        assert!(start.elapsed() < Duration::from_secs(20), "{pid} lives");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_command_that_ignores_the_signal_is_killed_by_a_second_one() {
    let helper = Helper::start("second", &format!("trap '' TERM INT; {LOOP}"), |_| ());
    helper.await_file("ready");
    helper.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(200));
    helper.signal(Signal::TERM);
    assert_eq!(helper.result(), "Signal(9) Some(2)");
}

#[test]
fn a_command_that_ignores_the_signal_is_killed_after_a_while() {
    let helper = Helper::start("grace", &format!("trap '' TERM; {LOOP}"), |_| ());
    helper.await_file("ready");
    helper.signal(Signal::TERM);
    assert_eq!(helper.result(), "Signal(9) Some(15)");
}

#[test]
fn a_signal_between_commands_has_its_usual_effect() {
    let mut helper = Helper::start("between", "exit 0", |command| {
        command.env("GK_LINGER", "1");
    });
    assert_eq!(helper.result(), "Code(0) None");
    helper.signal(Signal::TERM);
    assert_eq!(helper.process.wait().unwrap().signal(), Some(15));
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let scratch = Scratch::new("nohup");
    let script = "echo x > ready; while [ ! -e go ]; do sleep 0.1; done; exit 6";
    let plain = helper_command(&scratch, &std::env::current_exe().unwrap(), script);
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(plain.get_program())
        .args(plain.get_args());
    for (name, value) in plain.get_envs() {
        command.env(name, value.unwrap());
    }
    command
        .current_dir(&scratch.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let helper = Helper {
        process: command.spawn().unwrap(),
        scratch,
    };
    helper.await_file("ready");
    helper.signal(Signal::HUP);
    std::thread::sleep(Duration::from_millis(200));
    fs::write(helper.scratch.path("go"), "x").unwrap();
    assert_eq!(helper.result(), "Code(6) None");
}

/// With util-linux's `script` for a terminal: a real Ctrl-C.
#[test]
fn an_interrupt_at_a_terminal_arrives_once_and_gatekeeper_lives_to_report() {
    let found = Command::new("script")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        let _ = writeln!(io::stderr(), "skipped: there is no script(1) here");
        return;
    }
    let script = "trap 'echo outer >> got' INT; \
        sh -c 'trap \"echo inner >> got\" INT; read line; echo \"$line\" > ready; \
        while [ ! -e go ]; do sleep 0.1; done'; exit 9";
    let mut helper = Helper::start("terminal", script, |command| {
        let exe = std::env::current_exe().unwrap();
        let line = format!("{} --exact run_child::signals::helper", exe.display());
        let envs: Vec<_> = command
            .get_envs()
            .map(|(n, v)| (n.to_owned(), v.unwrap().to_owned()))
            .collect();
        let dir = command.get_current_dir().unwrap().to_owned();
        *command = Command::new("script");
        command
            .args(["-qec", &line, "/dev/null"])
            .envs(envs)
            .current_dir(dir);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
    });
    let mut keys = helper.process.stdin.take().unwrap();
    // The command reads from the terminal, which a process in the background could not.
    keys.write_all(b"typed\n").unwrap();
    assert_eq!(helper.await_file("ready"), "typed\n");
    for times in 1..=3 {
        keys.write_all(b"\x03").unwrap();
        let start = Instant::now();
        while helper.await_file("got").lines().count() < times {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "the interrupt does not arrive"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    fs::write(helper.scratch.path("go"), "x").unwrap();
    assert_eq!(helper.result(), "Code(9) Some(2)");
    let mut got: Vec<String> = helper
        .scratch
        .text("got")
        .lines()
        .map(str::to_owned)
        .collect();
    got.sort();
    // The outer shell handles what it got when the inner one has ended: all at once.
    assert_eq!(got, ["inner", "inner", "inner", "outer"]);
}

#[test]
fn much_output_needs_little_memory() {
    const SIZE: u64 = 200_000_000;
    let helper = Helper::start("much", &format!("head -c {SIZE} /dev/zero"), |_| ());
    let result = helper.await_file("result");
    let words: Vec<&str> = result.split_whitespace().collect();
    let mut digest = Sha256::new();
    let zeros = vec![0; 1_000_000];
    (0..SIZE / 1_000_000).for_each(|_| digest.update(&zeros));
    let digest: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(words[..4], ["Code(0)", "None", &SIZE.to_string(), &digest]);
    let peak: u64 = words[5].parse().unwrap();
    assert!(peak < 64 * 1024, "{peak} kB");
}

fn passing(stdout: impl Into<Stdio>) -> impl FnOnce(&mut Command) {
    move |command| {
        // The harness's own words go to the same place, before and after.
        command
            .env("GK_PASS", "1")
            .stdout(stdout)
            .stderr(Stdio::null());
    }
}

#[test]
fn a_pipe_that_is_closed_early_does_not_end_the_command() {
    let (mut ours, theirs) = io::pipe().unwrap();
    let helper = Helper::start(
        "head",
        "seq 1 300000; echo x > end; exit 3",
        passing(theirs),
    );
    ours.read_exact(&mut [0; 10_000]).unwrap();
    drop(ours);
    assert!(
        helper
            .await_file("result")
            .starts_with("Code(3) None 1988895 ")
    );
    helper.await_file("end");
}

#[test]
fn an_output_that_somebody_made_non_blocking_gets_everything() {
    let (mut ours, theirs) = io::pipe().unwrap();
    rustix::fs::fcntl_setfl(&theirs, rustix::fs::OFlags::NONBLOCK).unwrap();
    let helper = Helper::start("nonblocking", "seq 1 300000; exit 3", passing(theirs));
    let (mut shown, mut piece) = (Vec::new(), vec![0; 100_000]);
    while !shown.ends_with(b"300000\n") {
        let length = ours.read(&mut piece).unwrap();
        assert!(length > 0, "only {} bytes", shown.len());
        shown.extend_from_slice(&piece[..length]);
        if shown.len() < 300_000 {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let expected: String = (1..=300_000).map(|n| format!("{n}\n")).collect();
    assert!(shown.ends_with(expected.as_bytes()));
    drop(ours);
    assert!(
        helper
            .await_file("result")
            .starts_with("Code(3) None 1988895 ")
    );
}

#[test]
fn an_output_that_nobody_reads_can_be_escaped_from() {
    let (ours, theirs) = io::pipe().unwrap();
    let script = "echo x > ready; while echo y; do :; done";
    let mut helper = Helper::start("stuck", script, passing(theirs));
    helper.await_file("ready");
    std::thread::sleep(Duration::from_millis(500));
    // To the command, to its left-overs, to gatekeeper itself.
    for _ in 0..3 {
        helper.signal(Signal::TERM);
        std::thread::sleep(Duration::from_millis(300));
    }
    let start = Instant::now();
    while helper.process.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20));
        helper.signal(Signal::TERM);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(helper.process.wait().unwrap().signal(), Some(15));
    drop(ours);
}
