//! The YAML that `action.yml` and the written workflows use: maps, lists, plain and quoted words, literal blocks, and
//! comments on lines of their own. Anything else panics.

#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    Text(String),
    Map(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
}

impl Yaml {
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        self.pairs().iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("expected a text: {other:?}"),
        }
    }

    pub fn pairs(&self) -> &[(String, Yaml)] {
        match self {
            Self::Map(pairs) => pairs,
            other => panic!("expected a map: {other:?}"),
        }
    }

    pub fn list(&self) -> &[Yaml] {
        match self {
            Self::List(items) => items,
            other => panic!("expected a list: {other:?}"),
        }
    }
}

pub fn parse(text: &str) -> Yaml {
    // An item of a list is its first key, two columns deeper.
    let mut lines: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        assert!(!line.contains('\t'), "a tab: {line}");
        let content = line.trim_start();
        lines.push((line.len() - content.len(), content.to_owned()));
    }
    let mut at = 0;
    let out = value(&lines, &mut at, 0);
    skip(&lines, &mut at);
    assert_eq!(at, lines.len(), "not understood: {:?}", lines.get(at));
    out
}

fn skip(lines: &[(usize, String)], at: &mut usize) {
    while lines
        .get(*at)
        .is_some_and(|(_, l)| l.is_empty() || l.starts_with('#'))
    {
        *at += 1;
    }
}

fn value(lines: &[(usize, String)], at: &mut usize, indent: usize) -> Yaml {
    skip(lines, at);
    let mut lines = lines.to_vec();
    if lines[*at].1.starts_with("- ") {
        let mut items = Vec::new();
        while lines
            .get(*at)
            .is_some_and(|(i, l)| *i == indent && l.starts_with("- "))
        {
            let rest = lines[*at].1[2..].to_owned();
            if key(&rest).is_some() {
                lines[*at] = (indent + 2, rest);
                items.push(value(&lines, at, indent + 2));
            } else {
                items.push(scalar(&rest));
                *at += 1;
            }
            skip(&lines, at);
        }
        return Yaml::List(items);
    }
    let mut pairs: Vec<(String, Yaml)> = Vec::new();
    while let Some((_, line)) = lines
        .get(*at)
        .filter(|(i, l)| *i == indent && !l.starts_with("- "))
    {
        let (name, rest) = key(line).unwrap_or_else(|| panic!("no key: {line}"));
        assert!(pairs.iter().all(|(k, _)| *k != name), "{name} stands twice");
        *at += 1;
        let inner = match rest.as_str() {
            "|" => Yaml::Text(block(&lines, at, indent)),
            "" => {
                skip(&lines, at);
                let deeper = lines.get(*at).map_or(0, |(i, _)| *i);
                match deeper > indent {
                    true => value(&lines, at, deeper),
                    false => Yaml::Text(String::new()),
                }
            }
            rest => scalar(rest),
        };
        pairs.push((name, inner));
        skip(&lines, at);
    }
    assert!(!pairs.is_empty(), "not understood: {:?}", lines.get(*at));
    Yaml::Map(pairs)
}

fn key(line: &str) -> Option<(String, String)> {
    let (name, rest) = match line.strip_suffix(':') {
        Some(name) => (name, ""),
        None => line.split_once(": ")?,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then(|| (name.to_owned(), rest_of(rest)))
}

/// What stands behind a key, without a comment.
fn rest_of(rest: &str) -> String {
    match rest.trim() {
        comment if comment.starts_with('#') => String::new(),
        rest => rest.to_owned(),
    }
}

fn block(lines: &[(usize, String)], at: &mut usize, indent: usize) -> String {
    let start = *at;
    while lines
        .get(*at)
        .is_some_and(|(i, l)| *i > indent || l.is_empty())
    {
        *at += 1;
    }
    let body = &lines[start..*at];
    let margin = body.iter().find(|(_, l)| !l.is_empty()).unwrap().0;
    let line = |(i, l): &(usize, String)| match l.is_empty() {
        true => "\n".to_owned(),
        false => format!("{:1$}{l}\n", "", i - margin),
    };
    let text: String = body.iter().map(line).collect();
    format!("{}\n", text.trim_end())
}

fn scalar(text: &str) -> Yaml {
    if text == "{}" {
        return Yaml::Map(Vec::new());
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return Yaml::List(inner.split(", ").map(scalar).collect());
    }
    let quoted = |q: char| text.strip_prefix(q).and_then(|t| t.strip_suffix(q));
    if let Some(inner) = quoted('"').or(quoted('\'')) {
        assert!(!inner.contains(['"', '\\']), "an escape: {text}");
        return Yaml::Text(inner.to_owned());
    }
    let text = text.split(" #").next().unwrap().trim();
    assert!(
        !text.starts_with(['&', '*', '!', '>', '|', '{', '[', '"', '\'', '%', '@', '`']),
        "{text}"
    );
    assert!(!text.contains(": "), "ambiguous: {text}");
    Yaml::Text(text.to_owned())
}
