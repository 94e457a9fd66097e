//! Exit codes: one table, the only place where a process code is named.

use crate::gates::Ruling;

macro_rules! codes {
    ($($name:ident $code:literal $title:literal $text:literal)*) => {
        /// A process exit code with its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ExitCode {
            $(#[doc = $title] $name,)*
        }

        impl ExitCode {
            /// Every code that has a name, in order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The number.
            #[must_use]
            pub fn code(self) -> u8 {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it means and what to do.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    Pass 0 "every judged gate passed"
        "Every gate that has evidence passed, and every source proved that it is complete."
    Fail 1 "a gate failed"
        "At least one gate measured something beyond its limit. The table says which, and why."
    Usage 2 "usage or configuration error"
        "Nothing was judged: an option, a file or the configuration is wrong. The message names it and says what to do."
    Undecided 3 "undecided"
        "Nothing that was measured is beyond a limit, but evidence is missing, cut, stale, unreadable or contradictory, \
         or nothing ran. That is never a pass. The table names what is missing."
    Fault 70 "a fault of gatekeeper itself"
        "gatekeeper failed in a way that it must not. Please report the message; the raw output of the command is kept."
    NotExecutable 126 "the command could not be executed"
        "`run` found the command, but the system refused to execute it. Check its permissions and its first line."
    NotFound 127 "the command was not found"
        "`run` found no command of this name. Check the spelling and PATH."
}

/// The code of a verdict.
#[must_use]
pub fn of_verdict(verdict: Ruling) -> ExitCode {
    match verdict {
        Ruling::Pass => ExitCode::Pass,
        Ruling::Fail => ExitCode::Fail,
        Ruling::Undecided => ExitCode::Undecided,
    }
}
