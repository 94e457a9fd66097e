//! What must hold of any document of a medium, whatever text is in it.

use std::collections::BTreeSet;

use super::read_back;

pub fn no_control_characters(text: &str, what: &str) {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
    };
    assert_eq!(text.chars().find(|c| hidden(*c)), None, "{what}");
}

/// What a runner would obey: `::` at the start of a line, `##[` anywhere.
pub fn no_foreign_commands(id: &str, text: &str, what: &str) {
    // Both are plain text; the edge makes them harmless where a runner reads them.
    if ["terminal", "agent"].contains(&id) {
        return;
    }
    assert!(!text.contains("##["), "{what}");
    let own = [
        "::error ",
        "::warning ",
        "::notice ",
        "::group::",
        "::endgroup::",
    ];
    for line in text.split(['\n', '\r']).map(str::trim_start) {
        let ours = id == "github" && own.iter().any(|command| line.starts_with(command));
        assert!(!line.starts_with("::") || ours, "{line:?} in {what}");
    }
}

/// Commands as the runner takes them apart: nothing but known properties, and files of the repository.
pub fn github(text: &str, what: &str) {
    let mut levels = [0; 3];
    let mut open = 0;
    for line in text.lines().filter(|l| l.starts_with("::")) {
        let (header, _) = line[2..].split_once("::").expect(what);
        let (name, properties) = header.split_once(' ').unwrap_or((header, ""));
        match name {
            "error" => levels[0] += 1,
            "warning" => levels[1] += 1,
            "notice" => levels[2] += 1,
            "group" => open += 1,
            "endgroup" => open -= 1,
            other => panic!("{other} in {what}"),
        }
        for property in properties.split(',').filter(|p| !p.is_empty()) {
            let (key, value) = property.split_once('=').expect(what);
            assert!(
                ["file", "line", "col", "endColumn", "title"].contains(&key),
                "{key} in {what}"
            );
            if key == "file" {
                assert!(
                    !value.starts_with('/') && !value.contains(".."),
                    "{value} in {what}"
                );
            }
        }
    }
    assert_eq!(open, 0, "{what}");
    assert!(levels.iter().all(|n| *n <= 10), "{levels:?} in {what}");
}

/// Well formed, with characters that XML 1.0 has.
pub fn junit(text: &str, what: &str) {
    let legal = |c: char| !matches!(c, '\u{fffe}' | '\u{ffff}') && (c >= ' ' || c == '\n');
    assert!(text.chars().all(legal), "{what}");
    let report = read_back(text);
    assert!(
        report.sources[0].is_complete(),
        "{:?} {what}",
        report.sources[0].defects
    );
}

const TAGS: &[&str] = &[
    "html", "head", "meta", "title", "style", "body", "a", "div", "header", "span", "ul", "li",
    "h1", "p", "nav", "main", "section", "h2", "h3", "h4", "svg", "path", "rect", "details",
    "summary", "pre", "dl", "dt", "dd", "mark", "ol", "code", "fieldset", "legend", "label",
    "input", "table", "caption", "thead", "tbody", "tr", "th", "td", "small", "footer",
];

const ATTRIBUTES: &[&str] = &[
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "href",
    "id",
    "aria-label",
    "aria-labelledby",
    "aria-hidden",
    "viewBox",
    "d",
    "stroke-dasharray",
    "width",
    "height",
    "x",
    "preserveAspectRatio",
    "open",
    "type",
    "checked",
    "scope",
];

/// Elements and attributes of ours alone, every element closed, no address that leads out, and no id twice.
pub fn html(text: &str, what: &str) {
    let style = text.find("<style>").unwrap()..text.find("</style>").unwrap();
    let text = format!("{}{}", &text[..style.start], &text[style.end..]).replace("</style>", "");
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    for tag in text.split('<').skip(1) {
        let (tag, rest) = tag.split_once('>').expect(what);
        assert!(!rest.contains('>'), "{rest:?} in {what}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "{what}");
            continue;
        }
        if tag == "!doctype html" {
            continue;
        }
        let single = tag.ends_with('/');
        let (name, mut rest) = tag
            .trim_end_matches('/')
            .split_once(' ')
            .unwrap_or((tag, ""));
        assert!(TAGS.contains(&name), "<{name}> in {what}");
        while !rest.trim().is_empty() {
            let end = rest.find(['=', ' ']).unwrap_or(rest.len());
            let key = rest[..end].trim();
            assert!(ATTRIBUTES.contains(&key), "{key:?} in {what}");
            let Some(value) = rest[end..].strip_prefix("=\"") else {
                rest = rest[end..].trim_start();
                continue;
            };
            let (value, after) = value.split_once('"').expect(what);
            assert!(key != "href" || value.starts_with('#'), "{value} in {what}");
            assert!(
                key != "id" || ids.insert(value.to_owned()),
                "{value} twice in {what}"
            );
            rest = after.trim_start();
        }
        if !single && !["meta", "input"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert_eq!(open, [""; 0], "{what}");
    assert!(
        text.contains("content=\"default-src 'none'; style-src 'sha256-"),
        "{what}"
    );
}
