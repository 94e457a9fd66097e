//! Signs that a failure may be flaky, or that it is not. They stand beside the category and never change it.
//!
//! One run proves nothing: a tag says what to suspect, a second run with the same seed says whether it is so.

use super::Classified;
use super::phase::Phase;
use super::text::squeeze;
use super::view::View;

/// How much a tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// It failed, and passed when it was run again.
    Shown,
    /// Worth checking.
    Likely,
    /// Worth knowing.
    Possible,
    /// It speaks against flakiness.
    Against,
}

impl Strength {
    /// The word in `gatekeeper explain`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Likely => "likely",
            Self::Possible => "possible",
            Self::Against => "against",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct Tag {
    /// The id on the wire.
    pub id: &'static str,
    /// How much it says.
    pub strength: Strength,
    /// What was noticed, in a few words.
    pub says: &'static str,
    matches: fn(&View, &Classified) -> bool,
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Tag {}

use Strength::{Against, Likely, Possible, Shown};

/// The tag of what a second run has shown: [`crate::retry`] gives it, no text does.
pub const FLAKY: &str = "flaky";

/// The tag of failures of several modules that pass alone: given by [`crate::retry`] too, and never for a single run.
pub const TOGETHER: &str = "only-together";

/// Every tag.
pub static TAGS: &[Tag] = &[
    row(
        FLAKY,
        Shown,
        "passed when it was run again alone",
        |_, _| false,
    ),
    row(
        TOGETHER,
        Likely,
        "passes alone, as failures of other modules do: it fails only together, so look for state that tests share",
        |_, _| false,
    ),
    row(
        "timing-budget",
        Likely,
        "asserts on elapsed time",
        |v, _| is_budget(v),
    ),
    row(
        "receive-100ms",
        Likely,
        "nothing came within the default 100 ms: set assert_receive_timeout for slow machines",
        |v, _| waited(v).is_some_and(|ms| ms == "100") && is_empty(v),
    ),
    row(
        "receive-window",
        Possible,
        "waits for a message for a limited time",
        |v, _| waited(v).is_some() && !(waited(v).is_some_and(|ms| ms == "100") && is_empty(v)),
    ),
    row(
        "mailbox-near-miss",
        Against,
        "a message of the same kind came: compare its fields",
        |v, _| is_near_miss(v),
    ),
    row(
        "refute-race",
        Possible,
        "the message may be left over from an earlier step",
        |_, c| is(c, &["refute-message"]),
    ),
    row(
        "owner-exit-race",
        Likely,
        "a process outlives its test",
        |_, c| is(c, &["sandbox-owner-exited"]),
    ),
    row(
        "background-process-db",
        Likely,
        "a process in the background queries the database",
        |v, c| is(c, &["sandbox-ownership"]) && !v.calls("(test)") && c.phase == Phase::Test,
    ),
    row(
        "db-contention",
        Likely,
        "depends on load and on max_cases",
        |_, c| is(c, &["db-pool-timeout", "db-lock"]),
    ),
    row(
        "port-reuse",
        Likely,
        "depends on who else uses the port",
        |_, c| is(c, &["port-in-use"]),
    ),
    row(
        "name-race",
        Possible,
        "depends on whether the process of an earlier test has stopped",
        |_, c| is(c, &["already-started"]),
    ),
    row(
        "table-owner-race",
        Possible,
        "the owner of the table may have stopped",
        |_, c| is(c, &["ets-table"]) && c.phase == Phase::Test,
    ),
    row(
        "dead-pid-race",
        Likely,
        "the process was alive when its pid was taken",
        |v, c| {
            is(c, &["no-process"])
                && super::process::server(v).is_some_and(|s| s.starts_with("#PID"))
        },
    ),
    row(
        "teardown-race",
        Likely,
        "the process stopped while on_exit used it",
        |v, c| c.phase == Phase::OnExit && super::process::is_gone(v),
    ),
    row(
        "timeout",
        Possible,
        "may be slow only under load",
        |_, c| is(c, &["test-timeout", "call-timeout"]),
    ),
    row(
        "order-only",
        Likely,
        "the same elements in another order",
        |v, _| is_order(v),
    ),
    row(
        "clock",
        Likely,
        "depends on the current date or time",
        |v, _| is_clock(v),
    ),
    row(
        "datetime-precision",
        Against,
        "only the digits of the microseconds differ",
        |v, _| sides(v).is_some_and(|(l, r)| l != r && whole_seconds(l) == whole_seconds(r)),
    ),
    row(
        "unique-collision",
        Possible,
        "generated or fixed data collided",
        |v, c| {
            is(c, &["db-constraint"])
                && v.has(&[
                    "unique_constraint",
                    "unique_violation",
                    "UNIQUE constraint failed",
                ])
        },
    ),
    row(
        "generated-input",
        Possible,
        "depends on generated values: keep the seed",
        |v, c| is(c, &["property"]) || v.test_type == "property",
    ),
    row(
        "float-precision",
        Against,
        "the numbers differ by rounding: use assert_in_delta",
        |v, _| is_rounding(v),
    ),
    row(
        "count-off",
        Possible,
        "rows are left over or missing",
        |v, _| is_count(v),
    ),
    row(
        "empty-capture",
        Possible,
        "nothing was captured: log level, or another process logs",
        |v, _| {
            let captures = v.code.contains("capture_log") || v.code.contains("capture_io");
            captures && v.is_assertion() && v.left.trim() == "\"\""
        },
    ),
    row(
        "external-service",
        Possible,
        "depends on a service outside",
        |_, c| is(c, &["network-error"]),
    ),
    row(
        "ui-wait",
        Possible,
        "depends on how fast the page is",
        |_, c| is(c, &["browser-element"]),
    ),
    row(
        "global-state",
        Possible,
        "reads state that all tests share",
        |v, c| {
            v.is_assertion()
            && c.phase == Phase::Test
            && re!(r"\b(?:Application\.(?:get|fetch|put)_|System\.(?:get|put)_env|:persistent_term\.|Process\.whereis)").is_match(&v.code)
        },
    ),
];

const fn row(
    id: &'static str,
    strength: Strength,
    says: &'static str,
    matches: fn(&View, &Classified) -> bool,
) -> Tag {
    Tag {
        id,
        strength,
        says,
        matches,
    }
}

/// The tags of an error with this classification.
pub(super) fn of(view: &View, class: &Classified) -> Vec<&'static Tag> {
    if view.is_interleaved() {
        return Vec::new();
    }
    TAGS.iter()
        .filter(|tag| (tag.matches)(view, class))
        .collect()
}

fn is(class: &Classified, ids: &[&str]) -> bool {
    ids.contains(&class.category.id)
}

/// Both sides of a comparison, on one line each.
fn sides(v: &View) -> Option<(&str, &str)> {
    let compares = v.asserts(&["Assertion with =="]);
    compares.then_some((v.left.trim(), v.right.trim()))
}

fn numbers(v: &View) -> Option<(f64, f64)> {
    let parse = |side: &str| side.trim().replace('_', "").parse::<f64>().ok();
    Some((parse(&v.left)?, parse(&v.right)?))
}

fn is_budget(v: &View) -> bool {
    let less = v.asserts(&["Assertion with < ", "Assertion with <= "]);
    let more = v.asserts(&["Assertion with > ", "Assertion with >= "]);
    let code = v.code.to_lowercase();
    let sized = re!(r"count|length|size|version|\bhd\(|enum\.").is_match(&code);
    let timed = re!(r"elapsed|duration|_ms\b|\btook\b|time_diff|monotonic").is_match(&code);
    numbers(v).is_some() && ((less && !sized) || (more && timed))
}

fn waited(v: &View) -> Option<String> {
    v.find(re!(
        r"^Assertion failed, no matching message after (\d+) ?ms"
    ))
}

fn is_empty(v: &View) -> bool {
    v.flat.contains("mailbox is empty")
}

fn is_near_miss(v: &View) -> bool {
    let Some(tag) = re!(r"pattern: \{(:\w+)")
        .captures(&v.mailbox)
        .and_then(|f| f.get(1))
    else {
        return false;
    };
    v.mailbox.contains(&format!("value: {{{}", tag.as_str()))
}

fn is_order(v: &View) -> bool {
    let Some((left, right)) = sides(v) else {
        return false;
    };
    let words = |side: &str| {
        let split = side.split(|c: char| c.is_whitespace() || "[]{}(),%".contains(c));
        let mut words: Vec<String> = split.filter(|w| !w.is_empty()).map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let (l, r) = (words(left), words(right));
    l.len() > 1 && l == r && squeeze(left) != squeeze(right)
}

fn whole_seconds(side: &str) -> String {
    re!(r"(\d\d:\d\d:\d\d)\.0+([^\d]|$)")
        .replace_all(side, "$1$2")
        .into_owned()
}

fn is_clock(v: &View) -> bool {
    if v.flat.contains("-02-29") && v.flat.contains("invalid") {
        return true;
    }
    if !v.is_assertion() {
        return false;
    }
    let now =
        re!(r"\b(?:utc_now|utc_today|now!|local_time|system_time|os_time)\b").is_match(&v.code);
    let time = re!(r#"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?)?"#);
    let differ = sides(v).is_some_and(|(l, r)| {
        time.is_match(l)
            && whole_seconds(l) != whole_seconds(r)
            && time.replace_all(l, "<t>") == time.replace_all(r, "<t>")
    });
    now || differ
}

fn is_rounding(v: &View) -> bool {
    let fraction = v.left.contains('.') || v.right.contains('.');
    sides(v).is_some()
        && fraction
        && numbers(v).is_some_and(|(l, r)| {
            (l - r).abs() <= 1e-6 * l.abs().max(r.abs()) && v.left.trim() != v.right.trim()
        })
}

fn is_count(v: &View) -> bool {
    let integers =
        sides(v).and_then(|(l, r)| Some((l.parse::<i64>().ok()?, r.parse::<i64>().ok()?)));
    integers.is_some_and(|(l, r)| (1..=3).contains(&l.abs_diff(r)))
        && re!(r"\b(?:length\(|count\b|:count\b|aggregate\(|map_size\(|size\b)").is_match(&v.code)
}
