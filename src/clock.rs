//! The only place that asks what day it is: waivers end.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::policy::Date;

/// Seconds since 1970-01-01, in UTC; for information only, never for durations.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| d.as_secs())
}

/// Today, in UTC. `SOURCE_DATE_EPOCH` stands in for the clock, so that a judgement can be repeated.
///
/// # Errors
/// When that variable is no number of seconds.
pub fn today() -> Result<Date, Error> {
    Ok(Date::of_unix(today_seconds()?))
}

/// A moment of today, in seconds since 1970-01-01: see [`today`].
///
/// # Errors
/// When `SOURCE_DATE_EPOCH` is no number of seconds.
pub fn today_seconds() -> Result<u64, Error> {
    let set = std::env::var_os("SOURCE_DATE_EPOCH").filter(|v| !v.is_empty());
    let seconds = match set {
        Some(text) => text.to_str().and_then(|t| t.parse().ok()).ok_or_else(|| {
            let message = format!(
                "SOURCE_DATE_EPOCH is no number of seconds: {}",
                text.display()
            );
            Error::usage(message, "unset it, or set it to seconds since 1970-01-01")
        })?,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            // A clock that stands before 1970 knows no day: then everything is over.
            .map_or(u64::MAX, |d| d.as_secs()),
    };
    // Nothing but the day is judged by.
    Ok(seconds - seconds % 86_400)
}
