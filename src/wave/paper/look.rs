//! The colours of the papers: ink on white, one accent for each ruling.

use crate::gates::Ruling;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// Text, and the band of the title.
pub(crate) const INK: Rgb = [0x1b, 0x26, 0x36];
/// Text that explains.
pub(crate) const MUTED: Rgb = [0x5a, 0x67, 0x78];
/// Text on the band that explains.
pub(crate) const MIST: Rgb = [0xb8, 0xc4, 0xd3];
/// Rules between rows.
pub(crate) const HAIR: Rgb = [0xd9, 0xdf, 0xe6];
/// Behind figures, heads of tables and bars.
pub(crate) const WASH: Rgb = [0xf1, 0xf4, 0xf7];
/// Bars that no gate judged.
pub(crate) const SLATE: Rgb = [0x6f, 0x86, 0xa3];
/// The page.
pub(crate) const WHITE: Rgb = [0xff, 0xff, 0xff];

/// The accent of a ruling: dark enough for white text on it, and for text of its colour on white.
pub(crate) fn accent(ruling: Ruling) -> Rgb {
    match ruling {
        Ruling::Pass => [0x1e, 0x7b, 0x4f],
        Ruling::Undecided => [0x9a, 0x64, 0x00],
        Ruling::Fail => [0xb4, 0x2a, 0x22],
    }
}

/// The accent of what may have one.
pub(crate) fn tone(ruling: Option<Ruling>, otherwise: Rgb) -> Rgb {
    ruling.map_or(otherwise, accent)
}
