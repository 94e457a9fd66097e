//! `.coverdata`: what `mix test --cover --export-coverage NAME` and `--partitions N` leave in `cover/`, as Erlang's
//! `cover:export/1` writes it. No BEAM is needed to read it.
//!
//! Source of the format: `lib/tools/src/cover.erl` of OTP 25 to 29. The file is a chain of terms, each behind a byte
//! with its length; a longer one stands behind a short `{'$size', N}`. For each module: `{file, Module, Path}`, up to OTP
//! 26 `{Module, [{Module, Function, Arity, Clause, Lines}]}`, and then one `{{bump, Module, Function, Arity, Clause, Line},
//! Calls}` for each counter.
//!
//! Lines are counted as `mix test.coverage` does (`lib/mix/lib/mix/tasks/test.coverage.ex`): line 0 is generated code
//! and does not count; a line of several clauses or functions counts once, and ran when one of them did. Two modules of
//! one file are counted apart.
//!
//! Proof of completeness: every term is whole, and where `Lines` is written there are no more counters. Nothing says how
//! many modules there are, so only the exit code of the command that wrote it proves that none is missing, or the export
//! of another partition that knows the same lines.
//!
//! Deliberately absent: the path of the `.beam` file, functions and clauses, and `ignore_modules` of `mix.exs`, which is
//! code: modules that Mix would leave out count here.

use std::io::{BufRead, Read};

use crate::collect::Defects;
use crate::cover::{Files, Hits};
use crate::defect::{Completeness, DefectKind, Parsed, Position};
use crate::etf;
use crate::evidence::{Evidence, Tool};
use crate::input::Limits;
use crate::{Format, Reader, text};

mod term;

use term::{Entry, entry};

/// The export.
pub(crate) const EXPORT: Format = Format {
    id: "mix_cover-coverdata",
    tool: Tool::MixCover,
    summary: "exported coverage (`cover/NAME.coverdata` of `mix test --cover --export-coverage NAME`)",
    proof: "whole terms of one module after the other; that no module is missing, only the exit code under `gatekeeper run` proves, or another partition that knows the same lines",
    reader: Reader::Document { sniff, parse },
};

/// Whether these first two bytes may start an export: a length and the version of a term.
pub(crate) fn may_start(first: &[u8]) -> bool {
    matches!(first, [size, etf::VERSION] if *size > 0)
}

fn sniff(head: &[u8]) -> bool {
    let Some((size, rest)) = head.split_first() else {
        return false;
    };
    let term = rest.get(..usize::from(*size)).and_then(entry);
    matches!(term, Some(Entry::Size(_) | Entry::File(_)))
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let mut export = Export {
        limits,
        files: Files::default(),
        defects: Defects::default(),
        module: None,
    };
    let mut chain = Chain { input, offset: 0 };
    while let Some(at) = chain.next(&mut export) {
        if !at {
            break;
        }
    }
    let rest = std::io::copy(chain.input, &mut std::io::sink());
    if let Err(error) = rest {
        let message = format!("reading stopped: {error}");
        let at = Position::offset(chain.offset);
        export.defects.partial(DefectKind::Io, message, at);
    }
    export.finish()
}

/// The bytes of the file, term by term.
struct Chain<'a> {
    input: &'a mut dyn BufRead,
    offset: u64,
}

impl Chain<'_> {
    /// Reads the next term. `None` at the end of the file, `false` where nothing more can be read.
    fn next(&mut self, export: &mut Export<'_>) -> Option<bool> {
        let start = self.offset;
        let at = || Position::offset(start);
        let size = match self.take(1).as_deref() {
            Ok([]) => return None,
            Ok([size, ..]) => u64::from(*size),
            // What is wrong is found again, and said, when the rest is read.
            Err(_) => return Some(false),
        };
        let Ok(mut term) = self.take(size) else {
            return Some(false);
        };
        let mut wanted = size;
        if let Some(Entry::Size(size)) = entry(&term) {
            if size > etf::TERM {
                let message = format!("a term of {size} bytes, which is more than is read");
                export.defects.partial(DefectKind::Limit, message, at());
                return Some(false);
            }
            wanted = size;
            match self.take(size) {
                Ok(long) => term = long,
                Err(_) => return Some(false),
            }
        }
        if u64::try_from(term.len()) != Ok(wanted) {
            let message = "ends inside of a term";
            export.defects.partial(DefectKind::Cut, message, at());
            return Some(false);
        }
        let Some(entry) = entry(&term) else {
            let message = "a term that does not stand in exported coverage";
            export.defects.partial(DefectKind::Syntax, message, at());
            return Some(false);
        };
        export.entry(entry, at());
        Some(true)
    }

    /// So many bytes, or fewer at the end of the file.
    fn take(&mut self, n: u64) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Read::take(&mut self.input, n).read_to_end(&mut bytes)?;
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.offset = self.offset.saturating_add(read);
        Ok(bytes)
    }
}

/// What is folded while the chain is read.
struct Export<'a> {
    limits: &'a Limits,
    files: Files,
    defects: Defects,
    module: Option<Module>,
}

/// The module whose counters are read.
struct Module {
    name: String,
    hits: Hits,
    /// Counters so far, and how many there should be.
    counters: u64,
    declared: Option<u64>,
    at: Position,
}

impl Export<'_> {
    fn entry(&mut self, entry: Entry, at: Position) {
        match (entry, &mut self.module) {
            (Entry::File(name), _) => self.start(name, at),
            (Entry::Bump(name, line, calls), Some(module)) if module.name == name => {
                module.counters = module.counters.saturating_add(1);
                match u32::try_from(line).map(std::num::NonZeroU32::new) {
                    Ok(Some(line)) => {
                        module.hits.push(line, calls);
                    }
                    // Generated code.
                    Ok(None) => {}
                    Err(_) => {
                        let message = format!("{line} is no line of a file");
                        self.defects.partial(DefectKind::Number, message, at);
                    }
                }
            }
            (Entry::Clauses(name, lines), Some(module)) if module.name == name => {
                if module.declared.replace(lines).is_some() {
                    let message = "a second list of clauses of one module";
                    self.defects.partial(DefectKind::Contradiction, message, at);
                }
            }
            (Entry::Bump(name, ..) | Entry::Clauses(name, _), _) => {
                let name = text::lossy(name.as_bytes(), 200);
                let message = format!("counters of {name} among those of another module");
                self.defects.partial(DefectKind::Contradiction, message, at);
            }
            (Entry::Size(_), _) => {
                let message = "the size of a term where its content was expected";
                self.defects.partial(DefectKind::Syntax, message, at);
            }
        }
    }

    fn start(&mut self, name: String, at: Position) {
        self.settle();
        self.module = Some(Module {
            name,
            hits: Hits::default(),
            counters: 0,
            declared: None,
            at,
        });
    }

    /// All counters of a module were read.
    fn settle(&mut self) {
        let Some(module) = self.module.take() else {
            return;
        };
        let name = inspect(&module.name);
        if module.declared.is_some_and(|n| n < module.counters) {
            let message = format!("{name} has more counters than its clauses have lines");
            let at = module.at.clone();
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
        if self.files.has(&name) {
            let message = format!("{name} is exported twice");
            let at = module.at;
            self.defects.partial(DefectKind::Contradiction, message, at);
        }
        self.files.add(name, module.hits, self.limits);
    }

    fn finish(mut self) -> Parsed<Evidence> {
        // Clauses may have a line more than counters, for two counters of one line in one clause are one. Only in the last
        // module the lack is more likely the end of a file that was cut between two terms.
        let lacking = self.module.as_ref().and_then(|module| {
            let declared = module.declared.filter(|n| *n > module.counters)?;
            let (name, n) = (inspect(&module.name), module.counters);
            let message = format!("{name}, the last module, has {n} counters for {declared} lines");
            Some((message, module.at.clone()))
        });
        if let Some((message, at)) = lacking {
            let worst = Completeness::Unproven;
            self.defects
                .lower(worst, DefectKind::NoEndMark, message, at);
        }
        self.settle();
        let mut coverage = self
            .files
            .finish(|name| name, &mut self.defects, self.limits);
        for file in &mut coverage.files {
            file.module = file.path.take();
        }
        let message = "cover does not say where an export ends: write it under `gatekeeper run -- mix test --cover …`, \
            or give the exports of several partitions together";
        let (worst, at) = (Completeness::Unproven, Position::default());
        if self.defects.worst() <= Completeness::Unproven {
            self.defects
                .lower(worst, DefectKind::NoEndMark, message, at);
        }
        self.defects.finish(Evidence::Coverage(coverage))
    }
}

/// The name of a module as Elixir shows it: `Shop.Cart`, `:shop_parser`.
fn inspect(name: &str) -> String {
    let name = text::lossy(name.as_bytes(), 1 << 10);
    let alias = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    match name.strip_prefix("Elixir.") {
        Some(rest) if rest.split('.').all(alias) => rest.to_owned(),
        _ => format!(":{name}"),
    }
}

#[cfg(test)]
mod tests;
