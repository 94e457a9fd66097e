//! Dates as RFC 3339 writes them in UTC. A text that is none is shown as it is, and stated nowhere.

/// `2026-11-21T00:01:12Z` as year, month, day, hour, minute and second.
pub(crate) fn parts(text: &str) -> Option<[u16; 6]> {
    let rest = text.strip_suffix('Z').filter(|rest| rest.len() == 19)?;
    let (day, time) = rest.split_once('T')?;
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    (is_day && hour < 24 && minute < 60 && second < 60)
        .then_some([year, month, day, hour, minute, second])
}

fn numbers(text: &str, between: char) -> Option<[u16; 3]> {
    let parts = text.split(between).map(|part| {
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    });
    let parts: Option<Vec<u16>> = parts.collect();
    parts?.try_into().ok()
}

/// `2026-11-21 00:01:12 UTC`.
pub(crate) fn readable(text: &str) -> String {
    match parts(text) {
        Some(_) => format!("{} UTC", text.replace('T', " ").trim_end_matches('Z')),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_date_is_one() {
        assert_eq!(
            parts("2026-11-21T00:01:12Z"),
            Some([2026, 11, 21, 0, 1, 12])
        );
        for text in [
            "",
            "2026-11-21",
            "2026-13-21T00:01:12Z",
            "2026-11-21T24:01:12Z",
            "2026-11-21T00:01:12+01:00",
            "2026-11-+1T00:01:12Z",
            "2026-1-211T00:01:12Z1",
            "xxxxxxxxxxTxxxxxxxxZ",
        ] {
            assert_eq!(parts(text), None, "{text}");
            assert_eq!(readable(text), text);
        }
        assert_eq!(readable("2026-11-21T00:01:12Z"), "2026-11-21 00:01:12 UTC");
    }
}
