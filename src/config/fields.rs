//! Typed values out of tables; what is not of its type is a problem with its place, and then the default holds.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Span;
use super::numbers::scaled;
use super::problem::{Problem, place};
use crate::policy::{Date, Origin, Patterns, Setting, Weight};

/// The file, and what is wrong with it so far.
pub(super) struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    pub(super) problems: Vec<Problem>,
}

/// A table with its keys checked.
#[derive(Clone, Copy)]
pub(super) struct Fields<'d> {
    name: &'d str,
    table: &'d DeTable<'d>,
}

type Value<'d> = Spanned<DeValue<'d>>;

/// Digits of a percentage that count.
const PERCENT: usize = 2;

impl<'t> Reader<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        let problems = Vec::new();
        Self {
            file,
            text,
            problems,
        }
    }

    pub(super) fn problem(&mut self, span: Span, message: String, hint: Option<String>) {
        let message = match hint {
            Some(hint) => format!("{message}; {hint}"),
            None => message,
        };
        self.problems
            .push(Problem::new(self.file, self.text, span, message));
    }

    pub(super) fn origin(&self, span: &Span) -> Origin {
        let (line, _) = place(self.text, span.start);
        Origin::named(format!("{}:{line}", self.file))
    }

    fn set<T>(&self, value: T, at: &Value<'_>) -> Setting<T> {
        let origin = self.origin(&at.span());
        Setting { value, origin }
    }

    /// Checks the keys of a table; `name` is empty for the whole file.
    pub(super) fn open<'d>(
        &mut self,
        name: &'d str,
        table: &'d DeTable<'d>,
        known: &[&str],
    ) -> Fields<'d> {
        for key in table.keys() {
            let word: &str = key.get_ref();
            if !known.contains(&word) {
                let place = match name {
                    "" => String::new(),
                    name => format!(" in [{name}]"),
                };
                let hint = suggestion(word, known.iter().copied());
                self.problem(
                    key.span(),
                    format!("unknown key {word:?}{place}"),
                    Some(hint),
                );
            }
        }
        Fields { name, table }
    }

    fn wrong(&mut self, of: Fields<'_>, key: &str, value: &Value<'_>, expected: &str) {
        let found = kind(value.get_ref());
        let name = of.key(key);
        self.problem(
            value.span(),
            format!("{name}: expected {expected}, found {found}"),
            None,
        );
    }

    /// A table below a key.
    pub(super) fn table<'d>(
        &mut self,
        of: Fields<'d>,
        key: &str,
    ) -> Option<(&'d DeTable<'d>, Span)> {
        let value = of.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => return Some((table, value.span())),
            _ => self.wrong(of, key, value, "a table"),
        }
        None
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables<'d>(&mut self, of: Fields<'d>, key: &str) -> Vec<(&'d DeTable<'d>, Span)> {
        let Some(value) = of.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            let expected = format!("[[{}]]", of.key(key));
            self.wrong(of, key, value, &expected);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => out.push((table, item.span())),
                _ => self.wrong(of, key, item, "a table"),
            }
        }
        out
    }

    /// A whole number, not negative.
    pub(super) fn count(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<u64>> {
        self.scaled(of, key, 0, "a whole number", u64::MAX)
    }

    /// A percentage in hundredths of a percent.
    pub(super) fn percent(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<u64>> {
        self.scaled(of, key, PERCENT, "a percentage from 0 to 100", 10_000)
    }

    /// A number with so many decimals, as a whole number of the last one.
    pub(super) fn scaled(
        &mut self,
        of: Fields<'_>,
        key: &str,
        digits: usize,
        expected: &str,
        max: u64,
    ) -> Option<Setting<u64>> {
        let value = of.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str(),
            DeValue::Float(n) if digits > 0 => n.as_str(),
            _ => {
                self.wrong(of, key, value, expected);
                return None;
            }
        };
        match scaled(text.strip_prefix('+').unwrap_or(text), digits) {
            Ok(n) if n <= max => return Some(self.set(n, value)),
            Ok(_) => self.wrong_number(of, key, value, expected, "it is too large"),
            Err(why) => self.wrong_number(of, key, value, expected, &why),
        }
        None
    }

    fn wrong_number(
        &mut self,
        of: Fields<'_>,
        key: &str,
        value: &Value<'_>,
        expected: &str,
        why: &str,
    ) {
        let shown = self.text.get(value.span()).unwrap_or_default();
        let message = format!("{}: expected {expected}, found {shown}", of.key(key));
        self.problem(value.span(), message, Some(why.to_owned()));
    }

    pub(super) fn flag(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<bool>> {
        let value = of.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => return Some(self.set(*flag, value)),
            _ => self.wrong(of, key, value, "true or false"),
        }
        None
    }

    /// A text that says something.
    pub(super) fn text(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<String>> {
        let value = of.get(key)?;
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => {
                return Some(self.set(text.trim().to_owned(), value));
            }
            DeValue::String(_) => {
                let message = format!("{}: expected a text, found an empty one", of.key(key));
                self.problem(value.span(), message, None);
            }
            _ => self.wrong(of, key, value, "a text in quotes"),
        }
        None
    }

    /// `"fail"` or `"warn"`.
    pub(super) fn weight(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<Weight>> {
        let word = self.text(of, key)?;
        let all = [Weight::Fail, Weight::Warn];
        if let Some(weight) = all.into_iter().find(|w| w.id() == word.value) {
            return Some(Setting {
                value: weight,
                origin: word.origin,
            });
        }
        let message = format!(
            "{}: expected \"fail\" or \"warn\", found {:?}",
            of.key(key),
            word.value
        );
        self.problem(of.span(key), message, None);
        None
    }

    /// A list of texts, not empty; a single text is a list of one.
    pub(super) fn words(&mut self, of: Fields<'_>, key: &str) -> Option<Vec<(String, Span)>> {
        let value = of.get(key)?;
        let items: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            _ => vec![value],
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(word) if !word.trim().is_empty() => {
                    out.push((word.trim().to_owned(), item.span()));
                }
                _ => {
                    self.wrong(of, key, item, "texts in quotes");
                    return None;
                }
            }
        }
        if out.is_empty() {
            let message = format!("{}: an empty list names nothing", of.key(key));
            self.problem(value.span(), message, None);
            return None;
        }
        Some(out)
    }

    /// Path patterns.
    pub(super) fn patterns(&mut self, of: Fields<'_>, key: &str) -> Option<Patterns> {
        let words = self.words(of, key)?;
        let (texts, spans): (Vec<String>, Vec<Span>) = words.into_iter().unzip();
        match Patterns::new(texts) {
            Ok(patterns) => Some(patterns),
            Err((i, why)) => {
                let span = spans.get(i).cloned().unwrap_or_else(|| of.span(key));
                self.problem(span, format!("{}: bad pattern: {why}", of.key(key)), None);
                None
            }
        }
    }

    /// A day, `2027-03-31`, quoted or not.
    pub(super) fn date(&mut self, of: Fields<'_>, key: &str) -> Option<Setting<Date>> {
        let value = of.get(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(toml::value::Datetime {
                date: Some(d),
                time: None,
                offset: None,
            }) => Date::new(d.year, d.month, d.day),
            DeValue::String(text) => day(text),
            _ => None,
        };
        if let Some(day) = day {
            return Some(self.set(day, value));
        }
        let shown = self.text.get(value.span()).unwrap_or_default();
        let message = format!(
            "{}: expected a day such as 2027-03-31, found {shown}",
            of.key(key)
        );
        self.problem(value.span(), message, None);
        None
    }

    /// A key that must be there.
    pub(super) fn must(&mut self, of: Fields<'_>, key: &str, at: &Span, why: &str) {
        if of.get(key).is_none() {
            let message = format!("[{}] has no {key:?}", of.name);
            self.problem(at.clone(), message, Some(why.to_owned()));
        }
    }
}

impl<'d> Fields<'d> {
    fn get(&self, key: &str) -> Option<&'d Value<'d>> {
        self.table.get(key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The keys with their places.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'d str, Span)> {
        self.table.keys().map(|k| (k.get_ref().as_ref(), k.span()))
    }

    /// Where the value of a key stands.
    pub(super) fn span(&self, key: &str) -> Span {
        self.get(key).map_or(0..0, Spanned::span)
    }

    fn key(&self, key: &str) -> String {
        match self.name {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }
}

fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The nearest known word, or all of them.
pub(super) fn suggestion<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let near = known
        .clone()
        .map(|k| (crate::words::distance(k, word), k))
        .filter(|(d, k)| *d <= k.len().min(word.len()) / 3 + 1)
        .min();
    match near {
        Some((_, near)) => format!("did you mean {near:?}?"),
        None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
    }
}
