//! Requests to the API of GitHub: with bounds on time, waiting and what is read, and a token that goes nowhere else.

use std::io::{BufReader, Read};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::place::Base;
use super::trouble::Trouble;

/// The version of the API that this speaks.
const VERSION: &str = "2022-11-28";

/// Time to connect, and for a whole request.
const CONNECT: Duration = Duration::from_secs(10);
const REQUEST: Duration = Duration::from_secs(30);

/// What is waited in all, where GitHub asks for it or stumbles.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a request is sent.
const TRIES: u32 = 3;

/// Bytes of an answer: a page of a hundred comments, each as long as one can be.
const ANSWER: u64 = 32 << 20;

/// Bytes of an answer that says no.
const NO: u64 = 64 << 10;

/// Seconds to wait where GitHub does not say how many.
const MINUTE: u64 = 60;

/// A connection to the API.
pub struct Client {
    agent: Agent,
    pub(super) base: Base,
    token: String,
    waited: Duration,
    ended: Option<Trouble>,
}

/// Whether a request can be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Yes,
    /// It might have been done, although the answer says otherwise.
    No,
}

/// What an answer to a request that failed may hold.
#[derive(Deserialize)]
struct Says {
    message: String,
}

impl Client {
    /// Nothing is sent yet. Without certificates of its own it trusts those of Mozilla.
    #[must_use]
    pub fn new(base: Base, token: &str, roots: Option<Vec<Certificate<'static>>>) -> Self {
        let roots = match roots {
            Some(own) => RootCerts::new_with_certs(&own),
            None => RootCerts::WebPki,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(base.is_https())
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(REQUEST))
            .user_agent(concat!("gatekeeper/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Self {
            agent: config.into(),
            base,
            ended: token.is_empty().then_some(Trouble::NoToken),
            token: token.to_owned(),
            waited: Duration::ZERO,
        }
    }

    /// The answer, and the address of the next page.
    pub(super) fn get<T: DeserializeOwned>(
        &mut self,
        url: &str,
    ) -> Result<(T, Option<String>), Trouble> {
        let response = self.send(&Method::GET, url, &[], Again::Yes)?;
        let next = next(response.headers());
        Ok((read(response)?, next))
    }

    pub(super) fn post<T: DeserializeOwned>(
        &mut self,
        url: &str,
        body: &impl Serialize,
        again: Again,
    ) -> Result<T, Trouble> {
        self.give(&Method::POST, url, body, again)
    }

    pub(super) fn patch<T: DeserializeOwned>(
        &mut self,
        url: &str,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        self.give(&Method::PATCH, url, body, Again::Yes)
    }

    fn give<T: DeserializeOwned>(
        &mut self,
        method: &Method,
        url: &str,
        body: &impl Serialize,
        again: Again,
    ) -> Result<T, Trouble> {
        let body = serde_json::to_vec(body).map_err(|_| Trouble::Answer("nothing was asked"))?;
        read(self.send(method, url, &body, again)?)
    }

    /// An address that an answer names, where the token may go.
    pub(super) fn below(&self, url: String) -> Result<String, Trouble> {
        match self.base.covers(&url) {
            true => Ok(url),
            false => Err(Trouble::Answer("its next page is somewhere else")),
        }
    }

    /// Waits a moment before another try, as far as patience goes.
    pub(super) fn rest(&mut self, tries: u32) -> bool {
        let pause = Duration::from_secs(u64::from(tries));
        let patient = tries < TRIES && self.waited.saturating_add(pause) <= PATIENCE;
        if patient {
            self.waited += pause;
            sleep(pause);
        }
        patient
    }

    /// Sends it until it is taken, as far as patience goes.
    fn send(
        &mut self,
        method: &Method,
        url: &str,
        body: &[u8],
        again: Again,
    ) -> Result<Response<Body>, Trouble> {
        if let Some(trouble) = &self.ended {
            return Err(trouble.clone());
        }
        let mut tries = 1;
        loop {
            let trouble = match self.once(method, url, body) {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => self.understood(response),
                Err(trouble) => trouble,
            };
            let pause = pause(&trouble, tries, again)
                .filter(|pause| tries < TRIES && self.waited.saturating_add(*pause) <= PATIENCE);
            let Some(pause) = pause else {
                self.ended = Some(trouble.clone()).filter(Trouble::ends_everything);
                return Err(trouble);
            };
            self.waited += pause;
            sleep(pause);
            tries += 1;
        }
    }

    fn once(&self, method: &Method, url: &str, body: &[u8]) -> Result<Response<Body>, Trouble> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.token))
            .map_err(|_| Trouble::Unauthorized)?;
        bearer.set_sensitive(true);
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("authorization", bearer)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", VERSION);
        let sent = match body {
            [] => request.body(()).map(|r| self.agent.run(r)),
            body => request
                .header("content-type", "application/json")
                .body(body)
                .map(|r| self.agent.run(r)),
        };
        let sent = sent.map_err(|_| Trouble::Answer("it names no address"))?;
        sent.map_err(|e| Trouble::of_connection(&e))
    }

    /// What an answer that is no success means.
    fn understood(&self, mut response: Response<Body>) -> Trouble {
        let status = response.status();
        let mut text = Vec::new();
        // Words that cannot be read are none; the code says enough.
        let _ = response
            .body_mut()
            .as_reader()
            .take(NO)
            .read_to_end(&mut text);
        let says: Option<Says> = serde_json::from_slice(&text).ok();
        let says = says.map(|s| self.without_token(&s.message));
        let headers = response.headers();
        if status == StatusCode::TOO_MANY_REQUESTS || is_limit(status, headers, says.as_deref()) {
            return Trouble::Limited(wait(headers));
        }
        let says = says.map(|s| format!(": {s}")).unwrap_or_default();
        match status.as_u16() {
            401 => Trouble::Unauthorized,
            403 => Trouble::Forbidden(says),
            404 => Trouble::NotFound,
            code @ 300..=399 => Trouble::Redirect(code),
            code @ 500..=599 => Trouble::Server(code),
            code => Trouble::Refused(code, says),
        }
    }

    /// The first words of a text of others, in which the token is not repeated.
    fn without_token(&self, text: &str) -> String {
        text.replace(&self.token, "***").chars().take(200).collect()
    }
}

/// How long to wait before the next try, where there should be one.
fn pause(trouble: &Trouble, tries: u32, again: Again) -> Option<Duration> {
    match trouble {
        // It was not done.
        Trouble::Limited(seconds) => Some(Duration::from_secs((*seconds).max(1))),
        other if other.may_pass() && again == Again::Yes => {
            Some(Duration::from_secs(u64::from(tries)))
        }
        _ => None,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// GitHub says 403 for some of its limits.
fn is_limit(status: StatusCode, headers: &HeaderMap, says: Option<&str>) -> bool {
    let none_left = header(headers, "x-ratelimit-remaining") == Some("0");
    let said = says.is_some_and(|s| s.to_ascii_lowercase().contains("rate limit"));
    status == StatusCode::FORBIDDEN && (none_left || said || headers.contains_key("retry-after"))
}

/// Seconds to wait: as asked for, or until the limit is over.
fn wait(headers: &HeaderMap) -> u64 {
    let number = |name| header(headers, name).and_then(|text| text.parse::<u64>().ok());
    let until = || {
        let reset = number("x-ratelimit-reset")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(reset.saturating_sub(now.as_secs()))
    };
    number("retry-after").or_else(until).unwrap_or(MINUTE)
}

/// `<URL>; rel="next"` among the links.
fn next(headers: &HeaderMap) -> Option<String> {
    let links = header(headers, "link")?.split(',');
    let mut next = links.filter_map(|link| {
        let (url, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = rest.split(';').any(|p| p.trim() == "rel=\"next\"");
        is_next.then(|| url.to_owned())
    });
    next.next()
}

fn read<T: DeserializeOwned>(mut response: Response<Body>) -> Result<T, Trouble> {
    let body = response.body_mut().with_config().limit(ANSWER).reader();
    serde_json::from_reader(BufReader::new(body)).map_err(|e| match e.is_io() {
        true => Trouble::from(std::io::Error::from(e)),
        false => Trouble::Answer("it is no JSON of this kind"),
    })
}

/// The certificates of a file as `SSL_CERT_FILE` names it: those, and no others, are trusted.
///
/// # Errors
///
/// What is wrong with it.
pub fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, &'static str> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item.map_err(|_| "it is no PEM")? {
            PemItem::Certificate(certificate) => found.push(certificate),
            _ => return Err("it holds more than certificates"),
        }
    }
    if found.is_empty() {
        return Err("it holds no certificate");
    }
    Ok(found)
}
