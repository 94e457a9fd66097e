//! Where to publish: the address of the API, the repository, the commit. What does not have their form is refused before
//! anything is asked for.

use ureq::http::Uri;

/// The address of an API, without `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    text: String,
    https: bool,
}

impl Base {
    /// GitHub's own.
    pub const GITHUB: &str = "https://api.github.com";

    /// Understands an address. The token must not travel in the clear: without TLS only to this machine, or where
    /// somebody asked for it (`plain`).
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(url: &str, plain: bool) -> Result<Self, &'static str> {
        let text = url.trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| "it is no address")?;
        let host = uri.host().filter(|h| !h.is_empty());
        let (Some(host), Some(authority)) = (host, uri.authority()) else {
            return Err("it names no host: it begins with https://");
        };
        if authority.as_str().contains('@') || uri.query().is_some() || text.contains('#') {
            return Err("a name, a password or a query have no place in it");
        }
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if plain || is_this_machine(host) => false,
            Some("http") => {
                return Err("it is not encrypted: use https://, or give it with --api-url");
            }
            Some(_) | None => return Err("it begins with https://"),
        };
        Ok(Self {
            text: text.to_owned(),
            https,
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.https
    }

    /// The address of a path, which begins with `/`.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Whether an address that somebody gave is below this one, so that the token may go there.
    pub(super) fn covers(&self, url: &str) -> bool {
        let rest = url.strip_prefix(&self.text);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// On a server of its own, REST is below `/api/v3`, and GraphQL beside it.
    pub(super) fn graphql(&self) -> String {
        match self.text.strip_suffix("/v3") {
            Some(api) => format!("{api}/graphql"),
            None => self.join("/graphql"),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let v4 = host.parse::<std::net::Ipv4Addr>();
    host == "localhost" || host == "[::1]" || v4.is_ok_and(|ip| ip.is_loopback())
}

/// `OWNER/NAME`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

impl Repository {
    /// Understands `OWNER/NAME`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let word = |w: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            (1..=100).contains(&w.len()) && w.chars().all(known) && !matches!(w, "." | "..")
        };
        (word(owner) && word(name)).then(|| Self(text.to_owned()))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Upper and lower case are the same to GitHub.
    pub(super) fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// The full name of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    /// Understands 40 or 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        (hex && matches!(text.len(), 40 | 64)).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As many as people read.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_travels_in_the_clear_only_where_that_is_meant() {
        for url in [
            "https://api.github.com",
            "https://ghe.example/api/v3/",
            "http://127.0.0.1:80",
            "http://localhost:9/",
            "http://[::1]:9",
        ] {
            assert!(Base::parse(url, false).is_ok(), "{url}");
        }
        for url in [
            "http://api.github.com",
            "http://127.0.0.1.example",
            "http://localhost.example",
        ] {
            assert!(Base::parse(url, false).is_err(), "{url}");
            assert!(Base::parse(url, true).is_ok(), "{url}");
        }
        for url in [
            "",
            "api.github.com",
            "/api",
            "ftp://h",
            "file:///etc/passwd",
            "https://user:pass@h",
            "https://h/?q=1",
            "https://h/#x",
            "https://",
            "https:// h",
            "https://h\n",
        ] {
            assert!(Base::parse(url, true).is_err(), "{url:?}");
        }
    }

    #[test]
    fn only_addresses_below_the_base_are_its_own() {
        let base = Base::parse("https://api.github.com/", false).unwrap();
        assert!(base.covers("https://api.github.com/repositories/1/x?page=2"));
        for url in [
            "https://api.github.com.evil.example/x",
            "https://api.github.com@evil.example/x",
            "https://api.github.com:444/x",
            "http://api.github.com/x",
            "//api.github.com/x",
            "/x",
        ] {
            assert!(!base.covers(url), "{url}");
        }
        assert_eq!(base.graphql(), "https://api.github.com/graphql");
        let own = Base::parse("https://ghe.example/api/v3", false).unwrap();
        assert_eq!(own.graphql(), "https://ghe.example/api/graphql");
    }

    #[test]
    fn words_have_their_form() {
        assert!(Repository::parse("a-b/c_d.e").is_some_and(|r| r.is("A-B/C_D.e")));
        for wrong in [
            "", "a", "a/", "/b", "a/b/c", "a/..", "./b", "a b/c", "a/b?x", "a/%2e",
        ] {
            assert_eq!(Repository::parse(wrong), None, "{wrong:?}");
        }
        let commit = Commit::parse(&"AB".repeat(20)).unwrap();
        assert_eq!(
            (commit.as_str().len(), commit.short()),
            (40, "abababababab")
        );
        for wrong in ["", "main", &"g".repeat(40), &"a".repeat(41)] {
            assert_eq!(Commit::parse(wrong), None, "{wrong:?}");
        }
    }
}
