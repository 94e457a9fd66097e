//! The shape of a table of the parts of a document that are read: where they stand, and what is told of them.

/// One place in the document.
#[derive(Debug)]
pub(super) struct Node {
    /// Name of the field; `?` is any field, `*` any element and `0` the first element of a list.
    pub(super) name: &'static str,
    /// What is told of it.
    pub(super) field: Option<Field>,
    /// What is read below it.
    pub(super) children: &'static [Node],
    /// What else may stand there.
    pub(super) others: Others,
}

/// Fields of an object that are not read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Others {
    /// Anything.
    Open,
    /// These, and nothing else that holds lists or objects.
    Lists(&'static [&'static str]),
    /// These, and nothing else.
    Only(&'static [&'static str]),
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Of the document.
    Log(LogField),
    /// Of a run.
    Run(RunField),
    /// Of a rule.
    Rule(RuleField),
    /// Of a result.
    Result(ResultField),
}

/// Of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogField {
    Version,
    Runs,
    Run,
    Inline,
}

/// Of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunField {
    Results,
    ResultsElsewhere,
    BaseUri,
    Driver,
    Extension,
    Name,
    Version,
    SemanticVersion,
    Invocation,
    Executed,
    Signal,
    NotStarted,
    Override,
    Notification,
    NotificationLevel,
    NotificationText,
    Artifact,
    ArtifactUri,
}

/// Of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleField {
    Rule,
    Id,
    Name,
    Level,
    Security,
    Tag,
}

/// Of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultField {
    Result,
    RuleId,
    RuleIndex,
    NestedId,
    NestedIndex,
    Component,
    Kind,
    Level,
    Rank,
    Baseline,
    Suppression,
    Status,
    Security,
    Text,
    Markdown,
    MessageId,
    Uri,
    Artifact,
    Line,
    Column,
    EndColumn,
    Function,
}

impl Node {
    /// The child for a field of this name, with its number.
    pub(super) fn child(&self, name: &str) -> Option<(usize, &'static Self)> {
        let mut all = self.children.iter().enumerate();
        all.find(|(_, n)| n.name == name || n.name == "?")
    }

    /// What is read of the elements, where it is a list: of each, or of the first alone.
    pub(super) fn element(&self) -> Option<&'static Self> {
        self.children
            .first()
            .filter(|n| matches!(n.name, "*" | "0"))
    }
}
