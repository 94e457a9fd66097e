//! `gatekeeper wave`: the evidence bundle of a delivery wave, and the ledger over all of them.

mod attach;
mod export;
mod judged;
mod made;
mod replay;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use ed25519_dalek::{SigningKey, VerifyingKey};

use super::output;
use crate::emit::escape;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::project;
use crate::wave::ledger::{self, Kind, Ledger};
use crate::wave::store::{self, Store};
use crate::wave::verify::{REPORT, Verified, bundle_name, check};
use crate::wave::{contents, dsse};

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Seal everything that is recorded for this tree into a bundle, and enter it into the ledger
    Export(export::Export),
    /// Check that a bundle is what it says: digests, ledger, signatures
    Verify(Verify),
    /// Show every wave of the ledger
    List(List),
    /// Enter into the ledger that a wave does not count any more; nothing is deleted
    Withdraw(Withdraw),
    /// Make a key pair for signing bundles
    Keygen(Keygen),
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// The bundle: a folder wave-NNNN, or its .tar.gz
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The public key that must have signed it
    #[arg(long, value_name = "PUB", env = "GATEKEEPER_WAVE_PUBLIC_KEY")]
    key: Option<PathBuf>,
    /// Judge the raw output in the bundle again; report and verdict must be the same to the byte
    #[arg(long)]
    replay: bool,
}

/// Where the waves lie.
#[derive(Debug, clap::Args)]
struct Waves {
    /// Folder of the bundles and their ledger
    #[arg(
        long,
        value_name = "DIR",
        env = "GATEKEEPER_WAVES",
        default_value = ".gatekeeper/waves"
    )]
    waves: PathBuf,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    waves: Waves,
    /// A checkpoint from elsewhere that the ledger must have grown from
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The public key that must have signed the checkpoints
    #[arg(long, value_name = "PUB", env = "GATEKEEPER_WAVE_PUBLIC_KEY")]
    key: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Withdraw {
    /// Number of the wave
    #[arg(long, value_name = "N")]
    wave: u32,
    /// Why it does not count any more
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    waves: Waves,
    #[command(flatten)]
    signing: Signing,
}

/// The key that signs.
#[derive(Debug, clap::Args)]
struct Signing {
    /// The private key to sign with (PEM); without it GATEKEEPER_SIGNING_KEY may hold the key itself
    #[arg(long, value_name = "FILE")]
    sign: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Keygen {
    /// Where the keys go: FILE (private) and FILE.pub
    #[arg(value_name = "FILE", default_value = "gatekeeper.key")]
    file: PathBuf,
}

/// Runs one of them.
pub(super) fn command(args: Args) -> Result<u8, Error> {
    match args.command {
        Command::Export(args) => export::command(&args),
        Command::Verify(args) => verify(&args),
        Command::List(args) => list(&args),
        Command::Withdraw(args) => withdraw(&args),
        Command::Keygen(args) => keygen(&args),
    }
}

fn verify(args: &Verify) -> Result<u8, Error> {
    let key = args.key.as_deref().map(public_key).transpose()?;
    let contents = contents::open(&args.bundle)?;
    let mut verified = check(&contents, key.as_ref());
    if args.replay && verified.problems.is_empty() {
        replay::replay(&args.bundle, &contents, &mut verified)?;
    }
    print(&told(&args.bundle, &verified))?;
    Ok(if verified.problems.is_empty() {
        0
    } else {
        ExitCode::Fail.code()
    })
}

/// The report of a bundle that is what it says.
pub(super) fn report(bundle: &Path, key: Option<&Path>) -> Result<String, Error> {
    let key = key.map(public_key).transpose()?;
    let contents = contents::open(bundle)?;
    let verified = check(&contents, key.as_ref());
    match contents.text(REPORT) {
        Some(report) if verified.problems.is_empty() => Ok(report.to_owned()),
        _ => Err(Error {
            details: verified.problems,
            ..Error::usage(
                format!("{}: it is not what it says it is", bundle.display()),
                "nothing was published; `gatekeeper wave verify` checks a bundle",
            )
        }),
    }
}

/// What a verification found, in words.
fn told(bundle: &Path, verified: &Verified) -> String {
    let mut out = Vec::new();
    let name = bundle.display();
    if verified.problems.is_empty() {
        out.push(format!("{name}: verified"));
    } else {
        out.push(format!("{name}: NOT what it says it is"));
        out.extend(verified.problems.iter().map(|p| format!("  - {p}")));
    }
    if let Some(stated) = &verified.stated {
        let commit = stated.commit.as_deref().unwrap_or("no commit");
        let dirty = if stated.dirty == Some(true) {
            ", with uncommitted changes"
        } else {
            ""
        };
        out.push(format!("  wave     {}", stated.wave));
        out.push(format!("  verdict  {}", stated.verdict));
        out.push(format!("  commit   {commit}{dirty}"));
    }
    if let Some(bag) = &verified.bag {
        out.push(format!("  digest   sha256:{bag}"));
    }
    if verified.signed {
        out.push("  signed   by this key".into());
    }
    out.extend(verified.notes.iter().map(|n| format!("  note     {n}")));
    out.join("\n") + "\n"
}

fn list(args: &List) -> Result<u8, Error> {
    let key = args.key.as_deref().map(public_key).transpose()?;
    let ledger = store::read_ledger(&args.waves.waves)?;
    let mut out: Vec<String> = ledger.entries().iter().map(line).collect();
    if out.is_empty() {
        out.push("no wave was exported yet: use `gatekeeper wave export`".into());
    }
    print(&(out.join("\n") + "\n"))?;
    let own = args.waves.waves.join(store::NEWEST);
    let own = own.is_file().then_some(own);
    for path in own.iter().chain(&args.checkpoint) {
        grew(&ledger, path, key.as_ref())?;
    }
    Ok(0)
}

fn line(entry: &ledger::Entry) -> String {
    let commit = entry.commit.as_deref().unwrap_or("-");
    let commit = commit.get(..12).unwrap_or(commit);
    let bag = entry.bag.get(..16).unwrap_or(&entry.bag);
    let what = match entry.kind {
        Kind::Exported => entry.verdict.clone(),
        Kind::Withdrawn => format!("withdrawn: {}", entry.reason.as_deref().unwrap_or_default()),
    };
    format!(
        "{}  {commit:<12}  sha256:{bag}  {what}",
        bundle_name(entry.wave)
    )
}

/// The ledger must have grown from the checkpoint.
fn grew(ledger: &Ledger, path: &Path, key: Option<&VerifyingKey>) -> Result<(), Error> {
    let shown = path.display().to_string();
    let note = fs::read_to_string(path).map_err(|e| Error::open(&shown, &e))?;
    let broken = |what: &str| Error {
        details: Vec::new(),
        message: format!("{shown}: {what}"),
        hint: Some("entries were changed or removed: compare with a copy from elsewhere".into()),
        code: ExitCode::Fail,
    };
    let (_, head) = ledger::read_checkpoint(&note).ok_or_else(|| broken("it is no checkpoint"))?;
    if key.is_some_and(|key| !ledger::is_signed(&note, key)) {
        return Err(broken("it bears no valid signature of this key"));
    }
    if ledger.grew_from(&head) {
        Ok(())
    } else {
        Err(broken("the ledger did not grow from this checkpoint"))
    }
}

fn withdraw(args: &Withdraw) -> Result<u8, Error> {
    let key = args.signing.key()?;
    let mut store = Store::open(&args.waves.waves)?;
    store.withdraw(args.wave, &args.reason, &project_name(), key.as_ref())?;
    print(&format!(
        "{} is withdrawn; its bundle and its entry stay\n",
        bundle_name(args.wave)
    ))?;
    Ok(0)
}

/// Name of the project around here: the origin of its ledger.
fn project_name() -> String {
    let facts = project::facts(Path::new("."), None);
    let folder = facts
        .root
        .as_deref()
        .map(Path::new)
        .and_then(Path::file_name);
    let folder = folder.map(|n| n.to_string_lossy().into_owned());
    facts.name.or(folder).unwrap_or_else(|| "project".into())
}

impl Signing {
    /// The file of the key, where it is in one.
    fn file(&self) -> Option<&Path> {
        self.sign.as_deref()
    }

    fn key(&self) -> Result<Option<SigningKey>, Error> {
        let (place, text) = match &self.sign {
            Some(path) => {
                let shown = path.display().to_string();
                let text = fs::read_to_string(path).map_err(|e| Error::open(&shown, &e))?;
                (shown, text)
            }
            None => match std::env::var(KEY).ok().filter(|v| !v.is_empty()) {
                Some(text) => (KEY.into(), text),
                None => return Ok(None),
            },
        };
        let key = dsse::private_key(&text);
        key.map(Some).map_err(|what| not_a_key(&place, what))
    }
}

const KEY: &str = "GATEKEEPER_SIGNING_KEY";

fn not_a_key(place: &str, what: &str) -> Error {
    Error::usage(
        format!("{place}: {what}"),
        "make a pair with `gatekeeper wave keygen`",
    )
}

fn public_key(path: &Path) -> Result<VerifyingKey, Error> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|e| Error::open(&shown, &e))?;
    dsse::public_key(&text).map_err(|what| not_a_key(&shown, what))
}

/// `FILE.pub`
fn public_of(key: &Path) -> PathBuf {
    let mut public = key.to_owned().into_os_string();
    public.push(".pub");
    public.into()
}

fn keygen(args: &Keygen) -> Result<u8, Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|e| Error::write(&args.file, &io::Error::other(e.to_string())))?;
    let key = SigningKey::from_bytes(&seed);
    let public = public_of(&args.file);
    // Neither file replaces one that is there: a lost private key cannot be made again.
    let make = |path: &Path, mode: u32, text: &str| {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path);
        file.and_then(|mut f| f.write_all(text.as_bytes()))
            .map_err(|e| Error::write(path, &e))
    };
    make(&args.file, 0o600, &dsse::private_pem(&key))?;
    make(&public, 0o644, &dsse::public_pem(&key.verifying_key()))?;
    print(&format!(
        "private key: {} (keep it secret: as a CI secret in {KEY})\npublic key:  {} (publish it: `wave verify --key`)\nkey id:      {}\n",
        args.file.display(),
        public.display(),
        dsse::key_id(&key.verifying_key()),
    ))?;
    Ok(0)
}

fn print(text: &str) -> Result<(), Error> {
    let safe: String = text.split_inclusive('\n').map(safe_line).collect();
    output::page(safe.as_bytes())
}

fn safe_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", escape::terminal(line)),
        None => escape::terminal(line).to_string(),
    }
}
