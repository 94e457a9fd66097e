//! A command's text as words, as a POSIX shell splits it. Pure.
//!
//! Nothing is expanded, and no shell runs: where a text needs one, it is refused instead of run as something else.

/// Characters by which a text means more than one plain command.
const SHELL: [char; 10] = ['|', '&', ';', '<', '>', '(', ')', '$', '`', '\n'];

/// The words of a command. Assignments before it (`MIX_ENV=test mix test`) are given to `env`.
///
/// # Errors
/// When it is empty, a quote is not closed, or only a shell would understand it.
pub fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => word.push(c),
                        None => return Err("a ' is not closed".into()),
                    }
                }
            }
            '"' => double(&mut chars, word.get_or_insert_default())?,
            '\\' => match chars.next() {
                Some(c) => word.get_or_insert_default().push(c),
                None => return Err("it ends with \\".into()),
            },
            c if SHELL.contains(&c) => return Err(refused(c)),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match words.first() {
        None => Err("there is no command".into()),
        Some(first) if is_assignment(first) => {
            words.insert(0, "env".into());
            Ok(words)
        }
        Some(_) => Ok(words),
    }
}

fn double(chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), String> {
    loop {
        match chars.next() {
            Some('"') => return Ok(()),
            Some('\\') => match chars.next() {
                Some(c) if ['"', '\\', '$', '`'].contains(&c) => word.push(c),
                Some(c) => word.extend(['\\', c]),
                None => break,
            },
            Some(c) if ['$', '`'].contains(&c) => return Err(refused(c)),
            Some(c) => word.push(c),
            None => break,
        }
    }
    Err("a \" is not closed".into())
}

fn refused(c: char) -> String {
    format!("{c:?} is for a shell, and none is run; quote it, or use sh -c '…'")
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        for (text, expected) in [
            ("mix  credo --strict", &["mix", "credo", "--strict"][..]),
            (" a 'b c'\"d e\"f  ''", &["a", "b cd ef", ""]),
            (r#"a\ b "c\"\\\d" '\'"#, &["a b", r#"c"\\d"#, r"\"]),
            ("sh -c 'a && b | c; $d'", &["sh", "-c", "a && b | c; $d"]),
            (
                "MIX_ENV=test mix x=y",
                &["env", "MIX_ENV=test", "mix", "x=y"],
            ),
            ("./a=b *", &["./a=b", "*"]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_needs_a_shell_is_refused() {
        for text in [
            "", "  ", "a 'b", "a \"b", "a \\", "a \"\\", "a && b", "a|b", "a; b", "a > b", "a $B",
            "a \"$B\"", "a `b`", "(a)", "a\nb",
        ] {
            assert!(words(text).is_err(), "{text:?}");
        }
    }
}
