//! Makes foreign output harmless in a GitHub Actions log.
//!
//! The runner looks for commands in everything a step prints, on both streams: `::name …::` at the start of a line
//! (after white space) and `##[name …]` anywhere in a line. A test name with a line break in it is enough to run one:
//! to blank words with `add-mask`, to set outputs, to forge annotations. Problem matchers read the same lines.
//!
//! So each physical line gets a prefix that is neither white space nor the start of a command, `##[` is broken up,
//! and what cannot be seen is spelled out. Lines end where the runner's reader ends them: at `\n`, at `\r\n`, and at
//! a lone `\r`. Nothing is ever removed: an unseen character becomes visible text.
//!
//! Source: `ActionCommand.cs` and `ProcessInvoker.cs` of actions/runner. It searches for `##[` by the rules of the
//! current culture, which skip characters without weight; therefore no character outside ASCII separates `##` from `[`
//! here.
//!
//! Absent on purpose: colours. `ESC` is spelled out like every other control character.

use std::fmt::Write as _;

/// What every line starts with.
pub const PREFIX: &str = "│ ";

/// A line longer than this is broken, so that no input decides how much is held back.
const MAX_LINE: usize = 64 * 1024;

/// The line that makes the runner ignore commands until [`resume_commands`] with the same token.
pub fn stop_commands(token: &str) -> String {
    format!("::stop-commands::{token}\n")
}

/// The line that ends what [`stop_commands`] began.
pub fn resume_commands(token: &str) -> String {
    format!("::{token}::\n")
}

/// A transformer from any bytes, in any pieces, to safe lines of UTF-8.
///
/// Whole lines come out; the open line is held back (it is bounded), so that two streams that end up in the same log
/// never share a line.
#[derive(Debug, Default)]
pub struct Sanitiser {
    /// The open line, prefix included; empty between lines.
    line: String,
    /// The bytes of a character that the last piece cut.
    cut: Vec<u8>,
    /// `#` in a row just before this place.
    hashes: u8,
    /// The line was ended by a `\r`: a `\n` right after it belongs to the same end.
    after_return: bool,
}

impl Sanitiser {
    /// Takes a piece of the input and appends the lines that it completes to `out`.
    pub fn push(&mut self, mut piece: &[u8], out: &mut Vec<u8>) {
        while !self.cut.is_empty() {
            let Some((&byte, rest)) = piece.split_first() else {
                return;
            };
            // At most three bytes are held; the fourth decides at the latest.
            self.cut.push(byte);
            piece = rest;
            let held = std::mem::take(&mut self.cut);
            self.bytes(&held, out);
        }
        self.bytes(piece, out);
    }

    /// Ends the input: what is still held comes out, as a whole line.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        for byte in std::mem::take(&mut self.cut) {
            self.escape_byte(byte);
        }
        if !self.line.is_empty() {
            self.end_line(out);
        }
        self.after_return = false;
    }

    fn bytes(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => return self.text(text, out),
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    self.text(std::str::from_utf8(valid).unwrap_or_default(), out);
                    let Some(length) = error.error_len() else {
                        self.cut = rest.to_vec();
                        return;
                    };
                    let (invalid, rest) = rest.split_at(length);
                    for &byte in invalid {
                        self.escape_byte(byte);
                    }
                    bytes = rest;
                }
            }
        }
    }

    fn text(&mut self, mut text: &str, out: &mut Vec<u8>) {
        loop {
            let plain = text.bytes().take(MAX_LINE).take_while(|b| is_plain(*b));
            let (run, rest) = text.split_at(plain.count());
            if !run.is_empty() {
                self.open();
                self.line.push_str(run);
                self.hashes = 0;
            }
            if self.line.len() >= MAX_LINE {
                self.end_line(out);
            }
            let mut chars = rest.chars();
            let Some(next) = chars.next() else { return };
            self.char(next, out);
            text = chars.as_str();
        }
    }

    fn char(&mut self, c: char, out: &mut Vec<u8>) {
        match c {
            '\n' if self.after_return => self.after_return = false,
            '\n' | '\r' => {
                self.open();
                self.end_line(out);
                self.after_return = c == '\r';
            }
            '#' => {
                self.open();
                self.line.push(c);
                self.hashes = self.hashes.saturating_add(1);
            }
            '[' => {
                self.open();
                self.line
                    .push_str(if self.hashes >= 2 { "\\[" } else { "[" });
                self.hashes = 0;
            }
            '\t' => {
                self.open();
                self.line.push(c);
                self.hashes = 0;
            }
            '\0'..='\x1f' | '\x7f' => self.escape_byte(c as u8),
            _ if is_unseen(c) => {
                self.open();
                let _ = write!(self.line, "\\u{{{:x}}}", u32::from(c));
                self.hashes = 0;
            }
            // Not the end of a run of `#`, unless it is ASCII: see the module's words on culture.
            _ => {
                self.open();
                self.line.push(c);
                if c.is_ascii() {
                    self.hashes = 0;
                }
            }
        }
    }

    fn escape_byte(&mut self, byte: u8) {
        self.open();
        let _ = write!(self.line, "\\x{byte:02x}");
        self.hashes = 0;
    }

    fn open(&mut self) {
        if self.line.is_empty() {
            self.line.push_str(PREFIX);
        }
        self.after_return = false;
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.line.as_bytes());
        out.push(b'\n');
        self.line.clear();
        self.hashes = 0;
    }
}

/// Printable ASCII that means nothing to the runner at any place but the start of a line.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'#' | b'[')
}

/// C1 controls, marks that reorder the text around them, and separators that some viewers take for line ends.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{200e}' | '\u{200f}' | '\u{61c}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;
