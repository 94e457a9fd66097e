//! What readers are compared with: the least that a reader of lines does, expressions for the lines that matter, another
//! reader of LCOV, and serde_json with a type for everything that is of use, all of it kept.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};

use regex::bytes::Regex;
use serde::Deserialize;

/// The lines of a failed run that a script would look for.
pub const EXUNIT: &[&str] = &[
    r"^\s{0,2}(\d+)\) (.+) \((.+)\)$",
    r"^     (\S.*):(\d+)$",
    r"^(\d+) tests?, (\d+) failures?",
    r"^Finished in ([\d.]+) seconds",
    r"^     \*\* \((\w[\w.]*)\) (.*)$",
];

/// A row of `--format short`.
pub const DIALYXIR: &[&str] = &[r"^(.+?):(\d+)(?::(\d+))?:([a-z_]+) (.*)$"];

/// Each line is tried with each expression until one fits; its groups are taken.
pub fn expressions(expressions: &[&str], bytes: &[u8]) -> usize {
    let compiled = expressions
        .iter()
        .map(|e| Regex::new(e).expect("it compiles"));
    let compiled: Vec<Regex> = compiled.collect();
    let mut reader = BufReader::with_capacity(64 << 10, bytes);
    let (mut line, mut sum) = (Vec::new(), 0);
    while reader.read_until(b'\n', &mut line).expect("memory reads") > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let found = compiled.iter().find_map(|e| e.captures(text));
        sum += found.map_or(0, |groups| groups[1].len());
        line.clear();
    }
    sum
}

/// The records of a tracefile, as the crate `lcov` tells them.
pub fn lcov(bytes: &[u8]) -> usize {
    let records = lcov::Reader::new(bytes);
    records
        .inspect(|r| assert!(r.is_ok(), "the corpus is LCOV"))
        .count()
}

/// Every line is found and looked at by its first byte, nothing else.
pub fn lines(bytes: impl Read) -> u64 {
    let mut reader = BufReader::with_capacity(64 << 10, bytes);
    let mut sum = 0;
    loop {
        let chunk = reader.fill_buf().expect("memory reads");
        if chunk.is_empty() {
            return sum;
        }
        let mut rest = chunk;
        while let Some(at) = memchr::memchr(b'\n', rest) {
            sum += u64::from(rest[0]);
            rest = &rest[at + 1..];
        }
        // What is left belongs to a line of the next chunk; here that makes no difference.
        let n = chunk.len();
        reader.consume(n);
    }
}

/// Reads the whole document at once.
pub fn kept(format: &str, bytes: &[u8]) {
    fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) {
        let document: T = serde_json::from_slice(bytes).expect("the corpus is JSON");
        black_box(document);
    }
    match format {
        "credo-json" => read::<Credo>(bytes),
        "credo-sarif" => read::<Sarif>(bytes),
        "sobelow-json" => read::<Sobelow>(bytes),
        "excoveralls-json" => read::<Coverage>(bytes),
        other => panic!("there is no type for {other}"),
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Credo {
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Issue {
    category: String,
    check: String,
    column: Option<u32>,
    column_end: Option<u32>,
    filename: String,
    line_no: Option<u32>,
    message: String,
    priority: i64,
    scope: Option<String>,
    trigger: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Sobelow {
    findings: Confidences,
    sobelow_version: String,
    total_findings: u64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Confidences {
    high_confidence: Vec<Finding>,
    medium_confidence: Vec<Finding>,
    low_confidence: Vec<Finding>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Finding {
    file: String,
    line: u32,
    #[serde(rename = "type")]
    kind: String,
    variable: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Coverage {
    source_files: Vec<File>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct File {
    name: String,
    source: String,
    coverage: Vec<Option<u64>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Sarif {
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Run {
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "kept, not used")]
struct Outcome {
    level: String,
    locations: Vec<Location>,
    message: Message,
    rank: f64,
    rule_id: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Message {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "kept, not used")]
struct Location {
    logical_locations: Vec<Logical>,
    physical_location: Physical,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "kept, not used")]
struct Logical {
    fully_qualified_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "kept, not used")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "kept, not used")]
struct Artifact {
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "kept, not used")]
struct Region {
    start_line: u32,
    start_column: Option<u32>,
    end_column: Option<u32>,
}
