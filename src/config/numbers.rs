//! Decimal numbers as whole numbers of their last digit: nothing is rounded, and nothing is a float.

/// `80.5` with two digits is 8050. Digits, a point and digits only: neither a sign nor an exponent, no `nan`, no `inf`.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn scaled(text: &str, digits: usize) -> Result<u64, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if text.starts_with('-') {
        return Err("it must not be negative".into());
    }
    if whole.is_empty() || !plain(whole) || !plain(part) {
        return Err("expected a plain number, such as 80 or 80.5".into());
    }
    let part = part.trim_end_matches('0');
    if part.len() > digits {
        return Err(format!("at most {digits} decimals are compared"));
    }
    let all = format!("{whole}{part:0<digits$}");
    all.parse().map_err(|_| "it is too large".into())
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn plain_numbers_only() {
        for (text, n) in [
            ("80", 8_000),
            ("80.5", 8_050),
            ("0.01", 1),
            ("99.990", 9_999),
            ("0", 0),
        ] {
            assert_eq!(scaled(text, 2), Ok(n), "{text}");
        }
        for text in [
            "nan",
            "inf",
            "+1",
            "-0",
            "-5",
            "1e3",
            "80.123",
            "",
            ".5",
            "99999999999999999999",
        ] {
            assert!(scaled(text, 2).is_err(), "{text}");
        }
    }
}
