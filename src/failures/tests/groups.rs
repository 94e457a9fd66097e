//! What is merged, and what is not.

use super::*;

fn groups(failures: &[Failure]) -> Vec<Vec<usize>> {
    let classified: Vec<_> = failures.iter().map(categorise).collect();
    let mut groups: Vec<_> = group(&members(failures, &classified), &[])
        .into_iter()
        .map(|group| group.members)
        .collect();
    groups.sort();
    groups
}

fn raised(message: &str, line: u32) -> Failure {
    let own = format!("|test/support/factory.ex:{line}|Shop.Factory.cart/1");
    failure(vec![at(
        &["elixir|lib/enum.ex:1|Enum.map/2", &own],
        error("RuntimeError", message),
    )])
}

#[test]
fn equal_words_at_an_equal_place_are_one() {
    let all = [
        raised("no cart 17 of #PID<0.1.0>", 4),
        raised("no shelf", 4),
        raised("no cart 4711 of #PID<0.22.0>", 4),
        raised("no cart 17 of #PID<0.1.0>", 5),
    ];
    assert_eq!(groups(&all), [vec![0, 2], vec![1], vec![3]]);
    assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
}

#[test]
fn what_has_no_place_stays_alone() {
    let killed = failure(vec![of_kind(ErrorKind::LinkedExit, "killed")]);
    assert_eq!(groups(&[killed.clone(), killed]), [vec![0], vec![1]]);
    assert_eq!(
        groups(&[failure(vec![]), failure(vec![])]),
        [vec![0], vec![1]]
    );
}

#[test]
fn values_below_the_first_line_count() {
    let value = |value: &str| {
        let message = format!("no match of right hand side value:\n\n    {value}\n");
        failure(vec![at(
            &["|test/support/case.ex:3|Shop.Case.start/1"],
            error("MatchError", &message),
        )])
    };
    assert_eq!(
        groups(&[
            value("{:error, :a}"),
            value("{:error, :b}"),
            value("{:error, :a}")
        ]),
        [vec![0, 2], vec![1]]
    );
}

#[test]
fn a_module_that_is_not_set_up_is_one() {
    let of = |module: &str, line: u32| {
        let frame = format!("|test/a_test.exs:{line}|{module}.__ex_unit_setup_all_0/1");
        let failure = of_type(
            "setup_all",
            failure(vec![at(&[&frame], error("RuntimeError", "no"))]),
        );
        Failure {
            module: Some(module.into()),
            ..failure
        }
    };
    let all = [of("A", 1), of("B", 1), of("A", 2)];
    assert_eq!(groups(&all), [vec![0, 2], vec![1]]);
    let classified: Vec<_> = all.iter().map(categorise).collect();
    let first = group(&members(&all, &classified), &[]).remove(0);
    assert_eq!(
        (first.title.as_str(), first.cause.as_str()),
        (
            "Set-up failed in A",
            "setup_all of A failed at test/a_test.exs:1: RuntimeError: no"
        )
    );
}

/// A call of a server, with what became of it.
fn called(server: &str, outcome: &str, line: u32) -> Failure {
    let message =
        format!("exited in: GenServer.call({server}, :count, 5000)\n    ** (EXIT) {outcome}");
    let frame = format!("|test/a_test.exs:{line}|(test)");
    failure(vec![at(&[&frame], of_kind(ErrorKind::Exit, &message))])
}

const GONE: &str = "no process: the process is not alive or there's no process currently associated with the given name";

#[test]
fn callers_follow_the_crash_of_their_server() {
    let crash = "an exception was raised:\n        ** (KeyError) key :a not found in: %{}\n            (shop 0.1.0) lib/shop/stock.ex:9: Shop.Stock.handle_call/3";
    let all = [
        called("Shop.Stock", GONE, 1),
        called("Shop.Stock", crash, 2),
        called("Shop.Till", GONE, 3),
        called("Shop.Stock", GONE, 4),
        called("Shop.Stock", GONE, 5),
    ];
    // What was not running before it crashed is the same server all the same.
    assert_eq!(groups(&all), [vec![0, 1, 3, 4], vec![2]]);
    let later = &all[1..];
    assert_eq!(groups(later), [vec![0, 2, 3], vec![1]]);
    let classified: Vec<_> = later.iter().map(categorise).collect();
    let first = group(&members(later, &classified), &[]).remove(0);
    assert_eq!(first.category.id, "process-crash");
    assert_eq!(
        first.cause,
        "Shop.Stock crashed at lib/shop/stock.ex:9: KeyError: key :a not found in: %{}; 2 later found it gone"
    );
}

fn event(kind: LoggedKind, who: &str, message: &str, before: usize, times: u64) -> Logged {
    Logged {
        kind,
        who: who.to_owned(),
        exception: Some("DBConnection.ConnectionError".to_owned()),
        message: message.to_owned(),
        stack: Vec::new(),
        before,
        times,
    }
}

#[test]
fn a_crash_in_the_log_is_the_cause_of_what_comes_after_it() {
    let all = [called("Shop.Stock", GONE, 1), called("Shop.Stock", GONE, 2)];
    let classified: Vec<_> = all.iter().map(categorise).collect();
    let cause = |before: usize| {
        let event = event(LoggedKind::Terminated, "Shop.Stock", "boom", before, 1);
        group(&members(&all, &classified), &[(0, &event)])
            .remove(0)
            .cause
    };
    assert!(
        cause(0).starts_with("Shop.Stock crashed (logged): "),
        "{}",
        cause(0)
    );
    assert!(
        cause(2).starts_with("Shop.Stock is not running"),
        "{}",
        cause(2)
    );
}

/// The categories when the log of the run is known.
fn settle_all(all: &[Failure], events: &[Logged]) -> Vec<&'static str> {
    let mut classes: Vec<_> = all.iter().map(categorise).collect();
    let own = all.iter().zip(&mut classes).enumerate();
    let mut own: Vec<_> = own
        .map(|(position, (failure, class))| Unsettled {
            failure,
            class,
            position,
        })
        .collect();
    settle(&mut own, events);
    classes.iter().map(|class| class.category.id).collect()
}

#[test]
fn waiting_for_a_database_that_is_not_there_is_told_from_waiting_for_a_busy_one() {
    let waits = || {
        let text = "[Elixir.Shop.Repo] connection not available and request was dropped from queue after 2000ms.";
        failure(vec![at(
            &["|test/a_test.exs:3|(test)"],
            error("DBConnection.ConnectionError", text),
        )])
    };
    let all = [waits(), failure(vec![assertion("no")]), waits()];
    let answer = error(
        "Postgrex.Error",
        "ERROR 42P01 (undefined_table) relation \"a\" does not exist",
    );
    let answered = [waits(), failure(vec![answer])];
    let settled = |events: &[Logged]| settle_all(&all, events);
    let refused = |before| {
        event(
            LoggedKind::NoConnection,
            "",
            "tcp connect (db:5432): connection refused - :econnrefused",
            before,
            1,
        )
    };
    assert_eq!(
        settled(&[]),
        ["db-pool-timeout", "assert-custom", "db-pool-timeout"]
    );
    assert_eq!(
        settled(&[refused(0)]),
        ["db-unreachable", "assert-custom", "db-unreachable"]
    );
    // One that a test tried by itself says nothing about the others.
    assert_eq!(
        settled(&[refused(1)]),
        ["db-pool-timeout", "assert-custom", "db-pool-timeout"]
    );
    // A database that answered once was there.
    let mut turned = answered.clone();
    turned.reverse();
    assert_eq!(
        settle_all(&turned, &[refused(0)]),
        ["db-schema", "db-pool-timeout"]
    );
    let other = event(LoggedKind::NoConnection, "", "something else", 0, 1);
    assert_eq!(
        settled(&[other]),
        ["db-pool-timeout", "assert-custom", "db-pool-timeout"]
    );
}

#[test]
fn a_file_follows_the_one_that_defines_what_it_wants() {
    let compile = |file: &str, message: &str| Failure {
        file: Some(file.into()),
        line: std::num::NonZeroU32::new(2),
        ..of_type("compile", failure(vec![error("CompileError", message)]))
    };
    let all = [
        compile(
            "lib/shop/till.ex",
            "Shop.HTTPCart.__struct__/1 is undefined, cannot expand struct Shop.HTTPCart",
        ),
        compile("lib/shop/http_cart.ex", "undefined variable \"y\""),
        compile(
            "lib/shop/shelf.ex",
            "module Shop.Other is not loaded and could not be found",
        ),
    ];
    assert_eq!(groups(&all), [vec![0, 1], vec![2]]);
    let classified: Vec<_> = all.iter().map(categorise).collect();
    let first = group(&members(&all, &classified), &[]).remove(0);
    assert_eq!(first.title, "Application code does not compile");
}

#[test]
fn a_module_without_a_connection_is_one_and_two_tests_are_not() {
    let lost = |line: u32| {
        let text = format!(
            "cannot find ownership process for #PID<0.{line}.0> (:erlang)\n(Shop.Repo) using mode :manual."
        );
        let frame = format!("|test/a_test.exs:{line}|(test)");
        failure(vec![at(
            &[&frame],
            error("DBConnection.OwnershipError", &text),
        )])
    };
    assert_eq!(
        groups(&[lost(1), lost(2), lost(3), lost(4)]),
        [vec![0, 1, 2, 3]]
    );
    assert_eq!(groups(&[lost(1), lost(2), lost(3)]).len(), 3);
    let between = failure(vec![assertion("no")]);
    assert_eq!(
        groups(&[lost(1), lost(2), between, lost(3), lost(4)]).len(),
        5
    );
}

#[test]
fn advice_that_the_run_makes_doubtful_is_withheld() {
    let raised = |exception: &str, text: &str| failure(vec![error(exception, text)]);
    let waits = raised(
        "DBConnection.ConnectionError",
        "connection not available and request was dropped from queue after 9ms",
    );
    let left = raised("DBConnection.ConnectionError", "owner #PID<0.1.0> exited");
    let lost = raised(
        "DBConnection.OwnershipError",
        "cannot find ownership process for #PID<0.2.0>",
    );
    let advised = |all: &[&Failure]| -> Vec<bool> {
        let mut classes: Vec<_> = all.iter().map(|one| categorise(one)).collect();
        let own = all.iter().zip(&mut classes).enumerate();
        let mut own: Vec<_> = own
            .map(|(position, (failure, class))| Unsettled {
                failure,
                class,
                position,
            })
            .collect();
        settle(&mut own, &[]);
        classes.iter().map(|class| class.hint.is_some()).collect()
    };
    assert_eq!(advised(&[&waits]), [false]);
    assert_eq!(advised(&[&waits, &waits]), [true, true]);
    assert_eq!(advised(&[&lost, &left, &lost]), [true, true, false]);
}

#[test]
fn an_error_value_of_its_own_is_one_cause_when_three_meet_it() {
    let got = |reason: &str, line: u32| {
        let text = format!("no match of right hand side value:\n\n    {{:error, :{reason}}}\n");
        let frame = format!("|test/a_test.exs:{line}|(test)");
        failure(vec![at(&[&frame], error("MatchError", &text))])
    };
    let three = |reason: &str| [got(reason, 1), got(reason, 2), got(reason, 3)];
    assert_eq!(groups(&three("bridge_down")), [vec![0, 1, 2]]);
    assert_eq!(groups(&three("bridge_down")[1..]).len(), 2);
    assert_eq!(groups(&three("not_found")).len(), 3);
}

#[test]
fn migrations_that_were_not_run_are_one_cause() {
    let missing = |relation: &str, line: u32| {
        let text = format!("ERROR 42P01 (undefined_table) relation \"{relation}\" does not exist");
        let frame = format!("|test/a_test.exs:{line}|(test)");
        failure(vec![at(&[&frame], error("Postgrex.Error", &text))])
    };
    let two = [
        missing("carts", 1),
        missing("shelves", 2),
        missing("carts", 3),
    ];
    assert_eq!(groups(&two), [vec![0, 2], vec![1]]);
    let three = [
        missing("carts", 1),
        missing("shelves", 2),
        missing("tills", 3),
    ];
    assert_eq!(groups(&three), [vec![0, 1, 2]]);
}

#[test]
fn a_port_that_one_message_names_is_that_of_the_others() {
    let taken = |text: &str, line: u32| {
        let frame = format!("|test/a_test.exs:{line}|(test)");
        failure(vec![at(&[&frame], error("MatchError", text))])
    };
    let unnamed = "no match of right hand side value: {:error, :eaddrinuse}";
    let named = |port: u32| format!("failed to start: [port: {port}]: :eaddrinuse");
    let one = [taken(unnamed, 1), taken(&named(4002), 2), taken(unnamed, 3)];
    assert_eq!(groups(&one), [vec![0, 1, 2]]);
    let two = [
        taken(&named(4002), 1),
        taken(&named(4003), 2),
        taken(unnamed, 3),
    ];
    assert_eq!(groups(&two).len(), 3);
}
