//! The modules of the formatter, compiled by the user's own `erlc` once for each version of Erlang.
//!
//! They are kept in the user's cache folder, below a folder that only its owner may write to, under a name made of the
//! version of Erlang and the digest of their sources. A new folder is made aside and then renamed, so that it is there
//! as a whole or not at all.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::fingerprint::hex;

const FORMATTER: &str = include_str!("gatekeeper_formatter.erl");
const HOOK: &str = include_str!("event_manager.erl");

/// Files of a compiled folder. The hook has the name of a module of ExUnit, so that it must not be found by it.
const BEAM: &str = "gatekeeper_formatter.beam";
const HOOK_BEAM: &str = "event_manager.hook";

/// What the compiler calls it.
const HOOK_MODULE: &str = "Elixir.ExUnit.EventManager";

/// How long `erl` and `erlc` may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder of the compiled modules, made when it is not there. `None` when there can be none.
pub(super) fn modules() -> Option<String> {
    let erl = in_path("erl")?;
    let version = version(&erl)?;
    let digest = hex(&Sha256::digest(format!("{FORMATTER}\0{HOOK}")));
    let cache = cache()?;
    let folder = cache.join(format!("otp-{version}-{}", digest.get(..16)?));
    let whole = || [BEAM, HOOK_BEAM].iter().all(|f| folder.join(f).is_file());
    if !whole() {
        make(&cache, &folder).ok()?;
    }
    if !whole() || !is_private(&folder) {
        return None;
    }
    plain(folder.to_str()?)
}

/// The shell script `elixir` splits its options at blanks and expands patterns in them.
fn plain(path: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"/._-+@:,~=".contains(&b);
    path.bytes().all(fits).then(|| path.to_owned())
}

/// Our folder in the user's cache folder.
fn cache() -> Option<PathBuf> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    let ours = base.join("gatekeeper").join("exunit");
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&ours).ok()?;
    (is_private(&ours) && is_private(&base.join("gatekeeper"))).then_some(ours)
}

/// A folder, not a link, that is ours and that nobody else may write to.
fn is_private(dir: &Path) -> bool {
    let us = rustix::process::geteuid().as_raw();
    dir.symlink_metadata()
        .is_ok_and(|m| m.is_dir() && m.uid() == us && m.mode() & 0o022 == 0)
}

fn make(cache: &Path, folder: &Path) -> io::Result<()> {
    // `tempfile` makes it with mode 0700.
    let aside = tempfile::Builder::new().prefix(".new-").tempdir_in(cache)?;
    let dir = aside.path();
    let hook = dir.join(format!("{HOOK_MODULE}.erl"));
    let formatter = dir.join("gatekeeper_formatter.erl");
    fs::write(&formatter, FORMATTER)?;
    fs::write(&hook, HOOK)?;
    let mut erlc = Command::new(in_path("erlc").ok_or(io::ErrorKind::NotFound)?);
    erlc.arg("-o").arg(dir).args([&formatter, &hook]);
    output(erlc)?;
    fs::rename(dir.join(format!("{HOOK_MODULE}.beam")), dir.join(HOOK_BEAM))?;
    // Another run may have been faster; then what it made is as good.
    let _ = fs::rename(dir, folder);
    Ok(())
}

/// The version of Erlang behind `erl`: read from its installation, or asked where `erl` stands for another one.
fn version(erl: &Path) -> Option<String> {
    let real = erl.canonicalize().ok()?;
    let installed = real
        .ancestors()
        .skip(2)
        .take(2)
        .find_map(|root| fs::read_to_string(root.join("releases/start_erl.data")).ok());
    let text = match installed {
        // `13.1.5 25`
        Some(text) => text,
        None => {
            let mut asked = Command::new(erl);
            let tell = "io:put_chars([erlang:system_info(version), $\\s, erlang:system_info(otp_release)]), halt().";
            asked.args(["-noinput", "-boot", "start_clean", "-eval", tell]);
            output(asked).ok()?
        }
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |w: &&str| {
        w.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    match words.as_slice() {
        [erts, otp] if words.iter().all(fits) => Some(format!("{otp}-{erts}")),
        _ => None,
    }
}

/// What a program of Erlang prints, if it succeeds in time. It gets none of the options that are meant for others.
fn output(mut command: Command) -> io::Result<String> {
    for name in [
        "ERL_FLAGS",
        "ERL_AFLAGS",
        "ERL_ZFLAGS",
        "ERL_LIBS",
        "ERL_COMPILER_OPTIONS",
    ] {
        command.env_remove(name);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    let done = child.wait_with_output()?;
    if !done.status.success() {
        return Err(io::Error::other("it failed"));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The program that a shell would find.
fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut places = env::split_paths(&path).filter(|dir| dir.is_absolute());
    places.find_map(|dir| Some(dir.join(OsStr::new(program))).filter(|file| file.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_a_shell_would_take_apart_are_refused() {
        assert!(plain("/home/a.b/.cache/gatekeeper/exunit/otp-25-13.1.5-00").is_some());
        for path in [
            "/home/a b/x",
            "/home/*/x",
            "/home/$x",
            "/home/\"x",
            "/home/é",
        ] {
            assert_eq!(plain(path), None, "{path}");
        }
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_not_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        assert!(is_private(dir.path()));
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_private(dir.path()));
    }

    #[test]
    fn the_version_stands_in_the_installation() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("bin")).unwrap();
        fs::create_dir_all(dir.path().join("releases")).unwrap();
        fs::write(dir.path().join("bin/erl"), "").unwrap();
        fs::write(dir.path().join("releases/start_erl.data"), "13.1.5 25\n").unwrap();
        assert_eq!(
            version(&dir.path().join("bin/erl")).as_deref(),
            Some("25-13.1.5")
        );
    }
}
