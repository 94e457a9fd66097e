//! Dependencies are compiled with the project, and warn with it; but their warnings are not the project's to mend. The
//! text tells only sometimes which is which (`==> app`, on another stream than the warnings), so the place where the
//! command ran decides.

use std::path::Path;

use gatekeeper_parsers::evidence::{Evidence, Finding, Findings, Severity};
use gatekeeper_parsers::{Defect, DefectKind, Position, Tool};

use crate::project;
use crate::report::Source;

/// Takes the warnings of dependencies from the sources of a command that ran in this folder. A folder that is not here,
/// or is no Mix project, tells nothing.
pub fn set_apart(sources: &mut [Source], directory: &str) {
    let place = Path::new(directory);
    let Some(own) = project::app(place) else {
        return;
    };
    for source in sources
        .iter_mut()
        .filter(|s| s.tool == Some(Tool::Compiler))
    {
        let Evidence::Findings(findings) = &mut source.evidence else {
            continue;
        };
        let dropped = drop_foreign(findings, |f| is_foreign(f, place, &own));
        if dropped > 0 {
            let message = format!("warnings of dependencies, not counted: {dropped}");
            let at = Position::default();
            let defect = Defect::new(DefectKind::Foreign, message, at);
            source.defects.push(defect);
        }
    }
}

/// How many were dropped.
fn drop_foreign(findings: &mut Findings, foreign: impl Fn(&Finding) -> bool) -> u64 {
    let mut dropped = 0;
    let counts = &mut findings.counts;
    findings.list.retain(|finding| {
        let slot = match finding.severity {
            Severity::Medium => &mut counts.medium,
            Severity::Low => &mut counts.low,
            Severity::Critical | Severity::High | Severity::Info => return true,
        };
        let drop = foreign(finding);
        *slot = slot.saturating_sub(u64::from(drop));
        dropped += u64::from(drop);
        !drop
    });
    findings.total = findings.total.saturating_sub(dropped);
    dropped
}

/// Whether a warning is surely of a dependency: what is not sure is the project's.
fn is_foreign(finding: &Finding, place: &Path, own: &str) -> bool {
    let here = |app: &str| app == own || place.join("apps").join(app).is_dir();
    if let Some(app) = &finding.category {
        return !here(app) && !place.join("apps").is_dir() || place.join("deps").join(app).is_dir();
    }
    let Some(path) = finding.path.as_deref() else {
        return false;
    };
    let below = |folder: &str| {
        let apps = std::fs::read_dir(place.join(folder));
        let mut apps = apps.into_iter().flatten().flatten();
        apps.any(|app| app.path().join(path).is_file())
    };
    !place.join(path).is_file() && !below("apps") && below("deps")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatekeeper_parsers::{Completeness, Expect, Limits, Stream, read};
    use std::fs;

    fn left(dir: &Path, text: &str) -> (u64, u64) {
        let mut bytes = text.as_bytes();
        let streams = vec![(Stream::Out, &mut bytes as &mut dyn std::io::BufRead)];
        let found = read(streams, Expect::default(), &Limits::default());
        let origin = crate::source::Origin::file("log");
        let mut sources = crate::source::sources(&origin, 0, None, found);
        let before = sources[0].completeness;
        set_apart(&mut sources, dir.to_str().unwrap());
        assert_eq!(
            (before, sources[0].completeness),
            (before, Completeness::Partial)
        );
        let Evidence::Findings(f) = &sources[0].evidence else {
            panic!("{:?}", sources[0].evidence);
        };
        assert_eq!(f.list.len() as u64, f.total);
        (f.total, f.counts.known())
    }

    #[test]
    fn warnings_of_dependencies_are_not_the_projects() {
        let dir = tempfile::tempdir().unwrap();
        let warning = |path: &str| format!("warning: unused alias X\n  {path}:3\n\n");
        let both = format!("{}{}", warning("lib/a.ex"), warning("lib/dep.ex"));
        assert_eq!(left(dir.path(), &both), (2, 2), "not a project");
        for (path, text) in [
            ("mix.exs", "[app: :shop]"),
            ("lib/a.ex", ""),
            ("deps/dep/lib/dep.ex", ""),
            ("deps/dep/lib/a.ex", ""),
        ] {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(left(dir.path(), &both), (1, 1));
        let gone = warning("lib/gone.ex");
        assert_eq!(left(dir.path(), &gone), (1, 1), "who knows");
        let named = |app: &str| format!("==> {app}\n{}==> shop\n{gone}", warning("lib/a.ex"));
        assert_eq!(left(dir.path(), &named("dep")).0, 1);
        assert_eq!(left(dir.path(), &named("elsewhere")).0, 1);
        assert_eq!(left(dir.path(), &named("shop")).0, 2);
        // An umbrella's apps are the project's.
        fs::create_dir_all(dir.path().join("apps/web/lib")).unwrap();
        fs::write(dir.path().join("apps/web/lib/dep.ex"), "").unwrap();
        assert_eq!(left(dir.path(), &both), (2, 2));
        assert_eq!(left(dir.path(), &named("web")).0, 2);
        assert_eq!(left(dir.path(), &named("dep")).0, 1);
    }
}
