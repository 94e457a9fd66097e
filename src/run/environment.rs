//! What of the environment a command does not get to see under GitHub Actions.
//!
//! The files behind `GITHUB_ENV` and its like steer later steps; the tokens speak for the job. A test suite needs
//! neither. This is hygiene, not a boundary: the same user can find both elsewhere. Tokens of other services stay,
//! since real projects need them to fetch their dependencies.

use std::ffi::{OsStr, OsString};

/// Removed by name.
const HIDDEN: &[&str] = &[
    "GITHUB_ENV",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_TOKEN",
    "GATEKEEPER_TOKEN",
];

/// Removed by the start of the name: the runner's own addresses and tokens.
const HIDDEN_PREFIX: &[u8] = b"ACTIONS_";

/// The variables of `env` (as of `std::env::vars_os`) to keep from a command: none unless `GITHUB_ACTIONS` is `true`.
pub fn hidden_from_child(env: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<OsString> {
    let mut in_actions = false;
    let mut hidden = Vec::new();
    for (name, value) in env {
        in_actions |= name == "GITHUB_ACTIONS" && value == "true";
        if is_hidden(&name) {
            hidden.push(name);
        }
    }
    if in_actions { hidden } else { Vec::new() }
}

fn is_hidden(name: &OsStr) -> bool {
    HIDDEN.iter().any(|hidden| name == *hidden)
        || name.as_encoded_bytes().starts_with(HIDDEN_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(names: &[&str]) -> Vec<OsString> {
        let mut env: Vec<(OsString, OsString)> =
            names.iter().map(|name| (name.into(), "x".into())).collect();
        env.push(("GITHUB_ACTIONS".into(), "true".into()));
        hidden_from_child(env)
    }

    #[test]
    fn hides_what_steers_the_job_and_nothing_else() {
        let all = [
            "GITHUB_ENV",
            "PATH",
            "ACTIONS_RUNTIME_TOKEN",
            "HEX_API_KEY",
            "GITHUB_SHA",
            "NPM_TOKEN",
        ];
        assert_eq!(hidden(&all), ["GITHUB_ENV", "ACTIONS_RUNTIME_TOKEN"]);
        assert_eq!(hidden(HIDDEN), HIDDEN);
    }

    #[test]
    fn hides_nothing_outside_of_actions() {
        let env = |value: &str| {
            [
                ("GITHUB_TOKEN".into(), "x".into()),
                ("GITHUB_ACTIONS".into(), value.into()),
            ]
        };
        assert!(hidden_from_child(env("false")).is_empty());
        assert!(hidden_from_child([("GITHUB_TOKEN".into(), "x".into())]).is_empty());
        assert_eq!(hidden_from_child(env("true")), ["GITHUB_TOKEN"]);
    }
}
