//! How fast each reader is, as ratios to a raw scan of the same bytes and, for XML and JSON, to the library underneath.
//!
//! ```text
//! cargo bench --bench speed                              every format, 16 MB, 7 rounds
//! cargo bench --bench speed -- --mb 100 junit-xml        one format, 100 MB
//! cargo bench --bench speed -- --corpus junit-xml --mb 1000 > big.xml
//! cargo bench --bench speed -- --read junit-xml < big.xml    its counts, and the peak of the process's memory
//! cargo bench --bench speed -- --details 10000000 --read junit-xml < big.xml    the same, with every test kept
//! cargo bench --bench speed -- --lines < big.log             the bare loop over lines
//! ```
//! Every contestant runs once a round, in turn; what is compared are medians of CPU time. Before anything is timed, the
//! reader's counts must be those that the generator knows.

#![expect(clippy::print_stdout, reason = "a table for the terminal")]

use std::hint::black_box;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::time::Duration;

use gatekeeper_parsers::evidence::Measure;
use gatekeeper_parsers::{Completeness, Evidence, Expect, Limits, Part, Stream, format};
use rustix::time::{ClockId, clock_gettime};

mod corpus;
mod peers;

use corpus::{CORPORA, Corpus, Counted, Counts};

fn main() {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--mb" => options.mb = number(words.next()),
            "--rounds" => options.rounds = number(words.next()).max(1),
            "--corpus" => options.corpus = words.next(),
            "--read" => options.read = words.next(),
            "--details" => options.details = number(words.next()),
            "--lines" => return tell(&peers::lines(io::stdin()).to_string()),
            id => options.formats.push(id.to_owned()),
        }
    }
    match (&options.corpus, &options.read) {
        (Some(id), _) => write_corpus(id, options.mb),
        (None, Some(id)) => read_alone(id, options.details),
        (None, None) => compare(&options),
    }
}

struct Options {
    mb: u64,
    rounds: u64,
    corpus: Option<String>,
    read: Option<String>,
    /// How many failures, findings and cases are kept.
    details: u64,
    formats: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mb: 16,
            rounds: 7,
            corpus: None,
            read: None,
            details: u64::try_from(Limits::default().details).unwrap_or(u64::MAX),
            formats: Vec::new(),
        }
    }
}

fn number(word: Option<String>) -> u64 {
    let n = word.and_then(|w| w.parse().ok());
    n.unwrap_or_else(|| panic!("--mb, --rounds and --details take a number"))
}

fn find(id: &str) -> &'static Corpus {
    let found = CORPORA.iter().find(|c| c.format == id);
    found.unwrap_or_else(|| {
        let known: Vec<&str> = CORPORA.iter().map(|c| c.format).collect();
        panic!("there is no corpus {id:?}; there are {}", known.join(", "))
    })
}

fn write_corpus(id: &str, mb: u64) {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut counted = Counted {
        out: &mut out,
        bytes: 0,
    };
    let counts = (find(id).write)(mb * 1_000_000, &mut counted).expect("standard output takes it");
    out.flush().expect("standard output takes it");
    drop(out);
    tell(&format!("{counts:?}"));
}

/// Reads standard input, and does nothing else: for whoever measures the process.
fn read_alone(id: &str, details: u64) {
    let limits = Limits {
        details: usize::try_from(details).unwrap_or(usize::MAX),
        ..Limits::default()
    };
    // There may be more in it than is kept in detail, and then it is not proven.
    let counts = counts(parts(io::stdin(), find(id), &limits));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|l| l.starts_with("VmHWM"));
    tell(&format!(
        "{counts:?} {}",
        peak.unwrap_or("no peak is known")
    ));
}

fn tell(line: &str) {
    let mut err = io::stderr().lock();
    writeln!(err, "{line}").expect("standard error takes it");
}

type Contestant = (&'static str, fn(&[u8], &'static Corpus));

fn compare(options: &Options) {
    println!(
        "{:<18} {:>9} {:>9} {:>9}   {:<14} {:>9}   {:<14} {:>9}",
        "format", "MB/cpu-s", "scan", "ratio", "library", "ratio", "peer", "ratio"
    );
    let all = CORPORA.iter().map(|c| c.format.to_owned()).collect();
    let formats: Vec<String> = if options.formats.is_empty() {
        all
    } else {
        options.formats.clone()
    };
    for id in formats {
        let corpus = find(&id);
        let mut bytes = Vec::new();
        let mut counted = Counted {
            out: &mut bytes,
            bytes: 0,
        };
        let counts = (corpus.write)(options.mb * 1_000_000, &mut counted).expect("memory takes it");
        assert_eq!(
            read(bytes.as_slice(), corpus),
            counts,
            "{id}: the reader counts something else"
        );
        row(corpus, &bytes, options.rounds);
    }
}

/// What a format is compared with, beside the scan.
fn others(format: &str) -> Vec<Contestant> {
    match format.rsplit('-').next() {
        Some("xml") => vec![("quick-xml", |bytes, _| {
            black_box(quick_xml(bytes));
        })],
        Some("json" | "sarif") => vec![
            ("serde_json", |bytes, _| {
                serde(bytes);
            }),
            ("serde_json kept", |bytes, corpus| {
                peers::kept(corpus.format, bytes);
            }),
        ],
        _ => {
            let lines: Contestant = ("lines", |bytes, _| {
                black_box(peers::lines(bytes));
            });
            [lines].into_iter().chain(peer_of_lines(format)).collect()
        }
    }
}

/// What else reads the lines of a format.
fn peer_of_lines(format: &str) -> Option<Contestant> {
    match format {
        "exunit-console" => Some(("5 regexes", |bytes, _| {
            black_box(peers::expressions(peers::EXUNIT, bytes));
        })),
        "dialyxir-short" => Some(("regex", |bytes, _| {
            black_box(peers::expressions(peers::DIALYXIR, bytes));
        })),
        "lcov-info" => Some(("crate lcov", |bytes, _| {
            black_box(peers::lcov(bytes));
        })),
        _ => None,
    }
}

fn row(corpus: &'static Corpus, bytes: &[u8], rounds: u64) {
    let mut contestants: Vec<Contestant> = vec![
        ("scan", |bytes, _| {
            black_box(scan(bytes));
        }),
        ("gatekeeper", |bytes, corpus| {
            black_box(read(bytes, corpus));
        }),
    ];
    contestants.extend(others(corpus.format));
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contestants.len()];
    for round in 0..=rounds {
        for (i, (_, run)) in contestants.iter().enumerate() {
            let before = cpu();
            run(bytes, corpus);
            // The first round warms up.
            if round > 0 {
                times[i].push(cpu() - before);
            }
        }
    }
    let speed = |times: &mut Vec<Duration>| {
        times.sort();
        bytes.len() as f64 / 1e6 / times[times.len() / 2].as_secs_f64()
    };
    let speeds: Vec<f64> = times.iter_mut().map(speed).collect();
    let ratio = |at: usize| match (contestants.get(at), speeds.get(at)) {
        (Some((name, _)), Some(speed)) => (*name, format!("{:.2}", speeds[1] / speed)),
        _ => ("-", "-".into()),
    };
    let ((library, to_library), (peer, to_peer)) = (ratio(2), ratio(3));
    println!(
        "{:<18} {:>9.0} {:>9.0} {:>9.3}   {library:<14} {to_library:>9}   {peer:<15} {to_peer:>8}",
        corpus.format,
        speeds[1],
        speeds[0],
        speeds[1] / speeds[0],
    );
}

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or(0),
    )
}

/// Lines are counted, nothing else.
fn scan(bytes: &[u8]) -> usize {
    let mut reader = BufReader::with_capacity(64 << 10, bytes);
    let mut lines = 0;
    loop {
        let chunk = reader.fill_buf().expect("memory reads");
        if chunk.is_empty() {
            return lines;
        }
        lines += chunk.iter().filter(|b| **b == b'\n').count();
        let n = chunk.len();
        reader.consume(n);
    }
}

fn quick_xml(bytes: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(64 << 10, bytes));
    let (mut buffer, mut events) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader
            .read_event_into(&mut buffer)
            .expect("the corpus is XML")
        {
            quick_xml::events::Event::Eof => return events,
            _ => events += 1,
        }
    }
}

/// A document that nothing is kept of.
fn serde(bytes: &[u8]) {
    let ignored: serde::de::IgnoredAny = serde_json::from_slice(bytes).expect("the corpus is JSON");
    black_box(ignored);
}

/// What gatekeeper counts.
fn read(bytes: impl Read, corpus: &Corpus) -> Counts {
    let parts = parts(bytes, corpus, &Limits::default());
    for part in &parts {
        let proven = part.parsed.completeness <= Completeness::Unproven;
        assert!(proven, "{}: {:?}", corpus.format, part.parsed.defects);
    }
    counts(parts)
}

fn parts(bytes: impl Read, corpus: &Corpus, limits: &Limits) -> Vec<Part> {
    let mut reader = BufReader::with_capacity(64 << 10, bytes);
    let expect = Expect {
        format: format(corpus.format),
        tool: None,
    };
    let streams: Vec<(Stream, &mut dyn BufRead)> = vec![(Stream::Out, &mut reader)];
    let (parts, defects) = gatekeeper_parsers::read(streams, expect, limits);
    assert!(defects.is_empty(), "{}: {defects:?}", corpus.format);
    parts
}

fn counts(parts: Vec<Part>) -> Counts {
    let mut counts = Counts::default();
    for part in parts {
        match part.parsed.value {
            Evidence::Tests(tests) => {
                counts.tests += tests.counts.total();
                counts.failed += tests.counts.failed;
            }
            Evidence::Findings(findings) => counts.findings += findings.total,
            Evidence::Coverage(coverage) => {
                let files = coverage.files.iter().map(|f| f.measure);
                let totals = coverage.totals.iter().copied();
                let exact = |m: &Measure| matches!(m, Measure::Lines { .. });
                let stated: Vec<Measure> = totals.filter(exact).collect();
                let measures = if stated.is_empty() {
                    files.collect()
                } else {
                    stated
                };
                for measure in measures {
                    if let Measure::Lines { covered, relevant } = measure {
                        counts.covered += covered;
                        counts.relevant += relevant;
                    }
                }
            }
            Evidence::Nothing | Evidence::Benchmarks(_) => {}
        }
    }
    counts
}
