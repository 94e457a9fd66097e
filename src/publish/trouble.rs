//! What can be in the way of publishing, in plain words. None of it says anything about the code that was judged.

use std::fmt;
use std::io;

use crate::error::reason;

/// Why GitHub has not got something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The token that was given is empty.
    NoToken,
    /// It is not the token of anybody.
    Unauthorized,
    /// The token has no right to do this; with GitHub's words.
    Forbidden(String),
    /// The repository is not there, or the token does not see it.
    NotFound,
    /// GitHub does not take what it was given; with its words.
    Refused(u16, String),
    /// Too many requests: wait so many seconds.
    Limited(u64),
    /// An error of GitHub's own.
    Server(u16),
    /// It is somewhere else, where the token does not go.
    Redirect(u16),
    /// There is no connection; with the reason.
    Unreachable(String),
    /// The answer is not what the API promises.
    Answer(&'static str),
}

impl Trouble {
    /// Whether nothing else will go better.
    pub(super) fn ends_everything(&self) -> bool {
        match self {
            Self::NoToken
            | Self::Unauthorized
            | Self::Limited(_)
            | Self::Redirect(_)
            | Self::Unreachable(_) => true,
            Self::Forbidden(_)
            | Self::NotFound
            | Self::Refused(..)
            | Self::Server(_)
            | Self::Answer(_) => false,
        }
    }

    /// Whether the same request may go better in a moment.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Server(_) | Self::Unreachable(_))
    }

    pub(super) fn of_connection(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
                Self::Answer("it is too large")
            }
            ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::BodyStalled => {
                Self::Answer("it is no HTTP")
            }
            other => Self::Unreachable(unreachable(other)),
        }
    }
}

fn unreachable(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(e) => reason(e),
        ureq::Error::Timeout(_) => "no answer in time".into(),
        ureq::Error::HostNotFound => "its name is not known".into(),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired => {
            format!("{error}; SSL_CERT_FILE names the certificates to trust")
        }
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            "the proxy refuses".into()
        }
        _ => "the connection failed".into(),
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        // What the client has to say about a body comes wrapped.
        match error.get_ref().and_then(|e| e.downcast_ref()) {
            Some(inner) => Self::of_connection(inner),
            None => Self::Unreachable(reason(&error)),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str(
                "the token is empty; a workflow that a fork's pull request started gets no secrets",
            ),
            Self::Unauthorized => f.write_str("the token is not valid (GitHub answered 401)"),
            Self::Forbidden(says) => {
                write!(f, "the token has no right to (GitHub answered 403{says})")
            }
            Self::NotFound => f.write_str(
                "the repository is not there, or the token does not see it (GitHub answered 404)",
            ),
            Self::Refused(code, says) => write!(f, "GitHub does not take it ({code}{says})"),
            Self::Limited(seconds) => write!(
                f,
                "GitHub asks to wait {seconds} seconds, which is longer than publish waits"
            ),
            Self::Server(code) => write!(f, "GitHub answered {code}, also when it was asked again"),
            Self::Redirect(code) => write!(
                f,
                "GitHub answered {code}: it is somewhere else, where the token does not go; name the repository as it is \
                 called now"
            ),
            Self::Unreachable(why) => write!(f, "GitHub cannot be reached: {why}"),
            Self::Answer(what) => write!(f, "the answer was not understood: {what}"),
        }
    }
}
