//! The only place that asks what day it is: waivers end.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::policy::Date;

/// Today, in UTC. `SOURCE_DATE_EPOCH` stands in for the clock, so that a judgement can be repeated.
///
/// # Errors
/// When that variable is no number of seconds.
pub fn today() -> Result<Date, Error> {
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
    Ok(Date::of_unix(seconds))
}
