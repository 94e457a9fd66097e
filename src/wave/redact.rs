//! Secrets are taken out before anything is stored or hashed: values of secret-looking variables, and known forms of
//! tokens. Pure: the environment is passed in.
//!
//! A line is read at a time, so that no output is held whole; a private key in PEM is recognised over its lines. What
//! was taken out is counted by rule, and never said. What is compressed (a screenshot, an archive) is not looked into.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::{Captures, Regex};

/// Known forms of secrets: rule and pattern. The first group, where there is one, is all that is taken out.
///
/// Sources: GitHub's, GitLab's, AWS's, Google's, Slack's, Stripe's, npm's, PyPI's and SendGrid's documentation of their
/// token prefixes; RFC 7519; `Plug.Crypto` (`SFMyNTY` is its signed tokens' header); userinfo of RFC 3986.
const FORMS: &[(&str, &str)] = &[
    ("github-token", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    ("github-pat", r"github_pat_\w{22,255}"),
    (
        "gitlab-token",
        r"gl(?:pat|ptt|dt|rt|cbt|oas|soat)-[\w-]{20,}",
    ),
    ("aws-key", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    ("google-key", r"AIza[\w-]{35}"),
    ("slack-token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (
        "slack-webhook",
        r"hooks\.slack\.com/services/([A-Za-z0-9/]{20,})",
    ),
    ("stripe-key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("npm-token", r"npm_[A-Za-z0-9]{36}"),
    ("pypi-token", r"pypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    ("sendgrid-key", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("openai-key", r"sk-(?:proj-|ant-)?[\w-]{32,}"),
    ("jwt", r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    ("plug-token", r"SFMyNTY\.[\w-]{8,}\.[\w-]{8,}"),
    (
        "url-password",
        r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:"']*:([^\s/@"']+)@"#,
    ),
    (
        "bearer",
        r"(?i:authorization: *(?:bearer|basic)) +([\w.~+/=-]{8,})",
    ),
    (
        "assignment",
        r#"(?:SECRET_KEY_BASE|RELEASE_COOKIE|HEX_API_KEY|secret_key_base|signing_salt|encryption_salt)["']? *(?:=>|[:=]) *["']?([\w+/=.-]{8,})"#,
    ),
];

/// Parts of names of variables whose values are secrets.
const NAMES: [&str; 9] = [
    "TOKEN",
    "SECRET",
    "PASS",
    "KEY",
    "CRED",
    "COOKIE",
    "DSN",
    "DATABASE_URL",
    "SALT",
];

/// Values that every project's CI uses and that are no secret: taking these out would take words out of the evidence.
const COMMON: [&str; 5] = ["postgres", "password", "localhost", "changeme", "disabled"];

/// Shorter values are not looked for: they stand in ordinary words.
const SHORTEST: usize = 8;

/// Takes secrets out.
#[derive(Debug)]
pub struct Redactor {
    pattern: Regex,
    rules: Vec<String>,
    counts: BTreeMap<String, u64>,
    in_key: bool,
}

const KEY_BEGIN: &[u8] = b"PRIVATE KEY-----";

impl Redactor {
    /// Knows the forms, and the values of these variables whose name says that they are secret.
    ///
    /// # Panics
    /// Never: the patterns are constant, and values are quoted.
    #[must_use]
    pub fn new(env: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut rules = Vec::new();
        let mut parts = Vec::new();
        for (name, value) in env {
            let values = secret_forms(&name, &value);
            parts.extend(values.iter().map(|v| format!("({})", regex::escape(v))));
            rules.extend(values.iter().map(|_| format!("env:{name}")));
        }
        for (rule, form) in FORMS {
            let whole = !form.contains("([");
            parts.push(if whole {
                format!("({form})")
            } else {
                (*form).into()
            });
            rules.push((*rule).to_owned());
        }
        // Values may be long and many; they are literals.
        let built = regex::bytes::RegexBuilder::new(&format!("(?-u){}", parts.join("|")))
            .size_limit(64 << 20)
            .build();
        Self {
            pattern: built.expect("constant patterns and quoted values"),
            rules,
            counts: BTreeMap::new(),
            in_key: false,
        }
    }

    /// How many of each rule were taken out.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// Copies, without the secrets. Lines longer than memory allows are looked at in pieces that overlap in nothing:
    /// a megabyte without a line end is no log.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn copy(&mut self, from: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<()> {
        let mut line = Vec::new();
        self.in_key = false;
        loop {
            line.clear();
            let n = io::Read::take(&mut *from, 4 << 20).read_until(b'\n', &mut line)?;
            if n == 0 {
                return Ok(());
            }
            to.write_all(&self.line(&line))?;
        }
    }

    /// The text without its secrets.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = Vec::new();
        // Reading from and writing to memory does not fail.
        let _ = self.copy(&mut text.as_bytes(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn line(&mut self, line: &[u8]) -> Vec<u8> {
        let begins = find(line, b"-----BEGIN ").is_some() && find(line, KEY_BEGIN).is_some();
        if self.in_key || begins {
            let ends = find(line, b"-----END ").is_some();
            if begins {
                *self.counts.entry("private-key".into()).or_default() += 1;
            }
            self.in_key = !ends;
            return if begins {
                b"[redacted:private-key]\n".to_vec()
            } else {
                Vec::new()
            };
        }
        let (rules, counts) = (&self.rules, &mut self.counts);
        let replaced = self.pattern.replace_all(line, |found: &Captures<'_>| {
            let groups = found.iter().skip(1).zip(rules);
            let hit = groups
                .filter_map(|(group, rule)| Some((group?, rule)))
                .next();
            let (Some((secret, rule)), Some(all)) = (hit, found.get(0)) else {
                return Vec::new();
            };
            *counts.entry(rule.clone()).or_default() += 1;
            let before = &all.as_bytes()[..secret.start() - all.start()];
            let after = &all.as_bytes()[secret.end() - all.start()..];
            [before, b"[redacted:", rule.as_bytes(), b"]", after].concat()
        });
        replaced.into_owned()
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|w| w == needle)
}

/// The forms in which the value of a secret variable is looked for: as it is, in a URL, in JSON, and in base64 at each
/// of the three offsets. None when the name says nothing of a secret.
fn secret_forms(name: &str, value: &str) -> Vec<String> {
    let upper = name.to_uppercase();
    let public = ["PUBLIC_KEY", "SSH_AUTH_SOCK", "_PATH", "_FILE", "_DIR"];
    let secret =
        NAMES.iter().any(|n| upper.contains(n)) && !public.iter().any(|n| upper.ends_with(n));
    let mut forms = Vec::new();
    if !secret {
        return forms;
    }
    for value in value.lines().map(str::trim) {
        if value.len() < SHORTEST || COMMON.contains(&value) {
            continue;
        }
        forms.push(value.to_owned());
        forms.push(percent(value));
        let json = serde_json::to_string(value).unwrap_or_default();
        forms.push(json.trim_matches('"').to_owned());
        for offset in 0..3 {
            forms.extend(base64_within(value, offset));
        }
    }
    forms.sort();
    forms.dedup();
    // The longest first: a form may stand within another.
    forms.sort_by_key(|f| std::cmp::Reverse(f.len()));
    forms
}

fn percent(value: &str) -> String {
    let encode = |b: u8| {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    value.bytes().map(encode).collect()
}

/// The characters of base64 that do not depend on what stands around the value, when it starts `offset` bytes into a
/// group of three.
fn base64_within(value: &str, offset: usize) -> Vec<String> {
    let padded = [&b"\0\0\0"[..offset], value.as_bytes()].concat();
    let start = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    let inner = |text: String| text.get(start..end).map(str::to_owned);
    [
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
    ]
    .into_iter()
    .filter_map(inner)
    .filter(|form| form.len() >= SHORTEST)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(env: &[(&str, &str)]) -> Redactor {
        Redactor::new(env.iter().map(|(n, v)| ((*n).into(), (*v).into())))
    }

    #[test]
    fn known_forms_are_taken_out() {
        let a = |n: usize| "a1B2c3D4".repeat(n.div_ceil(8))[..n].to_owned();
        let seeds = [
            format!("ghp_{}", a(36)),
            format!("github_pat_{}", a(82)),
            format!("glpat-{}", a(20)),
            format!("AKIA{}", a(16).to_uppercase()),
            format!("AIza{}", a(35)),
            format!("xoxb-{}", a(24)),
            format!("sk_live_{}", a(24)),
            format!("npm_{}", a(36)),
            format!("pypi-AgEIcHlwaS5vcmc{}", a(60)),
            format!("SG.{}.{}", a(22), a(43)),
            format!("eyJ{}.eyJ{}.{}", a(20), a(30), a(40)),
            format!("SFMyNTY.{}.{}", a(20), a(40)),
        ];
        for seed in seeds {
            let mut r = redactor(&[]);
            let out = r.text(&format!("before {seed} after\n"));
            assert!(!out.contains(&seed), "{out}");
            assert!(
                out.starts_with("before [redacted:") && out.ends_with("] after\n"),
                "{out}"
            );
            assert_eq!(r.counts().values().sum::<u64>(), 1);
        }
    }

    #[test]
    fn only_the_password_of_an_address_goes() {
        let mut r = redactor(&[]);
        let out = r.text("ecto://shop:s3cr3t@db:5432/shop\nsecret_key_base: \"abcdefghij\"\n");
        assert_eq!(
            out,
            "ecto://shop:[redacted:url-password]@db:5432/shop\nsecret_key_base: \"[redacted:assignment]\"\n"
        );
    }

    #[test]
    fn values_of_secret_variables_go_in_every_form() {
        let secret = "p@ss \"wörd\"/1234";
        let json = serde_json::to_string(secret).unwrap();
        for offset in 0..3 {
            let inside = format!("{}{secret}!!", &"xyz"[..offset]);
            let mut r = redactor(&[("MY_TOKEN", secret)]);
            let encoded = base64::engine::general_purpose::STANDARD.encode(&inside);
            let out = r.text(&encoded);
            assert!(out.contains("[redacted:env:MY_TOKEN]"), "{encoded} {out}");
        }
        for text in [secret, &percent(secret), json.trim_matches('"')] {
            let mut r = redactor(&[("MY_TOKEN", secret), ("HOME", "/home/someone")]);
            assert_eq!(r.text(text), "[redacted:env:MY_TOKEN]");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        let mut r = redactor(&[
            ("POSTGRES_PASSWORD", "postgres"),
            ("SOME_KEY", "short"),
            ("PATH", "/usr/local/bin"),
        ]);
        let text =
            "postgres short /usr/local/bin\nhttp://localhost:4002/users\ntest a key (KeyTest)\n";
        assert_eq!(r.text(text), text);
        assert!(r.counts().is_empty());
    }

    #[test]
    fn a_private_key_goes_with_all_its_lines() {
        let mut r = redactor(&[]);
        let text = "x\n-----BEGIN PRIVATE KEY-----\nMC4CAQ\nabc\n-----END PRIVATE KEY-----\ny\n";
        assert_eq!(r.text(text), "x\n[redacted:private-key]\ny\n");
    }

    #[test]
    fn bytes_that_are_no_text_stay_as_they_are() {
        let mut r = redactor(&[]);
        let bytes: Vec<u8> = (0..=255).chain([b'\n', 0xff]).collect();
        let mut out = Vec::new();
        r.copy(&mut &bytes[..], &mut out).unwrap();
        assert_eq!(out, bytes);
    }
}
