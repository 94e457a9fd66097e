//! The report as JSON: `gatekeeper.report/v1`, with a line end.

use std::io::{self, Write};

use super::Style;
use crate::report::Report;
use crate::wire::v1::Wire;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&Wire::from(report))?;
    // GitHub's runner obeys `##[command]` anywhere in a line of a log. `#` stands only inside strings, so it can be
    // written as an escape.
    out.write_all(text.replace("##[", "#\\u0023[").as_bytes())?;
    out.write_all(b"\n")
}
