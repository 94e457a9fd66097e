//! What stands below the header of a failure, broken into errors and their parts.
//!
//! Everything is indented by five columns. A message may hold any text, also text that looks like a label, so labels
//! are taken only at column five and in ExUnit's order; when one comes that is out of order, those before it were part
//! of the message. Blank lines inside carry five blanks up to Elixir 1.15, and none later.

use crate::evidence::{ErrorKind, TestError};
use crate::names::Names;
use crate::text::{self, Block};

use super::error::{generated, headed, stack, value};

/// The labels of an error, in the order in which ExUnit prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Doctest,
    Code,
    Arguments,
    Mailbox,
    Left,
    Right,
    Hint,
    Stacktrace,
}

/// Label, its text, and whether its value starts on the next line.
const LABELS: &[(Label, &[u8], bool)] = &[
    (Label::Doctest, b"doctest:", true),
    (Label::Code, b"code:", false),
    (Label::Arguments, b"arguments:", true),
    (Label::Mailbox, b"mailbox:", true),
    (Label::Left, b"left:", false),
    (Label::Right, b"right:", false),
    (Label::Hint, b"hint:", false),
    (Label::Stacktrace, b"stacktrace:", true),
];

/// Errors of one test that are kept apart.
const ERRORS: usize = 64;

/// Four times the limit of one text is what all texts of a failure may have in full; later ones get this much.
const SCANT: usize = 4096;

/// Whether a line belongs to the block above it: blank, or indented by five columns.
pub(super) fn belongs(line: &[u8]) -> bool {
    line.starts_with(b"     ") || line.iter().all(|b| *b == b' ')
}

/// The lines of a failure below its header.
#[derive(Debug, Default)]
pub(super) struct Body {
    done: Vec<Draft>,
    error: Draft,
    multi: bool,
    logs: Option<Block>,
    /// `Parameters: %{…}` of a parameterised module.
    pub(super) parameters: Option<String>,
    spent: usize,
}

/// An error that is being read.
#[derive(Debug, Default)]
struct Draft {
    message: Block,
    begun: bool,
    banner: bool,
    sections: Vec<(Label, Block)>,
}

impl Body {
    /// Takes a line in. `max` is the limit of one text.
    pub(super) fn line(&mut self, line: &[u8], max: usize) {
        let line = line.strip_prefix(b"     ").unwrap_or_default();
        let max = if self.spent > max.saturating_mul(4) {
            max.min(SCANT)
        } else {
            max
        };
        self.spent = self.spent.saturating_add(line.len().min(max));
        if let Some(logs) = &mut self.logs {
            push(logs, line, max);
        } else if line == b"The following output was logged:" {
            self.logs = Some(Block::default());
        } else if !self.heading(line, max) {
            self.error.line(line, max);
        }
    }

    /// Lines that structure a block: `Failure #2`, and parameters of a module.
    fn heading(&mut self, line: &[u8], max: usize) -> bool {
        let begun = self.error.begun || self.multi;
        if let Some(number) = line.strip_prefix(b"Failure #").and_then(text::number) {
            let next = self.done.len().saturating_add(2);
            if !begun && number == 1 {
                self.multi = true;
                return true;
            }
            if self.multi && u64::try_from(next) == Ok(number) && next <= ERRORS {
                self.done.push(std::mem::take(&mut self.error));
                return true;
            }
        }
        if !begun && self.parameters.is_none() && line.starts_with(b"Parameters: %{") {
            let value = line.strip_prefix(b"Parameters: ").unwrap_or(line);
            self.parameters = Some(text::lossy(value, max));
            return true;
        }
        false
    }

    /// The errors, at least one, and the captured output.
    pub(super) fn finish(self, names: &mut Names) -> (Vec<TestError>, Option<String>) {
        let drafts = self.done.into_iter().chain([self.error]);
        let errors = drafts.map(|draft| draft.finish(names)).collect();
        (errors, self.logs.and_then(|l| l.finish()))
    }
}

impl Draft {
    fn line(&mut self, line: &[u8], max: usize) {
        if !self.begun {
            if line.iter().all(u8::is_ascii_whitespace) {
                return;
            }
            self.begun = true;
            self.banner = line.starts_with(b"** (");
        }
        if let Some(label) = self.label(line) {
            let last = self.sections.last().map(|(l, _)| *l);
            if last.is_some_and(|last| last >= label && label != Label::Hint) {
                self.fold(max);
            }
            self.sections.push((label, Block::default()));
        }
        let block = match self.sections.last_mut() {
            Some((_, block)) => block,
            None => &mut self.message,
        };
        push(block, line, max);
    }

    /// The label that starts this line. Below a banner only the code and the stack can follow.
    fn label(&self, line: &[u8]) -> Option<Label> {
        let found = LABELS.iter().find_map(|(label, word, alone)| {
            let rest = line.strip_prefix(*word)?;
            let fits = match rest.first() {
                None => true,
                Some(b' ') => !alone || rest.iter().all(|b| *b == b' '),
                Some(_) => false,
            };
            fits.then_some(*label)
        });
        found.filter(|l| !self.banner || matches!(l, Label::Code | Label::Stacktrace))
    }

    /// What looked like labels was part of the message.
    fn fold(&mut self, max: usize) {
        for (_, block) in std::mem::take(&mut self.sections) {
            for line in block.finish().unwrap_or_default().lines() {
                push(&mut self.message, line.as_bytes(), max);
            }
        }
    }

    fn finish(self, names: &mut Names) -> TestError {
        let labelled = !self.sections.is_empty();
        let mut error = headed(&self.message.finish().unwrap_or_default());
        for (label, block) in self.sections {
            let text = block.finish().unwrap_or_default();
            let slot = match label {
                Label::Doctest => &mut error.doctest,
                Label::Code => &mut error.code,
                Label::Arguments => &mut error.arguments,
                Label::Mailbox => &mut error.mailbox,
                Label::Left => &mut error.left,
                Label::Right => &mut error.right,
                Label::Hint => &mut error.hint,
                Label::Stacktrace => {
                    error.stack = stack(&text, names);
                    continue;
                }
            };
            let value = value(&text);
            let whole = match slot.take() {
                Some(before) => format!("{before}\n{value}"),
                None => value,
            };
            *slot = Some(whole.into());
        }
        if error.kind == ErrorKind::Assertion && !labelled && error.message == "Not implemented" {
            error.kind = ErrorKind::NotImplemented;
        }
        error.arguments = error
            .arguments
            .or_else(|| generated(&error.message).map(Into::into));
        error
    }
}

/// Adds a line, cut where it is longer than a whole text may be.
fn push(block: &mut Block, line: &[u8], max: usize) {
    let half = max.wrapping_shr(1);
    if line.len() > half {
        block.push(text::lossy(line, half).as_bytes(), max);
    } else {
        block.push(line, max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &str) -> (Vec<TestError>, Option<String>) {
        let mut body = Body::default();
        for line in block.lines() {
            assert!(belongs(line.as_bytes()), "{line}");
            body.line(line.as_bytes(), 1 << 16);
        }
        body.finish(&mut Names::default())
    }

    fn one(block: &str) -> TestError {
        let (mut errors, _) = read(block);
        assert_eq!(errors.len(), 1);
        errors.remove(0)
    }

    #[test]
    fn an_assertion_with_values_over_several_lines() {
        let e = one("     Assertion with == failed
     code:  assert left == right
     left:  %{
              \"a\" => 1
            }
     right: %{
              \"b\" => 2
            }
     stacktrace:
       test/a_test.exs:59: (test)
");
        assert_eq!(e.kind, ErrorKind::Assertion);
        assert_eq!(e.message, "Assertion with == failed");
        assert_eq!(e.code.as_deref(), Some("assert left == right"));
        assert_eq!(e.left.as_deref(), Some("%{\n  \"a\" => 1\n}"));
        assert_eq!(e.right.as_deref(), Some("%{\n  \"b\" => 2\n}"));
        assert_eq!(e.stack.len(), 1);
    }

    #[test]
    fn labels_inside_a_message_are_message() {
        let e = one("     ** (RuntimeError) first
     code: not yet
     stacktrace:
       lib/fake.ex:1: Fake.fun/1
     code: Parser.boom!()
     stacktrace:
       (shop 0.1.0) lib/shop/parser.ex:17: Shop.Parser.boom!/1
");
        assert_eq!(e.exception.as_deref(), Some("RuntimeError"));
        assert_eq!(
            e.message,
            "first\ncode: not yet\nstacktrace:\n  lib/fake.ex:1: Fake.fun/1"
        );
        assert_eq!(e.code.as_deref(), Some("Parser.boom!()"));
        assert_eq!(e.stack.len(), 1);
        let e = one("     differ\n     left: 1\n     right: 2\n     code: flunk(text)\n");
        assert_eq!(e.message, "differ\nleft: 1\nright: 2");
        assert_eq!((e.left, e.right), (None, None));
    }

    #[test]
    fn exits_name_what_they_wrap() {
        let e = one(
            "     ** (exit) exited in: GenServer.call(Shop.Inventory, :crash, 5000)
         ** (EXIT) an exception was raised:
             ** (RuntimeError) inventory crashed
                 (shop 0.1.0) lib/shop/inventory.ex:28: Shop.Inventory.handle_call/3
     code: Inventory.crash()
     stacktrace:
       (elixir 1.20.4) lib/gen_server.ex:1183: GenServer.call/3
",
        );
        assert_eq!((e.kind, e.exception), (ErrorKind::Exit, None));
        let names: Vec<_> = e.nested.iter().map(|n| n.exception.as_str()).collect();
        assert_eq!(names, ["EXIT", "RuntimeError"]);
        assert_eq!(e.nested[1].message, "inventory crashed");
        let e = one("     ** (EXIT from #PID<0.941.0>) killed\n");
        assert_eq!(
            (e.kind, e.message.as_str()),
            (ErrorKind::LinkedExit, "killed")
        );
        let e = one("     ** (Plug.Conn.WrapperError) ** (Ecto.StaleEntryError) stale\n");
        assert_eq!(e.nested[0].exception, "Ecto.StaleEntryError");
    }

    #[test]
    fn several_errors_and_captured_output() {
        let (errors, logs) = read(
            "
     Failure #1
     ** (RuntimeError) first of many
     stacktrace:
       lib/a.ex:21: A.b/1

     Failure #2
     ** (throw) {:second, :throw}

     The following output was logged:
     
     00:24:42.748 [info] about to fail
       1) test fake (Fake)
",
        );
        assert_eq!(errors.len(), 2);
        assert_eq!(errors[1].kind, ErrorKind::Throw);
        assert_eq!(
            logs.as_deref(),
            Some("00:24:42.748 [info] about to fail\n  1) test fake (Fake)")
        );
    }

    #[test]
    fn arguments_doctests_and_mailboxes() {
        let e = one("     Expected truthy, got false
     code: assert Enum.member?(list, 9)
     arguments:

         # 1
         [1, 2, 3]

         # 2
         9

     stacktrace:
       test/a_test.exs:15: (test)
");
        assert_eq!(e.arguments.as_deref(), Some("# 1\n[1, 2, 3]\n\n# 2\n9"));
        let e = one("     Doctest failed
     doctest:
       iex> 1 + 1
       3
     code:  1 + 1 === 3
     left:  2
     right: 3
");
        assert_eq!(e.doctest.as_deref(), Some("iex> 1 + 1\n3"));
        let e = one("     Assertion failed, no matching message after 10ms
     code: assert_receive :a
     mailbox:
       pattern: :a
       value:   :b
     stacktrace:
       test/a_test.exs:1: (test)
");
        assert_eq!(e.mailbox.as_deref(), Some("pattern: :a\nvalue:   :b"));
        assert_eq!(e.stack.len(), 1);
    }

    #[test]
    fn a_property_names_its_values() {
        let e = one(
            "     Failed with generated values (after 3 successful runs):

         * Clause:    x <- integer()
           Generated: 0

     Assertion with == failed
     code:  assert x == 1
     left:  0
     right: 1
",
        );
        assert_eq!(
            e.arguments.as_deref(),
            Some("* Clause:    x <- integer()\n  Generated: 0")
        );
        assert!(e.message.ends_with("Assertion with == failed"));
    }

    #[test]
    fn a_test_without_a_body() {
        assert_eq!(
            one("     Not implemented\n").kind,
            ErrorKind::NotImplemented
        );
        let e = one("     Not implemented\n     code: flunk(\"Not implemented\")\n");
        assert_eq!(e.kind, ErrorKind::Assertion);
    }

    #[test]
    fn a_long_line_hides_no_label() {
        let long = format!(
            "     ** (MatchError) {}\n     code: x\n",
            "y".repeat(1 << 20)
        );
        let e = one(&long);
        assert_eq!(e.exception.as_deref(), Some("MatchError"));
        assert_eq!(e.code.as_deref(), Some("x"));
    }
}
