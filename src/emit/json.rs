//! The report as JSON: `gatekeeper.report/v1`, with a line end.

use std::io::{self, Write};

use super::{Style, escape};
use crate::report::Report;
use crate::wire::v1::Wire;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&Wire::from(report))?;
    out.write_all(escape::json(&text).as_bytes())?;
    out.write_all(b"\n")
}
