//! An Elixir text as words, without what stands in strings, sigils and comments. Pure.

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// `defmodule`, `do`, `x?`
    Name(&'a str),
    /// `Shop.Cart`
    Alias(&'a str),
    /// `do:`
    Key(&'a str),
    /// Any other character that is no white space.
    Sign(char),
}

/// What the reading is inside of.
#[derive(Clone, Copy)]
enum Inside {
    /// A text that ends with `end`, so many times in a row.
    Text {
        end: char,
        times: usize,
        interpolated: bool,
    },
    /// Code between `#{` and `}`, with so many open braces in it.
    Code(usize),
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        inside: Vec::new(),
        words: Vec::new(),
    };
    while let Some(c) = reader.peek() {
        match reader.inside.last().copied() {
            Some(Inside::Text {
                end,
                times,
                interpolated,
            }) => reader.text(c, end, times, interpolated),
            Some(Inside::Code(_)) | None => reader.code(c),
        }
    }
    reader.words
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    inside: Vec<Inside>,
    words: Vec<Word<'a>>,
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes the next character.
    fn skip(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Takes characters as long as they are of a kind.
    fn take(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !kind(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn text(&mut self, c: char, end: char, times: usize, interpolated: bool) {
        let ends = self.rest().chars().take(times).filter(|c| *c == end);
        if ends.count() == times {
            self.inside.pop();
            self.at += end.len_utf8() * times;
        } else if c == '\\' {
            self.skip();
            self.skip();
        } else if interpolated && self.rest().starts_with("#{") {
            self.at += 2;
            self.inside.push(Inside::Code(0));
        } else {
            self.skip();
        }
    }

    fn code(&mut self, c: char) {
        match c {
            '#' => {
                self.take(|c| c != '\n');
            }
            '"' | '\'' => self.quote(c, true),
            '~' => self.sigil(),
            '?' => {
                self.skip();
                let escaped = self.peek() == Some('\\');
                self.skip();
                if escaped {
                    self.skip();
                }
            }
            ':' => self.colon(),
            '{' | '}' => self.brace(c),
            c if c.is_ascii_digit() => {
                self.take(in_name);
            }
            c if in_name(c) => self.name(c),
            c => {
                self.skip();
                if !c.is_whitespace() {
                    self.words.push(Word::Sign(c));
                }
            }
        }
    }

    /// A text that starts here, with one quote or three.
    fn quote(&mut self, end: char, interpolated: bool) {
        let run = self.rest().chars().take_while(|c| *c == end).count();
        let times = if run >= 3 { 3 } else { 1 };
        self.at += end.len_utf8() * times;
        self.inside.push(Inside::Text {
            end,
            times,
            interpolated,
        });
    }

    /// `~s(…)`, `~S"""`, `~r/…/u`
    fn sigil(&mut self) {
        self.skip();
        let name = self.take(|c| c.is_ascii_alphabetic());
        let interpolated = name.starts_with(|c: char| c.is_ascii_lowercase());
        let Some(open) = self.peek().filter(|_| !name.is_empty()) else {
            return;
        };
        let end = match open {
            '"' | '\'' => return self.quote(open, interpolated),
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            '/' | '|' => open,
            _ => return,
        };
        self.skip();
        self.inside.push(Inside::Text {
            end,
            times: 1,
            interpolated,
        });
    }

    /// `:atom` is no word; `::` and `:"…"` are left to what follows.
    fn colon(&mut self) {
        self.skip();
        if self.peek() == Some(':') {
            self.skip();
        } else {
            self.take(|c| in_name(c) || c == '@' || c == '?' || c == '!');
        }
    }

    fn brace(&mut self, c: char) {
        self.skip();
        match (self.inside.last_mut(), c) {
            (Some(Inside::Code(0)), '}') => {
                self.inside.pop();
                return;
            }
            (Some(Inside::Code(open)), '}') => *open -= 1,
            (Some(Inside::Code(open)), '{') => *open += 1,
            _ => {}
        }
        self.words.push(Word::Sign(c));
    }

    fn name(&mut self, first: char) {
        let start = self.at;
        self.take(in_name);
        if first.is_ascii_uppercase() {
            while let Some(next) = self.rest().strip_prefix('.')
                && next.starts_with(|c: char| c.is_ascii_uppercase())
            {
                self.skip();
                self.take(in_name);
            }
        } else if matches!(self.peek(), Some('?' | '!')) {
            self.skip();
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let rest = self.rest();
        let key = rest.starts_with(':') && !rest.starts_with("::");
        if key {
            self.skip();
        }
        self.words.push(match (key, first.is_ascii_uppercase()) {
            (true, _) => Word::Key(word),
            (false, true) => Word::Alias(word),
            (false, false) => Word::Name(word),
        });
    }
}
