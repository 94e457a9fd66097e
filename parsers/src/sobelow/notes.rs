//! What Sobelow says about its own trouble, in any format, on standard error.

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::{Line, Stream};
use crate::stream::Part;
use crate::text::{holds, lossy};

/// Without a router the checks of its pipelines are not run, and the exit code stays 0.
const NO_ROUTER: &[u8] = b"WARNING: Sobelow cannot find the router";

/// A wrong folder, or the root of an umbrella: nothing is scanned, and the exit code is 0.
const NO_PHOENIX: &[u8] = b"This does not appear to be a Phoenix application";

/// In `F:N: could not read this `# sobelow_skip` comment, so it was ignored`: a finding may be shown that was meant
/// to be skipped.
const BAD_SKIP: &[u8] = b"could not read this `# sobelow_skip` comment";

/// The complaints of a source.
#[derive(Default)]
pub(super) struct Notes {
    seen: bool,
    defects: Defects,
}

impl Notes {
    /// Looks at a line; `true` claims it. `known` says that there is a report of Sobelow.
    pub(super) fn line(&mut self, line: &Line<'_>, known: bool) -> bool {
        let at = Position::line(line.number);
        let said = || lossy(line.text, 500);
        match line.text.first() {
            Some(b'W') if line.text.starts_with(NO_ROUTER) => {
                self.defects.partial(DefectKind::Skipped, said(), at);
            }
            Some(b'T') if line.text.starts_with(NO_PHOENIX) => {
                let to = Completeness::Unreadable;
                self.defects.lower(to, DefectKind::NothingRan, said(), at);
            }
            // It starts with a path, so every line would have to be searched: only where it can stand.
            Some(_) if (known || line.stream == Stream::Err) && holds(line.text, BAD_SKIP) => {
                self.defects.note(DefectKind::UnknownValue, said(), at);
            }
            _ => return false,
        }
        self.seen = true;
        true
    }

    /// The complaints as a part without evidence.
    pub(super) fn finish(self) -> Option<Part> {
        self.seen.then(|| Part {
            format: "sobelow-text",
            tool: Tool::Sobelow,
            parsed: self.defects.finish(Evidence::Nothing),
        })
    }
}
