//! What a rule may look at, prepared once per error.
//!
//! A rule reads the message, the exceptions named inside it and the right side of a failed `match (=)`. It does not
//! read values of comparisons, pinned variables, mailboxes or clauses of functions: those are the test's own words.

use gatekeeper_parsers::evidence::{ErrorKind, Failure, Frame, TestError};

use super::own::Project;
use super::pattern::Pattern;
use super::phase::Phase;
use super::quoted;
use super::term;
use super::text::{first_line, head, squeeze};

/// Bytes of a message that rules look at.
const MAX: usize = 32 << 10;

/// One error, as rules see it.
#[derive(Debug, Clone)]
pub struct View {
    pub(super) kind: ErrorKind,
    pub(super) phase: Phase,
    pub(super) test_type: String,
    /// File and line of the header.
    pub(super) location: Option<String>,
    /// Module of the exception that was raised; empty for an assertion, an exit, a throw.
    pub(super) exception: String,
    /// The message, its lines kept.
    pub(super) message: String,
    /// The first line of the message that is not blank.
    pub(super) first: String,
    /// The whole message with its white space squeezed.
    pub(super) flat: String,
    /// The part of it that phrases of libraries are searched in, squeezed.
    pub(super) text: String,
    /// Exceptions named by banners inside the message, outermost first.
    pub(super) banners: Vec<String>,
    /// `code:`, for the few rules that may read it.
    pub(super) code: String,
    pub(super) left: String,
    pub(super) right: String,
    /// `mailbox:`, squeezed; for hints only.
    pub(super) mailbox: String,
    pub(super) stack: Vec<Frame>,
    /// Frames inside the message: those of another process.
    pub(super) inner_stack: Vec<Frame>,
    project: Project,
}

impl View {
    pub(super) fn new(failure: &Failure, error: &TestError) -> Self {
        let phase = Phase::of(failure, error);
        let project = Project::of(failure);
        let mut message = head(&error.message, MAX).to_owned();
        for nested in &error.nested {
            let banner = format!("** ({}) {}", nested.exception, nested.message);
            if !message.contains(banner.trim_end()) {
                message.push('\n');
                message.push_str(head(&banner, MAX));
            }
        }
        let (kind, exception, message) = match phase {
            Phase::Compile => (ErrorKind::Error, String::new(), message),
            _ => term::unwrapped(error, message),
        };
        let text =
            |value: &Option<Box<str>>| head(value.as_deref().unwrap_or_default(), MAX).to_owned();
        let header = Frame {
            file: failure.file.clone(),
            line: failure.line,
            ..Frame::default()
        };
        let mut view = Self {
            kind,
            phase,
            test_type: failure.test_type.clone().unwrap_or_default().into(),
            location: place(&header),
            exception,
            message,
            first: String::new(),
            flat: String::new(),
            text: String::new(),
            banners: Vec::new(),
            code: text(&error.code),
            left: text(&error.left),
            right: text(&error.right),
            mailbox: squeeze(&text(&error.mailbox)),
            stack: error
                .stack
                .iter()
                .map(|frame| project.rooted(frame))
                .collect(),
            inner_stack: Vec::new(),
            project,
        };
        view.derive();
        view
    }

    /// Fills the fields that follow from the message.
    fn derive(&mut self) {
        self.first = first_line(&self.message).to_owned();
        self.flat = squeeze(&self.message);
        let text = quoted::rule_text(self);
        self.text = squeeze(&text);
        self.banners = term::banners(&text);
        let inside = term::frames(&self.message);
        self.inner_stack = inside.iter().map(|f| self.project.rooted(f)).collect();
    }

    /// The failure inside: the first exception that a banner names, or the assertion under generated values.
    pub(super) fn inner(&self) -> Option<Self> {
        let mut inner = self.clone();
        if let Some((kind, exception, message)) = term::inner_error(&self.message) {
            inner.kind = kind;
            inner.exception = exception;
            inner.message = message;
        } else if let Some(rest) = term::under_generated(&self.message) {
            inner.message = rest;
        } else {
            return None;
        }
        inner.test_type = String::new();
        if !self.inner_stack.is_empty() {
            inner.stack.clone_from(&self.inner_stack);
        }
        inner.derive();
        Some(inner)
    }

    /// Whether the searched text has one of the phrases.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.text.contains(phrase))
    }

    /// Whether this exception was raised here or inside, or stands in the text as an inspected struct.
    pub(super) fn raised(&self, exceptions: &[&str]) -> bool {
        exceptions.iter().any(|name| {
            self.exception == *name
                || self.banners.iter().any(|banner| banner == name)
                || self.text.contains(&format!("%{name}{{"))
        })
    }

    /// Whether this error itself, not one inside it, is one of the exceptions.
    pub(super) fn is(&self, exceptions: &[&str]) -> bool {
        self.kind == ErrorKind::Error && exceptions.contains(&self.exception.as_str())
    }

    pub(super) fn is_assertion(&self) -> bool {
        self.kind == ErrorKind::Assertion && self.phase != Phase::Compile
    }

    pub(super) fn is_exit(&self) -> bool {
        matches!(self.kind, ErrorKind::Exit | ErrorKind::LinkedExit) && self.phase != Phase::Compile
    }

    /// Whether an assertion's message starts with one of the words.
    pub(super) fn asserts(&self, starts: &[&str]) -> bool {
        self.is_assertion() && starts.iter().any(|start| self.first.starts_with(start))
    }

    /// Whether a banner inside names an exception (not just an exit).
    pub(super) fn has_inner_exception(&self) -> bool {
        self.banners.iter().any(|name| !term::is_exit_word(name))
    }

    /// Whether lines of a logger stand in the message.
    pub(super) fn is_interleaved(&self) -> bool {
        re!(r"\b\d\d:\d\d:\d\d\.\d{3,6} (?:\S+ )?\[(?:debug|info|notice|warn|warning|error|critical|alert|emergency)\]")
            .is_match(&self.flat)
    }

    /// What a pattern's groups find in the message: the first of them that holds something.
    pub(super) fn find(&self, pattern: &Pattern) -> Option<String> {
        group(pattern, &self.flat)
    }

    /// The same in the text in which phrases count, so also in the right side of a failed match.
    pub(super) fn find_value(&self, pattern: &Pattern) -> Option<String> {
        group(pattern, &self.text)
    }

    /// Whether the module of an exception, here or inside, starts so. The one that only carries others does not count.
    pub(super) fn raised_under(&self, prefix: &str) -> bool {
        let under = |name: &String| name.starts_with(prefix) && name != "Plug.Conn.WrapperError";
        under(&self.exception) || self.banners.iter().any(under)
    }

    /// Whether the failing line of the test expects an answer of this status. For advice only.
    pub(super) fn expects_status(&self, code: &str, name: &str) -> bool {
        let named = |n: Option<regex::Match<'_>>| {
            n.is_some_and(|n| n.as_str() == code || n.as_str().strip_prefix(':') == Some(name))
        };
        re!(r"response\((?:.*, ?)?(\d{3}\b|:\w+)\)|(?:status(?:_code)? == |assert_error_sent\(?\s*)(\d{3}\b|:\w+)")
            .captures_iter(&self.code)
            .any(|found| named(found.get(1).or(found.get(2))))
    }

    /// Whether a function of the stack starts so.
    pub(super) fn calls(&self, function: &str) -> bool {
        self.stack
            .iter()
            .any(|frame| frame.function.starts_with(function))
    }

    /// The exception that a banner inside names.
    pub(super) fn inner_exception(&self) -> Option<String> {
        self.banners
            .iter()
            .find(|name| !term::is_exit_word(name))
            .cloned()
    }

    /// The first frame of the project's own code, as `file:line`.
    pub(super) fn place(&self) -> Option<String> {
        self.own_frame().and_then(place)
    }

    /// The first frame of the project's own code inside another process, as `file:line`.
    pub(super) fn inner_place(&self) -> Option<String> {
        self.inner_stack
            .iter()
            .find(|frame| self.project.owns(frame))
            .and_then(place)
    }

    /// The first frame of the project's own code.
    fn own_frame(&self) -> Option<&Frame> {
        self.stack
            .iter()
            .chain(&self.inner_stack)
            .find(|frame| self.project.owns(frame))
    }

    /// The frames of the project's own code in this process.
    pub(super) fn own_frames(&self) -> impl Iterator<Item = &Frame> {
        self.stack.iter().filter(|frame| self.project.owns(frame))
    }

    /// The frames of the project's own code inside another process.
    pub(super) fn own_frames_inside(&self) -> impl Iterator<Item = &Frame> {
        let inside = self.inner_stack.iter();
        inside.filter(|frame| self.project.owns(frame))
    }
}

fn place(frame: &Frame) -> Option<String> {
    let file = frame.file.as_deref()?;
    Some(match frame.line {
        Some(line) => format!("{file}:{line}"),
        None => file.to_owned(),
    })
}

fn group(pattern: &Pattern, text: &str) -> Option<String> {
    let found = pattern.captures(text)?;
    let mut groups = found
        .iter()
        .skip(1)
        .flatten()
        .map(|group| group.as_str().trim());
    groups.find(|group| !group.is_empty()).map(str::to_owned)
}
