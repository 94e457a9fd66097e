//! The layout: pages of a section, and what is said of the rest.

use super::*;
use crate::gates::Ruling;

fn section(whole: bool) -> Section {
    Section {
        title: "Findings",
        note: "48 high".into(),
        whole,
        body: Body::Note,
    }
}

fn table(rows: usize) -> Table {
    let row = |i: usize| Row {
        cells: vec![format!("row{i}."), "words ".repeat(100)],
        tone: Some(Ruling::Fail),
    };
    Table {
        heads: vec![
            Head {
                title: "Name",
                share: 300,
                look: Look::Code,
            },
            Head {
                title: "Why",
                share: 700,
                look: Look::Plain,
            },
        ],
        rows: (0..rows).map(row).collect(),
    }
}

#[test]
fn pages_hold_what_fits_in_order() {
    let things = (0..10).map(|i| (30.0, i)).collect();
    let (pages, left) = paged(true, things, 100.0);
    assert_eq!(
        pages,
        [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7, 8], vec![9]]
    );
    assert_eq!(left, 0);
    let things = (0..10).map(|i| (30.0, i)).collect();
    let (pages, left) = paged(false, things, 100.0);
    assert_eq!((pages.len(), left), (SLIDES, 1));
    // Higher than a slide: alone, never lost.
    assert_eq!(
        paged(true, vec![(300.0, 'a'), (300.0, 'b')], 100.0).0.len(),
        2
    );
    assert!(paged::<u8>(false, Vec::new(), 100.0).0.is_empty());
}

#[test]
fn a_section_that_is_shown_in_full_has_every_row() {
    let all: String = table::draw(&section(true), &table(90))
        .iter()
        .map(|s| s.shapes.as_str())
        .collect();
    assert!((0..90).all(|i| all.contains(&format!("row{i}."))));
    let some = table::draw(&section(false), &table(90));
    assert_eq!(some.len(), SLIDES);
    assert!(
        some[2].shapes.contains("of these only in the PDF")
            && !some[1].shapes.contains("only in the PDF")
    );
    assert!(some[1].shapes.contains("Findings (2 of 3)"));
}

#[test]
fn shapes_have_numbers_of_their_own_and_lie_on_the_slide() {
    for slide in table::draw(&section(true), &table(40)) {
        let numbers = slide
            .shapes
            .split("<p:cNvPr id=\"")
            .skip(1)
            .map(|s| s.split('"').next());
        let mut numbers: Vec<_> = numbers.collect();
        let all = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
        for place in slide.shapes.split("<a:off x=\"").skip(1) {
            let mut values = place
                .split('"')
                .step_by(2)
                .take(4)
                .map(|v| v.parse::<i64>().unwrap());
            let mut next = || values.next().unwrap();
            let (x, y, width, height) = (next(), next(), next(), next());
            assert!(
                x >= 0
                    && y >= 0
                    && x + width <= slide::emu(slide::WIDTH)
                    && y + height <= slide::emu(slide::HEIGHT)
            );
        }
    }
}

#[test]
fn text_is_cut_visibly() {
    let look = text::Type::new(crate::wave::paper::font::Face::Regular, 12.0, [0; 3]);
    let (text, lines) = text::fit(&"words ".repeat(100), look, 200.0, 2);
    assert!(text.ends_with('…') && lines == 2 && text.len() > 40);
    assert_eq!(text::fit("words", look, 200.0, 2), ("words".into(), 1));
}

#[test]
fn a_title_is_as_wide_as_its_place_in_the_widest_font() {
    use crate::wave::paper::font::Face;
    let look = text::Type::new(Face::Bold, 40.0, [0; 3]);
    for text in [
        "a\\u{202e}b\\x00\\x1b[31m\\u{fffe}<&\">'(\\) %PDF and so on",
        &"漢字".repeat(40),
        &"W".repeat(200),
    ] {
        let (kept, _) = text::fit(text, look, 848.0, 1);
        assert!(Face::Bold.width(&kept, 40.0 * 1.16) <= 848.0, "{kept}");
    }
}

#[test]
fn bars_that_fit_on_a_slide_stand_on_one() {
    let bar = |hundredths| crate::wave::paper::Bar {
        label: "lib/".into(),
        value: String::new(),
        hundredths: Some(hundredths),
        tone: None,
    };
    for (n, slides) in [
        (1, 1),
        (8, 1),
        (12, 1),
        (14, 1),
        (15, 2),
        (28, 2),
        (90, SLIDES),
    ] {
        let bars: Vec<_> = (0..n).map(bar).collect();
        assert_eq!(bars::draw(&section(false), &bars).len(), slides, "{n} bars");
    }
}
