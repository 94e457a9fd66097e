//! The base of a comparison: what was asked for, and the commit that it means.

use super::Unknown;
use super::child::{Git, first_line};

/// The base that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// By name: `--base`.
    Named(String),
    /// By the environment of a pull request or merge request.
    Found {
        /// The variable.
        variable: &'static str,
        /// The commit or branch.
        name: String,
    },
}

impl Asked {
    /// The commit or branch.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Found { name, .. } => name,
        }
    }
}

/// Variables that name a base: GitHub's branch of a pull request; GitLab's tip of the target branch (where its pipeline
/// runs on the merged result), the merge base, the target branch. The last word is whether it is a branch of `origin`.
const VARIABLES: [(&str, bool); 4] = [
    ("GITHUB_BASE_REF", true),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", false),
    ("CI_MERGE_REQUEST_DIFF_BASE_SHA", false),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", true),
];

/// The base of `--base`, or else of the environment. An empty name is none.
pub fn asked(option: Option<&str>, env: impl Fn(&str) -> Option<String>) -> Option<Asked> {
    if let Some(name) = option.filter(|name| !name.is_empty()) {
        return Some(Asked::Named(name.to_owned()));
    }
    VARIABLES.iter().find_map(|(variable, branch)| {
        let value = env(variable).filter(|v| !v.is_empty())?;
        let name = match branch {
            true => format!("origin/{value}"),
            false => value,
        };
        Some(Asked::Found { variable, name })
    })
}

const DEPTH: &str = "the clone is shallow: fetch the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` \
    on GitLab, or `git fetch --unshallow`)";

/// The merge base of the base and the current commit, with what there is to say of it.
pub(super) fn merge_base(git: &Git, asked: &Asked) -> Result<(String, Vec<String>), Unknown> {
    let name = asked.name();
    let Some(base) = commit(git, name)? else {
        return Err(no_base(git, asked)?);
    };
    let Some(head) = commit(git, "HEAD")? else {
        return Err(Unknown {
            message: "there is no commit yet".into(),
            hint: "commit something first".into(),
        });
    };
    let said = git.say(&["merge-base", "--all", &base, &head])?;
    let answer = said.ok_text().unwrap_or_default();
    let mut all = answer.lines();
    let Some(first) = all.next().filter(|line| is_commit(line)) else {
        return Err(no_common(git, name, &said.stderr)?);
    };
    let notes = match all.count() {
        0 => Vec::new(),
        more => vec![format!(
            "{name} and the current commit have {} merge bases; compared with the one that git names first",
            more + 1
        )],
    };
    Ok((first.to_owned(), notes))
}

/// The commit of a name.
fn commit(git: &Git, name: &str) -> Result<Option<String>, Unknown> {
    // `--end-of-options` would do, but some versions of git print it as part of the answer.
    if name.starts_with('-') {
        return Ok(None);
    }
    let wanted = format!("{name}^{{commit}}");
    let said = git.say(&["rev-parse", "--verify", "--quiet", &wanted])?;
    Ok(said.ok_text().filter(|id| is_commit(id)))
}

fn is_commit(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit())
}

fn shallow(git: &Git) -> Result<bool, Unknown> {
    let said = git.say(&["rev-parse", "--is-shallow-repository"])?;
    Ok(said.ok_text().as_deref() == Some("true"))
}

fn no_base(git: &Git, asked: &Asked) -> Result<Unknown, Unknown> {
    let name = asked.name();
    let remote = format!("origin/{name}");
    let hint = if shallow(git)? {
        DEPTH.to_owned()
    } else if commit(git, &remote)?.is_some() {
        format!("did you mean {remote}? No other base is taken than the one that is named")
    } else {
        "check the name, and fetch it first: `git fetch origin`".to_owned()
    };
    let message = match asked {
        Asked::Named(_) => format!("--base: there is no commit {name:?} here"),
        Asked::Found { variable, .. } => format!("{variable} means {name:?}, which is not here"),
    };
    Ok(Unknown { message, hint })
}

fn no_common(git: &Git, name: &str, stderr: &[u8]) -> Result<Unknown, Unknown> {
    let is_shallow = shallow(git)?;
    let message = match stderr.is_empty() {
        true => format!("{name:?} and the current commit have no common commit here"),
        false => format!("no merge base with {name:?}: {}", first_line(stderr)),
    };
    let hint = match is_shallow {
        true => DEPTH.to_owned(),
        false => "their histories are unrelated: name another base".to_owned(),
    };
    Ok(Unknown { message, hint })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &[(&str, &str)]) -> Option<Asked> {
        asked(None, |name| {
            let value = set.iter().find(|(n, _)| *n == name)?.1;
            Some(value.to_owned())
        })
    }

    #[test]
    fn the_option_comes_first_then_the_pull_request() {
        let env = |_: &str| Some("main".to_owned());
        assert_eq!(asked(Some("v1"), env), Some(Asked::Named("v1".into())));
        assert_eq!(asked(Some(""), env).unwrap().name(), "origin/main");
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[("GITHUB_BASE_REF", "")]), None);
        let gitlab = [
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "develop"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "abc"),
        ];
        assert_eq!(found(&gitlab).unwrap().name(), "abc");
        assert_eq!(found(&gitlab[..1]).unwrap().name(), "origin/develop");
    }
}
