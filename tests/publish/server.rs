//! A server that answers like the API of GitHub, on this machine: every request is kept, and a test may answer in its
//! place.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

pub const REPO: &str = "acme/shop";
pub const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";
pub const TOKEN: &str = "ghs_s3cretS3cretS3cret";
pub const BOT: &str = "github-actions[bot]";

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// `METHOD /path?query`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub fn reply(status: u16, body: &Value) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

pub fn says(status: u16, message: &str) -> Reply {
    reply(status, &json!({ "message": message }))
}

impl Reply {
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A repository with pull requests and comments.
pub struct GitHub {
    /// Where it is.
    pub url: String,
    /// Whose token it is.
    pub login: &'static str,
    pub pulls: Vec<Value>,
    pub comments: Vec<Value>,
    pub checks: Vec<Value>,
    /// Comments of one page.
    pub page: usize,
}

pub fn pull(number: u64, repo: &str, state: &str, head: &str) -> Value {
    json!({
        "number": number,
        "state": state,
        "title": "a title",
        "head": { "sha": head, "repo": null },
        "base": { "ref": "main", "repo": { "full_name": repo } },
        "merge_commit_sha": "ffffffffffffffffffffffffffffffffffffffff",
    })
}

pub fn comment(id: u64, login: &str, kind: &str, body: &str) -> Value {
    json!({ "id": id, "user": { "login": login, "type": kind }, "body": body })
}

impl GitHub {
    fn new(url: String) -> Self {
        Self {
            url,
            login: BOT,
            pulls: vec![pull(7, REPO, "open", HEAD)],
            comments: Vec::new(),
            checks: Vec::new(),
            page: 100,
        }
    }

    pub fn answer(&mut self, asked: &Asked) -> Reply {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (asked.method.as_str(), parts.as_slice()) {
            ("POST", ["graphql"]) => {
                let viewer = json!({ "data": { "viewer": { "login": self.login } } });
                reply(200, &viewer)
            }
            ("GET", ["user"]) => says(403, "Resource not accessible by integration"),
            ("GET", ["repos", _, _, "commits", sha, "pulls"]) => {
                let of = |p: &&Value| p["head"]["sha"] == **sha && p["number"].as_u64() < Some(100);
                let found: Vec<&Value> = self.pulls.iter().filter(of).collect();
                reply(200, &json!(found))
            }
            ("GET", ["repos", _, _, "pulls"]) => {
                let open = |p: &&Value| p["state"] == "open";
                let found: Vec<&Value> = self.pulls.iter().filter(open).collect();
                reply(200, &json!(found))
            }
            ("GET", ["repos", _, _, "pulls", number]) => {
                let number = number.parse::<u64>().unwrap();
                let found = self.pulls.iter().find(|p| p["number"] == number);
                found.map_or_else(|| says(404, "Not Found"), |p| reply(200, p))
            }
            ("GET", ["repos", _, _, "issues", number, "comments"]) => self.comments(number, query),
            ("POST", ["repos", _, _, "issues", _, "comments"]) => {
                let id = 9_000 + self.comments.len() as u64;
                let body = asked.json()["body"].as_str().unwrap().to_owned();
                self.comments.push(comment(id, self.login, "Bot", &body));
                reply(201, self.comments.last().unwrap())
            }
            ("PATCH", ["repos", _, _, "issues", "comments", id]) => {
                let id = id.parse::<u64>().unwrap();
                let mut all = self.comments.iter_mut();
                let found = all.find(|c| c["id"] == id).unwrap();
                found["body"] = asked.json()["body"].clone();
                reply(200, found)
            }
            ("POST", ["repos", _, _, "check-runs"]) => {
                let mut check = asked.json();
                check["id"] = (5_000 + self.checks.len()).into();
                self.checks.push(check);
                reply(201, self.checks.last().unwrap())
            }
            ("PATCH", ["repos", _, _, "check-runs", id]) => {
                let id = id.parse::<u64>().unwrap();
                let check = self.checks.iter_mut().find(|c| c["id"] == id).unwrap();
                let more = asked.json()["output"]["annotations"].clone();
                let there = check["output"]["annotations"].as_array_mut().unwrap();
                there.extend(more.as_array().unwrap().iter().cloned());
                reply(200, check)
            }
            _ => panic!("not known to the API: {}", asked.line()),
        }
    }

    /// A page of them, and where the next one is.
    fn comments(&self, number: &str, query: &str) -> Reply {
        let repo = "/repos/acme/shop";
        let at = query
            .rsplit_once("page=")
            .map_or(0, |(_, n)| n.parse().unwrap());
        let at: usize = if query.contains("&page=") { at } else { 1 };
        let mut pages = self.comments.chunks(self.page);
        let page = pages.nth(at - 1).unwrap_or_default();
        let answer = reply(200, &json!(page));
        if self.comments.len() <= at * self.page {
            return answer;
        }
        let first = format!("<{}{repo}/x?page=1>; rel=\"first\"", self.url);
        let url = format!("{}{repo}/issues/{number}/comments", self.url);
        let next = format!("<{url}?per_page=100&page={}>; rel=\"next\"", at + 1);
        answer.with("link", &format!("{first}, {next}"))
    }
}

/// Answers in the place of the API where it is not `None`.
pub type Instead = Box<dyn FnMut(&Asked, &mut GitHub) -> Option<Reply> + Send>;

pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub hub: Arc<Mutex<GitHub>>,
}

impl Server {
    pub fn new() -> Self {
        Self::instead(|_, _| None)
    }

    pub fn instead(
        other: impl FnMut(&Asked, &mut GitHub) -> Option<Reply> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let hub = Arc::new(Mutex::new(GitHub::new(url.clone())));
        let (seen, state, mut other): (_, _, Instead) =
            (Arc::clone(&asked), Arc::clone(&hub), Box::new(other));
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &seen, &state, &mut other);
            }
        });
        Self { url, asked, hub }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }

    pub fn bodies(&self) -> Vec<String> {
        let hub = self.hub.lock().unwrap();
        let body = |c: &Value| c["body"].as_str().unwrap().to_owned();
        hub.comments.iter().map(body).collect()
    }

    pub fn checks(&self) -> Vec<Value> {
        self.hub.lock().unwrap().checks.clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Asked>>,
    state: &Mutex<GitHub>,
    other: &mut Instead,
) {
    let asked = read(&stream);
    seen.lock().unwrap().push(asked.clone());
    let mut hub = state.lock().unwrap();
    let reply = other(&asked, &mut hub).unwrap_or_else(|| hub.answer(&asked));
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", reply.body.len()));
    // Who has heard enough hangs up.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&reply.body));
}

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let line = |reader: &mut BufReader<_>| {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let first = line(&mut reader);
    let words: Vec<&str> = first.split(' ').collect();
    let mut headers = Vec::new();
    loop {
        let line = line(&mut reader);
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length");
    let length = length.map_or(0, |(_, v)| v.parse::<u64>().unwrap());
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).unwrap();
    Asked {
        method: words[0].into(),
        path: words[1].into(),
        headers,
        body,
    }
}
