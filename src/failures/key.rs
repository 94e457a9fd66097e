//! What makes two failures one: the thing that is missing, or the same words at the same place of the project's code.

use gatekeeper_parsers::evidence::{ErrorKind, Failure, Frame, Name, TestError};

use super::group::Member;
use super::guess::{self, Guess};
use super::phase::Phase;
use super::subject::subject;
use super::text::{first_line, normalise, one_line};
use super::view::View;
use super::{Category, Classified};

/// Longest name or sentence taken from a failure, in characters.
pub(super) const MAX: usize = 200;

/// Why failures are one. The order is that of what explains more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rule {
    /// A file that does not compile.
    Compile,
    /// No session with the database.
    Database,
    /// No connection from the pool.
    Pool,
    /// A table or column is missing.
    Schema,
    /// A listener's port is taken.
    Port,
    /// A process name is taken.
    Taken,
    /// A service was never started.
    NotStarted,
    /// A server with a name crashed in a call.
    Crashed,
    /// A server is not running.
    NotRunning,
    /// An ETS table is gone.
    Table,
    /// A setting is missing.
    Config,
    /// A service outside does not answer.
    Network,
    /// A function, module or route is missing.
    Missing,
    /// A mock without an expectation.
    Mock,
    /// A process without a connection of the sandbox.
    Sandbox,
    /// An error value that came instead of a result.
    Value,
    /// `setup_all` of a module.
    SetupAll,
    /// The same words at the same place.
    Same,
}

/// Two failures with an equal key are one.
pub(super) type Key = (Rule, String);

/// What grouping knows about a failure.
#[derive(Debug)]
pub(super) struct Fact {
    pub rule: Rule,
    /// The missing thing by name.
    pub subject: Option<String>,
    pub keys: Vec<Key>,
    /// A key that needs several failures to prove something.
    pub weak: Option<Key>,
    pub category: &'static Category,
    pub phase: Phase,
    pub source: usize,
    pub position: usize,
    pub module: Option<Name>,
    /// First frame of the project's own code, as `file:line`.
    pub place: Option<String>,
    /// The first line of the message with its exception.
    pub cause: String,
    /// A table that an assertion found missing.
    pub probed: Option<String>,
    /// A module that is not there, while code is compiled.
    pub absent: Option<String>,
    /// A message that it waited for.
    pub awaits: Option<String>,
    /// What it may have in common with others.
    pub guesses: Vec<Guess>,
}

impl Fact {
    pub(super) fn of(member: &Member<'_>) -> Self {
        let (failure, class) = (member.failure, member.class);
        let mut fact = Self {
            rule: Rule::Same,
            subject: None,
            keys: Vec::new(),
            weak: None,
            category: class.category,
            phase: class.phase,
            source: member.source,
            position: member.position,
            module: failure.module.clone(),
            place: None,
            cause: String::new(),
            probed: None,
            absent: None,
            awaits: None,
            guesses: Vec::new(),
        };
        let Some(error) = telling(failure, class) else {
            return fact;
        };
        let view = View::new(failure, error);
        fact.cause = cause(error, &view);
        let frame = own_frame(&view, class);
        fact.place = match class.phase {
            Phase::Compile => view.location.clone(),
            _ => frame.and_then(|f| Some(format!("{}:{}", f.file.as_deref()?, f.line?))),
        };
        fact.probed = probed(&view);
        fact.absent = absent(&view);
        (fact.rule, fact.subject) = subject(class, &view);
        fact.fill(failure, error, &view, frame);
        if class.phase != Phase::Compile {
            fact.awaits = guess::awaited(&view);
            fact.guesses = guess::of(failure, class, &view, fact.place.as_deref());
        }
        fact
    }

    /// The keys that follow from rule and subject.
    fn fill(&mut self, failure: &Failure, error: &TestError, view: &View, frame: Option<&Frame>) {
        let app = failure.app.clone().unwrap_or_default();
        let subject = self.subject.clone();
        match (self.rule, subject) {
            (Rule::Value, Some(value)) => self.weak = Some((self.rule, value)),
            (Rule::Mock | Rule::Network, Some(name)) => {
                let words = normalise(&telling_words(error, view));
                self.weak = Some((self.rule, format!("{name} {words}")));
            }
            // A process is known by its pid only within one run.
            (Rule::NotRunning | Rule::Taken, Some(name)) if name.starts_with("#PID") => {
                self.keys
                    .push((self.rule, format!("{} {name}", self.source)));
            }
            (Rule::Pool | Rule::Database, name) => {
                self.keys.push((self.rule, name.unwrap_or_default()));
            }
            (Rule::Same | Rule::Sandbox | Rule::SetupAll | Rule::Crashed, _) | (_, None) => {}
            (rule, Some(name)) => self.keys.push((rule, name)),
        }
        if let Some(module) = failure
            .module
            .as_deref()
            .filter(|_| self.phase == Phase::SetupAll)
        {
            self.keys.push((Rule::SetupAll, format!("{app} {module}")));
        }
        if let Some(frame) = frame.filter(|_| self.rule != Rule::Compile) {
            let place = format!("{app} {:?} {:?} {}", frame.file, frame.line, frame.function);
            let words = normalise(&telling_words(error, view));
            let category = self.category.id;
            self.keys
                .push((Rule::Same, format!("{category} {words} {place}")));
        }
    }
}

/// A module that the compiler looked for.
fn absent(v: &View) -> Option<String> {
    let compiles = v.phase == Phase::Compile;
    let name = re!(r"module (\S+) is not (?:loaded|available)|(\S+)\.__struct__/[01] is undefined");
    compiles.then(|| v.find(name)).flatten()
}

/// A table of ETS whose absence an assertion has met.
fn probed(v: &View) -> Option<String> {
    if !v.is_assertion() || (v.left.trim() != ":undefined" && v.right.trim() != ":undefined") {
        return None;
    }
    let call = re!(r":ets\.(?:info|whereis)\((:?[\w.]+)[,)]").captures(&v.code)?;
    Some(call.get(1)?.as_str().to_owned())
}

/// The first frame of the project's code that says something: not where a macro of a library put its code. A crash in
/// another process happened there, not where it was noticed.
fn own_frame<'a>(view: &'a View, class: &Classified) -> Option<&'a Frame> {
    let crashed = matches!(class.category.id, "process-crash" | "liveview-crash");
    let inner = view.own_frames_inside().find(|f| is_telling(f));
    match inner {
        Some(frame) if crashed => Some(frame),
        _ => view.own_frames().find(|f| is_telling(f)).or(inner),
    }
}

fn is_telling(frame: &Frame) -> bool {
    let plumbing = re!(r"(?:\.Repo|\.Endpoint|\.Router|\.Gettext)\.[^.]+/\d+$");
    frame.line.is_some() && !plumbing.is_match(&frame.function)
}

/// The error that gave the failure its category: the first of that phase.
pub(super) fn telling<'a>(failure: &'a Failure, classified: &Classified) -> Option<&'a TestError> {
    if let [only] = failure.errors.as_slice() {
        return Some(only);
    }
    let tells = |error: &&TestError| {
        let one = super::classify(&View::new(failure, error));
        one.category == classified.category && one.phase == classified.phase
    };
    failure
        .errors
        .iter()
        .find(tells)
        .or_else(|| failure.errors.first())
}

/// The words, and for a function without a clause what kind of message it was given: a server that understands neither
/// `:refund` nor `{:add, …}` lacks two clauses.
fn telling_words(error: &TestError, view: &View) -> String {
    let words = words(error, view);
    if !words.contains("no function clause matching") {
        return words;
    }
    let tag = view.find(re!(r"were given to \S+: # 1 (:\w+|\{:\w+)"));
    format!("{words} {}", tag.unwrap_or_default())
}

/// The first line of a message; with the one below it where the first only announces a value. Of a crash, those of the
/// exception inside.
fn words(error: &TestError, view: &View) -> String {
    if let Some(inner) = view.inner().filter(|_| view.is_exit()) {
        return words_of(&inner.exception, &inner.message);
    }
    words_of(
        error.exception.as_deref().unwrap_or_default(),
        &error.message,
    )
}

fn words_of(exception: &str, message: &str) -> String {
    let first = first_line(message);
    let lines = message.lines().map(str::trim);
    let next = lines.filter(|line| !line.is_empty()).nth(1);
    let words = match next {
        // The key says enough; the map around it differs from test to test.
        Some(next) if first.ends_with(':') && exception != "KeyError" => format!("{first} {next}"),
        _ => first.to_owned(),
    };
    format!("{exception} {words}").trim().to_owned()
}

/// What happened, on one line.
fn cause(error: &TestError, view: &View) -> String {
    let inner = view
        .inner()
        .filter(|inner| view.is_exit() && !inner.exception.is_empty());
    let (exception, message) = match &inner {
        Some(inner) => (Some(&inner.exception), inner.message.as_str()),
        None => (
            error
                .exception
                .as_ref()
                .filter(|_| error.kind == ErrorKind::Error),
            error.message.as_str(),
        ),
    };
    let words = match exception {
        Some(exception) => {
            let words = words_of(exception, message);
            format!(
                "{exception}: {}",
                words
                    .strip_prefix(exception.as_str())
                    .unwrap_or(&words)
                    .trim()
            )
        }
        None if view.is_assertion() && !view.code.trim().is_empty() => {
            format!("{}: {}", words_of("", message), view.code.trim())
        }
        None => words_of("", message),
    };
    one_line(&words, MAX)
}
