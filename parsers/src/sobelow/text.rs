//! The text, which is the default, and the one line of `--quiet`.
//!
//! ```text
//! #          Running Sobelow - v0.15.0         #          standard error
//!
//! Config.Secrets: Hardcoded Secret - High Confidence      standard output, always coloured
//! File: config/prod.exs
//! Line: 7
//! Key: password
//!
//! -----------------------------------------------
//!
//! ... SCAN COMPLETE ...                                   standard error
//! ```
//!
//! Proof of completeness: the banner and the end mark, as many of the one as of the other (a log may hold several
//! scans), and as many lines of dashes as findings, all in one stream. Where the streams are apart, the end mark proves
//! the scan but not that standard output is whole (a clean scan prints nothing there, and a cut one ends between two
//! findings): then it stays unproven. An unknown `--format` gives the banner and no end mark.
//!
//! `--quiet` prints how many findings there are, and not how severe: that is always partial, because the worst of them
//! may be high.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::digit1;
use nom::{IResult, Parser};

use crate::collect::Defects;
use crate::defect::{Completeness, DefectKind, Position};
use crate::evidence::{Evidence, Findings, Tool};
use crate::input::{Limits, Line, Stream};
use crate::stream::{Part, Section};
use crate::text::{lossy, number};

use super::block::{BREAK, Block, Step};
use super::notes::Notes;
use super::rows::Lists;

/// The last line of a scan.
const END: &[u8] = b"... SCAN COMPLETE ...";

/// What Sobelow prints line by line. One report for the whole source: where the streams are apart, nothing says which
/// finding belongs to which scan.
struct Text {
    block: Option<Block>,
    findings: Findings,
    /// Lines of dashes, whether a finding was open or not.
    breaks: u64,
    banners: u64,
    ends: u64,
    /// End marks that stood in another stream than the findings.
    ends_apart: u64,
    quiet: Option<u64>,
    defects: Defects,
    lists: Lists,
    notes: Notes,
    /// [`Limits::details`], for what is closed when no line is at hand.
    details: usize,
}

/// Opens the section of Sobelow's text.
pub(crate) fn open() -> Box<dyn Section> {
    Box::new(Text {
        block: None,
        findings: Findings::new(Tool::Sobelow),
        breaks: 0,
        banners: 0,
        ends: 0,
        ends_apart: 0,
        quiet: None,
        defects: Defects::default(),
        lists: Lists::default(),
        notes: Notes::default(),
        details: 0,
    })
}

impl Section for Text {
    fn line(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        self.details = limits.details;
        if self.block(line, limits) {
            return true;
        }
        let mark = match line.text.first() {
            Some(b'#') => self.banner(line),
            Some(b'.') => self.end(line),
            Some(b'S') => self.quiet(line),
            _ => false,
        };
        mark || self.header(line, limits)
            || self.lists.line(line, limits)
            || self.notes.line(line, self.seen() || self.lists.seen())
    }

    fn end_of_stream(&mut self) {
        if let Some(block) = self.block.take() {
            self.close(block);
        }
    }

    /// Source text of `--verbose` may look like anything.
    fn is_open(&self) -> bool {
        self.block.is_some()
    }

    fn finish(mut self: Box<Self>, _: &Limits) -> Vec<Part> {
        self.end_of_stream();
        let notes = std::mem::take(&mut self.notes).finish();
        let lists = std::mem::take(&mut self.lists).finish();
        let report = self.seen().then(|| self.report());
        report.into_iter().chain(lists).chain(notes).collect()
    }
}

impl Text {
    fn seen(&self) -> bool {
        self.banners > 0 || self.ends > 0 || self.findings.total > 0 || self.quiet.is_some()
    }

    /// A line of the open finding, or a line of dashes.
    fn block(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(mut block) = self.block.take() else {
            // Dashes without a finding are looked at, not claimed: they may be anybody's.
            self.breaks = self.breaks.saturating_add(u64::from(line.text == BREAK));
            return false;
        };
        let step = block.push(line, limits, &mut self.defects);
        match step {
            Step::More => self.block = Some(block),
            Step::End => {
                self.breaks = self.breaks.saturating_add(1);
                self.close(block);
            }
            Step::Broken => {
                let message = "a finding that does not end";
                let at = Position::line(line.number);
                self.defects.partial(DefectKind::Cut, message, at);
                self.close(block);
            }
        }
        step != Step::Broken
    }

    fn close(&mut self, block: Block) {
        self.findings.push(block.finish(), self.details);
    }

    fn header(&mut self, line: &Line<'_>, limits: &Limits) -> bool {
        let Some(block) = Block::start(line, limits) else {
            return false;
        };
        if !block.colour_agrees(line) {
            let message = "the colour of a finding is not that of its confidence";
            let at = Position::line(line.number);
            self.defects.partial(DefectKind::Contradiction, message, at);
        }
        self.block = Some(block);
        true
    }

    fn banner(&mut self, line: &Line<'_>) -> bool {
        let Some(version) = version(line.text) else {
            return false;
        };
        self.banners = self.banners.saturating_add(1);
        self.findings.tool_version = Some(lossy(version, 80));
        true
    }

    fn end(&mut self, line: &Line<'_>) -> bool {
        let end = line.text == END && line.terminated;
        self.ends = self.ends.saturating_add(u64::from(end));
        let apart = end && line.stream == Stream::Err;
        self.ends_apart = self.ends_apart.saturating_add(u64::from(apart));
        end
    }

    fn quiet(&mut self, line: &Line<'_>) -> bool {
        let Some(count) = quiet(line.text) else {
            return false;
        };
        let at = Position::line(line.number);
        let n = number(count).filter(|n| *n > 0);
        if n.is_none() {
            let message = format!("{} is no number of findings", lossy(count, 80));
            self.defects
                .partial(DefectKind::Number, message, at.clone());
        }
        let message = "how severe the findings are is not printed (`--quiet`)";
        self.defects.partial(DefectKind::MissingField, message, at);
        let so_far = self.quiet.unwrap_or_default();
        self.quiet = Some(so_far.saturating_add(n.unwrap_or_default()));
        true
    }

    fn report(self) -> Part {
        let Self {
            mut findings,
            mut defects,
            quiet,
            ..
        } = self;
        let at = Position::default;
        let (banners, ends, found) = (self.banners, self.ends, findings.total);
        if ends < banners || found > 0 && ends == 0 {
            let message = "the line `... SCAN COMPLETE ...` is missing";
            defects.partial(DefectKind::Cut, message, at());
        }
        if banners < ends || found > 0 && banners == 0 {
            let message = "the banner of Sobelow is missing";
            defects.partial(DefectKind::Cut, message, at());
        }
        if self.breaks != found {
            let message = format!("{found} findings, but {} lines of dashes", self.breaks);
            defects.partial(DefectKind::CountMismatch, message, at());
        }
        if (found == 0 || self.ends_apart > 0) && ends > 0 && ends == banners {
            let message = "the end mark, which stands on standard error, does not prove that standard output is whole";
            defects.lower(Completeness::Unproven, DefectKind::NoEndMark, message, at());
        }
        findings.total = found.saturating_add(quiet.unwrap_or_default());
        Part {
            format: "sobelow-text",
            tool: Tool::Sobelow,
            parsed: defects.finish(Evidence::Findings(findings)),
        }
    }
}

/// The version in `#          Running Sobelow - v0.15.0         #`.
fn version(line: &[u8]) -> Option<&[u8]> {
    let inner = line.strip_prefix(b"#")?.strip_suffix(b"#")?.trim_ascii();
    let version = inner.strip_prefix(b"Running Sobelow - v")?;
    (!version.is_empty()).then_some(version)
}

/// The number in `Sobelow: 49 findings found. Run again without --quiet to review findings.`.
fn quiet(line: &[u8]) -> Option<&[u8]> {
    let noun = alt((tag(" findings"), tag(" finding")));
    let tail = tag(" found. Run again without --quiet");
    let parsed: IResult<&[u8], _> = (tag("Sobelow: "), digit1, noun, tail).parse(line);
    parsed.ok().map(|(_, (_, count, ..))| count)
}
