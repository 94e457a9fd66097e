//! `[coverage]` and its parts.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::Span;
use super::fields::{Fields, Reader};
use crate::policy::{CoverageRules, PartRule, PatchRule, Patterns};

pub(super) fn rules(r: &mut Reader<'_>, table: &DeTable<'_>, rules: &mut CoverageRules) {
    let f = r.open(
        "coverage",
        table,
        &["min", "severity", "layer", "file", "app", "patch"],
    );
    if let Some(min) = r.percent(f, "min") {
        rules.min = min;
    }
    if let Some(weight) = r.weight(f, "severity") {
        rules.severity = weight;
    }
    rules.layers = parts(r, f, rules, &LAYER);
    rules.files = parts(r, f, rules, &FILE);
    rules.apps = parts(r, f, rules, &APP);
    if let Some((table, span)) = r.table(f, "patch") {
        let p = r.open("coverage.patch", table, &["min", "severity"]);
        r.must(p, "min", &span, "such as min = 90");
        let severity = r
            .weight(p, "severity")
            .map_or(rules.severity.value, |w| w.value);
        rules.patch = r.percent(p, "min").map(|min| PatchRule { min, severity });
    }
}

/// One kind of part: `[[coverage.layer]]`.
struct Kind {
    key: &'static str,
    name: &'static str,
    known: &'static [&'static str],
    patterns: fn(&mut Reader<'_>, Fields<'_>, &Span) -> Option<(String, Patterns)>,
}

const LAYER: Kind = Kind {
    key: "layer",
    name: "coverage.layer",
    known: &["name", "paths", "min", "severity"],
    patterns: |r, f, span| {
        r.must(f, "name", span, "such as name = \"contexts\"");
        r.must(f, "paths", span, "such as paths = [\"lib/shop/**\"]");
        let (name, patterns) = (r.text(f, "name"), r.patterns(f, "paths"));
        Some((name?.value, patterns?))
    },
};

const FILE: Kind = Kind {
    key: "file",
    name: "coverage.file",
    known: &["paths", "modules", "min", "severity"],
    patterns: |r, f, span| {
        let key = if f.has("modules") { "modules" } else { "paths" };
        if f.has("modules") && f.has("paths") {
            let message = "[coverage.file] has both \"paths\" and \"modules\"".into();
            r.problem(f.span("modules"), message, Some("write two of them".into()));
        }
        r.must(
            f,
            key,
            span,
            "such as paths = [\"lib/shop/billing/*.ex\"], or modules = [\"Shop.Billing\"]",
        );
        let patterns = r.patterns(f, key)?;
        Some((patterns.words.first()?.clone(), patterns))
    },
};

const APP: Kind = Kind {
    key: "app",
    name: "coverage.app",
    known: &["app", "min", "severity"],
    patterns: |r, f, span| {
        r.must(f, "app", span, "such as app = \"shop_web\"");
        let app = r.text(f, "app")?.value;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !app.chars().all(plain) {
            let message = format!("coverage.app.app: {app:?} is no name of an app");
            r.problem(f.span("app"), message, None);
            return None;
        }
        let patterns = Patterns::new(vec![format!("apps/{app}/**")]).ok()?;
        Some((app, patterns))
    },
};

fn parts(r: &mut Reader<'_>, of: Fields<'_>, rules: &CoverageRules, kind: &Kind) -> Vec<PartRule> {
    let mut out = Vec::new();
    let mut names = BTreeSet::new();
    for (table, span) in r.tables(of, kind.key) {
        let f = r.open(kind.name, table, kind.known);
        r.must(f, "min", &span, "such as min = 80");
        let severity = r
            .weight(f, "severity")
            .map_or(rules.severity.value, |w| w.value);
        let (min, named) = (r.percent(f, "min"), (kind.patterns)(r, f, &span));
        let Some((name, patterns)) = named else {
            continue;
        };
        if !names.insert(name.clone()) {
            let message = format!("[[{}]]: {name:?} stands there twice", kind.name);
            r.problem(span, message, Some("give each its own name".into()));
        }
        out.extend(min.map(|min| PartRule {
            name,
            patterns,
            min,
            severity,
        }));
    }
    out
}
