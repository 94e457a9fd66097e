//! `gatekeeper init`: a first policy from what the project has. Its files are read as text; nothing is evaluated.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::config::{self, NAMES};
use crate::error::Error;
use crate::plan::Scan;

mod ci;

/// As typed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
    /// Write a workflow for this CI server instead
    #[arg(long, value_name = "SERVER")]
    ci: Option<ci::Server>,
    /// How the workflow is laid out
    #[arg(long, value_name = "KIND", requires = "ci", default_value = "single")]
    workflow: ci::Workflow,
}

/// Writes `gatekeeper.toml`, or the workflows of a CI server, into the current folder.
pub(super) fn command(args: &Args) -> Result<u8, Error> {
    let here = Path::new(".");
    if let Some(server) = args.ci {
        let written = ci::write(here, server, args.workflow, args.force)?;
        let mut out = std::io::stdout().lock();
        // When nobody listens, the files are there all the same.
        let _ = writeln!(
            out,
            "wrote {}; replace OWNER and COMMIT in there before the first run",
            written.join(" and ")
        );
        return Ok(0);
    }
    let there = NAMES
        .iter()
        .map(|n| here.join(n))
        .find(|p| fs::symlink_metadata(p).is_ok());
    let path = match there {
        Some(path) if args.force => path,
        Some(path) => return Err(is_there(&path)),
        None => here.join(NAMES[0]),
    };
    let text = policy(here);
    // What this writes must be what that reads: anything else is our own fault, and is not written.
    config::read(NAMES[0], &text).map_err(|problems| Error::config(NAMES[0], &problems))?;
    let mut options = OpenOptions::new();
    let options = match args.force {
        true => options.write(true).create(true).truncate(true),
        false => options.write(true).create_new(true),
    };
    let written = options
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|e| Error::write(&path, &e))?;
    let shown = path
        .strip_prefix("./")
        .unwrap_or(&path)
        .display()
        .to_string();
    let mut out = std::io::stdout().lock();
    // When nobody listens, the file is there all the same.
    let _ = writeln!(
        out,
        "wrote {shown}; `gatekeeper config show` shows what it means"
    );
    Ok(0)
}

fn is_there(path: &Path) -> Error {
    let shown = path.strip_prefix("./").unwrap_or(path).display();
    let hint = "nothing was written; --force overwrites it";
    Error::usage(format!("{shown} is there already"), hint)
}

/// Tools by the name of their package in `mix.exs` or `mix.lock`, with the word for `require`.
const TOOLS: [(&str, &str); 4] = [
    ("credo", "credo"),
    ("dialyxir", "dialyzer"),
    ("sobelow", "sobelow"),
    ("mix_audit", "mix_audit"),
];

fn policy(root: &Path) -> String {
    let scan = Scan::of(root);
    let depends = |package: &str| scan.depends(package);
    let tools: Vec<&(&str, &str)> = TOOLS
        .iter()
        .filter(|(package, _)| depends(package))
        .collect();
    let mut out = String::from(HEAD);
    let mut require = vec!["\"tests\"".to_owned()];
    require.extend(tools.iter().map(|(_, word)| format!("\"{word}\"")));
    let _ = writeln!(out, "require = [{}]\n", require.join(", "));
    out.push_str(TESTS);
    let exact = depends("excoveralls");
    out.push_str(if exact { COVERAGE } else { COVERAGE_ROUNDED });
    for (name, glob) in layers(root, &scan.apps) {
        let mark = if exact { "" } else { "# " };
        let _ = writeln!(
            out,
            "{mark}[[coverage.layer]]\n{mark}name = \"{name}\"\n{mark}paths = [\"{glob}\"]\n{mark}min = 80\n"
        );
    }
    if depends("sobelow") {
        out.push_str(SOBELOW);
    }
    if depends("doctor") {
        out.push_str(DOCS);
    }
    if depends("benchee_json") {
        out.push_str(BENCHMARK);
    }
    out.push_str(WAIVER);
    out
}

/// The layers of a Phoenix project: contexts, and what is below the web.
fn layers(root: &Path, apps: &[String]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let libs: Vec<(String, String)> = match apps {
        [] => vec![(String::new(), "lib".into())],
        apps => apps
            .iter()
            .map(|app| (format!("{app} "), format!("apps/{app}/lib")))
            .collect(),
    };
    for (prefix, lib) in libs {
        let mut folders: Vec<String> = fs::read_dir(root.join(&lib))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|e| e.path().is_dir())
            .filter_map(|e| e.file_name().into_string().ok())
            .filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
            .collect();
        folders.sort();
        for folder in folders.iter().filter(|f| f.as_str() != "mix") {
            let inner = ["controllers", "live", "components"];
            let mut inner = inner
                .iter()
                .filter(|i| root.join(&lib).join(folder).join(i).is_dir())
                .peekable();
            if inner.peek().is_none() || !folder.ends_with("_web") {
                out.push((format!("{prefix}{folder}"), format!("{lib}/{folder}/**")));
                continue;
            }
            for part in inner {
                out.push((
                    format!("{prefix}{folder} {part}"),
                    format!("{lib}/{folder}/{part}/**"),
                ));
            }
        }
    }
    out
}

const HEAD: &str = "\
# What this project demands. `gatekeeper config show` lists what holds and where it comes from;
# `gatekeeper explain gates` explains each gate. An unknown key is an error.

# What must be there: without it the verdict is undecided, and that is no pass.
";

const TESTS: &str = "\
[tests]
max_failed = 0
min_run = 1
# max_skipped = 10
# max_seconds_per_100 = 5.0
# speed_severity = \"warn\"    # \"warn\" shows a gate without failing on it

";

const COVERAGE: &str = "\
[coverage]
min = 80                     # percent of the relevant lines, compared exactly

";

const COVERAGE_ROUNDED: &str = "\
[coverage]
min = 80                     # percent of the relevant lines

# Layers need a report with lines (excoveralls: `mix coveralls.json`); the table of `mix test --cover` has none.

";

const SOBELOW: &str = "\
[findings.sobelow]
max_high = 0
max_medium = 0

";

const DOCS: &str = "\
# What Doctor measures, judged beside its own thresholds:
#
# [docs]
# min_docs = 80                # percent of the functions; also min_moduledocs, min_specs

";

const BENCHMARK: &str = "\
# Medians of Benchee (benchee_json), by the name of the job; `*` stands for any characters:
#
# [[benchmark]]
# job = \"*\"
# max_median = \"250 us\"      # ns, us, ms, s
# max_change_percent = 10      # against `gatekeeper baseline write`, or reference = \"bench/main.json\"

";

const WAIVER: &str = "\
# An accepted finding stays visible, and comes back when its day is over:
#
# [[waiver]]
# finding = \"sobelow:Config.HTTPS\"    # tool:rule, or a fingerprint from the JSON report
# path = \"config/prod.exs\"
# reason = \"TLS ends at the load balancer\"
# owner = \"platform\"
# expires = 2027-03-31
";
