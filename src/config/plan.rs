//! `[plan]`: what `gatekeeper run` without a command runs.

use toml::de::DeTable;

use super::fields::{Reader, suggestion};
use crate::plan::{Rules, STEPS, words};

pub(super) fn rules(r: &mut Reader<'_>, table: &DeTable<'_>) -> Rules {
    let fields = r.open("plan", table, &["steps", "commands"]);
    let mut rules = Rules::default();
    if let Some((table, _)) = r.table(fields, "commands") {
        let ids: Vec<&str> = table.keys().map(|k| k.get_ref().as_ref()).collect();
        let commands = r.open("plan.commands", table, &ids);
        for (id, span) in commands.keys() {
            let Some(text) = r.text(commands, id) else {
                continue;
            };
            if !is_id(id) {
                let message = format!("plan.commands: {id:?} is no name of a step");
                r.problem(span, message, Some("use a-z, 0-9 and _".into()));
                continue;
            }
            match words(&text.value) {
                Ok(words) => rules.commands.push((id.to_owned(), text.map(|_| words))),
                Err(why) => {
                    let message = format!("plan.commands.{id}: {why}");
                    r.problem(commands.span(id), message, None);
                }
            }
        }
    }
    if let Some(words) = r.words(fields, "steps") {
        let own: Vec<String> = rules.commands.iter().map(|(id, _)| id.clone()).collect();
        let known = STEPS
            .iter()
            .map(|s| s.id)
            .chain(own.iter().map(String::as_str));
        let mut steps: Vec<String> = Vec::new();
        for (word, span) in words {
            if steps.contains(&word) {
                let message = format!("plan.steps: {word:?} stands there twice");
                r.problem(span, message, None);
            } else if known.clone().any(|k| k == word) {
                steps.push(word);
            } else {
                let hint = suggestion(&word, known.clone());
                let message = format!(
                    "plan.steps: there is no step {word:?}, and no command for it in [plan.commands]"
                );
                r.problem(span, message, Some(hint));
            }
        }
        let origin = r.origin(&fields.span("steps"));
        rules.steps = Some(crate::policy::Setting {
            value: steps,
            origin,
        });
    }
    rules
}

fn is_id(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
