//! What a test expects to be sent: channels, jobs, mails.

use super::say::{nothing, plain};
use super::view::View;
use super::{Category, Class};

/// What Bamboo says; Swoosh asserts on messages.
const EMAIL: &[&str] = &[
    "emails delivered to this process",
    "There were no matching emails",
    "Unexpectedly delivered a",
    "The parameters given do not match",
];

pub(super) const CHANNEL_JOIN: Category = Category {
    id: "channel-join",
    title: "Channel refused the join",
    class: Class::Specific,
    means: "subscribe_and_join! got an error.",
    explain: &[
        "The reason follows the message.",
        "Use subscribe_and_join/3 (without !) to assert on it.",
        "Authorisation happens in join/3: the test socket must carry the same assigns as a real one.",
    ],
    link: "https://hexdocs.pm/phoenix/Phoenix.ChannelTest.html#subscribe_and_join!/4",
    recognised: "`could not join channel, got error`.",
    advice: "join/3 answered an error: check the topic and the socket assigns (token) of the test.",
    unless: "",
    matches: |v| {
        v.has(&[
            "could not join channel, got error",
            "no channel found for topic",
            "no socket handler found to lookup channel",
        ])
    },
    hint: |_| {
        plain(
            "join/3 answered an error: check the topic and the socket assigns (token) of the test",
        )
    },
};

pub(super) const JOB_ASSERT: Category = Category {
    id: "job-assert",
    title: "Job not (or wrongly) enqueued",
    class: Class::Specific,
    means: "Oban.Testing did not find the expected job.",
    explain: &[
        "The message lists the jobs that are there.",
        "With testing: :inline jobs run at once and are never enqueued.",
        "args are stored as JSON: use string-comparable values.",
    ],
    link: "https://hexdocs.pm/oban/Oban.Testing.html",
    recognised: "`Expected a job matching`, `Expected no jobs matching`, `Expected worker to be a module that implements`, `Expected args and opts to build a valid job`.",
    advice: "No job matches: compare worker, queue and args (string keys) with the list of enqueued jobs in the message.",
    unless: "the config has testing: :inline - say that first (if known).",
    matches: |v| {
        v.has(&[
            "Expected a job matching",
            "Expected no jobs matching",
            "Expected worker to be a module that implements",
            "Expected args and opts to build a valid job",
            "Expected result to be one of - `:ok`",
        ])
    },
    hint: |v| match v.has(&["Expected a job matching"]) {
        true => plain(
            "No job matches: compare worker, queue and args (string keys) with the list of enqueued jobs in the message",
        ),
        false => nothing(),
    },
};

pub(super) const EMAIL_ASSERT: Category = Category {
    id: "email-assert",
    title: "E-mail not sent as expected",
    class: Class::Specific,
    means: "Swoosh/Bamboo found no matching mail.",
    explain: &[
        "The adapter sends `{:email, mail}` to the process that delivers.",
        "A mail sent in a Task or job arrives in that process, not in the test.",
        "Subject, recipient tuple and body are compared exactly: a near miss is listed in the mailbox.",
    ],
    link: "https://hexdocs.pm/swoosh/Swoosh.TestAssertions.html",
    recognised: "message of `Swoosh.TestAssertions`/`Bamboo.Test` (`no matching emails`, `N emails delivered to this process`), or assert_receive(d) on `{:email, …}`.",
    advice: "No matching mail reached this process: the mail was sent by another process (use `set_swoosh_global`/shared mode) or a field differs.",
    unless: "",
    matches: |v| {
        v.is_assertion()
            && (v.has(EMAIL)
                || (is_mail(v)
                    && v.asserts(&[
                        "Assertion failed, no matching message",
                        "No message matching",
                        "Unexpectedly received message",
                        "Found message matching",
                    ])))
    },
    hint: |v| match v.asserts(&["Unexpectedly received"]) {
        true => plain("A mail was sent to this process although none was expected"),
        false => plain(
            "No matching mail reached this process: another process sent it (`set_swoosh_global`/shared mode), or a field differs",
        ),
    },
};

/// An assertion on messages that is one on mails: its pattern, the message or the helper says so.
fn is_mail(v: &View) -> bool {
    re!(r"\{:(?:emails?|delivered_email),|\b(?:assert|refute)_(?:no_)?(?:emails?_|delivered_email)")
        .is_match(&v.code)
        || re!(r"^Unexpectedly received message \{:(?:emails?|delivered_email),").is_match(&v.flat)
        || v.calls("Swoosh.TestAssertions.")
        || v.calls("Bamboo.Test.")
}
