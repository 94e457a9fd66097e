//! Reads what `git diff -U0` prints. Pure, and bounded by the number of hunks.
//!
//! Format: git's diff-format(7), with the prefixes `a/` and `b/`. The lines of a hunk are counted by its head, so that
//! no text inside a hunk is taken for structure. What is not understood is an error, never skipped: a line that is
//! missing here would be a line that nobody has to cover. Absent on purpose: combined diffs (git prints none when a
//! commit is compared with the working tree).

use std::fmt;
use std::io::{self, BufRead};

use super::{Change, Kind, Span};

mod name;

/// Bytes of a line that are looked at; paths are shorter.
const LINE: usize = 64 << 10;

/// Files of one diff.
const FILES: usize = 200_000;

/// Why a diff cannot be used.
#[derive(Debug)]
pub struct DiffError {
    line: u64,
    what: String,
}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the diff: {}", self.line, self.what)
    }
}

/// Reads a whole diff: the files that exist afterwards, in its order, with the lines that it adds.
///
/// # Errors
/// When it cannot be read, is cut, or has something that is not understood.
pub fn read(input: &mut dyn BufRead) -> Result<Vec<Change>, DiffError> {
    let mut reader = Reader {
        input,
        line: 0,
        buffer: Vec::new(),
    };
    let mut state = State::default();
    while reader.next()? {
        let line = std::mem::take(&mut reader.buffer);
        let understood = state.line(&line);
        reader.buffer = line;
        understood.map_err(|what| reader.error(what))?;
    }
    state.end().map_err(|what| reader.error(what))?;
    Ok(state.done)
}

/// Lines without their end, cut at [`LINE`].
struct Reader<'a> {
    input: &'a mut dyn BufRead,
    line: u64,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<bool, DiffError> {
        self.buffer.clear();
        self.line += 1;
        let mut any = false;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(self.error(e.to_string())),
            };
            if chunk.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = chunk.iter().position(|b| *b == b'\n');
            let text = &chunk[..end.unwrap_or(chunk.len())];
            let room = LINE.saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&text[..text.len().min(room)]);
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn error(&self, what: String) -> DiffError {
        DiffError {
            line: self.line,
            what,
        }
    }
}

#[derive(Default)]
struct State {
    done: Vec<Change>,
    file: Option<File>,
    /// Lines of the hunk that are still to come: removed, and added.
    rest: (u32, u32),
}

/// The file whose diff is being read.
struct File {
    /// What the first line says, where both names are one.
    both: Option<String>,
    from: Option<String>,
    to: Option<String>,
    deleted: bool,
    kind: Kind,
    /// Whether a head or a hunk that needs lines was seen.
    lines: Vec<Span>,
}

impl State {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if self.rest != (0, 0) {
            return self.inside(line);
        }
        if let Some(names) = line.strip_prefix(b"diff --git ") {
            self.end()?;
            self.file = Some(File {
                both: name::both(names),
                from: None,
                to: None,
                deleted: false,
                kind: Kind::Text,
                lines: Vec::new(),
            });
            return Ok(());
        }
        if let Some(path) = line.strip_prefix(b"* Unmerged path ") {
            self.end()?;
            return self.push(Change {
                path: name::one(path)?,
                from: None,
                kind: Kind::Unmerged,
                lines: Vec::new(),
                whitespace: 0,
            });
        }
        // After the last line of a file that has no newline at its end.
        if line.starts_with(b"\\ ") {
            return Ok(());
        }
        let Some(file) = &mut self.file else {
            return Err(format!("expected a file, found {:?}", shown(line)));
        };
        if let Some(head) = line.strip_prefix(b"@@ ") {
            self.rest = file.hunk(head)?;
            return Ok(());
        }
        file.head(line)
    }

    /// A line of a hunk: only its first character counts.
    fn inside(&mut self, line: &[u8]) -> Result<(), String> {
        let (removed, added) = &mut self.rest;
        let fits = match line.first() {
            Some(b'-') => take(removed),
            Some(b'+') => take(added),
            Some(b'\\') => true,
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => Err(format!(
                "a hunk has other lines than its head says: {:?}",
                shown(line)
            )),
        }
    }

    fn end(&mut self) -> Result<(), String> {
        if self.rest != (0, 0) {
            return Err("it ends inside a hunk".into());
        }
        match self.file.take().map(File::end).transpose()?.flatten() {
            Some(change) => self.push(change),
            None => Ok(()),
        }
    }

    fn push(&mut self, change: Change) -> Result<(), String> {
        if self.done.len() >= FILES {
            return Err(format!("more than {FILES} files changed"));
        }
        self.done.push(change);
        Ok(())
    }
}

fn take(n: &mut u32) -> bool {
    let fits = *n > 0;
    *n = n.saturating_sub(1);
    fits
}

impl File {
    /// One of the lines between `diff --git` and the first hunk.
    fn head(&mut self, line: &[u8]) -> Result<(), String> {
        let rest = |prefix: &str| line.strip_prefix(prefix.as_bytes());
        if let Some(mode) = rest("new file mode ").or_else(|| rest("new mode ")) {
            self.mode(mode);
        } else if rest("deleted file mode ").is_some() {
            self.deleted = true;
        } else if let Some(index) = rest("index ") {
            if let Some(at) = index.iter().position(|b| *b == b' ') {
                self.mode(&index[at + 1..]);
            }
        } else if let Some(path) = rest("rename from ").or_else(|| rest("copy from ")) {
            self.from = Some(name::one(path)?);
        } else if let Some(path) = rest("rename to ").or_else(|| rest("copy to ")) {
            self.to = Some(name::one(path)?);
        } else if let Some(path) = rest("+++ ") {
            if path != b"/dev/null" {
                self.to = Some(name::prefixed(path, "b/")?);
            }
        } else if rest("Binary files ").is_some() && line.ends_with(b" differ") {
            if self.kind == Kind::Text {
                self.kind = Kind::Binary;
            }
        } else if [
            "--- ",
            "old mode ",
            "similarity index ",
            "dissimilarity index ",
        ]
        .iter()
        .all(|known| rest(known).is_none())
        {
            return Err(format!("not understood: {:?}", shown(line)));
        }
        Ok(())
    }

    fn mode(&mut self, mode: &[u8]) {
        match mode {
            b"120000" => self.kind = Kind::Link,
            b"160000" => self.kind = Kind::Submodule,
            _ => {}
        }
    }

    /// `-1,0 +2,3 @@ …`: how many lines are removed and added.
    fn hunk(&mut self, head: &[u8]) -> Result<(u32, u32), String> {
        let wrong = || format!("not the head of a hunk: {:?}", shown(head));
        let text = String::from_utf8_lossy(head);
        let mut words = text.split(' ');
        let mut span = |sign: char| {
            let range = words.next()?.strip_prefix(sign)?;
            let (start, count) = range.split_once(',').unwrap_or((range, "1"));
            Some((start.parse::<u32>().ok()?, count.parse::<u32>().ok()?))
        };
        let (_, removed) = span('-').ok_or_else(wrong)?;
        let (start, added) = span('+').ok_or_else(wrong)?;
        if words.next() != Some("@@") || self.to.is_none() && added > 0 {
            return Err(wrong());
        }
        if added > 0 {
            let last = start.checked_add(added - 1).ok_or_else(wrong)?;
            if start == 0 || self.lines.last().is_some_and(|(_, end)| *end >= start) {
                return Err(wrong());
            }
            self.lines.push((start, last));
        }
        Ok((removed, added))
    }

    /// The change; `None` of a file that is gone.
    fn end(self) -> Result<Option<Change>, String> {
        if self.deleted {
            return Ok(None);
        }
        let Some(path) = self.to.or(self.both) else {
            return Err("a file without a name".into());
        };
        Ok(Some(Change {
            path,
            from: self.from,
            kind: self.kind,
            lines: self.lines,
            whitespace: 0,
        }))
    }
}

/// The start of a line, for a message.
fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned()
}

#[cfg(test)]
mod tests;
