//! A table of texts.

use std::fmt::Write as _;

use super::super::escape::markup as safe;
use super::super::shared::cut;
use super::{put, shown};

const ROWS: usize = 200;

/// Characters of a cell.
const CELL: usize = 500;

/// Rows under a caption, as many as there is room for; `what` is the word for one.
pub(super) fn table<const N: usize>(
    caption: &str,
    columns: [&str; N],
    rows: &[[String; N]],
    what: &str,
    page: &mut String,
) {
    put!(
        page,
        "<table><caption>{}</caption><thead><tr>",
        safe(caption)
    );
    for column in columns {
        put!(page, "<th scope=\"col\">{}</th>", safe(column));
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in rows.iter().take(ROWS) {
        page.push_str("<tr>");
        for cell in row {
            put!(page, "<td>{}</td>", safe(&cut(cell, CELL)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table>\n");
    shown(page, ROWS.min(rows.len()), rows.len(), what);
}
