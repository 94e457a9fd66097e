//! Document types: which one may stand before a report.

/// `coverage SYSTEM "…"` or `coverage PUBLIC "…" "…"`, and nothing else.
pub(super) fn is_external(text: &str, root: &str) -> bool {
    let Some(rest) = text.trim_ascii().strip_prefix(root) else {
        return false;
    };
    let literals = |rest: &str, n: usize| {
        let mut rest = rest;
        for _ in 0..n {
            let body = rest.trim_ascii_start();
            let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
            let after = quote.and_then(|q| body.get(1..)?.split_once(q));
            match after {
                Some((_, left)) if rest.starts_with(|c: char| c.is_ascii_whitespace()) => {
                    rest = left;
                }
                _ => return false,
            }
        }
        rest.is_empty()
    };
    let rest = rest.strip_prefix(|c: char| c.is_ascii_whitespace());
    let rest = rest.map(str::trim_ascii_start).unwrap_or_default();
    let system = rest.strip_prefix("SYSTEM");
    let public = rest.strip_prefix("PUBLIC");
    system.is_some_and(|r| literals(r, 1)) || public.is_some_and(|r| literals(r, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_types_with_declarations_are_refused() {
        for good in [
            "coverage SYSTEM \"http://x/y.dtd\"",
            "coverage PUBLIC '-//x' \"y.dtd\"",
            " coverage\n SYSTEM 'a>b' ",
        ] {
            assert!(is_external(good, "coverage"), "{good}");
        }
        for bad in [
            "coverage",
            "coverages SYSTEM \"x\"",
            "coverage SYSTEM",
            "coverage SYSTEM \"x",
            "coverage SYSTEM\"x\"",
            "coverage SYSTEM \"x\" \"y\"",
            "coverage PUBLIC \"x\"",
            "coverage SYSTEM \"x\" [<!ENTITY a \"b\">]",
            "coverage [<!ENTITY a SYSTEM \"b\">]",
            "html SYSTEM \"x\"",
        ] {
            assert!(!is_external(bad, "coverage"), "{bad}");
        }
    }
}
