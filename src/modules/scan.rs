//! The modules that a source text defines, read from its words. Pure.
//!
//! Blocks (`do` … `end`, `fn` … `end`) tell which module a definition is in; strings, heredocs, sigils, characters and
//! comments are passed over. Deliberately absent: names that a macro makes up (`defmodule unquote(name)`), and the
//! scopes of aliases.

use std::collections::BTreeMap;

mod words;

use words::{Word, words};

/// The modules of an Erlang text: what `-module(name).` says.
pub(super) fn erlang(text: &str) -> Vec<String> {
    let named = text.lines().filter_map(|line| {
        let rest = line.strip_prefix("-module")?.trim_start();
        let name = rest.strip_prefix('(')?.split(')').next()?;
        let name = name.trim().trim_matches('\'');
        (!name.is_empty()).then(|| format!(":{name}"))
    });
    named.take(1).collect()
}

/// The modules of an Elixir text, in order.
pub(super) fn elixir(text: &str) -> Vec<String> {
    let words = words(text);
    let mut scan = Scan::default();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| words.get(i));
        if matches!(before, Some(Word::Sign('.' | '@' | '&'))) {
            continue;
        }
        let rest = words.get(at + 1..).unwrap_or_default();
        match word {
            Word::Name("defmodule" | "defprotocol") => scan.module(rest),
            Word::Name("defimpl") => scan.implementation(rest),
            Word::Name("alias") => scan.alias(rest),
            Word::Name("do") => scan.blocks.push(scan.header.take()),
            Word::Name("fn") => scan.blocks.push(None),
            Word::Name("end") => {
                scan.blocks.pop();
            }
            Word::Key("do") => scan.header = None,
            Word::Name(_) | Word::Alias(_) | Word::Key(_) | Word::Sign(_) => {}
        }
    }
    scan.found
}

#[derive(Default)]
struct Scan {
    found: Vec<String>,
    /// Open blocks; a module's has its name.
    blocks: Vec<Option<String>>,
    /// The module whose `do` comes next.
    header: Option<String>,
    aliases: BTreeMap<String, String>,
}

impl Scan {
    /// The module that the current place is in.
    fn inside(&self) -> Option<&str> {
        self.blocks
            .iter()
            .rev()
            .flatten()
            .next()
            .map(String::as_str)
    }

    fn define(&mut self, name: String) {
        self.header = Some(name.clone());
        self.found.push(name);
    }

    /// `A.B` or `__MODULE__.B`, as it is written.
    fn name(&self, words: &[Word<'_>]) -> Option<String> {
        match words {
            [Word::Alias(name), ..] => Some((*name).to_owned()),
            [
                Word::Name("__MODULE__"),
                Word::Sign('.'),
                Word::Alias(name),
                ..,
            ] => Some(format!("Elixir.{}.{name}", self.inside()?)),
            [Word::Name("__MODULE__"), ..] => Some(format!("Elixir.{}", self.inside()?)),
            _ => None,
        }
    }

    /// The full name behind one that is used, which may be an alias.
    fn expand(&self, name: &str) -> String {
        if let Some(full) = name.strip_prefix("Elixir.") {
            return full.to_owned();
        }
        let (first, rest) = name.split_once('.').map_or((name, ""), |(f, r)| (f, r));
        match (self.aliases.get(first), rest) {
            (None, _) => name.to_owned(),
            (Some(full), "") => full.clone(),
            (Some(full), rest) => format!("{full}.{rest}"),
        }
    }

    /// `defmodule A.B do`: inside of another module the name is below that one's, and known by its first part.
    fn module(&mut self, rest: &[Word<'_>]) {
        let Some(name) = self.name(rest) else {
            self.header = None;
            return;
        };
        let full = match (name.strip_prefix("Elixir."), self.inside()) {
            (Some(full), _) => full.to_owned(),
            (None, None) => name,
            (None, Some(outer)) => {
                let first = name.split('.').next().unwrap_or_default().to_owned();
                let (alias, full) = (format!("{outer}.{first}"), format!("{outer}.{name}"));
                self.aliases.insert(first, alias);
                full
            }
        };
        self.define(full);
    }

    /// `defimpl P, for: [A, B] do`: a module for each; without `for:`, for the module that it is in.
    fn implementation(&mut self, rest: &[Word<'_>]) {
        let Some(protocol) = self.name(rest).map(|name| self.expand(&name)) else {
            self.header = None;
            return;
        };
        let ends = |w: &Word<'_>| matches!(w, Word::Name("do") | Word::Key("do"));
        let head = rest.split(ends).next().unwrap_or_default();
        let given = head.iter().position(|w| *w == Word::Key("for"));
        let targets: Vec<String> = match given {
            None => self.inside().map(str::to_owned).into_iter().collect(),
            Some(at) => {
                let words = head.get(at + 1..).unwrap_or_default();
                let names = (0..words.len())
                    .filter(|i| *i == 0 || words.get(i - 1) != Some(&Word::Sign('.')))
                    .filter_map(|i| self.name(words.get(i..)?));
                names.map(|name| self.expand(&name)).collect()
            }
        };
        for target in targets {
            self.define(format!("{protocol}.{target}"));
        }
    }

    /// `alias A.B`, `alias A.B, as: C`, `alias A.{B, C}`.
    fn alias(&mut self, rest: &[Word<'_>]) {
        let Some(name) = self.name(rest) else { return };
        let full = self.expand(&name);
        let after = match rest {
            [Word::Alias(_), after @ ..] => after,
            [Word::Name(_), Word::Sign('.'), Word::Alias(_), after @ ..] => after,
            [_, after @ ..] => after,
            [] => return,
        };
        match after {
            [Word::Sign('.'), Word::Sign('{'), list @ ..] => {
                let inside = list.iter().take_while(|w| **w != Word::Sign('}'));
                for word in inside {
                    if let Word::Alias(part) = word {
                        self.known_as(last(part), format!("{full}.{part}"));
                    }
                }
            }
            [Word::Sign(','), Word::Key("as"), Word::Alias(short), ..] => {
                self.known_as(short, full);
            }
            _ => self.known_as(last(&full.clone()), full),
        }
    }

    fn known_as(&mut self, short: &str, full: String) {
        self.aliases.insert(short.to_owned(), full);
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        elixir(text).join(" ")
    }

    #[test]
    fn nested_modules_are_below_the_one_that_they_are_in() {
        let text = "defmodule A.B do
  def f(x), do: x
  def g(x) do
    Enum.map(x, fn y -> if y do y else :end end end)
  end
  defmodule C, do: def(h, do: 1)
  defmodule D.E do
    defstruct [:do, end: 1]
    defmodule F do
    end
  end
  defmodule Elixir.G do
  end
  defmodule __MODULE__.H do
  end
  defexception message: \"no\"
end
defmodule I do
end";
        assert_eq!(found(text), "A.B A.B.C A.B.D.E A.B.D.E.F G A.B.H I");
    }

    #[test]
    fn protocols_and_their_implementations() {
        let text = "defprotocol P do
  def f(x)
end
defmodule Shop.Money do
  alias Shop.{Cart, Tax.Rate}
  alias Jason.Encoder, as: Json
  defprotocol Q do
    def g(x)
  end
  defimpl String.Chars do
    def to_string(m), do: \"#{m.amount}\"
  end
  defimpl P, for: __MODULE__ do
  end
  defimpl Q, for: [Cart, Rate, Map, __MODULE__.Q] do
  end
  defimpl Json, for: Any, do: (def f(_), do: 1)
end";
        assert_eq!(
            found(text),
            "P Shop.Money Shop.Money.Q String.Chars.Shop.Money P.Shop.Money Shop.Money.Q.Shop.Cart \
             Shop.Money.Q.Shop.Tax.Rate Shop.Money.Q.Map Shop.Money.Q.Shop.Money.Q Jason.Encoder.Any"
        );
    }

    #[test]
    fn texts_and_comments_define_nothing() {
        let text = r##"defmodule A do
  @moduledoc """
  defmodule X do "#{inspect("end")}"
  """
  # defmodule X do
  @a ~S"""
  defmodule X do #{
  """
  @b ~s{defmodule X do #{"}"} \}}
  @c 'defmodule X do'
  @d "defmodule X do \" #{if true do "end" end} do"
  @e [?", ?\", ?', :"do end", :do, :end, "do": 1]
  @f ~r/do"/u
  @g ~w(do do)a ++ ~W[do]
  @h x.do && y.end
  def unquote(name)(), do: quote(do: defmodule(unquote(n), do: 1))
  defmodule unquote(name) do
    defmodule Y do
    end
  end
  defmodule B do
  end
end"##;
        assert_eq!(found(text), "A A.Y A.B");
    }

    #[test]
    fn what_does_not_end_ends_with_the_text() {
        for text in [
            "\"",
            "~",
            "~s",
            "~s(",
            "\"#{",
            "?",
            "?\\",
            ":",
            "'''",
            "end end",
            "é ünïcode",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
        assert_eq!(found("end end defmodule A do"), "A");
    }

    #[test]
    fn erlang_modules_say_their_name() {
        let text = "%% -module(no).\n-module('shop parser').\n-module(other).\n";
        assert_eq!(erlang(text), [":shop parser"]);
        assert_eq!(erlang("-module (p).\n"), [":p"]);
        assert!(erlang("module(p)").is_empty());
    }
}
