//! The channel: our own ExUnit formatter, which tells what ran past standard output and exit code.
//!
//! A formatter in Erlang (`channel/gatekeeper_formatter.erl`, the same for every version of Elixir) is compiled once by
//! the user's own `erlc`, kept in the user's cache folder, and loaded into every Elixir VM that the command starts, by
//! `ELIXIR_ERL_OPTIONS`. It adds itself beside the formatters that the project uses: neither the command nor the
//! project is changed, and what the tests print stays as it is, byte for byte. It writes to a file of the record, which
//! gatekeeper makes, keeps open, and seals when the command has ended.
//!
//! Where any of this cannot be had (no `erlc`, no cache folder, a path with a blank in it), the run goes on without it
//! and is judged by its text.
//!
//! What this defends against: text and exit codes that only look like a result, and results that got lost. What it
//! cannot: the tests run in the VM that writes the channel, so code that knows gatekeeper can forge the channel too.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use gatekeeper_parsers::{
    Completeness, Defect, DefectKind, Expect, Limits, Position, Tool, exunit_channel,
};

use crate::command::Words;
use crate::source::{CHUNK, Hashed};

mod compiled;
mod join;

pub use join::join;

/// Names the file and the nonce to our formatter.
const CHANNEL: &str = "GATEKEEPER_CHANNEL";

/// Where Elixir takes options for its VM from.
const OPTIONS: &str = "ELIXIR_ERL_OPTIONS";

/// A channel that is open while the command runs.
#[derive(Debug)]
pub struct Open {
    /// Of the file as we made it; what stands under its path in the end may be another one.
    file: File,
    path: PathBuf,
    nonce: String,
    /// What the command gets to see.
    pub env: Vec<(OsString, OsString)>,
}

/// What was read of a channel.
#[derive(Debug)]
pub struct Told {
    /// What it says.
    pub channel: exunit_channel::Channel,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many there are.
    pub bytes: u64,
}

impl Open {
    /// Opens a channel for a command that may run tests: an empty file of which only its path is given. `None` when
    /// there can be none.
    #[must_use]
    pub fn new(words: &Words, path: &Path) -> Option<Self> {
        if !may_test(words) {
            return None;
        }
        let modules = compiled::modules()?;
        let file = private(path).ok()?;
        let path = path.canonicalize().ok()?;
        let nonce = crate::run::token().ok()?;
        let mut asked = OsString::from(format!("{nonce}:"));
        asked.push(&path);
        let mut options = env::var_os(OPTIONS).unwrap_or_default();
        // `catch`: should the modules be gone by then, the command runs all the same.
        options.push(format!(
            " -pa {modules} -eval catch(gatekeeper_formatter:preload())."
        ));
        let env = vec![(CHANNEL.into(), asked), (OPTIONS.into(), options)];
        Some(Self {
            file,
            path,
            nonce,
            env,
        })
    }

    /// The command has ended: seals the file, and reads it. `None` when nothing was written; the file is gone then.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn close(mut self) -> io::Result<Option<Told>> {
        if self.file.metadata()?.len() == 0 {
            std::fs::remove_file(&self.path)?;
            return Ok(None);
        }
        self.seal()?;
        let same = |a: &File, b: &Path| -> io::Result<bool> {
            let (a, b) = (a.metadata()?, b.symlink_metadata()?);
            Ok((a.dev(), a.ino()) == (b.dev(), b.ino()))
        };
        let replaced = !same(&self.file, &self.path).unwrap_or(false);
        self.file.seek(SeekFrom::Start(0))?;
        let mut told = read(self.file);
        if replaced {
            let message = "the file of the channel was replaced while the command ran";
            let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
            told.channel.parsed.lower(Completeness::Partial, defect);
        }
        if told.channel.nonce.as_ref() != Some(&self.nonce) {
            let message = "the channel does not begin with a line of this run";
            let defect = Defect::new(DefectKind::Contradiction, message, Position::default());
            told.channel.parsed.lower(Completeness::Partial, defect);
        }
        Ok(Some(told))
    }

    /// The last line of the file is ours.
    fn seal(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&self.file);
        let (mut lines, mut open) = (0_u64, false);
        loop {
            let chunk = reader.fill_buf()?;
            let Some(last) = chunk.last() else { break };
            open = *last != b'\n';
            lines += chunk.iter().filter(|b| **b == b'\n').count() as u64;
            let n = chunk.len();
            reader.consume(n);
        }
        let start = if open { "\n" } else { "" };
        let lines = lines + u64::from(open);
        let nonce = &self.nonce;
        let seal = format!(
            "{start}{{\"gk\":\"{nonce}\",\"vm\":\"\",\"n\":0,\"t\":\"sealed\",\"lines\":{lines}}}\n"
        );
        self.file.write_all(seal.as_bytes())
    }
}

/// Whether what ExUnit tells is asked for.
#[must_use]
pub fn is_wanted(expect: Expect) -> bool {
    let tool = expect.tool.or(expect.format.map(|f| f.tool));
    tool.is_none_or(|tool| tool == Tool::Exunit)
}

/// Reads a channel to its end. Whatever is wrong with it is a defect.
#[must_use]
pub fn read(file: File) -> Told {
    let mut hashed = Hashed::new(BufReader::with_capacity(CHUNK, file));
    let channel = exunit_channel::read(&mut hashed, &Limits::default());
    hashed.drain();
    let (bytes, sha256) = hashed.finish();
    Told {
        channel,
        sha256,
        bytes,
    }
}

/// A new file that only its owner may read, open for reading and for writing at its end.
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.read(true).append(true).create_new(true).mode(0o600);
    options.open(path)
}

/// Tasks of Mix that run no tests.
const NO_TESTS: [&str; 13] = [
    "audit",
    "compile",
    "credo",
    "deps.audit",
    "deps.compile",
    "deps.get",
    "deps.unlock",
    "dialyzer",
    "docs",
    "format",
    "hex.audit",
    "sobelow",
    "xref",
];

/// Whether a command may run tests: any but a run of Mix tasks that are known not to.
fn may_test(words: &Words) -> bool {
    let known = |name: &str| NO_TESTS.contains(&name);
    words.shell || words.tasks.is_empty() || !words.tasks.iter().all(|t| known(&t.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::words;

    #[test]
    fn only_tasks_that_run_no_tests_go_without() {
        let may = |line: &str| {
            may_test(&words(
                &line.split(' ').map(str::to_owned).collect::<Vec<_>>(),
            ))
        };
        for line in [
            "mix test",
            "mix ci",
            "make test",
            "elixir -S mix test",
            "mix do format, test",
            "./test.sh",
        ] {
            assert!(may(line), "{line}");
        }
        for line in ["mix format --check-formatted", "mix do compile, credo"] {
            assert!(!may(line), "{line}");
        }
    }

    #[test]
    fn an_unused_channel_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("channel.jsonl");
        let open = Open {
            file: private(&path).unwrap(),
            path: path.clone(),
            nonce: "a".into(),
            env: Vec::new(),
        };
        assert!(open.close().unwrap().is_none());
        assert!(!path.exists());
    }

    #[test]
    fn a_cut_line_and_a_replaced_file_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("channel.jsonl");
        let mut file = private(&path).unwrap();
        file.write_all(
            b"{\"gk\":\"a\",\"vm\":\"1\",\"n\":0,\"t\":\"hello\",\"v\":1,\"hook\":true}\n{\"gk\"",
        )
        .unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "forged").unwrap();
        let open = Open {
            file,
            path,
            nonce: "a".into(),
            env: Vec::new(),
        };
        let told = open.close().unwrap().unwrap();
        let kinds: Vec<_> = told.channel.parsed.defects.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [DefectKind::Syntax, DefectKind::Contradiction]);
    }
}
