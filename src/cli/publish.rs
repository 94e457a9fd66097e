//! `gatekeeper publish`: what is meant, and where it is said that something could not be published.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use super::options::given;
use super::{event, output, render, wave};
use crate::emit::{self, Style, emitter, escape};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::publish::{self, Base, Client, Commit, Missed, Order, Outcome, Repository};
use crate::report::Report;

/// As typed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// A report that `--format json` wrote, the bundle of a wave (it is verified first), or - for standard input
    #[arg(value_name = "REPORT.json|BUNDLE")]
    report: String,
    /// The repository; without it, GITHUB_REPOSITORY
    #[arg(long, value_name = "OWNER/NAME", env = "GATEKEEPER_REPO")]
    repo: Option<String>,
    /// The commit that was judged; without it, the one that the report names
    #[arg(long, value_name = "SHA", env = "GATEKEEPER_SHA")]
    sha: Option<String>,
    /// The pull request to comment on; without it, every open one whose head is the commit
    #[arg(long, value_name = "N", env = "GATEKEEPER_PR")]
    pr: Option<String>,
    /// Name of the check run and of the comment: reports of different names stand beside each other
    #[arg(
        long,
        value_name = "NAME",
        env = "GATEKEEPER_NAME",
        default_value = "gatekeeper report"
    )]
    name: String,
    /// Make no comment
    #[arg(long)]
    no_comment: bool,
    /// Make no check run, and so no annotations
    #[arg(long, conflicts_with = "no_comment")]
    no_check: bool,
    /// The public key that must have signed the bundle
    #[arg(long, value_name = "PUB", env = "GATEKEEPER_WAVE_PUBLIC_KEY")]
    key: Option<PathBuf>,
    /// Address of the API; without it, GITHUB_API_URL, or https://api.github.com
    #[arg(long, value_name = "URL", env = "GATEKEEPER_API_URL")]
    api_url: Option<String>,
    /// End with 1 when something could not be published
    #[arg(long)]
    strict: bool,
}

const AFTER: &str = "\
The token is read from GATEKEEPER_TOKEN or GITHUB_TOKEN, never from an option. It needs `pull-requests: write` for the \
comment and `checks: write` for the check run. SSL_CERT_FILE names certificates to trust instead of Mozilla's; HTTPS_PROXY \
and NO_PROXY are followed. No other command uses the network.

Publishing decides nothing: it ends with 0 whatever the verdict is, and also when GitHub does not take it (no right, a \
limit, an error, no connection). Then it says what is missing, and the report goes into the summary of the job. --strict \
ends with 1 instead; 2 is a wrong option or a report that cannot be read.";

/// A page of a job above 1 MiB is dropped as a whole.
const SUMMARY: u64 = 1_000_000;

/// Publishes, and says what came of it.
pub(super) fn command(args: &Args) -> Result<u8, Error> {
    let report = report(args)?;
    let order = order(args, &report)?;
    let mut client = client(args)?;
    let outcome = publish::publish(&mut client, &order);
    say(&outcome, &report)?;
    Ok(match outcome.missed.is_empty() || !args.strict {
        true => 0,
        false => ExitCode::Fail.code(),
    })
}

fn report(args: &Args) -> Result<Report, Error> {
    let path = Path::new(&args.report);
    let archive = [".tar.gz", ".tgz"]
        .iter()
        .any(|end| args.report.ends_with(end));
    if archive || path.is_dir() {
        let text = wave::report(path, args.key.as_deref())?;
        return render::report(&args.report, &text);
    }
    if args.key.is_some() {
        let message = "--key: a report alone is not signed";
        return Err(Error::usage(message, "give the bundle of a wave"));
    }
    render::read(&args.report)
}

fn order<'a>(args: &Args, report: &'a Report) -> Result<Order<'a>, Error> {
    let repository = repository(args)?;
    let page = page(&repository);
    Ok(Order {
        report,
        repository,
        commit: commit(args, report)?,
        pull: pull(args)?,
        name: name(args)?,
        comment: !args.no_comment,
        check: !args.no_check,
        page,
    })
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn repository(args: &Args) -> Result<Repository, Error> {
    let typed = given(args.repo.as_deref()).map(str::to_owned);
    let Some(text) = typed.or_else(|| var("GITHUB_REPOSITORY")) else {
        return Err(Error::usage(
            "it is not known which repository to publish to",
            "give --repo OWNER/NAME, or set GITHUB_REPOSITORY",
        ));
    };
    Repository::parse(&text).ok_or_else(|| {
        let message = format!("--repo: expected OWNER/NAME, found {:?}", short(&text));
        Error::usage(message, "as it stands in the address of the repository")
    })
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn commit(args: &Args, report: &Report) -> Result<Commit, Error> {
    if let Some(text) = given(args.sha.as_deref()) {
        return Commit::parse(text).ok_or_else(|| {
            let message = format!("--sha: expected a full commit, found {:?}", short(text));
            Error::usage(
                message,
                "40 hexadecimal digits, as `git rev-parse HEAD` prints",
            )
        });
    }
    let named = report.project.commit.as_deref().and_then(Commit::parse);
    named.ok_or_else(|| {
        Error::usage(
            "the report names no commit",
            "give --sha with the commit that was judged",
        )
    })
}

fn pull(args: &Args) -> Result<Option<u64>, Error> {
    let Some(text) = given(args.pr.as_deref()) else {
        return Ok(None);
    };
    match text.parse::<NonZeroU64>() {
        Ok(number) => Ok(Some(number.get())),
        Err(_) => Err(Error::usage(
            format!("--pr: expected a number, found {:?}", short(text)),
            "the number of the pull request, such as 7",
        )),
    }
}

/// It stands in a hidden mark, so it holds nothing that could end one.
fn name(args: &Args) -> Result<String, Error> {
    let known = |c: char| c.is_ascii_alphanumeric() || " ._/()".contains(c);
    let name = args.name.trim();
    if (1..=60).contains(&name.len()) && name.chars().all(known) {
        return Ok(name.to_owned());
    }
    Err(Error::usage(
        format!("--name: {:?} is no name", short(name)),
        "up to 60 letters, digits, spaces and ._/()",
    ))
}

/// Address of the job's log, as GitHub's runner tells it.
fn page(repository: &Repository) -> Option<String> {
    let (server, run) = (var("GITHUB_SERVER_URL")?, var("GITHUB_RUN_ID")?);
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/.-".contains(c);
    let known = server.starts_with("https://") && server.chars().all(plain);
    let number = run.chars().all(|c| c.is_ascii_digit());
    let repo = repository.as_str();
    (known && number).then(|| format!("{server}/{repo}/actions/runs/{run}"))
}

fn client(args: &Args) -> Result<Client, Error> {
    let typed = given(args.api_url.as_deref());
    let url = typed.map(str::to_owned).or_else(|| var("GITHUB_API_URL"));
    let url = url.unwrap_or_else(|| Base::GITHUB.to_owned());
    // The address may hold a password, so it is not repeated.
    let base = Base::parse(&url, typed.is_some()).map_err(|what| {
        let message = format!("the address of the API is not used: {what}");
        Error::usage(
            message,
            "give one such as https://github.example.com/api/v3",
        )
    })?;
    Ok(Client::new(base, &token()?, certificates()?))
}

/// Set and empty is what a workflow gets whose secrets are withheld; not set is a mistake.
fn token() -> Result<String, Error> {
    let names = ["GATEKEEPER_TOKEN", "GITHUB_TOKEN"];
    let set: Vec<_> = names.iter().filter_map(std::env::var_os).collect();
    let Some(last) = set.last() else {
        return Err(Error::usage(
            "there is no token to publish with",
            "set GITHUB_TOKEN; in a workflow, `env: GITHUB_TOKEN: ${{ github.token }}`",
        ));
    };
    let found = set.iter().find(|token| !token.is_empty()).unwrap_or(last);
    let token = found.to_str().map(str::trim).unwrap_or("\n");
    match token.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(token.to_owned()),
        false => Err(Error::usage(
            "the token holds characters that no token has",
            "check the variable that holds it; it is not shown here",
        )),
    }
}

fn certificates() -> Result<Option<Vec<ureq::tls::Certificate<'static>>>, Error> {
    let Some(path) = var("SSL_CERT_FILE") else {
        return Ok(None);
    };
    let pem = fs::read(&path).map_err(|e| Error::open(&path, &e))?;
    let found = publish::certificates(&pem).map_err(|what| {
        Error::usage(
            format!("SSL_CERT_FILE: {path}: {what}"),
            "name a file of certificates in PEM, or unset it",
        )
    })?;
    Ok(Some(found))
}

/// What is there, on standard output; what is not, on standard error. In a workflow what is missing is also a warning, and
/// the report goes where no right is needed.
fn say(outcome: &Outcome, report: &Report) -> Result<(), Error> {
    let mut out = String::new();
    for line in outcome.done.iter().chain(&outcome.notes) {
        out.push_str(&escape::log(line));
        out.push('\n');
    }
    let mut err = io::stderr().lock();
    for Missed { what, hint } in &outcome.missed {
        // When nobody listens, the warning and the code still tell.
        let _ = writeln!(err, "gatekeeper: {}", escape::log(what));
        if let Some(hint) = hint {
            let _ = writeln!(err, "  hint: {hint}");
        }
        if output::actions() {
            out.push_str(&emit::warning("gatekeeper publish", what));
        }
    }
    if !outcome.missed.is_empty() && summarise(report) {
        out.push_str("the report is on the summary page of the job\n");
    }
    output::page(out.as_bytes())?;
    // These would be put at files of another commit where the default branch is checked out.
    if !outcome.annotated && output::actions() && !event::is_untrusted() {
        annotate(report)?;
    }
    Ok(())
}

fn annotate(report: &Report) -> Result<(), Error> {
    let mut commands = Vec::new();
    if let Some(github) = emitter("github") {
        // Memory takes it.
        let _ = (github.write)(report, Style::default(), &mut commands);
    }
    output::page(&commands)
}

/// Adds the report to the summary of the job, where there is one with room for it. What cannot be written here is written
/// nowhere: that it is not published was said.
fn summarise(report: &Report) -> bool {
    let Some(path) = var("GITHUB_STEP_SUMMARY") else {
        return false;
    };
    let text = publish::markdown(report);
    let there = fs::metadata(&path).map_or(0, |m| m.len());
    if there.saturating_add(text.len() as u64) > SUMMARY {
        return false;
    }
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut f| f.write_all(text.as_bytes())).is_ok()
}
