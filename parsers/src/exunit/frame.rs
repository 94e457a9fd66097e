//! One entry of a stack trace: `(ex_unit 1.20.4) lib/ex_unit/runner.ex:533: ExUnit.Runner.exec_test/2`.

use crate::evidence::Frame;
use crate::names::Names;
use crate::text;

/// Reads an entry without its indentation. What is not understood stays in `function`.
pub(super) fn frame(entry: &str, names: &mut Names) -> Frame {
    let (app, rest) = application(entry);
    let (file, line, function) = match rest.split_once(": ") {
        Some((place, function)) => match text::location(place) {
            (file, Some(line), None) => (Some(file), Some(line), function),
            _ if is_source(place) => (Some(place), None, function),
            _ => (None, None, rest),
        },
        None => (None, None, rest),
    };
    Frame {
        app: app.map(|app| names.of(app)),
        file: file.map(|file| names.of(file)),
        line,
        function: names.of(function),
    }
}

/// The application in front, if there is one: `(shop 0.1.0) `. A doctest says `(for doctest at) `, which names none.
fn application(entry: &str) -> (Option<&str>, &str) {
    if let Some(rest) = entry.strip_prefix("(for doctest at) ") {
        return (None, rest);
    }
    let inside = entry.strip_prefix('(').and_then(|e| e.split_once(") "));
    let Some((inside, rest)) = inside else {
        return (None, entry);
    };
    let (name, version) = inside.split_once(' ').unwrap_or((inside, ""));
    let named = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !version.contains(' ');
    if named {
        (Some(name), rest)
    } else {
        (None, entry)
    }
}

/// An entry without a line number: `lib/a.ex: Mod.fun/1`.
fn is_source(place: &str) -> bool {
    !place.contains(' ')
        && [".ex", ".exs", ".erl"]
            .iter()
            .any(|end| place.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Name;

    fn parts(entry: &str) -> (Option<String>, Option<String>, Option<u32>, String) {
        let f = frame(entry, &mut Names::default());
        let text = |name: Option<Name>| name.map(String::from);
        let line = f.line.map(u32::from);
        (text(f.app), text(f.file), line, f.function.into())
    }

    #[test]
    fn entries_of_every_kind() {
        let s = |t: &str| Some(t.to_owned());
        assert_eq!(
            parts("(shop 0.1.0) lib/shop/parser.ex:11: Shop.Parser.parse_line/1"),
            (
                s("shop"),
                s("lib/shop/parser.ex"),
                Some(11),
                "Shop.Parser.parse_line/1".into()
            )
        );
        assert_eq!(
            parts("test/a_test.exs:8: (test)"),
            (None, s("test/a_test.exs"), Some(8), "(test)".into())
        );
        assert_eq!(
            parts("(for doctest at) test/support/doc.ex:45: (test)"),
            (None, s("test/support/doc.ex"), Some(45), "(test)".into())
        );
        assert_eq!(
            parts("(erts 17.1) :erlang.map_get(:ac, %{aa: 1, ab: 2})"),
            (
                s("erts"),
                None,
                None,
                ":erlang.map_get(:ac, %{aa: 1, ab: 2})".into()
            )
        );
        assert_eq!(
            parts("(bookshop 0.1.0) anonymous fn/2 in Bookshop.Book.__struct__/1"),
            (
                s("bookshop"),
                None,
                None,
                "anonymous fn/2 in Bookshop.Book.__struct__/1".into()
            )
        );
        assert_eq!(parts("Shop.Nope.run(1, 2)").3, "Shop.Nope.run(1, 2)");
    }
}
