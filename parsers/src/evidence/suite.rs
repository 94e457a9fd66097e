//! What a source says of tests.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::Name;

/// A test run: one or more suites (umbrella apps), already summed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tests {
    /// How many of each outcome.
    pub counts: Counts,
    /// Tests by type (`test`, `doctest`, `property`, …), as far as the source says; counted as the source counts them.
    pub by_type: BTreeMap<String, u64>,
    /// Duration of the run in microseconds, as the source states it.
    pub duration_us: Option<u64>,
    /// The seed, when all suites share one.
    pub seed: Option<u64>,
    /// `max_cases`, when all suites share one.
    pub max_cases: Option<u64>,
    /// Every failure that the source details, in its order.
    pub failures: Vec<Failure>,
    /// Every case that the source names. A progress dot names none.
    pub cases: Vec<TestCase>,
    /// The slowest tests as the source lists them.
    pub slowest: Vec<SlowTest>,
    /// The slowest modules as the source lists them.
    pub slowest_modules: Vec<SlowModule>,
    /// What was logged between the failures and may be their cause. For explanations only: a test can print any of it.
    pub logged: Vec<Logged>,
}

/// What kind of event was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoggedKind {
    /// A process ended with an exception.
    Terminated,
    /// A database accepted no connection.
    NoConnection,
}

/// An error that was logged outside of any failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// What happened.
    pub kind: LoggedKind,
    /// The process, by name or pid.
    pub who: String,
    /// Module of the exception.
    pub exception: Option<String>,
    /// The first line of its message.
    pub message: String,
    /// Its stack, innermost call first.
    pub stack: Vec<Frame>,
    /// How many of [`Tests::failures`] were printed before it.
    pub before: usize,
    /// How often it was logged.
    pub times: u64,
}

/// Numbers of tests by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Not run because their set-up (`setup_all`) failed.
    pub invalid: u64,
    /// Skipped by a tag.
    pub skipped: u64,
    /// Excluded by a filter; never part of the total.
    pub excluded: u64,
}

impl Counts {
    /// Passed, failed, invalid and skipped tests.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.passed
            .saturating_add(self.failed)
            .saturating_add(self.invalid)
            .saturating_add(self.skipped)
    }

    /// Tests that really ran: passed and failed ones.
    #[must_use]
    pub fn ran(&self) -> u64 {
        self.passed.saturating_add(self.failed)
    }

    /// Adds another run's numbers.
    pub fn add(&mut self, other: &Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.invalid = self.invalid.saturating_add(other.invalid);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.excluded = self.excluded.saturating_add(other.excluded);
    }
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// Its `setup_all` failed, so it did not run.
    Invalid,
    /// A tag skipped it.
    Skipped,
    /// A filter excluded it.
    Excluded,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
            Self::Excluded => "excluded",
        }
    }
}

/// One named test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// The umbrella app.
    pub app: Option<Name>,
    /// The test module, without `Elixir.`.
    pub module: Option<Name>,
    /// The name without its type: `adds two numbers`, with the describe block in front.
    pub name: String,
    /// `test`, `doctest`, `property`, `feature`, …
    pub test_type: Option<Name>,
    /// File, relative to the project's root where the source says so.
    pub file: Option<Name>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in microseconds.
    pub duration_us: Option<u64>,
    /// Why it was skipped, or the first line of its failure.
    pub reason: Option<String>,
}

/// A slow test, as `--slowest` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowTest {
    /// The test module.
    pub module: Option<String>,
    /// The name without its type.
    pub name: String,
    /// File of the test.
    pub file: Option<String>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// A slow module, as `--slowest-modules` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowModule {
    /// The test module.
    pub module: String,
    /// Its file.
    pub file: String,
    /// How long its tests took, in microseconds.
    pub duration_us: u64,
}

/// One failed test, or one set-up that failed for a whole module, broken into its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The umbrella app.
    pub app: Option<Name>,
    /// The test module, without `Elixir.`.
    pub module: Option<Name>,
    /// The name without its type. `None` where the failure is of a whole module or file.
    pub name: Option<String>,
    /// `test`, `doctest`, `property`, `feature`, …; `setup_all` for a module's set-up; `compile` for a file.
    pub test_type: Option<Name>,
    /// File, relative to the project's root where the source says so.
    pub file: Option<Name>,
    /// Line of the test.
    pub line: Option<NonZeroU32>,
    /// Parameters of a parameterised test, as printed.
    pub parameters: Option<String>,
    /// What went wrong. At least one; several for `ExUnit.MultiError` and failing `on_exit` callbacks.
    pub errors: Vec<TestError>,
    /// Output that was captured while the test ran, as printed, without its indentation.
    pub logs: Option<String>,
}

impl Failure {
    /// Gives back memory that was taken for more than there is: thousands of failures may be kept.
    pub fn shrink(&mut self) {
        self.errors.shrink_to_fit();
        for error in &mut self.errors {
            error.message.shrink_to_fit();
            error.nested.shrink_to_fit();
            error.stack.shrink_to_fit();
        }
    }
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// A failed assertion (`ExUnit.AssertionError`); printed without a banner.
    #[default]
    Assertion,
    /// An exception was raised.
    Error,
    /// `exit`, or an exit of a process that was called.
    Exit,
    /// `throw`.
    Throw,
    /// A linked process exited (`EXIT from #PID<…>`).
    LinkedExit,
    /// `Not implemented`: a test without a body.
    NotImplemented,
}

impl ErrorKind {
    /// The word on the wire.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Error => "error",
            Self::Exit => "exit",
            Self::Throw => "throw",
            Self::LinkedExit => "EXIT",
            Self::NotImplemented => "not_implemented",
        }
    }
}

/// One error of a failed test, broken into its parts. Texts are as printed, without indentation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestError {
    /// What kind it is.
    pub kind: ErrorKind,
    /// Module of the exception, such as `KeyError`.
    pub exception: Option<String>,
    /// Everything up to the first label: the assertion's message, or the banner's text without `** (X) `.
    pub message: String,
    /// Exceptions named by later banners (`** (X) …`) inside the message, outermost first.
    pub nested: Vec<Nested>,
    /// `code:`.
    pub code: Option<Box<str>>,
    /// `left:`.
    pub left: Option<Box<str>>,
    /// `right:`.
    pub right: Option<Box<str>>,
    /// `doctest:`.
    pub doctest: Option<Box<str>>,
    /// `arguments:` with its numbered values, or a property's generated values.
    pub arguments: Option<Box<str>>,
    /// `mailbox:` with its pairs.
    pub mailbox: Option<Box<str>>,
    /// `hint:`.
    pub hint: Option<Box<str>>,
    /// `stacktrace:`, innermost call first.
    pub stack: Vec<Frame>,
}

/// A banner inside a message: `** (EXIT) …`, `** (RuntimeError) …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// What stands in the parentheses.
    pub exception: String,
    /// The rest of its line.
    pub message: String,
}

/// One entry of a stack trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// `ex_unit` of `(ex_unit 1.20.4) lib/…`; `None` for the project's own code.
    pub app: Option<Name>,
    /// File.
    pub file: Option<Name>,
    /// Line.
    pub line: Option<NonZeroU32>,
    /// `Shop.Cart.add/2`, `(test)`, `anonymous fn/0 in …`.
    pub function: Name,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten thousand of each are kept, and their memory is promised in `benches/README.md`: one more text in each of them
    /// is a fifth of a megabyte, and wants measuring there.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn what_is_kept_of_each_test_is_small() {
        assert!(size_of::<TestCase>() <= 104);
        assert!(size_of::<Failure>() <= 136);
        assert!(size_of::<TestError>() <= 216);
        assert!(size_of::<Frame>() <= 40);
    }
}
