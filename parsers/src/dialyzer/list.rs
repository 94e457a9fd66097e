//! Lists of Elixir terms that dialyxir prints beside the warnings.

use super::marks::Mark;

/// The list that is being printed.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// None.
    #[default]
    None,
    /// The applications of the PLT, on one line.
    Applications,
    /// The arguments of the analysis, over several lines.
    Arguments,
    /// Filters that matched nothing, one a line.
    Filters,
}

impl List {
    /// The list that such a line announces.
    pub(super) fn after(mark: Mark) -> Self {
        match mark {
            Mark::CheckingPlt => Self::Applications,
            Mark::Starting => Self::Arguments,
            Mark::UnusedFilters => Self::Filters,
            _ => Self::None,
        }
    }

    /// Whether the line belongs to the list. The first that does not ends it.
    pub(super) fn line(&mut self, text: &[u8]) -> bool {
        let starts = |with: &[u8]| text.starts_with(with);
        let (own, last) = match self {
            Self::None => return false,
            Self::Applications => (starts(b"["), true),
            Self::Arguments => (
                starts(b"[") || starts(b" ") || starts(b"]"),
                !starts(b" ") && text.ends_with(b"]"),
            ),
            Self::Filters => (starts(b"{\"") || starts(b"~") || starts(b"\""), false),
        };
        if last || !own {
            *self = Self::None;
        }
        own
    }
}
