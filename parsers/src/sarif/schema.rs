//! The parts of SARIF 2.1.0 that are read, as a table ([`tree`](super::tree) says what its entries mean).
//!
//! An object of SARIF has no fields but those of its schema, and `properties` for everything else. So a name that is
//! not in the schema is a damaged one or a newer one; where it could be one that decides, the report is not believed.

use super::tree::Others::{Lists, Only, Open};
use super::tree::{Field, LogField, Node, Others, ResultField, RuleField, RunField};

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
    node(name, None, children, Open)
}

const fn log(name: &'static str, field: LogField) -> Node {
    node(name, Some(Field::Log(field)), &[], Open)
}

const fn run(name: &'static str, field: RunField) -> Node {
    node(name, Some(Field::Run(field)), &[], Open)
}

const fn rule(name: &'static str, field: RuleField) -> Node {
    node(name, Some(Field::Rule(field)), &[], Open)
}

const fn result(name: &'static str, field: ResultField) -> Node {
    node(name, Some(Field::Result(field)), &[], Open)
}

/// The document.
pub(super) static LOG: Node = node(
    "",
    None,
    &[
        log("version", LogField::Version),
        node("runs", Some(Field::Log(LogField::Runs)), &[RUN], Open),
        log("inlineExternalProperties", LogField::Inline),
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
            &[run("results", RunField::ResultsElsewhere)],
        ),
        inner(
            "originalUriBaseIds",
            &[inner("?", &[run("uri", RunField::BaseUri)])],
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
    run("name", RunField::Name),
    run("version", RunField::Version),
    run("semanticVersion", RunField::SemanticVersion),
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
        rule("id", RuleField::Id),
        rule("name", RuleField::Name),
        node(
            "defaultConfiguration",
            None,
            &[rule("level", RuleField::Level)],
            Only(&["enabled", "parameters", "properties", "rank"]),
        ),
        inner(
            "properties",
            &[
                rule("security-severity", RuleField::Security),
                inner("tags", &[rule("0", RuleField::Tag)]),
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
        result("ruleId", ResultField::RuleId),
        result("ruleIndex", ResultField::RuleIndex),
        inner(
            "rule",
            &[
                result("id", ResultField::NestedId),
                result("index", ResultField::NestedIndex),
                inner("toolComponent", &[result("index", ResultField::Component)]),
            ],
        ),
        result("kind", ResultField::Kind),
        result("level", ResultField::Level),
        result("rank", ResultField::Rank),
        result("baselineState", ResultField::Baseline),
        inner("suppressions", &[SUPPRESSION]),
        inner(
            "properties",
            &[result("security-severity", ResultField::Security)],
        ),
        inner(
            "message",
            &[
                result("text", ResultField::Text),
                result("markdown", ResultField::Markdown),
                result("id", ResultField::MessageId),
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
    &[result("status", ResultField::Status)],
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
                        result("uri", ResultField::Uri),
                        result("index", ResultField::Artifact),
                    ],
                ),
                inner(
                    "region",
                    &[
                        result("startLine", ResultField::Line),
                        result("startColumn", ResultField::Column),
                        result("endColumn", ResultField::EndColumn),
                    ],
                ),
            ],
        ),
        inner(
            "logicalLocations",
            &[inner(
                "0",
                &[result("fullyQualifiedName", ResultField::Function)],
            )],
        ),
    ],
);

const NOTIFICATION: Node = node(
    "*",
    Some(Field::Run(RunField::Notification)),
    &[
        run("level", RunField::NotificationLevel),
        inner("message", &[run("text", RunField::NotificationText)]),
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
        run("executionSuccessful", RunField::Executed),
        run("exitSignalName", RunField::Signal),
        run("processStartFailureMessage", RunField::NotStarted),
        inner(
            "ruleConfigurationOverrides",
            &[run("*", RunField::Override)],
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
    &[inner("location", &[run("uri", RunField::ArtifactUri)])],
    Open,
);
