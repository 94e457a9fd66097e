//! What ends a test or a file as a whole: time, the compiler, generated values.

use super::phase::Phase;
use super::say::{nothing, say, text, with};
use super::view::View;
use super::{Category, Class};

pub(super) const TEST_TIMEOUT: Category = Category {
    id: "test-timeout",
    title: "Test ran longer than its timeout",
    class: Class::Specific,
    means: "ExUnit killed the test.",
    explain: &[
        "The stack shows where the test process was when it was killed - the first frame is the waiting call.",
        "`receive`/GenServer.call with :infinity: a message never came.",
        "The default is 60 s; --trace sets it to infinity.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Case.html#module-known-tags",
    recognised: "exception `ExUnit.TimeoutError`.",
    advice: "Stopped after {n} ms in {top frame}: that call waits for something; raise `@tag timeout:` only if it is slow by design.",
    unless: "",
    matches: |v| v.raised(&["ExUnit.TimeoutError"]),
    hint: |v| {
        say(&[
            with(
                "Stopped after {}",
                v.find(re!(r"timed out after (\d+ ?ms)")),
            ),
            with(
                " in {}",
                v.stack.first().map(|frame| frame.function.to_string()),
            ),
            text(
                ": that call waits for something; raise `@tag timeout:` only if it is slow by design",
            ),
        ])
    },
};

pub(super) const COMPILE_ERROR: Category = Category {
    id: "compile-error",
    title: "Test file or support code does not compile",
    class: Class::Specific,
    means: "No test of the file (or none at all) ran.",
    explain: &[
        "The run stops (or the file is left out), so other results are incomplete.",
        "`undefined function` in test support: a missing import or a case template that was not loaded (elixirc_paths(:test)).",
        "`module X is not loaded and could not be found` during test compile: the application code does not have it.",
    ],
    link: "https://hexdocs.pm/elixir/CompileError.html",
    recognised: "`== Compilation error in file X ==`, or header-less CompileError, SyntaxError, TokenMissingError, MismatchedDelimiterError.",
    advice: "Fix {file}:{line} first: nothing in it ran.",
    unless: "the error is raised inside a running test (Code.eval_string): then header is a test; keep category but not the phrase \"nothing ran\".",
    matches: |v| {
        v.phase == Phase::Compile
            || v.is(&[
                "CompileError",
                "SyntaxError",
                "TokenMissingError",
                "MismatchedDelimiterError",
                "EEx.SyntaxError",
                "Phoenix.LiveView.Tokenizer.ParseError",
                "Phoenix.LiveView.TagEngine.Tokenizer.ParseError",
                "Phoenix.LiveView.HTMLTokenizer.ParseError",
            ])
            || v.flat.starts_with("== Compilation error in file ")
    },
    hint: |v| match v.phase {
        Phase::Compile => say(&[with("Fix {} first: nothing in it ran", v.location.clone())]),
        _ => nothing(),
    },
};

pub(super) const PROPERTY: Category = Category {
    id: "property",
    title: "Property falsified",
    class: Class::Wrapper,
    means: "A property test found a counter-example or the generator gave up.",
    explain: &[
        "The values shown are already shrunk.",
        "The inner failure (assertion or exception) follows and is stored as `cause`.",
        "FilterTooNarrow: the generator rejects too much - build valid values instead of filtering.",
    ],
    link: "https://hexdocs.pm/stream_data/ExUnitProperties.html",
    recognised: "type property/`property` header and first line `Failed with generated values`; exception `ExUnitProperties.Error`, `StreamData.FilterTooNarrowError`, `PropertyTest.Error`; PropCheck `Counter-Example is:`.",
    advice: "Counter-example: {values}. Re-run with `--seed {seed}`; add it as a plain test, then fix.",
    unless: "the inner cause is specific (db-*, sandbox-*, mock-*): then the specific hint comes first.",
    matches: |v| {
        v.asserts(&["Failed with generated values"])
            || v.raised(&[
                "ExUnitProperties.Error",
                "StreamData.FilterTooNarrowError",
                "StreamData.TooManyDuplicatesError",
                "PropertyTest.Error",
            ])
            || v.has(&["Counter-Example is:"])
    },
    hint: |v| match generated(v) {
        Some(values) => say(&[
            with("Counter-example: {}", Some(values)),
            text(". Re-run with the same `--seed`; add it as a plain test, then fix"),
        ]),
        None => nothing(),
    },
};

/// The values that falsified a property.
fn generated(v: &View) -> Option<String> {
    let values: Vec<&str> = re!(r"Generated: (.*?)(?: \* Clause:| got exception:|$)")
        .captures_iter(&v.flat)
        .filter_map(|found| Some(found.get(1)?.as_str()))
        .take(3)
        .collect();
    Some(values.join(", ")).filter(|joined| !joined.is_empty())
}
