//! Documents of any size in the shapes that the tools write, with the counts that a reader must find in them. The same
//! seed gives the same bytes.

use std::io::{self, Write};

/// What is in a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub tests: u64,
    pub failed: u64,
    pub findings: u64,
    pub covered: u64,
    pub relevant: u64,
}

/// One kind of document.
pub struct Corpus {
    /// Id of the format in `gatekeeper explain formats`.
    pub format: &'static str,
    /// Writes about `bytes` bytes.
    pub write: fn(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts>,
}

pub const CORPORA: &[Corpus] = &[
    Corpus {
        format: "exunit-console",
        write: exunit,
    },
    Corpus {
        format: "junit-xml",
        write: junit,
    },
    Corpus {
        format: "lcov-info",
        write: lcov,
    },
    Corpus {
        format: "cobertura-xml",
        write: cobertura,
    },
    Corpus {
        format: "excoveralls-json",
        write: excoveralls,
    },
    Corpus {
        format: "mix_cover-table",
        write: cover_table,
    },
    Corpus {
        format: "credo-json",
        write: credo_json,
    },
    Corpus {
        format: "credo-oneline",
        write: credo_oneline,
    },
    Corpus {
        format: "credo-sarif",
        write: credo_sarif,
    },
    Corpus {
        format: "dialyxir-short",
        write: dialyxir_short,
    },
    Corpus {
        format: "sobelow-json",
        write: sobelow_json,
    },
];

/// A writer that knows how much it wrote.
pub struct Counted<'a> {
    pub out: &'a mut dyn Write,
    pub bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

const NOUNS: [&str; 8] = [
    "cart",
    "order",
    "money",
    "tax",
    "coupon",
    "report",
    "shipping",
    "inventory",
];

fn noun(random: &mut Random) -> &'static str {
    NOUNS[random.below(8) as usize]
}

/// One finding more: what parts it from the one before in JSON, and its place.
fn finding(random: &mut Random, counts: &mut Counts) -> (&'static str, &'static str, u64) {
    let comma = if counts.findings > 0 { "," } else { "" };
    counts.findings += 1;
    (comma, noun(random), 1 + random.below(900))
}

fn exunit(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(1);
    let mut counts = Counts::default();
    writeln!(out, "Running ExUnit with seed: 0, max_cases: 4\n")?;
    while out.bytes < bytes {
        let dots = 1 + random.below(60);
        write!(out, "{}", ".".repeat(dots as usize))?;
        counts.tests += dots;
        writeln!(out)?;
        for _ in 0..random.below(30) {
            let (ms, id) = (random.below(900), random.below(100_000));
            writeln!(
                out,
                "12:00:00.{ms:03} [info] GET /{}s/{id} sent 200 in {ms}ms",
                noun(&mut random)
            )?;
        }
        if random.one_in(3) {
            counts.tests += 1;
            counts.failed += 1;
            let (n, word, line) = (counts.failed, noun(&mut random), 1 + random.below(400));
            writeln!(
                out,
                "\n{n:>3}) test {word} adds up (Shop.{word}Test)\n     test/shop/{word}_test.exs:{line}\n     Assertion with == failed\n     code:  assert total({word}) == {line}\n     left:  {}\n     right: {line}\n     stacktrace:\n       test/shop/{word}_test.exs:{}: (test)\n",
                line + 1,
                line + 2,
            )?;
        }
    }
    writeln!(
        out,
        "\nFinished in 1.0 seconds (0.5s async, 0.5s sync)\n{} tests, {} failures",
        counts.tests, counts.failed
    )?;
    Ok(counts)
}

fn junit(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(2);
    let mut counts = Counts::default();
    write!(out, "<?xml version=\"1.0\"?><testsuites>")?;
    while out.bytes < bytes {
        let (word, tests) = (noun(&mut random), 1 + random.below(40));
        let fails: Vec<bool> = (0..tests).map(|_| random.one_in(100)).collect();
        let failed = fails.iter().filter(|f| **f).count() as u64;
        write!(
            out,
            "<testsuite errors=\"0\" failures=\"{failed}\" skipped=\"0\" name=\"Elixir.Shop.{word}Test\" tests=\"{tests}\" time=\"0.1308\"><properties><property name=\"seed\" value=\"0\"/></properties>"
        )?;
        for fail in fails {
            let (line, us) = (1 + random.below(900), random.below(9999));
            write!(
                out,
                "<testcase file=\"test/shop/{word}_test.exs:{line}\" classname=\"Elixir.Shop.{word}Test\" name=\"test {word} adds up {line}\" time=\"0.{us:04}\""
            )?;
            if fail {
                write!(
                    out,
                    "><failure message=\"error: Assertion with == failed\">  1) test {word} adds up {line} (Shop.{word}Test)\n     test/shop/{word}_test.exs:{line}\n     Assertion with == failed\n     code:  assert a &lt; b\n     left:  {us}\n     right: {line}\n</failure></testcase>"
                )?;
            } else {
                write!(out, "/>")?;
            }
        }
        write!(out, "</testsuite>")?;
        counts.tests += tests;
        counts.failed += failed;
    }
    write!(out, "</testsuites>")?;
    Ok(counts)
}

/// Files of a coverage report. A larger one tells of them again, as the united reports of several test runs do.
const FILES: u64 = 2000;

/// Hits of the lines of one file: about one line in three is relevant, and one in five of these is not covered.
fn hits(file: u64) -> Vec<(u64, u64)> {
    let random = &mut Random(file);
    let lines = 20 + random.below(400);
    let mut hits = Vec::new();
    for line in 1..=lines {
        if random.one_in(3) {
            let n = if random.one_in(5) {
                0
            } else {
                1 + random.below(50)
            };
            hits.push((line, n));
        }
    }
    hits
}

fn add(counts: &mut Counts, written: u64, hits: &[(u64, u64)]) -> (u64, u64) {
    let covered = hits.iter().filter(|(_, n)| *n > 0).count() as u64;
    let relevant = hits.len() as u64;
    if written < FILES {
        counts.covered += covered;
        counts.relevant += relevant;
    }
    (covered, relevant)
}

fn lcov(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut written = 0;
    while out.bytes < bytes {
        let file = written % FILES;
        let hits = hits(file);
        let (covered, relevant) = add(&mut counts, written, &hits);
        written += 1;
        writeln!(out, "TN:\nSF:/home/ci/shop/lib/shop/file_{file}.ex")?;
        for (line, n) in &hits {
            writeln!(out, "DA:{line},{n}")?;
        }
        writeln!(out, "LF:{relevant}\nLH:{covered}\nend_of_record")?;
    }
    Ok(counts)
}

fn cobertura(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    // The root tells what is in it, so everything is written twice.
    let mut nowhere = Counted {
        out: &mut io::sink(),
        bytes: 0,
    };
    let counts = classes(bytes, &mut nowhere)?;
    let (covered, relevant) = (counts.covered, counts.relevant);
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n<coverage timestamp=\"1\" line-rate=\"0.5\" lines-covered=\"{covered}\" lines-valid=\"{relevant}\" branch-rate=\"0.0\" branches-covered=\"0\" branches-valid=\"0\" complexity=\"0\" version=\"2.1.1\"><sources><source>/home/ci/shop/lib</source></sources><packages><package name=\"shop\" line-rate=\"0.5\" branch-rate=\"0.0\" complexity=\"0\"><classes>"
    )?;
    out.bytes = 0;
    classes(bytes, out)?;
    write!(out, "</classes></package></packages></coverage>")?;
    Ok(counts)
}

fn classes(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut written = 0;
    while out.bytes < bytes {
        let file = written % FILES;
        let hits = hits(file);
        add(&mut counts, written, &hits);
        written += 1;
        write!(
            out,
            "<class name=\"Shop.File{file}\" filename=\"shop/file_{file}.ex\" line-rate=\"0.5\" branch-rate=\"0.0\" complexity=\"0\"><methods/><lines>"
        )?;
        for (line, n) in &hits {
            write!(
                out,
                "<line number=\"{line}\" hits=\"{n}\" branch=\"False\"/>"
            )?;
        }
        write!(out, "</lines></class>")?;
    }
    Ok(counts)
}

fn excoveralls(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(5);
    let mut counts = Counts::default();
    write!(out, "{{\"source_files\":[")?;
    let mut file = 0;
    while out.bytes < bytes {
        let hits = hits(file);
        add(&mut counts, 0, &hits);
        let last = hits.last().map_or(0, |(line, _)| *line);
        let comma = if file > 0 { "," } else { "" };
        file += 1;
        let word = noun(&mut random);
        write!(
            out,
            "{comma}{{\"name\":\"lib/shop/{word}_{file}.ex\",\"source\":\"defmodule Shop.{word} do"
        )?;
        for _ in 1..last {
            write!(
                out,
                "\\n  def {word}(a), do: a |> to_string() |> inspect(label: \\\"{word}\\\")"
            )?;
        }
        write!(out, "\",\"coverage\":[")?;
        let mut next = hits.iter().peekable();
        for line in 1..=last {
            let comma = if line > 1 { "," } else { "" };
            match next.next_if(|(l, _)| *l == line) {
                Some((_, n)) => write!(out, "{comma}{n}")?,
                None => write!(out, "{comma}null")?,
            }
        }
        write!(out, "]}}")?;
    }
    write!(out, "]}}")?;
    Ok(counts)
}

fn cover_table(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(6);
    writeln!(
        out,
        "Generating cover results ...\n\nPercentage | Module\n-----------|--------------------------"
    )?;
    let mut module = 0;
    while out.bytes < bytes {
        module += 1;
        writeln!(out, "   100.00% | Shop.{}{module}", noun(&mut random))?;
    }
    writeln!(
        out,
        "-----------|--------------------------\n   100.00% | Total\n\nGenerated HTML coverage results in \"cover\" directory"
    )?;
    Ok(Counts::default())
}

fn credo_json(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(7);
    let mut counts = Counts::default();
    write!(out, "{{\n  \"issues\": [")?;
    while out.bytes < bytes {
        let (comma, word, line) = finding(&mut random, &mut counts);
        write!(
            out,
            "{comma}\n    {{\n      \"category\": \"readability\",\n      \"check\": \"Credo.Check.Readability.ModuleDoc\",\n      \"column\": 11,\n      \"column_end\": 15,\n      \"filename\": \"lib/shop/{word}.ex\",\n      \"line_no\": {line},\n      \"message\": \"Modules should have a @moduledoc tag.\",\n      \"priority\": 1,\n      \"scope\": \"Shop.{word}\",\n      \"trigger\": \"Shop.{word}\"\n    }}"
        )?;
    }
    writeln!(out, "\n  ]\n}}")?;
    Ok(counts)
}

fn credo_oneline(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(8);
    let mut counts = Counts::default();
    while out.bytes < bytes {
        let (_, word, line) = finding(&mut random, &mut counts);
        writeln!(
            out,
            "[R] \u{2191} lib/shop/{word}.ex:{line}:11 Modules should have a @moduledoc tag."
        )?;
    }
    Ok(counts)
}

fn credo_sarif(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(9);
    let mut counts = Counts::default();
    write!(
        out,
        "{{\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    {{\n      \"results\": ["
    )?;
    while out.bytes < bytes {
        let (comma, word, line) = finding(&mut random, &mut counts);
        write!(
            out,
            "{comma}\n        {{\n          \"level\": \"note\",\n          \"locations\": [\n            {{\n              \"logicalLocations\": [ {{ \"fullyQualifiedName\": \"Shop.{word}\" }} ],\n              \"physicalLocation\": {{\n                \"artifactLocation\": {{ \"uri\": \"lib/shop/{word}.ex\", \"uriBaseId\": \"ROOTPATH\" }},\n                \"region\": {{ \"startLine\": {line}, \"startColumn\": 11, \"endColumn\": 15 }}\n              }}\n            }}\n          ],\n          \"message\": {{ \"text\": \"Modules should have a @moduledoc tag.\" }},\n          \"rank\": 1,\n          \"ruleId\": \"EX3009\"\n        }}"
        )?;
    }
    writeln!(
        out,
        "\n      ],\n      \"tool\": {{ \"driver\": {{ \"name\": \"Credo\", \"version\": \"1.7.19\", \"rules\": [ {{ \"id\": \"EX3009\", \"name\": \"Credo.Check.Readability.ModuleDoc\" }} ] }} }}\n    }}\n  ]\n}}"
    )?;
    Ok(counts)
}

fn dialyxir_short(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(10);
    let mut counts = Counts::default();
    writeln!(
        out,
        "Finding suitable PLTs\nChecking PLT...\nPLT is up to date!\nStarting Dialyzer"
    )?;
    while out.bytes < bytes {
        let (_, word, line) = finding(&mut random, &mut counts);
        writeln!(
            out,
            "lib/shop/{word}.ex:{line}:no_return Function {word}/1 has no local return."
        )?;
    }
    writeln!(
        out,
        "Total errors: {n}, Skipped: 0, Unnecessary Skips: 0\ndone in 0m1.0s\ndone (warnings were emitted)",
        n = counts.findings
    )?;
    Ok(counts)
}

fn sobelow_json(bytes: u64, out: &mut Counted<'_>) -> io::Result<Counts> {
    let mut random = Random(11);
    let mut counts = Counts::default();
    write!(out, "{{\n  \"findings\": {{\n    \"high_confidence\": [")?;
    while out.bytes < bytes {
        let (comma, word, line) = finding(&mut random, &mut counts);
        write!(
            out,
            "{comma}\n      {{\n        \"file\": \"lib/shop_web/controllers/{word}_controller.ex\",\n        \"line\": {line},\n        \"type\": \"XSS.HTML: XSS in `html`\",\n        \"variable\": \"{word}\"\n      }}"
        )?;
    }
    writeln!(
        out,
        "\n    ],\n    \"low_confidence\": [],\n    \"medium_confidence\": []\n  }},\n  \"sobelow_version\": \"0.15.0\",\n  \"total_findings\": {}\n}}",
        counts.findings
    )?;
    Ok(counts)
}
