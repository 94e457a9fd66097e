//! What `git` says when mix_audit fetches its advisories. mix_audit ignores how `git` ended: without a network the
//! database is empty or old, and the report clean.

use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::evidence::{Evidence, Tool};
use crate::input::Line;
use crate::stream::Part;
use crate::text::{holds, lossy};

/// The repository of advisories, in its address and in the folder of its clone.
const REPOSITORY: &[u8] = b"elixir-security-advisories";

/// How `git` says that it failed.
const FAILURES: [&[u8]; 5] = [
    b"fatal: ",
    b"error: cannot pull with rebase",
    b"error: could not apply ",
    b"error: RPC failed",
    b"error: Your local changes",
];

/// What `git` said.
#[derive(Default)]
pub(super) struct Notes {
    defects: Defects,
    seen: bool,
    /// Whether it named the advisories, so that it can be about nothing else.
    named: bool,
}

impl Notes {
    /// Looks at a line; `true` claims it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        let failed = matches!(line.text.first(), Some(b'f' | b'e'))
            && FAILURES.iter().any(|f| line.text.starts_with(f));
        if !failed {
            return false;
        }
        let named = holds(line.text, REPOSITORY);
        self.seen = true;
        self.named |= named;
        let message = format!(
            "the advisories were not fetched, so nothing, or only old ones, were looked at: {}",
            lossy(line.text, 300)
        );
        let at = Position::line(line.number);
        self.defects.partial(DefectKind::Skipped, message, at);
        named
    }

    /// The complaints as a part without evidence. Where no report of mix_audit was read, `git` may have been at work
    /// for anybody.
    pub(super) fn finish(self, report: bool) -> Option<Part> {
        (self.seen && (report || self.named)).then(|| Part {
            format: "mix_audit-human",
            tool: Tool::MixAudit,
            parsed: self.defects.finish(Evidence::Nothing),
        })
    }
}
