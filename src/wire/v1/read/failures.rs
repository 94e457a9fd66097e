//! Failures and their groups.

use std::collections::HashMap;

use gatekeeper_parsers::evidence::{self, ErrorKind, Frame, Name, TestError};

use super::document::{WireError, WireFailure, WireFrame, WireGroup};
use super::{Read, all, index, one_of, status, unknown};
use crate::failures::{Category, Classified, Confidence, Group, Phase, TAGS, Tag, category};
use crate::report::{ReportFailure, Source};

fn known_category(id: &str) -> Read<&'static Category> {
    category(id).map_or_else(|| unknown("the failure category", id), Ok)
}

pub(super) fn failure(f: WireFailure, sources: &[Source], groups: usize) -> Read<ReportFailure> {
    let errors = match f.errors.is_empty() {
        true if is_blank(&f.error) => Vec::new(),
        true => vec![error(f.error)?],
        false => all(f.errors, error)?,
    };
    let failure = evidence::Failure {
        app: f.app.map(Name::from),
        module: f.module.map(Name::from),
        name: f.name,
        test_type: f.test_type.map(Name::from),
        file: f.file.map(Name::from),
        line: f.line,
        parameters: f.parameters,
        errors,
        logs: f.logs,
    };
    let class = Classified {
        category: known_category(&f.category)?,
        phase: Phase::Test,
        cause: None,
        hint: f.hint,
        tags: all(f.tags, tag)?,
    };
    Ok(ReportFailure {
        id: f.id,
        source: index('s', &f.source, sources.len())?,
        failure,
        class,
        group: index('g', &f.group, groups)?,
        rerun: f.rerun,
        status: status(&f.status)?,
        repeat: f.repeat,
        related: f.related,
    })
}

fn tag(id: String) -> Read<&'static Tag> {
    let row = TAGS.iter().find(|row| row.id == id);
    row.map_or_else(|| unknown("the tag", &id), Ok)
}

/// The error of a failure that has none.
fn is_blank(e: &WireError) -> bool {
    let values = [&e.exception, &e.code, &e.left, &e.right];
    e.message.is_empty() && e.stacktrace.is_empty() && values.iter().all(|v| v.is_none())
}

const KINDS: &[ErrorKind] = &[
    ErrorKind::Assertion,
    ErrorKind::Error,
    ErrorKind::Exit,
    ErrorKind::Throw,
    ErrorKind::LinkedExit,
    ErrorKind::NotImplemented,
];

fn error(e: WireError) -> Read<TestError> {
    let frame = |f: WireFrame| Frame {
        app: f.app.map(Name::from),
        file: f.file.map(Name::from),
        line: f.line,
        function: f.function.into(),
    };
    Ok(TestError {
        kind: one_of(KINDS, &e.kind, ErrorKind::id, "the kind of error")?,
        exception: e.exception,
        message: e.message,
        code: e.code.map(Into::into),
        left: e.left.map(Into::into),
        right: e.right.map(Into::into),
        stack: e.stacktrace.into_iter().map(frame).collect(),
        ..TestError::default()
    })
}

const CONFIDENCES: &[Confidence] = &[Confidence::High, Confidence::Medium, Confidence::Low];

pub(super) fn group(g: WireGroup, failures: &HashMap<&str, usize>) -> Read<Group> {
    let member = |id: String| {
        failures
            .get(id.as_str())
            .copied()
            .map_or_else(|| unknown("the failure", &id), Ok)
    };
    Ok(Group {
        category: known_category(&g.category)?,
        title: g.title,
        cause: g.cause,
        members: all(g.failures, member)?,
        hint: g.hint,
        confidence: one_of(CONFIDENCES, &g.confidence, Confidence::id, "the confidence")?,
    })
}
