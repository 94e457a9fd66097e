//! Something is not there: a function, a clause, a key, a match, an element.

use super::say::{plain, say, text, with};
use super::{Category, Class, process};

pub(super) const TEST_CONTEXT: Category = Category {
    id: "test-context",
    title: "Test context does not match",
    class: Class::Generic,
    means: "The test or setup takes a context key that no setup provides.",
    explain: &[
        "`test \"x\", %{conn: conn}` matches the map built by setup.",
        "The key is missing because the setup did not run (other describe), or returned something else.",
        "A tag such as `@tag :admin` becomes `admin: true`, not the user you expected.",
        "setup_all values are in the same map, but setup values override them.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Callbacks.html#module-context",
    recognised: "FunctionClauseError whose function is the test itself: `no function clause matching in Mod.\"test …\"/1` (or `\"property …\"`, `\"feature …\"`).",
    advice: "The context has no {key}: return it from `setup`, or fix the tag/`setup :name` list.",
    unless: "",
    matches: |v| {
        v.is(&["FunctionClauseError"]) && re!(r#"^no function clause matching in [\w.:]+\.(?:"(?:test|property|feature|doctest) |__ex_unit_setup_)"#).is_match(&v.flat)
    },
    hint: |_| {
        plain(
            "The context lacks a key that the test or setup takes: return it from `setup`, or fix the tag/`setup :name` list",
        )
    },
};

pub(super) const NIL_ACCESS: Category = Category {
    id: "nil-access",
    title: "nil where a value was expected",
    class: Class::Generic,
    means: "Code called a function or field on nil.",
    explain: &[
        "Go one step back: the call that produced the value returned nil (get without !, missing assign, missing key).",
        "In a test the fixture or response is usually the reason.",
        "Use pattern matching or `with` at that point so that the test fails with the value instead of nil.",
    ],
    link: "https://hexdocs.pm/elixir/UndefinedFunctionError.html",
    recognised: "UndefinedFunctionError on `nil.x/0`; KeyError with `not found in: nil`; BadMapError `expected a map, got: nil`.",
    advice: "{field} was read from nil: the value before the dot was never set or not found.",
    unless: "",
    matches: |v| {
        (v.is(&["UndefinedFunctionError"])
            && re!(r"^(?:undefined )?function:? nil\.").is_match(&v.flat))
            || (v.is(&["KeyError"]) && re!(r"not found in: nil\b").is_match(&v.flat))
            || (v.is(&["BadMapError"]) && re!(r"expected a map, got: nil\b").is_match(&v.flat))
    },
    hint: |v| match v.exception.as_str() {
        "BadMapError" => {
            plain("A map was needed and nil given: the value was never set or not found")
        }
        _ => say(&[with(
            "`{}` was read from nil: the value before the dot was never set or not found",
            v.find(re!(r"^function nil\.(\w+[?!]?)/|^key (\S+) not found")),
        )]),
    },
};

pub(super) const UNDEFINED_MODULE: Category = Category {
    id: "undefined-module",
    title: "Module not available",
    class: Class::Generic,
    means: "The called module does not exist at run time.",
    explain: &[
        "Check the alias first, then that the dependency is not `only: :dev`.",
        "For mocks: it must be defined (Mox.defmock) in test_helper.exs or test/support before the first use.",
        "A stale build can do this too: `mix compile --force` in MIX_ENV=test if the file plainly exists.",
    ],
    link: "https://hexdocs.pm/elixir/UndefinedFunctionError.html",
    recognised: "UndefinedFunctionError with `(module X is not available)`.",
    advice: "Module {X} is not loaded: typo/alias, missing dependency, or test support not compiled (`elixirc_paths(:test)`).",
    unless: "message has \"Did you mean\": quote that suggestion instead.",
    matches: |v| {
        (v.is(&["UndefinedFunctionError"]) && re!(r"module \S+ is not available").is_match(&v.flat))
            || (v.is(&["ArgumentError"])
                && re!(r"^could not load module \S+ due to reason :nofile").is_match(&v.flat))
    },
    hint: |v| match v.find(re!(r"Did you mean:? \* (\S+)")) {
        Some(better) => say(&[
            with(
                "Module {} is not loaded",
                v.find(re!(r"module (\S+) (?:is not available|due to reason)")),
            ),
            with(": did you mean {}?", Some(better)),
        ]),
        None => say(&[with(
            "Module {} is not loaded: typo/alias, missing dependency, or test support not compiled (`elixirc_paths(:test)`)",
            v.find(re!(r"module (\S+) (?:is not available|due to reason)")),
        )]),
    },
};

pub(super) const UNDEFINED_FUNCTION: Category = Category {
    id: "undefined-function",
    title: "Function undefined or private",
    class: Class::Generic,
    means: "The module exists but has no such public function.",
    explain: &[
        "The message suggests similar functions when there are any.",
        "In TDD tutorials and new code it simply has not been written yet.",
        "If it fails only in some runs, a module was redefined or purged by another test.",
    ],
    link: "https://hexdocs.pm/elixir/UndefinedFunctionError.html",
    recognised: "UndefinedFunctionError with `is undefined or private` and no `module … not available`.",
    advice: "{mfa} does not exist: check name and arity; if it is a macro, `require` the module; if private, test through a public function.",
    unless: "mf is a Router helper (no-route) or starts with nil. (nil-access).",
    matches: |v| v.is(&["UndefinedFunctionError"]),
    hint: |v| {
        let function = v.find(re!(r"^function (\S+/\d+)"));
        if v.flat.contains("does not implement the Access behaviour") {
            return plain("A struct was read with brackets: use `struct.field`, or `Map.get/2`");
        }
        let better = v.find(re!(r"Did you mean(?: one of)?:? \* (\S+)"));
        say(&[
            with("{} does not exist: ", function),
            with("did you mean {}?", better).or_else(|| {
                text("check name and arity; if it is a macro, `require` the module; if private, test through a public function")
            }),
        ])
    },
};

pub(super) const MATCH_ERROR: Category = Category {
    id: "match-error",
    title: "Left side did not match (=)",
    class: Class::Generic,
    means: "A plain `=` outside assert failed.",
    explain: &[
        "The right-hand value is printed in full.",
        "`{:error, %Ecto.Changeset{}}`: read its errors.",
        "`{:error, reason}` repeated in many tests is one cause.",
    ],
    link: "https://hexdocs.pm/elixir/MatchError.html",
    recognised: "exception `MatchError` whose value holds no more specific phrase.",
    advice: "Value was {value}: if it is `{:error, reason}`, `reason` is the real failure; in a test write `assert {:ok, _} = …` to see it better.",
    unless: "value contains db/sandbox/port/already_started/redirect phrases: those categories win.",
    matches: |v| v.is(&["MatchError"]) && !process::is_start_failure(v),
    hint: |v| match v.find(re!(r"^no match of right hand side value: (.*)")) {
        Some(value) if value.starts_with("{:error,") => error_hint(&value),
        value => say(&[with("Value was {}", value)]),
    },
};

pub(super) const CLAUSE_ERROR: Category = Category {
    id: "clause-error",
    title: "No case/with/cond/try clause matched",
    class: Class::Generic,
    means: "A value was not handled.",
    explain: &[
        "The value printed is what arrived.",
        "When a library changed its return shape, all callers fail with the same shape: one cause.",
        "The project frame shows the case; the callee one line above it produced the value.",
    ],
    link: "https://hexdocs.pm/elixir/CaseClauseError.html",
    recognised: "exception `CaseClauseError`, `WithClauseError`, `CondClauseError`, `TryClauseError`.",
    advice: "Add a clause for {value}, or find out why the callee returns it.",
    unless: "",
    matches: |v| {
        v.is(&[
            "CaseClauseError",
            "WithClauseError",
            "CondClauseError",
            "TryClauseError",
        ])
    },
    hint: |v| match v.exception.as_str() {
        "CondClauseError" => plain(
            "Every condition was false or nil: add a `true ->` clause, or find out why none holds",
        ),
        _ => say(&[with(
            "Add a clause for {}, or find out why the callee returns it",
            v.find(re!(r"^no (?:case|with|try) clause matching: (.*)")),
        )]),
    },
};

pub(super) const FUNCTION_CLAUSE: Category = Category {
    id: "function-clause",
    title: "No function clause matched",
    class: Class::Generic,
    means: "A function got arguments it does not accept.",
    explain: &[
        "The block lists the given arguments and the attempted clauses; parts between `-…-` did not match.",
        "nil as argument: go back to where it was produced.",
        "The first frame is the function that refused; the next project frame is the caller to fix.",
    ],
    link: "https://hexdocs.pm/elixir/FunctionClauseError.html",
    recognised: "exception `FunctionClauseError` (not test-context, not mock-setup, not render/LiveView).",
    advice: "{mfa} got {first argument that differs}: fix the caller, or add a clause.",
    unless: "",
    matches: |v| v.is(&["FunctionClauseError"]),
    hint: |v| {
        say(&[with(
            "{} has no clause for the arguments printed: fix the caller, or add a clause",
            v.find(re!(
                r"^no function clause matching in (anonymous fn/\d+|\S+/\d+)"
            )),
        )])
    },
};

pub(super) const KEY_ERROR: Category = Category {
    id: "key-error",
    title: "Key not found",
    class: Class::Generic,
    means: "`map.key`, `Map.fetch!`, `Keyword.fetch!` or a struct update used a missing key.",
    explain: &[
        "Typical: renamed field, string instead of atom key, a tuple `{:ok, map}` not unwrapped.",
        "In templates a missing assign shows as KeyError in the assigns map.",
        "\"Did you mean\" lists near names: usually the rename you look for.",
    ],
    link: "https://hexdocs.pm/elixir/KeyError.html",
    recognised: "exception `KeyError` not on nil.",
    advice: "Key {key} is missing; available: {did you mean | keys}.",
    unless: "value after `not found in:` is `{:ok, …}`/`{:error, …}`: say \"unwrap the tuple\" instead.",
    matches: |v| v.is(&["KeyError"]),
    hint: |v| {
        let key = v.find(re!(r"^key (.{1,200}?) not found"));
        if re!(r"not found in: \{:(?:ok|error),").is_match(&v.flat) {
            return say(&[with("Key {} was read from a tuple: unwrap it first", key)]);
        }
        say(&[
            with("Key {} is missing", key),
            with(
                ": did you mean {}?",
                v.find(re!(r"Did you mean(?: one of)?:? \* (\S+)")),
            ),
        ])
    },
};

pub(super) const ENUM_ERROR: Category = Category {
    id: "enum-error",
    title: "Empty collection",
    class: Class::Generic,
    means: "Enum.max/min/random/fetch! on an empty list or index out of range.",
    explain: &[
        "hd/1 on [] is an ArgumentError.",
        "The empty list is the cause, not the call.",
        "Assert the length first so that the test says what is missing.",
    ],
    link: "https://hexdocs.pm/elixir/Enum.EmptyError.html",
    recognised: "exception `Enum.EmptyError`, `Enum.OutOfBoundsError`.",
    advice: "The collection was empty: check the query/fixture before it.",
    unless: "",
    matches: |v| v.is(&["Enum.EmptyError", "Enum.OutOfBoundsError"]),
    hint: |v| match v.exception.as_str() {
        "Enum.EmptyError" => plain("The collection was empty: check the query/fixture before it"),
        _ => plain(
            "The collection has fewer elements than the index asks for: check the query/fixture before it",
        ),
    },
};

/// An error tuple that came instead of what was wanted: of a changeset, its errors.
pub(super) fn error_hint(value: &str) -> Option<String> {
    let changeset =
        re!(r"^\{:error, #Ecto\.Changeset<.*? errors: (\[.*?\]), data: ").captures(value);
    match changeset.and_then(|found| Some(found.get(1)?.as_str().to_owned())) {
        Some(errors) => say(&[with("The changeset is invalid: {}", Some(errors))]),
        None => say(&[with(
            "Value was {}: its reason is the real failure",
            Some(value.to_owned()),
        )]),
    }
}
