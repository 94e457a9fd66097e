//! What was measured.

use super::Section;
use super::table::table;
use crate::report::{Report, nanoseconds};

pub(super) fn section(report: &Report) -> Option<Section> {
    let ns = |ps: Option<u64>| ps.map_or("–".to_owned(), nanoseconds);
    let rows: Vec<[String; 6]> = report
        .scenarios()
        .map(|(_, s)| {
            let input = s.input.as_ref().map(|input| format!(" with {input}"));
            [
                format!("{}{}", s.name, input.unwrap_or_default()),
                ns(s.median_ps),
                ns(s.average_ps),
                ns(s.p99_ps),
                s.samples.to_string(),
                s.memory_bytes.map_or("–".to_owned(), |n| n.to_string()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut page = String::new();
    let columns = ["Scenario", "Median", "Average", "99 %", "Samples", "Bytes"];
    table(
        "Durations in nanoseconds",
        columns,
        &rows,
        "scenario",
        &mut page,
    );
    Some(Section::new("benchmarks", "Benchmarks", rows.len(), page))
}
