//! The layout: everything lies on its page, heads repeat, rows and cards stay whole.

use super::canvas::{Area, HEIGHT, Mark, WIDTH, Words};
use super::*;
use crate::gates::Ruling;
use crate::wave::paper::{Bar, Card, Column, Figure, Head, Line, Look, Row, Table};

fn paper(sections: Vec<Section>) -> Paper {
    Paper {
        project: "shop".into(),
        wave: 7,
        date: "2026-11-21T00:01:12Z".into(),
        verdict: Ruling::Fail,
        says: "1 of 4 gates failed.".into(),
        facts: vec![("Commit", "3f1c9a6".into()), ("Branch", "main".into())],
        figures: vec![Figure {
            value: "1,204".into(),
            label: "tests ran".into(),
        }],
        sections,
    }
}

fn section(title: &'static str, body: Body) -> Section {
    Section {
        title,
        note: "showing some of many".into(),
        whole: false,
        body,
    }
}

fn table(rows: usize, text: &str) -> Body {
    let head = |title, share, look| Head { title, share, look };
    let row = |i: usize| Row {
        cells: vec![format!("row{i}"), "fail".into(), text.to_owned()],
        tone: Some(Ruling::Fail),
    };
    Body::Table(Table {
        heads: vec![
            head("Name", 300, Look::Code),
            head("Ruling", 150, Look::Tone),
            head("Why", 550, Look::Plain),
        ],
        rows: (0..rows).map(row).collect(),
    })
}

fn everything(text: &str) -> Vec<Section> {
    let bar = Bar {
        label: text.to_owned(),
        value: text.to_owned(),
        hundredths: Some(u64::MAX),
        tone: None,
    };
    let line = |code| Line {
        label: "cause",
        text: text.to_owned(),
        code,
    };
    let card = Card {
        title: text.to_owned(),
        count: "12 failures".into(),
        lines: vec![line(true), line(false)],
    };
    let column = Column {
        label: text.chars().take(9).collect(),
        value: "81.20".into(),
        hundredths: Some(8_120),
        tone: Ruling::Pass,
    };
    vec![
        section("Table", table(40, text)),
        section("Bars", Body::Bars(vec![bar; 60])),
        section("Cards", Body::Cards(vec![card; 30])),
        section("Columns", Body::Columns(vec![column; 24])),
        section("Note", Body::Note),
    ]
}

fn on_its_page(mark: &Mark) -> bool {
    let inside = |x: f32, width: f32| x >= 0.0 && x + width <= WIDTH + 0.1;
    match mark {
        Mark::Box(
            Area {
                x,
                y,
                width,
                height,
            },
            ..,
        ) => inside(*x, *width) && *y >= 0.0 && y + height <= HEIGHT - 40.0,
        Mark::Text(w) => {
            inside(w.x, w.face.width(&w.text, w.size)) && w.y > w.size && w.y < HEIGHT - 30.0
        }
    }
}

fn words(page: &[Mark]) -> Vec<&Words> {
    let words = page.iter().filter_map(|mark| match mark {
        Mark::Text(words) => Some(words),
        Mark::Box(..) => None,
    });
    words.collect()
}

#[test]
fn nothing_lies_outside_of_its_page_or_its_margins() {
    let long = "漢字 ".repeat(20) + &"a_very_long_word_without_a_space".repeat(9);
    for text in [
        "short",
        "",
        "words that go on and on and on and on ".repeat(9).as_str(),
        &long,
    ] {
        let mut paper = paper(everything(text));
        paper.project = text.repeat(3);
        let flow = lay_out(&paper);
        for (i, page) in flow.pages.iter().enumerate() {
            for mark in page {
                assert!(on_its_page(mark), "page {}: {mark:?}", i + 1);
            }
            let margins = words(page)
                .iter()
                .all(|w| w.x >= 47.9 && w.x + w.face.width(&w.text, w.size) <= WIDTH - 47.0);
            assert!(margins, "page {}", i + 1);
        }
    }
}

#[test]
fn every_page_of_a_table_has_its_heads_and_every_row_is_there_once() {
    let flow = lay_out(&paper(vec![section("Table", table(130, "why it is so"))]));
    let pages = flow.pages.len();
    assert!((4..=7).contains(&pages), "{pages}");
    let mut rows = Vec::new();
    for (i, page) in flow.pages.iter().enumerate() {
        let texts: Vec<&str> = words(page).iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts.iter().filter(|t| **t == "Ruling").count(), 1);
        assert!(texts.contains(&format!("{} / {pages}", i + 1).as_str()));
        rows.extend(
            texts
                .iter()
                .filter(|t| t.starts_with("row"))
                .map(|t| (*t).to_owned()),
        );
    }
    let expected: Vec<String> = (0..130).map(|i| format!("row{i}")).collect();
    assert_eq!(rows, expected);
}

#[test]
fn lines_do_not_lie_upon_each_other() {
    let text = "some words of a sentence that needs more than one line in its column ".repeat(3);
    let flow = lay_out(&paper(everything(&text)));
    for page in &flow.pages {
        let words = words(page);
        for (i, a) in words.iter().enumerate() {
            for b in words.iter().skip(i + 1) {
                let beside = a.x + a.face.width(&a.text, a.size) <= b.x + 0.1
                    || b.x + b.face.width(&b.text, b.size) <= a.x + 0.1;
                assert!(beside || (a.y - b.y).abs() > 7.0, "{a:?}\n{b:?}");
            }
        }
    }
}

#[test]
fn a_heading_stays_with_what_follows() {
    for rows in 1..60 {
        let sections = vec![
            section("First", table(rows, "x")),
            section("Second", table(1, "x")),
        ];
        let flow = lay_out(&paper(sections));
        let (_, page, y) = flow.headings[1];
        let below = words(&flow.pages[page])
            .iter()
            .any(|w| w.text == "row0" && w.y > y);
        assert!(below, "{rows} rows");
    }
}
