//! Where a command ran. Pure.

use gatekeeper_parsers::{Evidence, Part};

/// The folder in `cmd.txt`: the line after `cwd:`.
pub(super) fn of_capture(text: &str) -> Option<String> {
    let line = text.lines().find_map(|l| l.strip_prefix("cwd:"))?;
    Some(line.trim().to_owned())
}

/// Makes the paths of findings relative to the folder in which the command ran: a finding is the same on every machine.
pub(super) fn relative(parts: &mut [Part], directory: &str) {
    let directory = directory.trim_end_matches('/');
    if directory.is_empty() {
        return;
    }
    for part in parts {
        match &mut part.parsed.value {
            Evidence::Findings(findings) => {
                for path in findings.list.iter_mut().filter_map(|f| f.path.as_mut()) {
                    let below = path.strip_prefix(directory);
                    if let Some(below) = below.and_then(|p| p.strip_prefix('/')) {
                        *path = below.to_owned();
                    }
                }
            }
            Evidence::Nothing
            | Evidence::Tests(_)
            | Evidence::Coverage(_)
            | Evidence::Benchmarks(_) => {}
        }
    }
}
