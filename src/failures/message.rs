//! Assertions on messages.

use super::say::{plain, say, with};
use super::view::View;
use super::{Category, Class};

pub(super) const ASSERT_MESSAGE: Category = Category {
    id: "assert-message",
    title: "Expected message did not arrive",
    class: Class::Assertion,
    means: "assert_receive/assert_received found no match.",
    explain: &[
        "Empty mailbox: the sender never ran, sent to another pid, or was slower than the timeout (default 100 ms).",
        "Messages are listed with the pattern: a near miss shows which field differs.",
        "Pinned variables are printed: check them first.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#assert_receive/3",
    recognised: "message `Assertion failed, no matching message after Nms` / `No message matching` / `no matching process`.",
    advice: "No match within {n} ms: {mailbox empty → nobody sent it, or later: raise the timeout | mailbox has {k} others → compare with the pattern}.",
    unless: "the mailbox holds a near miss: then do not suggest a longer timeout.",
    matches: |v| {
        v.asserts(&[
            "Assertion failed, no matching message",
            "No message matching",
            "no matching process",
            "Found message matching",
        ])
    },
    hint: missing_hint,
};

pub(super) const REFUTE_MESSAGE: Category = Category {
    id: "refute-message",
    title: "Message that must not arrive did",
    class: Class::Assertion,
    means: "refute_receive(d) found one.",
    explain: &[
        "Flush or use a unique topic if the message is from the set-up.",
        "refute_receive waits 100 ms: a late message can still slip through, so a pass proves little.",
        "Several tests with it after one change: a broadcast now reaches more subscribers.",
    ],
    link: "https://hexdocs.pm/ex_unit/ExUnit.Assertions.html#refute_receive/3",
    recognised: "message `Unexpectedly received message … (which matched …)`.",
    advice: "Message {msg} came although it must not: wrong subscriber/target, or left over from an earlier step.",
    unless: "",
    matches: |v| v.asserts(&["Unexpectedly received message"]),
    hint: |v| {
        say(&[with(
            "Message {} came although it must not: wrong subscriber/target, or left over from an earlier step",
            v.find(re!(
                r"^Unexpectedly received message (.*?)(?: \(which matched|$)"
            )),
        )])
    },
};

fn missing_hint(v: &View) -> Option<String> {
    if v.asserts(&["Found message matching"]) {
        return plain(
            "The message came just after the timeout: raise the timeout of that assert_receive",
        );
    }
    if v.flat.contains("mailbox is empty") {
        let waited = v.find(re!(r"after (\d+ ?ms)"));
        return say(&[with(
            "No message within {}: nobody sent it, or it came later (raise the timeout)",
            waited,
        )]);
    }
    let died =
        re!(r"\{:(?:DOWN|EXIT), .{0,300}?%([A-Z][\w.]*(?:Error|Exception))\{").captures(&v.mailbox);
    if let Some(exception) = died.and_then(|found| Some(found.get(1)?.as_str().to_owned())) {
        return say(&[with(
            "A process died of {}: the mailbox holds its last message",
            Some(exception),
        )]);
    }
    let count = v.find(re!(r"Showing \d+ of (\d+) messages?"));
    say(&[with(
        "No match among the messages in the mailbox ({}): compare them with the pattern",
        count,
    )])
}
