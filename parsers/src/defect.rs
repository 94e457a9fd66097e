//! What a reader could not read or believe, and how far its evidence is proven.

use std::fmt;

/// How far a source proves that it was read to its end and that its own totals agree. Worst is `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// The format's end mark was seen and every declared total equals what was counted.
    Complete,
    /// Nothing is wrong, but the format has no end mark: only an agreeing exit code can stand in for it.
    Unproven,
    /// Cut, contradictory, or with parts that were not understood.
    Partial,
    /// Nothing in it can be used.
    Unreadable,
}

/// One thing that a reader could not read or believe. Never dropped, never fatal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// What kind of trouble it is; `explain` knows each.
    pub kind: DefectKind,
    /// What was found and what was expected, in one sentence.
    pub message: String,
    /// Where it was found.
    pub at: Position,
}

/// A place in a source. Every part may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// Line, counted from 1.
    pub line: Option<u64>,
    /// Column in bytes, counted from 1.
    pub column: Option<u64>,
    /// Byte offset, counted from 0.
    pub offset: Option<u64>,
    /// Path inside a document, such as `testsuites/testsuite[2]/testcase[0]`.
    pub path: Option<String>,
}

impl Position {
    /// A whole line.
    #[must_use]
    pub fn line(line: u64) -> Self {
        Self {
            line: Some(line),
            ..Self::default()
        }
    }

    /// A byte offset.
    #[must_use]
    pub fn offset(offset: u64) -> Self {
        Self {
            offset: Some(offset),
            ..Self::default()
        }
    }

    /// A path inside a document.
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::default()
        }
    }
}

impl Defect {
    /// A defect at a place.
    pub fn new(kind: DefectKind, message: impl Into<String>, at: Position) -> Self {
        Self {
            kind,
            message: message.into(),
            at,
        }
    }
}

/// A value together with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was understood. Always there, even when little was.
    pub value: T,
    /// What was not.
    pub defects: Vec<Defect>,
    /// Whether the value may be relied on.
    pub completeness: Completeness,
}

impl<T> Parsed<T> {
    /// A value with nothing wrong so far.
    pub fn complete(value: T) -> Self {
        Self {
            value,
            defects: Vec::new(),
            completeness: Completeness::Complete,
        }
    }

    /// Notes something odd that does not make the value less reliable.
    pub fn note(&mut self, defect: Defect) {
        self.defects.push(defect);
    }

    /// Notes a defect and lowers the completeness to at most `completeness`.
    pub fn lower(&mut self, completeness: Completeness, defect: Defect) {
        self.completeness = self.completeness.max(completeness);
        self.defects.push(defect);
    }

    /// Keeps the defects and the completeness, changes the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed {
            value: f(self.value),
            defects: self.defects,
            completeness: self.completeness,
        }
    }
}

macro_rules! kinds {
    ($($variant:ident $id:literal $title:literal $text:literal)*) => {
        /// The kinds of defects. Each has a stable id, and a page in `gatekeeper explain`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DefectKind {
            $(#[doc = $title] $variant,)*
        }

        impl DefectKind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable id, as on the wire.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// A short title.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What it means and what to do, in words.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

kinds! {
    Cut "cut" "Ends before its end mark"
        "The output stops before the line or the closing bracket that its tool prints last: the tool was killed, the VM halted, the disk was full, or the file was cut on its way. Run the tool again and keep its whole output."
    CountMismatch "count-mismatch" "Its own totals do not agree"
        "The source declares a total that is not what it lists. Something was lost, or something was printed that only looks like a report. Run the tool again, on its own, and keep its whole output."
    Contradiction "contradiction" "Says two things"
        "Two statements of the same source cannot both be true, such as two summaries of one test suite. What a test prints can look like a report; read the raw output, and print less in tests."
    ExitCode "exit-code" "Exit code and output disagree"
        "The command ended with a code that its output does not explain, such as 1 after a clean report, or 0 after failures. One of the two is wrong, so neither is believed."
    Signal "signal" "Ended by a signal"
        "The command was killed before it could finish, by a time limit, by the system running out of memory, or by hand. What it printed until then is kept, but it is not a result."
    Syntax "syntax" "Not well formed"
        "The document breaks the rules of its format (JSON, XML) at the place that is named. Nothing after that place was read."
    Encoding "encoding" "Bytes that are not UTF-8"
        "Some bytes are not UTF-8. They are shown as U+FFFD; the raw bytes are kept."
    Number "number" "A number that does not parse"
        "A number was expected at this place. Nothing was put in its stead."
    MissingField "missing-field" "A field is missing"
        "The document lacks a field that its format always has, so what it says about this entry is not known in full."
    UnknownValue "unknown-value" "A field or value that this version does not know"
        "The tool may be newer than this version of gatekeeper. If the value could change the verdict, the source counts as partial."
    UnknownFormat "unknown-format" "Not recognised"
        "Nothing in this source looks like the output of a tool that gatekeeper reads. `gatekeeper explain formats` lists what it reads; `--as FORMAT` skips the detection."
    Unsupported "unsupported" "Recognised, but not readable"
        "The source is of a kind that carries no evidence gatekeeper can use, such as an HTML page. Give the machine-readable output of the tool instead."
    Empty "empty" "Nothing in it"
        "The source has no content. Some tools print nothing when all is well, but nothing is also what a tool prints that did not run: nothing is never a pass."
    NoEndMark "no-end-mark" "The format has no end mark"
        "This format does not say where it ends, so a cut copy looks like a whole one. Only the exit code of the command can prove it: use `gatekeeper run`, or a format that has totals."
    Limit "limit" "A limit was reached"
        "There is more of this than gatekeeper keeps in detail. Everything is counted; the details beyond the limit are only in the raw output."
    Skipped "skipped-input" "The tool left something out"
        "The tool itself says that it did not look at everything: files that do not parse, checks that were skipped, a router that was not found. What it did not look at is not clean."
    ToolError "tool-error" "The tool failed"
        "The tool stopped with an error of its own instead of a result. Mend what the message names and run it again."
    TrailingText "trailing-text" "Text after the document"
        "Something follows the end of the document, so what it says is not all that was said."
    NothingRan "nothing-ran" "Nothing ran"
        "The tool finished without doing anything: no test matched, all were excluded or skipped, no file was found. That is not a pass."
    Foreign "noise" "Looks like a report, but is not counted"
        "Text that looks like part of a report was printed where none is expected, such as by a test. It was not counted."
    Unplaced "unplaced" "A module without a file"
        "Exported coverage names modules alone. This one was found in no file of the project, or in two, so its coverage counts in the total, but has no path. A macro may have made it, or it is in a folder that only mix.exs knows."
    Stale "stale" "Recorded for another state of the tree"
        "The evidence was recorded for another commit, or before files were changed. Run the command again."
    Held "held-output" "The output was never closed"
        "The command ended, but a process that it left behind still held its output open. What that process would have printed is not known."
    Io "io" "Could not be read"
        "The operating system refused to read the source; the message says why."
    Fault "reader-fault" "A fault of gatekeeper"
        "The reader of this format failed in a way that it must not. The raw output is kept: please report it."
}

impl fmt::Display for DefectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
