//! What stands around another failure, and what is not recognised.

use super::phase::Phase;
use super::say::{nothing, say, text, with};
use super::view::View;
use super::{Category, Class, category, process};

pub(super) const SETUP_FAILURE: Category = Category {
    id: "setup-failure",
    title: "Set-up failed",
    class: Class::Wrapper,
    means: "setup, setup_all or a case template failed for a generic reason.",
    explain: &[
        "No test body ran.",
        "setup_all: all tests of the module are invalid, one cause.",
        "`expected … callback to return`: return :ok, a map, a keyword list or {:ok, …}.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Callbacks.html",
    recognised: "phase is setup/setup_all and the inner cause is generic; or `expected ExUnit (kind) callback in M to return`.",
    advice: "Fix the set-up at {setup frame}: {cause hint}; {n} tests were not run.",
    unless: "inner cause is specific: that category is shown with \"in setup\".",
    matches: |v| matches!(v.phase, Phase::Setup | Phase::SetupAll),
    hint: |v| say(&[with("Fix the set-up at {}", v.place())]),
};

pub(super) const TEARDOWN_FAILURE: Category = Category {
    id: "teardown-failure",
    title: "Clean-up failed",
    class: Class::Wrapper,
    means: "An on_exit callback failed.",
    explain: &[
        "The test body itself passed.",
        "GenServer.stop of a linked process in on_exit races with its own stop.",
        "It is reported for the test that has just passed, so the name alone misleads.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Callbacks.html#on_exit/2",
    recognised: "frame `ExUnit.OnExitHandler`; inner cause generic or no-process/process-exit/call-timeout.",
    advice: "on_exit at {frame} failed: the process was already gone - use start_supervised! or guard with Process.alive?.",
    unless: "inner cause is a mock verification (mock-not-called) or specific.",
    matches: |v| v.phase == Phase::OnExit,
    hint: |v| match process::is_gone(v) {
        true => say(&[
            with("The clean-up at {} failed: ", v.place()),
            text(
                "the process was already gone - use start_supervised! or guard with Process.alive?",
            ),
        ]),
        false => say(&[with("The clean-up at {} failed", v.place())]),
    },
};

pub(super) const UNCATEGORISED: Category = Category {
    id: "uncategorised",
    title: "Not recognised",
    class: Class::None,
    means: "No rule matched.",
    explain: &[
        "Reported with the first line so that a rule can be added.",
        "The parser keeps the whole block, kind, first line and frames.",
        "Two blocks with the same first line and frame are still grouped.",
    ],
    link: "",
    recognised: "nothing above matched (empty or unknown body).",
    advice: "",
    unless: "always: no hint.",
    matches: |_| true,
    hint: |_| nothing(),
};

/// The wrapper of a callback around a failure that tells little by itself. A specific one keeps its name: a database
/// that is down is down in a set-up too.
pub(super) fn around(view: &View, inner: &Category) -> Option<&'static Category> {
    let replaceable = matches!(inner.class, Class::Generic | Class::Assertion | Class::None)
        || inner.id == "process-crash";
    let wrapper = match view.phase {
        Phase::Setup | Phase::SetupAll => "setup-failure",
        Phase::OnExit => "teardown-failure",
        Phase::Compile | Phase::Boot | Phase::Test => return None,
    };
    category(wrapper).filter(|_| replaceable)
}

/// Whether a category stands for a callback of ExUnit.
pub(super) fn is_callback(category: &Category) -> bool {
    matches!(category.id, "setup-failure" | "teardown-failure")
}

/// Where the callback is, and the advice of its cause.
pub(super) fn advice(view: &View, wrapper: &Category, cause: &Category) -> Option<String> {
    let own = (wrapper.hint)(view);
    if wrapper.id == "teardown-failure" && process::is_gone(view) {
        return own;
    }
    let inner =
        (cause.hint)(view).filter(|hint| view.place().is_none_or(|place| !hint.contains(&place)));
    match own {
        Some(own) => say(&[Some(own), with_whole(": ", inner)]),
        None => inner,
    }
}

fn with_whole(before: &str, rest: Option<String>) -> Option<String> {
    Some(format!("{before}{}", rest?))
}
