//! Unix seconds as RFC 3339. Pure: no clock.

use crate::policy::Date;

/// `2026-11-21T00:01:12Z`.
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let rest = seconds % 86_400;
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}Z",
        Date::of_unix(seconds)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_795_219_272, "2026-11-21T00:01:12Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
        }
    }
}
