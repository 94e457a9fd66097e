//! Commands that run a failure again.

use super::*;

fn command(failure: &Failure) -> Option<String> {
    let call = Call {
        seed: Some(42),
        ..Call::default()
    };
    rerun(failure, &call)
}

#[test]
fn what_the_command_needed_stays() {
    let words = "mix test --include slow:yes --partitions 3 --only x -i db --no-start --color";
    let command: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let mut call = Call {
        seed: Some(7),
        partition: Some(2),
        repeats: true,
        ..Call::default()
    };
    call.keep_options(&command);
    let test = failure(Vec::new());
    assert_eq!(
        rerun(&test, &call).as_deref(),
        Some(
            "MIX_TEST_PARTITION=2 mix test test/cart_test.exs:7 --include slow:yes --include db --no-start --seed 7"
        )
    );
    assert_eq!(
        repeat(&test, &call).as_deref(),
        Some(
            "MIX_TEST_PARTITION=2 mix test test/cart_test.exs:7 --include slow:yes --include db --no-start --repeat-until-failure 100"
        )
    );
    call.repeats = false;
    assert_eq!(repeat(&test, &call), None);
    assert_eq!(repeat(&of_type("setup_all", test), &call), None);
}

#[test]
fn a_test_is_run_by_its_line() {
    let test = failure(Vec::new());
    assert_eq!(
        command(&test).as_deref(),
        Some("mix test test/cart_test.exs:7 --seed 42")
    );
    assert_eq!(
        rerun(&test, &Call::default()).as_deref(),
        Some("mix test test/cart_test.exs:7")
    );
    for kind in ["property", "feature"] {
        assert_eq!(command(&of_type(kind, test.clone())), command(&test));
    }
    let app = Failure {
        app: Some("core".into()),
        file: Some("apps/core/test/a_test.exs".into()),
        ..test
    };
    assert_eq!(
        command(&app).as_deref(),
        Some("mix test apps/core/test/a_test.exs:7 --seed 42")
    );
}

#[test]
fn a_doctest_is_run_by_its_name() {
    let doctest = of_type(
        "doctest",
        Failure {
            name: Some("Shop.Cart.add/2 (3)".into()),
            ..failure(Vec::new())
        },
    );
    assert_eq!(
        command(&doctest).as_deref(),
        Some("mix test test/cart_test.exs --only 'test:doctest Shop.Cart.add/2 (3)' --seed 42")
    );
}

#[test]
fn names_and_paths_are_quoted() {
    let named = Failure {
        line: None,
        name: Some("it's $HOME `a`; rm \"x\"".into()),
        ..failure(Vec::new())
    };
    assert_eq!(
        command(&named).as_deref(),
        Some(
            r#"mix test test/cart_test.exs --only 'test:test it'\''s $HOME `a`; rm "x"' --seed 42"#
        )
    );
    let spaced = Failure {
        file: Some("test/my (old)/a_test.exs".into()),
        ..failure(Vec::new())
    };
    assert_eq!(
        command(&spaced).as_deref(),
        Some("mix test 'test/my (old)/a_test.exs:7' --seed 42")
    );
    let windows = Failure {
        file: Some(r"test\a_test.exs".into()),
        ..failure(Vec::new())
    };
    assert_eq!(
        command(&windows).as_deref(),
        Some("mix test test/a_test.exs:7 --seed 42")
    );
}

#[test]
fn a_command_is_what_it_looks_like() {
    let hidden = Failure {
        line: None,
        name: Some("a\nb".into()),
        ..failure(Vec::new())
    };
    assert_eq!(command(&hidden), None);
    let option = Failure {
        file: Some("--help".into()),
        ..failure(Vec::new())
    };
    assert_eq!(
        command(&option).as_deref(),
        Some("mix test --only 'test:test adds' --seed 42")
    );
    assert_eq!(command(&Failure::default()), None);
}

#[test]
fn a_module_is_run_by_the_file_of_its_own_frame() {
    let block = |frames: &[&str]| {
        let failure = of_type(
            "setup_all",
            failure(vec![at(frames, error("RuntimeError", "no"))]),
        );
        Failure {
            file: None,
            line: None,
            name: None,
            ..failure
        }
    };
    let template = "|test/support/case.ex:2|Shop.Case.__ex_unit_setup_all_0/1";
    let own = "|test/cart_test.exs:1|Shop.CartTest.__ex_unit__/2";
    assert_eq!(
        command(&block(&[template, own])).as_deref(),
        Some("mix test test/cart_test.exs --only module:Shop.CartTest --seed 42")
    );
    assert_eq!(
        command(&block(&[template])).as_deref(),
        Some("mix test --only module:Shop.CartTest --seed 42")
    );
    let app = Failure {
        app: Some("core".into()),
        ..block(&[own])
    };
    assert_eq!(
        command(&app).as_deref(),
        Some("mix test apps/core/test/cart_test.exs --only module:Shop.CartTest --seed 42")
    );
}

#[test]
fn a_file_that_does_not_compile_comes_first() {
    let file = |file: &str| {
        of_type(
            "compile",
            Failure {
                file: Some(file.into()),
                ..failure(Vec::new())
            },
        )
    };
    assert_eq!(
        command(&file("test/a_test.exs")).as_deref(),
        Some("mix test test/a_test.exs")
    );
    assert_eq!(command(&file("lib/a.ex")).as_deref(), Some("mix test"));
}
