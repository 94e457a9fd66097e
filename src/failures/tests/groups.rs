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

fn members<'a>(failures: &'a [Failure], classified: &'a [Classified]) -> Vec<Member<'a>> {
    let all = failures.iter().zip(classified).enumerate();
    all.map(|(position, (failure, class))| Member {
        failure,
        class,
        source: 0,
        position,
    })
    .collect()
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
            module: Some(module.to_owned()),
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
