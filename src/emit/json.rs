//! The report as JSON: `gatekeeper.report/v1`, with a line end.

use std::io::{self, Write};

use super::{Style, document};
use crate::report::Report;
use crate::wire::v1::Wire;

pub(super) fn write(report: &Report, _: Style, out: &mut dyn Write) -> io::Result<()> {
    document::write(&Wire::from(report), out)
}
