//! Cases of the command line as data: each file in `tests/cli` holds commands with what they print and their code.

/// `TRYCMD=overwrite cargo test --test all cli` writes down what is printed now.
#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    for name in [
        "GITHUB_ACTIONS",
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "MIX_TEST_PARTITION",
        "GITHUB_BASE_REF",
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    ] {
        cases.env(name, "");
    }
    cases.case("tests/cli/*.trycmd");
}

/// The first screen of the README is what the product prints.
#[test]
fn the_readme_shows_real_output() {
    let root = env!("CARGO_MANIFEST_DIR");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let line = readme
        .lines()
        .find(|l| l.starts_with("cargo run -q -- "))
        .unwrap();
    let args = line.trim_start_matches("cargo run -q -- ").split(' ');
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_gatekeeper"))
        .args(args)
        .current_dir(root)
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1), "the code that the README names");
    let shown = String::from_utf8(out.stdout).unwrap();
    assert!(
        readme.contains(shown.trim_end()),
        "the README does not show:\n{shown}"
    );
}
