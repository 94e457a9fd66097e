//! The lines at which the end of a failed compilation starts.

use super::block::Block;
use crate::input::{Line, Stream};

/// What starts with a line.
pub(super) enum Start {
    /// A block with the reason.
    Block(Block),
    /// The type checker found errors; they are printed before.
    TypeCheck,
    /// A line of Mix, with the rule that it gets.
    Mix(&'static str),
}

/// How Mix starts when it gives up.
pub(super) const MIX: &[u8] = b"** (Mix) ";
const TYPE_CHECK: &[u8] = b"== Type checking failed with errors ==";
const WARNINGS_AS_ERRORS: &[u8] = b"Compilation failed due to warnings";
const DEPENDENCY: &[u8] = b"could not compile dependency ";

impl Start {
    /// What starts with this line, if anything does.
    pub(super) fn of(line: &Line<'_>, max: usize) -> Option<Self> {
        let text = line.text;
        match text.first()? {
            b'=' if text == TYPE_CHECK => Some(Self::TypeCheck),
            b'=' => Block::headed(text, line.number).map(Self::Block),
            b'C' if text.starts_with(WARNINGS_AS_ERRORS) => Some(Self::Mix("warnings-as-errors")),
            b'c' if text.starts_with(DEPENDENCY) => Some(Self::Mix("dependency")),
            b'*' if text.starts_with(MIX) => {
                let rest = text.strip_prefix(MIX)?;
                let (first, rest) = rest.split_first()?;
                let own = matches!(first, b'c' | b'C') && rest.starts_with(b"ould not compile ");
                own.then_some(Self::Mix("Mix"))
            }
            // A process that crashes during a test prints such a line on standard output, too.
            b'*' if line.stream == Stream::Err => {
                Block::headless(text, line.number, max).map(Self::Block)
            }
            _ => None,
        }
    }
}

/// The app of a line like `==> shop`.
pub(super) fn app(line: &[u8]) -> Option<&[u8]> {
    let name = line.strip_prefix(b"==> ")?;
    let known = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    (!name.is_empty() && name.iter().all(known)).then_some(name)
}
