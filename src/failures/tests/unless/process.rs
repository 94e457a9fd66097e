//! Hints about processes, mocks and jobs.

use super::*;

pub(super) const UNLESS: &[(&str, Held)] = &[
    ("mock-unexpected", || {
        let text = "expected Shop.Mock.price/1 to be called once but it has been called twice in process #PID<0.1.0>";
        let said = hint(error("Mox.UnexpectedCallError", text));
        said.contains("twice") && !said.contains("expect/stub")
    }),
    ("mock-not-called", || {
        let verify = || {
            error(
                "Mox.VerificationError",
                "error while verifying mocks for #PID<0.1.0>:",
            )
        };
        let body = || assertion("Assertion with == failed");
        let both = |errors| categorise(&failure(errors));
        both(vec![body(), verify()]).category.id == "assert-comparison"
            && both(vec![verify(), body()]).hint.is_none()
            && both(vec![verify()]).hint.is_some()
    }),
    ("mock-setup", || {
        let text = "no function clause matching in Bypass.expect/2\n\nThe following arguments were given to Bypass.expect/2:\n\n    # 1\n    {:error, :eaddrinuse}\n";
        id(error("FunctionClauseError", text)) == "port-in-use"
    }),
    // Evidence holds no configuration, so it is never known; the page of the category says it.
    ("job-assert", || {
        category("job-assert").is_some_and(|c| {
            c.explain
                .iter()
                .any(|line| line.contains("testing: :inline"))
        })
    }),
    ("already-started", || {
        let right = "{:error, {:already_started, #PID<0.1.0>}}";
        hint(matched(
            "assert {:error, {:already_started, _}} = start()",
            right,
        ))
        .is_empty()
            && !hint(matched("assert {:ok, _} = start()", right)).is_empty()
    }),
    // The crash of the server is the cause of the group, and only the group has advice: see `groups`.
    ("not-started", || {
        crash_explains(&|n| {
            let text = "unknown registry: Shop.Registry";
            at(
                &[&format!("|test/a_test.exs:{n}|(test)")],
                error("ArgumentError", text),
            )
        })
    }),
    ("ets-table", || {
        let text = "errors were found at the given arguments:\n\n  * 1st argument: the table identifier does not refer to an existing ETS table\n";
        let call = |argument: &str| {
            let frame = format!("|:0|:ets.lookup({argument}, :a)");
            hint(at(&[&frame], error("ArgumentError", text)))
        };
        call("#PID<0.1.0>") == "#PID<0.1.0> is no ETS table: the call is given a wrong value"
            && call("%{a: 1}").starts_with("A map or struct is no ETS table")
            && call(":rates").starts_with("Table :rates does not exist")
    }),
    ("no-process", || {
        crash_explains(&|n| {
            let text = format!(
                "exited in: GenServer.call(Shop.Till, :open, 5000)\n    ** (EXIT) {NO_PROCESS}"
            );
            at(&[&format!("|test/a_test.exs:{n}|(test)")], exit(&text))
        })
    }),
    ("start-failed", || {
        let start = |reason: &str| {
            id(error(
                "RuntimeError",
                &format!("failed to start child with the spec Shop.Till.\nReason: {reason}"),
            ))
        };
        start("already started: #PID<0.1.0>") == "already-started"
            && start("{:listen_error, :eaddrinuse}") == "port-in-use"
            && start(&format!("an exception was raised:\n    {REFUSED}")) == "db-unreachable"
            && start("bad child specification") == "start-failed"
    }),
    ("process-crash", || {
        id(crashed(REFUSED)) == "db-unreachable"
            && id(crashed(
                "** (Mox.UnexpectedCallError) no expectation defined for Shop.Mock.a/0",
            )) == "mock-unexpected"
            && id(crashed("** (KeyError) key :a not found")) == "process-crash"
    }),
];

/// A server that crashed over and over is the cause of its callers, in whose place the group speaks.
fn crash_explains(victim: &dyn Fn(u32) -> TestError) -> bool {
    let gone =
        format!("exited in: GenServer.call(Shop.Till, :open, 5000)\n    ** (EXIT) {NO_PROCESS}");
    let first = at(&["|test/a_test.exs:1|(test)"], exit(&gone));
    let failures: Vec<Failure> = [first, victim(2), victim(3)]
        .into_iter()
        .map(|e| failure(vec![e]))
        .collect();
    let classes: Vec<Classified> = failures.iter().map(categorise).collect();
    let event = Logged {
        kind: LoggedKind::Terminated,
        who: "Shop.Till".to_owned(),
        exception: Some("KeyError".to_owned()),
        message: "key :a not found".to_owned(),
        stack: Vec::new(),
        before: 0,
        times: 9,
    };
    let groups = group(&members(&failures, &classes), &[(0, &event)]);
    let hint = groups[0].hint.as_deref();
    groups.len() == 1 && hint == Some("Shop.Till crashed before its callers: fix that crash first")
}
