//! Locks, schema and constraints: what a database driver says.

use super::say::{nothing, plain, say, text, with};
use super::view::View;
use super::{Category, Class};

/// Exceptions of database drivers.
pub(super) const DRIVERS: &[&str] = &[
    "Postgrex.Error",
    "Postgrex.QueryError",
    "MyXQL.Error",
    "Mariaex.Error",
    "Exqlite.Error",
    "Exqlite.BasicError",
    "Sqlite.DbConnection.Error",
    "Tds.Error",
    "Ch.Error",
    "Mongo.Error",
    "Xandra.Error",
    "Jamdb.Oracle.Error",
];

const SCHEMA: &[&str] = &[
    "undefined_table",
    "undefined_column",
    "undefined_object",
    "duplicate_table",
    "duplicate_column",
    "invalid_schema_name",
    "no such table",
    "no such column",
    "has no column named",
    "ER_NO_SUCH_TABLE",
    "ER_BAD_FIELD_ERROR",
    "Invalid object name",
    "Invalid column name",
];

const CONSTRAINT: &[&str] = &[
    "unique_violation",
    "foreign_key_violation",
    "not_null_violation",
    "check_violation",
    "exclusion_violation",
    "restrict_violation",
    "integrity_constraint_violation",
    "constraint failed",
    "ER_DUP_ENTRY",
    "ER_ROW_IS_REFERENCED",
    "ER_NO_REFERENCED_ROW",
    "ER_BAD_NULL_ERROR",
    "ER_CHECK_CONSTRAINT_VIOLATED",
    "Violation of ",
    "Cannot insert duplicate key",
    "conflicted with the ",
];

pub(super) const DB_LOCK: Category = Category {
    id: "db-lock",
    title: "Database lock or deadlock",
    class: Class::Specific,
    means: "Two transactions blocked each other, or SQLite was busy.",
    explain: &[
        "Async tests run in open transactions until they end, so locks are kept for the whole test.",
        "Inserting the same unique value, or updating shared seed rows in different order, is enough for a deadlock.",
        "DDL (TRUNCATE, ALTER, REFRESH) takes locks that stop everybody else.",
        "SQLite allows one writer: run those tests with async: false and set busy_timeout.",
    ],
    link: "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",
    recognised: "`deadlock_detected`, `40P01`, `lock_not_available`, `serialization_failure`, `Database busy`, `database is locked`, `ER_LOCK_*`.",
    advice: "Two tests lock the same rows: make the file `async: false` or use rows private to each test; SQLite needs `async: false`.",
    unless: "the message comes from a test about locking (`FOR UPDATE NOWAIT` in `code:`).",
    matches: |v| {
        v.has(&[
            "deadlock_detected",
            "40P01",
            "lock_not_available",
            "serialization_failure",
            "Database busy",
            "database is locked",
            "database table is locked",
            "ER_LOCK_",
        ])
    },
    hint: |v| match re!(r"(?i-u:nowait|lock)").is_match(&v.code) {
        true => nothing(),
        false => plain(
            "Two tests lock the same rows: make the file `async: false` or use rows private to each test; SQLite needs `async: false`",
        ),
    },
};

pub(super) const DB_SCHEMA: Category = Category {
    id: "db-schema",
    title: "Table or column missing / migrations pending",
    class: Class::Specific,
    means: "The database schema is not what the code expects.",
    explain: &[
        "The query names a relation or column that the test database does not have.",
        "Usually the newest migration was not run in the test environment: `MIX_ENV=test mix ecto.migrate`.",
        "If the migration is not committed, or was edited after it ran, use `mix ecto.reset` in test.",
        "With partitions every database (name + MIX_TEST_PARTITION) must be migrated.",
    ],
    link: "https://hexdocs.pm/ecto_sql/Mix.Tasks.Ecto.Migrate.html",
    recognised: "driver error with `undefined_table`, `undefined_column`, `undefined_object`, `duplicate_table`, `no such table`, `ER_NO_SUCH_TABLE`, `ER_BAD_FIELD_ERROR`; or `Phoenix.Ecto.PendingMigrationError`, `Ecto.MigrationError`.",
    advice: "Schema is out of date for {relation}: `MIX_ENV=test mix ecto.migrate` (or `mix ecto.reset`).",
    unless: "`duplicate_table`/`duplicate_column` (then a migration ran twice or structure.sql is stale); or the name is built at run time (prefix/tenant): then check the prefix.",
    matches: |v| {
        v.raised(&["Phoenix.Ecto.PendingMigrationError", "Ecto.MigrationError"])
            || (v.raised(DRIVERS)
                && (v.has(SCHEMA) || re!(r"^\((?:1054|1146)\)").is_match(&v.text)))
    },
    hint: schema_hint,
};

pub(super) const DB_CONSTRAINT: Category = Category {
    id: "db-constraint",
    title: "Constraint violated",
    class: Class::Specific,
    means: "Insert, update or delete broke a database constraint.",
    explain: &[
        "The changeset does not turn this constraint into a validation error, so Ecto raised.",
        "If the test expects an error tuple, add unique_constraint/foreign_key_constraint/check_constraint with the name printed in the message.",
        "If the test did not expect an error, its data is wrong: a fixed value that another row already has, or a parent that was never inserted.",
        "A unique violation with generated data is a collision: use a sequence.",
    ],
    link: "https://hexdocs.pm/ecto/Ecto.Changeset.html#unique_constraint/3",
    recognised: "exception `Ecto.ConstraintError`; or driver error with `unique_violation`, `foreign_key_violation`, `not_null_violation`, `check_violation`, `exclusion_violation`, `constraint failed`, `ER_DUP_ENTRY`.",
    advice: "Constraint {name} failed: add the matching `*_constraint/3` in the changeset, or give the fixture unique/complete data.",
    unless: "the message lists the same name under \"The changeset defined the following constraints\": then the name/match option differs, say that instead.",
    matches: |v| {
        v.raised(&["Ecto.ConstraintError"])
            || (v.raised(DRIVERS)
                && (v.has(CONSTRAINT) || re!(r"^\((?:1048|1062|1451|1452)\)").is_match(&v.text)))
    },
    hint: constraint_hint,
};

pub(super) const DB_QUERY: Category = Category {
    id: "db-query",
    title: "Other database error",
    class: Class::Specific,
    means: "The server refused a statement for another reason.",
    explain: &[
        "The code names the class: syntax_error, insufficient_privilege, invalid_text_representation, query_canceled …",
        "`in_failed_sql_transaction` is never the cause: an earlier statement in the same test failed and was rescued.",
        "`query_canceled` = statement timeout or the client gave up.",
    ],
    link: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
    recognised: "exception of a driver (`Postgrex.Error`, `MyXQL.Error`, `Exqlite.Error`, `Tds.Error`, …) not matched above.",
    advice: "The database refused the statement: read the code ({code}) and the query printed below it.",
    unless: "",
    matches: |v| {
        v.raised(DRIVERS)
            || v.raised(&[
                "DBConnection.ConnectionError",
                "DBConnection.TransactionError",
                "DBConnection.EncodeError",
            ])
    },
    hint: |v| match v.has(&["in_failed_sql_transaction"]) {
        true => plain(
            "An earlier statement of the same transaction failed and was rescued: that one is the cause",
        ),
        false => say(&[with(
            "The database refused the statement: read the code ({}) and the query printed below it",
            v.find(re!(r"\((\w+)\)")),
        )]),
    },
};

fn constraint_hint(v: &View) -> Option<String> {
    if let Some(column) = v.find(re!(
        r#"null value in column "([^"]+)"|NOT NULL constraint failed: (\S+)"#
    )) {
        return say(&[with(
            "Column {} must not be null: give the fixture a value, or validate it in the changeset",
            Some(column),
        )]);
    }
    let name = v.find(re!(r#"\* "([^"]+)" \(\w+_constraint\)|constraint "([^"]+)"|constraint failed: (\S+)|constraint: (\w+)"#));
    let listed = |name: &String| v.flat.matches(&format!("\"{name}\" (")).count() > 1;
    match name.as_ref().is_some_and(listed) {
        true => say(&[with(
            "The changeset defines {}, but with another kind or match option: make both the same",
            name,
        )]),
        false => say(&[
            with("Constraint {} failed: ", name),
            text(
                "add the matching `*_constraint/3` in the changeset, or give the fixture unique/complete data",
            ),
        ]),
    }
}

fn schema_hint(v: &View) -> Option<String> {
    if v.has(&["duplicate_table", "duplicate_column"]) {
        return nothing();
    }
    let named =
        re!(r#"(?:relation|column|table|type|schema) "([^"]+)"|no such (?:table|column): (\S+)"#);
    // A name with a prefix was put together when the query was built.
    if let Some(prefix) = v.find(re!(
        r#"relation "([^".]+)\.[^"]+" does not exist|schema "([^"]+)" does not exist|[Tt]able '[^'.]+\.([^'.]+)\.[^']+'"#
    )) {
        return say(&[with(
            "Check the prefix {} of the query: is its schema made and migrated in the test database?",
            Some(prefix),
        )]);
    }
    say(&[
        with("Schema is out of date for {}: ", v.find(named))
            .or_else(|| text("Schema is out of date: ")),
        text("`MIX_ENV=test mix ecto.migrate` (or `mix ecto.reset`)"),
    ])
}
