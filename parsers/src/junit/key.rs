//! Attributes that mean something.

use crate::xml::known::{Key, Known};

pub(super) const KNOWN: Known = Known {
    names: &[
        "class",
        "classname",
        "disabled",
        "errors",
        "failures",
        "file",
        "line",
        "message",
        "name",
        "result",
        "skipped",
        "status",
        "tests",
        "time",
        "type",
        "value",
    ],
    long: &["message"],
    escaped: true,
};

pub(super) const CLASS: Key = KNOWN.key("class");
pub(super) const CLASSNAME: Key = KNOWN.key("classname");
pub(super) const DISABLED: Key = KNOWN.key("disabled");
pub(super) const ERRORS: Key = KNOWN.key("errors");
pub(super) const FAILURES: Key = KNOWN.key("failures");
pub(super) const FILE: Key = KNOWN.key("file");
pub(super) const LINE: Key = KNOWN.key("line");
pub(super) const MESSAGE: Key = KNOWN.key("message");
pub(super) const NAME: Key = KNOWN.key("name");
pub(super) const RESULT: Key = KNOWN.key("result");
pub(super) const SKIPPED: Key = KNOWN.key("skipped");
pub(super) const STATUS: Key = KNOWN.key("status");
pub(super) const TESTS: Key = KNOWN.key("tests");
pub(super) const TIME: Key = KNOWN.key("time");
pub(super) const TYPE: Key = KNOWN.key("type");
pub(super) const VALUE: Key = KNOWN.key("value");
