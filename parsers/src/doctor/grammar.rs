//! The lines of a report of Doctor.

use crate::text;

/// A line that is not a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// `Doctor file found. Loading configuration.`
    Start,
    /// The header of the table.
    Header,
    /// A line of dashes.
    Rule,
    /// `Passed Modules: 6`; `None` where the number does not parse.
    Passed(Option<u64>),
    Failed(Option<u64>),
    /// `Total Doc Coverage: 27.0%` in hundredths of a percent.
    Share(&'static str, Option<u64>),
    /// `Doctor validation has passed!`
    Pass,
    /// `Doctor validation has failed`, and the reason where it stands in the same line.
    Fail(Option<String>),
    /// Begins like the verdict, and is none that is known.
    Odd,
}

/// Names of the shares, and the words before their numbers.
const SHARES: [(&str, &[u8]); 3] = [
    ("docs", b"Total Doc Coverage: "),
    ("moduledocs", b"Total Moduledoc Coverage: "),
    ("specs", b"Total Spec Coverage: "),
];

/// Cheap for lines of others: they differ in their first bytes.
pub(super) fn mark(line: &[u8]) -> Option<Mark> {
    match line.first()? {
        b'D' => verdict(line),
        b'-' => (line.len() >= 40 && line.iter().all(|b| *b == b'-')).then_some(Mark::Rule),
        b'P' => Some(Mark::Passed(text::number(
            line.strip_prefix(b"Passed Modules: ")?,
        ))),
        b'F' => Some(Mark::Failed(text::number(
            line.strip_prefix(b"Failed Modules: ")?,
        ))),
        b'T' => SHARES.iter().find_map(|(name, words)| {
            let number = line.strip_prefix(*words)?.strip_suffix(b"%");
            let share = number.and_then(|n| text::decimal(n, 2));
            Some(Mark::Share(name, share.filter(|share| *share <= 10_000)))
        }),
        _ => None,
    }
}

fn verdict(line: &[u8]) -> Option<Mark> {
    if line.starts_with(b"Doc Cov  Spec Cov  ") {
        return Some(Mark::Header);
    }
    let rest = line.strip_prefix(b"Doctor ")?;
    if rest.starts_with(b"file found.") || rest.starts_with(b"file not found.") {
        return Some(Mark::Start);
    }
    let rest = rest.strip_prefix(b"validation has ")?;
    Some(match rest {
        b"passed!" => Mark::Pass,
        b"failed!" | b"failed because:" => Mark::Fail(None),
        _ => match rest.strip_prefix(b"failed because ") {
            Some(reason) => Mark::Fail(Some(text::lossy(reason, 500))),
            None => Mark::Odd,
        },
    })
}

/// A row of the table, in either form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) docs: &'a str,
    pub(super) specs: &'a str,
    pub(super) module: &'a str,
    pub(super) file: Option<&'a str>,
    pub(super) functions: &'a str,
    /// Functions without documentation, and without a spec; the short report does not say.
    pub(super) missing: Option<(&'a str, &'a str)>,
    pub(super) module_doc: &'a str,
    pub(super) struct_spec: &'a str,
}

pub(super) fn row(line: &[u8]) -> Option<Row<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let row = match words.as_slice() {
        [docs, specs, functions, module, module_doc, struct_spec] if is_number(functions) => Row {
            docs,
            specs,
            module,
            file: None,
            functions,
            missing: None,
            module_doc,
            struct_spec,
        },
        // A file may have spaces in its name; what follows it is always five words.
        [
            docs,
            specs,
            module,
            file @ ..,
            functions,
            no_docs,
            no_specs,
            module_doc,
            struct_spec,
        ] if !file.is_empty()
            && [functions, no_docs, no_specs]
                .into_iter()
                .all(|n| is_number(n)) =>
        {
            let (first, last) = (file.first()?, file.last()?);
            let start = line.find(&format!(" {first}"))?.saturating_add(1);
            let end = line.rfind(&format!("{last} "))?.saturating_add(last.len());
            Row {
                docs,
                specs,
                module,
                file: line.get(start..end),
                functions,
                missing: Some((no_docs, no_specs)),
                module_doc,
                struct_spec,
            }
        }
        _ => return None,
    };
    let shares = is_share(row.docs) && is_share(row.specs);
    let words = [row.module_doc, row.struct_spec];
    (shares && words.iter().all(|w| matches!(*w, "Yes" | "No" | "N/A"))).then_some(row)
}

fn is_number(word: &str) -> bool {
    text::number(word.as_bytes()).is_some()
}

fn is_share(word: &str) -> bool {
    word == "N/A" || word.strip_suffix('%').is_some_and(is_number)
}

/// `  * Overall @doc coverage is below 50.`
pub(super) fn reason(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"  * ")
}
