//! What Ecto says before or after it talks to the database.

use gatekeeper_parsers::evidence::ErrorKind;

use super::say::{nothing, plain, say, text, with};
use super::view::View;
use super::{Category, Class};

/// Refusals of values that are raised as plain argument errors.
const UNFIT: &[&str] = &[
    "expects microseconds to be empty",
    "expects microsecond precision",
    "cannot load `",
    "cannot dump `",
    "cannot load embed `",
    "cannot dump embed `",
    "cannot dump/",
];

pub(super) const ECTO_NO_RESULTS: Category = Category {
    id: "ecto-no-results",
    title: "Expected exactly one row",
    class: Class::Specific,
    means: "`one!/get!/get_by!` found no row or more than one.",
    explain: &[
        "The message prints the query and its values: compare each `where` with the data the test inserted.",
        "In tests the usual reasons are an id from another test, a row inserted in a different sandbox connection, or a soft-delete/tenant filter.",
        "MultipleResults means leftovers: rows created outside the sandbox (seeds, setup_all) are visible to every test.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.Repo.html#c:get!/3",
    recognised: "exception `Ecto.NoResultsError` or `Ecto.MultipleResultsError`.",
    advice: "The query found {0|n} rows: check that the fixture was inserted in this test and matches the `where`.",
    unless: "the controller test expects a 404: use `assert_error_sent 404` instead.",
    matches: |v| v.raised(&["Ecto.NoResultsError", "Ecto.MultipleResultsError"]),
    hint: |v| match v.find(re!(r"at most one result but got (\d+)")) {
        _ if v.expects_status("404", "not_found") => plain(
            "The row is not there, as the test expects: assert on it with `assert_error_sent 404`",
        ),
        Some(rows) => say(&[with(
            "The query found {} rows: make its `where` narrower, or look for rows left by other tests",
            Some(rows),
        )]),
        None => plain(
            "The query found 0 rows: check that the fixture was inserted in this test and matches the `where`",
        ),
    },
};

pub(super) const ECTO_CHANGESET: Category = Category {
    id: "ecto-changeset",
    title: "Invalid changeset in a bang call",
    class: Class::Specific,
    means: "`insert!/update!/delete!` was called with an invalid changeset.",
    explain: &[
        "The message prints errors, applied changes and params.",
        "In a fixture it means the schema got a new required field or validation.",
        "Fix the factory once; all tests that use it fail together.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.InvalidChangesetError.html",
    recognised: "exception `Ecto.InvalidChangesetError`.",
    advice: "Changeset is invalid ({errors}): give the fixture the missing fields, or use `insert/1` and assert on the error.",
    unless: "never guess the field: print only what the `Errors` part says.",
    matches: |v| v.raised(&["Ecto.InvalidChangesetError"]),
    hint: |v| {
        say(&[
            text("Changeset is invalid"),
            with(
                " ({})",
                v.find(re!(r"\bErrors (%\{.*?\}) Applied changes\b")),
            ),
            text(
                ": give the fixture the missing fields, or use `insert/1` and assert on the error",
            ),
        ])
    },
};

pub(super) const ECTO_STALE: Category = Category {
    id: "ecto-stale",
    title: "Stale entry",
    class: Class::Specific,
    means: "The row to update or delete was changed or is gone.",
    explain: &[
        "Ecto expected to touch one row and touched none.",
        "Typical: the test deletes a parent with cascading delete and then the child, or updates a struct loaded before another update.",
        "With optimistic_lock the version differs: that is the behaviour to assert on.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.StaleEntryError.html",
    recognised: "exception `Ecto.StaleEntryError`.",
    advice: "The row is gone or has a newer lock_version: reload it before update/delete, or check that it was really inserted in this sandbox.",
    unless: "the test is about optimistic locking.",
    matches: |v| v.raised(&["Ecto.StaleEntryError"]),
    hint: |v| match re!(r"(?i-u:lock|optimistic|stale)").is_match(&v.code) {
        true => nothing(),
        false => plain(
            "The row is gone or has a newer lock_version: reload it before update/delete, or check that it was really inserted in this sandbox",
        ),
    },
};

pub(super) const ECTO_QUERY: Category = Category {
    id: "ecto-query",
    title: "Invalid query",
    class: Class::Specific,
    means: "Ecto rejected the query before sending it.",
    explain: &[
        "The message names the field, binding or expression and prints the query.",
        "Frequent causes: a field that is not in the schema, a join binding that was not given, or an association that does not exist.",
        "It fails the same way on every run: not flaky.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.Query.html",
    recognised: "exception `Ecto.QueryError`, `Ecto.SubQueryError`, `Ecto.Query.CompileError`.",
    advice: "Ecto refused the query: fix the binding or field named in the message.",
    unless: "",
    matches: |v| {
        v.raised(&[
            "Ecto.QueryError",
            "Ecto.SubQueryError",
            "Ecto.Query.CompileError",
            "Ecto.NoPrimaryKeyFieldError",
            "Ecto.NoPrimaryKeyValueError",
            "Ecto.MultiplePrimaryKeyError",
        ])
    },
    hint: |v| match v.raised(&["Ecto.NoPrimaryKeyFieldError", "Ecto.NoPrimaryKeyValueError"]) {
        true => plain(
            "Ecto needs a primary key with a value to find the row: use a struct that was loaded or inserted",
        ),
        false => plain("Ecto refused the query: fix the binding or field named in the message"),
    },
};

pub(super) const ECTO_CAST: Category = Category {
    id: "ecto-cast",
    title: "Value has the wrong type for the column",
    class: Class::Specific,
    means: "A value could not be cast, dumped or loaded.",
    explain: &[
        "`expects microseconds to be empty`: the column is second-precision; truncate the DateTime.",
        "`cannot load`: the database holds a value the schema type cannot read (changed enum, changed type).",
        "Query.CastError in a controller test is often an id such as \"abc\" for an integer key: Phoenix turns it into 400.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.ChangeError.html",
    recognised: "exception `Ecto.ChangeError`, `Ecto.CastError`, `Ecto.Query.CastError`; or `cannot load \\`…\\``, `expects microseconds to be empty`.",
    advice: "Value for {field} does not fit {type}: change the test value (`DateTime.truncate/2`, UUID, integer) or the schema type.",
    unless: "the test sends a bad id on purpose: use assert_error_sent 400.",
    matches: |v| {
        v.raised(&["Ecto.ChangeError", "Ecto.CastError", "Ecto.Query.CastError"]) || v.has(UNFIT)
    },
    hint: |v| match v.has(&["a map with mixed keys"]) {
        true => plain("Params mix atom and string keys: use one kind"),
        false if v.expects_status("400", "bad_request") => plain(
            "The value is refused, as the test expects: assert on it with `assert_error_sent 400`",
        ),
        false => say(&[
            with(
                "Value for {} does not fit: ",
                v.find(re!(r"` for `([^`]+)`|for field [`:]([\w.]+)")),
            )
            .or_else(|| text("Value does not fit its type: ")),
            text("change the test value (`DateTime.truncate/2`, UUID, integer) or the schema type"),
        ]),
    },
};

pub(super) const ECTO_NOT_LOADED: Category = Category {
    id: "ecto-not-loaded",
    title: "Association not loaded",
    class: Class::Specific,
    means: "Code touched an association that was not preloaded.",
    explain: &[
        "The struct carries a NotLoaded placeholder.",
        "In tests it is often a factory struct that is compared or changed without preload, or put_assoc/cast_assoc on an unloaded relation.",
        "Preload in the function under test if production needs it too; preload in the test only for comparing.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.Repo.html#c:preload/3",
    recognised: "`association … is/was not loaded`, `Ecto.Association.NotLoaded` in the message of an error (not in the value of a MatchError).",
    advice: "Preload {assoc} first: `Repo.preload(struct, {assoc})`.",
    unless: "NotLoaded shows only in left/right of an `==` assertion: that is `assert-comparison` (compare ids or preload both sides).",
    matches: |v| v.kind == ErrorKind::Error && !v.is(&["MatchError"]) && is_not_loaded(v),
    hint: |v| match v.find(re!(r"association [`:]?(\w+)`?")) {
        Some(name) => say(&[
            with("Preload {}", Some(name.clone())),
            with(" first: `Repo.preload(struct, :{})`", Some(name)),
        ]),
        None => plain("Preload the association first: `Repo.preload(struct, assoc)`"),
    },
};

/// Every printed schema struct shows its unloaded associations, so the placeholder counts only where it is the value
/// itself, or where a sentence says it.
fn is_not_loaded(v: &View) -> bool {
    let placeholder = re!(r"#Ecto\.Association\.NotLoaded<[^>]*>");
    let is_value = v.message.lines().any(|line| {
        line.trim_start()
            .starts_with("#Ecto.Association.NotLoaded<")
    }) || re!(
        r"(?:not found in: |implemented for (?:type )?)[#%]?Ecto\.Association\.NotLoaded\b"
    )
    .is_match(&v.flat);
    is_value
        || re!(r"association \S.{0,200}? not loaded")
            .is_match(&placeholder.replace_all(&v.text, "…"))
}
