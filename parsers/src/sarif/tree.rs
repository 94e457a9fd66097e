//! The parts of SARIF 2.1.0 that are read, as a table: where they stand, and what is told of them.
//!
//! An object of SARIF has no fields but those of its schema, and `properties` for everything else. So a name that is
//! not in the schema is a damaged one or a newer one; where it could be one that decides, the report is not believed.

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

const fn leaf(name: &'static str, field: Field) -> Node {
    node(name, Some(field), &[], Others::Open)
}

const fn node(
    name: &'static str,
    field: Option<Field>,
    children: &'static [Node],
    others: Others,
) -> Node {
    Node {
        name,
        field,
        children,
        others,
    }
}

const fn inner(name: &'static str, children: &'static [Node]) -> Node {
    node(name, None, children, Others::Open)
}

use Others::{Lists, Only, Open};

/// The document.
pub(super) static LOG: Node = node(
    "",
    None,
    &[
        leaf("version", Field::Log(LogField::Version)),
        node("runs", Some(Field::Log(LogField::Runs)), &[RUN], Open),
        leaf("inlineExternalProperties", Field::Log(LogField::Inline)),
    ],
    Lists(&["$schema", "properties"]),
);

const RUN: Node = node(
    "*",
    Some(Field::Log(LogField::Run)),
    &[
        node(
            "results",
            Some(Field::Run(RunField::Results)),
            &[RESULT],
            Open,
        ),
        inner(
            "externalPropertyFileReferences",
            &[leaf("results", Field::Run(RunField::ResultsElsewhere))],
        ),
        inner(
            "originalUriBaseIds",
            &[inner("?", &[leaf("uri", Field::Run(RunField::BaseUri))])],
        ),
        node(
            "tool",
            None,
            &[
                component("driver", RunField::Driver),
                inner("extensions", &[component("*", RunField::Extension)]),
            ],
            Lists(&["properties"]),
        ),
        inner("invocations", &[INVOCATION]),
        inner("artifacts", &[ARTIFACT]),
    ],
    Lists(&[
        "addresses",
        "automationDetails",
        "baselineGuid",
        "columnKind",
        "conversion",
        "defaultEncoding",
        "defaultSourceLanguage",
        "graphs",
        "language",
        "logicalLocations",
        "newlineSequences",
        "policies",
        "properties",
        "redactionTokens",
        "runAggregates",
        "specialLocations",
        "taxonomies",
        "threadFlowLocations",
        "translations",
        "versionControlProvenance",
        "webRequests",
        "webResponses",
    ]),
);

const fn component(name: &'static str, field: RunField) -> Node {
    node(
        name,
        Some(Field::Run(field)),
        COMPONENT,
        Lists(COMPONENT_OTHERS),
    )
}

const COMPONENT: &[Node] = &[
    leaf("name", Field::Run(RunField::Name)),
    leaf("version", Field::Run(RunField::Version)),
    leaf("semanticVersion", Field::Run(RunField::SemanticVersion)),
    inner("rules", &[RULE]),
];

const COMPONENT_OTHERS: &[&str] = &[
    "associatedComponent",
    "contents",
    "downloadUri",
    "dottedQuadFileVersion",
    "fullDescription",
    "fullName",
    "globalMessageStrings",
    "guid",
    "informationUri",
    "isComprehensive",
    "language",
    "localizedDataSemanticVersion",
    "locations",
    "minimumRequiredLocalizedDataSemanticVersion",
    "notifications",
    "organization",
    "product",
    "productSuite",
    "properties",
    "releaseDateUtc",
    "shortDescription",
    "supportedTaxonomies",
    "taxa",
    "translationMetadata",
];

const RULE: Node = node(
    "*",
    Some(Field::Rule(RuleField::Rule)),
    &[
        leaf("id", Field::Rule(RuleField::Id)),
        leaf("name", Field::Rule(RuleField::Name)),
        node(
            "defaultConfiguration",
            None,
            &[leaf("level", Field::Rule(RuleField::Level))],
            Only(&["enabled", "parameters", "properties", "rank"]),
        ),
        inner(
            "properties",
            &[
                leaf("security-severity", Field::Rule(RuleField::Security)),
                inner("tags", &[leaf("0", Field::Rule(RuleField::Tag))]),
            ],
        ),
    ],
    Only(&[
        "deprecatedGuids",
        "deprecatedIds",
        "deprecatedNames",
        "fullDescription",
        "guid",
        "help",
        "helpUri",
        "messageStrings",
        "relationships",
        "shortDescription",
    ]),
);

const RESULT: Node = node(
    "*",
    Some(Field::Result(ResultField::Result)),
    &[
        leaf("ruleId", Field::Result(ResultField::RuleId)),
        leaf("ruleIndex", Field::Result(ResultField::RuleIndex)),
        inner(
            "rule",
            &[
                leaf("id", Field::Result(ResultField::NestedId)),
                leaf("index", Field::Result(ResultField::NestedIndex)),
                inner(
                    "toolComponent",
                    &[leaf("index", Field::Result(ResultField::Component))],
                ),
            ],
        ),
        leaf("kind", Field::Result(ResultField::Kind)),
        leaf("level", Field::Result(ResultField::Level)),
        leaf("rank", Field::Result(ResultField::Rank)),
        leaf("baselineState", Field::Result(ResultField::Baseline)),
        inner("suppressions", &[SUPPRESSION]),
        inner(
            "properties",
            &[leaf(
                "security-severity",
                Field::Result(ResultField::Security),
            )],
        ),
        inner(
            "message",
            &[
                leaf("text", Field::Result(ResultField::Text)),
                leaf("markdown", Field::Result(ResultField::Markdown)),
                leaf("id", Field::Result(ResultField::MessageId)),
            ],
        ),
        inner("locations", &[LOCATION]),
    ],
    Only(&[
        "analysisTarget",
        "attachments",
        "codeFlows",
        "correlationGuid",
        "fingerprints",
        "fixes",
        "graphTraversals",
        "graphs",
        "guid",
        "hostedViewerUri",
        "occurrenceCount",
        "partialFingerprints",
        "provenance",
        "relatedLocations",
        "stacks",
        "taxa",
        "webRequest",
        "webResponse",
        "workItemUris",
    ]),
);

const SUPPRESSION: Node = node(
    "*",
    Some(Field::Result(ResultField::Suppression)),
    &[leaf("status", Field::Result(ResultField::Status))],
    Only(&["guid", "justification", "kind", "location", "properties"]),
);

const LOCATION: Node = inner(
    "0",
    &[
        inner(
            "physicalLocation",
            &[
                inner(
                    "artifactLocation",
                    &[
                        leaf("uri", Field::Result(ResultField::Uri)),
                        leaf("index", Field::Result(ResultField::Artifact)),
                    ],
                ),
                inner(
                    "region",
                    &[
                        leaf("startLine", Field::Result(ResultField::Line)),
                        leaf("startColumn", Field::Result(ResultField::Column)),
                        leaf("endColumn", Field::Result(ResultField::EndColumn)),
                    ],
                ),
            ],
        ),
        inner(
            "logicalLocations",
            &[inner(
                "0",
                &[leaf(
                    "fullyQualifiedName",
                    Field::Result(ResultField::Function),
                )],
            )],
        ),
    ],
);

const NOTIFICATION: Node = node(
    "*",
    Some(Field::Run(RunField::Notification)),
    &[
        leaf("level", Field::Run(RunField::NotificationLevel)),
        inner(
            "message",
            &[leaf("text", Field::Run(RunField::NotificationText))],
        ),
    ],
    Only(&[
        "associatedRule",
        "descriptor",
        "exception",
        "locations",
        "properties",
        "relatedLocations",
        "threadId",
        "timeUtc",
    ]),
);

const INVOCATION: Node = node(
    "*",
    Some(Field::Run(RunField::Invocation)),
    &[
        leaf("executionSuccessful", Field::Run(RunField::Executed)),
        leaf("exitSignalName", Field::Run(RunField::Signal)),
        leaf(
            "processStartFailureMessage",
            Field::Run(RunField::NotStarted),
        ),
        inner(
            "ruleConfigurationOverrides",
            &[leaf("*", Field::Run(RunField::Override))],
        ),
        inner("toolExecutionNotifications", &[NOTIFICATION]),
        inner("toolConfigurationNotifications", &[NOTIFICATION]),
    ],
    Lists(&[
        "account",
        "arguments",
        "environmentVariables",
        "executableLocation",
        "machine",
        "notificationConfigurationOverrides",
        "properties",
        "responseFiles",
        "stderr",
        "stdin",
        "stdout",
        "stdoutStderr",
        "workingDirectory",
    ]),
);

const ARTIFACT: Node = node(
    "*",
    Some(Field::Run(RunField::Artifact)),
    &[inner(
        "location",
        &[leaf("uri", Field::Run(RunField::ArtifactUri))],
    )],
    Open,
);
