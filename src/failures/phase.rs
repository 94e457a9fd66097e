//! Where a failure happened. A dead database in a set-up is still a dead database, so the place is not the category.

use gatekeeper_parsers::evidence::{Failure, Frame, TestError};

/// The part of a run in which a failure happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Test code or its support did not compile.
    Compile,
    /// Nothing ran yet: the application or the test helper failed.
    Boot,
    /// `setup_all` of a module.
    SetupAll,
    /// `setup` of a test.
    Setup,
    /// The test's body.
    Test,
    /// An `on_exit` callback.
    OnExit,
}

impl Phase {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Boot => "boot",
            Self::SetupAll => "setup_all",
            Self::Setup => "setup",
            Self::Test => "test",
            Self::OnExit => "on_exit",
        }
    }

    /// The phase of one error of a failure. `on_exit` of a module is printed under the header of `setup_all`.
    pub(super) fn of(failure: &Failure, error: &TestError) -> Self {
        let test_type = failure.test_type.as_deref().unwrap_or_default();
        if test_type == "compile" {
            Self::Compile
        } else if any(&error.stack, |function| {
            function.contains("ExUnit.OnExitHandler.")
        }) {
            Self::OnExit
        } else if test_type == "setup_all" {
            Self::SetupAll
        } else if let Some(phase) = from_message(&error.message) {
            phase
        } else {
            from_stack(failure, &error.stack)
        }
    }
}

/// ExUnit's complaint about what a callback returned names the callback.
fn from_message(message: &str) -> Option<Phase> {
    let message = message.trim_start();
    if message.starts_with("(Mix) Could not start application") {
        return Some(Phase::Boot);
    }
    let callback =
        re!(r"^(?:expected )?ExUnit (setup|setup_all) callback in \S+ (?:to return|is trying to)")
            .captures(message)?;
    Some(match callback.get(1).map(|kind| kind.as_str()) {
        Some("setup_all") => Phase::SetupAll,
        _ => Phase::Setup,
    })
}

fn from_stack(failure: &Failure, stack: &[Frame]) -> Phase {
    let in_test = any(stack, |function| function == "(test)");
    if any(stack, |function| function.contains("__ex_unit_setup_all_")) {
        Phase::SetupAll
    } else if any(stack, |function| function.contains("__ex_unit_setup_"))
        || (!in_test && any(stack, |function| function.contains(".__ex_unit__/")))
    {
        Phase::Setup
    } else if failure.name.is_none() && stack.iter().any(is_helper) {
        Phase::Boot
    } else {
        Phase::Test
    }
}

fn is_helper(frame: &Frame) -> bool {
    frame
        .file
        .as_deref()
        .is_some_and(|file| file.ends_with("test_helper.exs"))
}

fn any(stack: &[Frame], check: impl Fn(&str) -> bool) -> bool {
    stack.iter().any(|frame| check(&frame.function))
}
