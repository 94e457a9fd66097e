//! From a `filename` and the `source` that it is relative to, to a path.

/// Joins the two, as far as the second is relative.
pub(super) fn join(source: &str, name: &str) -> String {
    let source = source.trim();
    if is_absolute(name) || matches!(source, "" | "." | "./") {
        return name.to_owned();
    }
    let base = source.strip_suffix(['/', '\\']).unwrap_or(source);
    format!("{base}/{name}")
}

fn is_absolute(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with(['/', '\\']) || drive
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn names_are_relative_to_their_source() {
        for (source, name, path) in [
            ("/ci/shop/lib", "a.ex", "/ci/shop/lib/a.ex"),
            ("/ci/shop/", "lib/a.ex", "/ci/shop/lib/a.ex"),
            (" /ci/shop\n", "lib/a.ex", "/ci/shop/lib/a.ex"),
            ("lib", "a.ex", "lib/a.ex"),
            ("/", "ci/a.ex", "/ci/a.ex"),
            (".", "lib/a.ex", "lib/a.ex"),
            ("", "lib/a.ex", "lib/a.ex"),
            ("/ci/shop", "/ci/shop/lib/a.ex", "/ci/shop/lib/a.ex"),
            ("C:\\ci\\", "lib/a.ex", "C:\\ci/lib/a.ex"),
            ("C:\\ci", "D:\\a.ex", "D:\\a.ex"),
        ] {
            assert_eq!(join(source, name), path);
        }
    }
}
