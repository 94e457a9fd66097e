//! A dependency audit looks at what `mix.lock` names, and so does `mix deps.unlock`. Without the file it finds nothing, says so, and ends with 0, as if
//! all were well: only the place where it ran can tell.

use std::path::{Path, PathBuf};

use gatekeeper_parsers::{Completeness, Defect, DefectKind, Position, Tool};

use crate::report::Source;
use crate::vouched::{self, Task};

const LOCKFILE: &str = "mix.lock";

/// Lowers the audits among the sources of a command that had no lockfile where it ran. A folder that is not here (the
/// record of another machine), or a command that may have gone elsewhere, tells nothing.
pub fn doubt(sources: &mut [Source], directory: &str, command: &[String]) {
    let audits = |s: &Source| {
        matches!(
            s.tool,
            Some(Tool::MixAudit | Tool::HexAudit | Tool::DepsUnlock)
        )
    };
    let elsewhere = |w: &String| ["-C", "--cd", "--chdir"].iter().any(|o| w.starts_with(o));
    if !sources.iter().any(audits) || command.iter().any(elsewhere) {
        return;
    }
    let Some(tasks) = vouched::direct(command) else {
        return;
    };
    let place = place(Path::new(directory), &tasks);
    if !place.is_dir() {
        return;
    }
    for source in sources.iter_mut().filter(|s| audits(s)) {
        if source.tool == Some(Tool::MixAudit) && !audited_by_mix_audit(&place)
            || matches!(source.tool, Some(Tool::HexAudit | Tool::DepsUnlock))
                && !audited_by_hex(&place)
        {
            let message = format!(
                "there is no {LOCKFILE} in {}, so no dependency was looked at",
                place.display()
            );
            let at = Position::default();
            let defect = Defect::new(DefectKind::NothingRan, message, at);
            source.lower(Completeness::Partial, defect);
        }
    }
}

/// Where it looked: `mix deps.audit --path DIR`.
fn place(directory: &Path, tasks: &[Task<'_>]) -> PathBuf {
    let args = tasks
        .iter()
        .filter(|t| t.name == "deps.audit")
        .flat_map(|t| &t.args);
    let args: Vec<&str> = args.copied().collect();
    let inline = args.iter().find_map(|a| a.strip_prefix("--path="));
    let apart = args.windows(2).find(|w| w[0] == "--path").map(|w| w[1]);
    match inline.or(apart) {
        Some(path) => directory.join(path),
        None => directory.to_owned(),
    }
}

/// mix_audit reads the lockfile of the folder and those below `apps`.
fn audited_by_mix_audit(place: &Path) -> bool {
    let apps = std::fs::read_dir(place.join("apps"));
    let apps = apps.into_iter().flatten().flatten();
    place.join(LOCKFILE).is_file()
        || apps
            .map(|app| app.path().join(LOCKFILE))
            .any(|lock| lock.is_file())
}

/// Hex reads the lockfile that the project names: an app of an umbrella has that of the umbrella.
fn audited_by_hex(place: &Path) -> bool {
    place
        .ancestors()
        .take(3)
        .any(|dir| dir.join(LOCKFILE).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Origin, sources};
    use gatekeeper_parsers::evidence::Findings;
    use gatekeeper_parsers::{Evidence, Parsed, Part};

    fn completeness(tool: Tool, dir: &Path, command: &str) -> Completeness {
        let parsed = Parsed::complete(Evidence::Findings(Findings::new(tool)));
        let part = Part {
            format: "test",
            tool,
            parsed,
        };
        let found = (vec![part], Vec::new());
        let mut sources = sources(&Origin::file("test"), 0, None, found);
        let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        doubt(&mut sources, dir.to_str().unwrap(), &command);
        sources[0].completeness
    }

    #[test]
    fn an_audit_without_a_lockfile_is_partial() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        std::fs::create_dir_all(at("apps/web")).unwrap();
        let audit = |tool, path: &str, command| completeness(tool, &at(path), command);
        let (mix, hex) = (Tool::MixAudit, Tool::HexAudit);
        assert_eq!(audit(mix, "", "mix deps.audit"), Completeness::Partial);
        let unused = "mix deps.unlock --check-unused";
        assert_eq!(audit(Tool::DepsUnlock, "", unused), Completeness::Partial);
        assert_eq!(
            audit(hex, "apps/web", "mix hex.audit"),
            Completeness::Partial
        );
        for command in ["make audit", "bash -c cd&&mix", "env -C x mix deps.audit"] {
            assert_eq!(audit(mix, "", command), Completeness::Complete, "{command}");
        }
        assert_eq!(audit(mix, "gone", "mix deps.audit"), Completeness::Complete);
        std::fs::write(at(LOCKFILE), "%{}\n").unwrap();
        assert_eq!(audit(mix, "", "mix deps.audit"), Completeness::Complete);
        assert_eq!(
            audit(hex, "apps/web", "mix hex.audit"),
            Completeness::Complete
        );
        assert_eq!(
            audit(mix, "apps/web", "mix deps.audit"),
            Completeness::Partial
        );
        let elsewhere = "mix deps.audit --path apps/web";
        assert_eq!(audit(mix, "", elsewhere), Completeness::Partial);
        std::fs::write(at("apps/web/mix.lock"), "%{}\n").unwrap();
        assert_eq!(audit(mix, "", elsewhere), Completeness::Complete);
    }
}
