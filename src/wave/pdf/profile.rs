//! The colour profile sRGB (ICC version 2): what the numbers of the colours mean. PDF/A demands that it is in the file.

/// Points of the tone curve.
const CURVE: u16 = 256;

/// The profile: a header, a table of tags, and their data.
pub(super) fn srgb() -> Vec<u8> {
    let curve = curve();
    // Primaries adapted to D50, as published with the ICC's own sRGB profile, in 1/65536.
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description()),
        (b"cprt", text(b"No copyright, use freely")),
        (b"wtpt", xyz([0xf6d6, 0x10000, 0xd32d])),
        (b"rXYZ", xyz([0x6fa2, 0x38f5, 0x0390])),
        (b"gXYZ", xyz([0x6299, 0xb785, 0x18da])),
        (b"bXYZ", xyz([0x24a0, 0x0f84, 0xb6cf])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    for (name, bytes) in &tags {
        table.extend(*name);
        table.extend(((start + data.len()) as u32).to_be_bytes());
        table.extend((bytes.len() as u32).to_be_bytes());
        data.extend(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header(start + data.len());
    profile.extend(table);
    profile.extend(data);
    profile
}

fn header(size: usize) -> Vec<u8> {
    let mut header = (size as u32).to_be_bytes().to_vec();
    header.extend([0; 4]);
    header.extend([2, 0x10, 0, 0]);
    header.extend(b"mntrRGB XYZ ");
    // A fixed date: 2026-01-01.
    for part in [2026u16, 1, 1, 0, 0, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(b"acsp");
    header.resize(68, 0);
    // The light of the connection space: D50.
    for part in [0xf6d6u32, 0x10000, 0xd32d] {
        header.extend(part.to_be_bytes());
    }
    header.resize(128, 0);
    header
}

fn xyz(parts: [u32; 3]) -> Vec<u8> {
    let mut bytes = b"XYZ \0\0\0\0".to_vec();
    bytes.extend(parts.iter().flat_map(|part| part.to_be_bytes()));
    bytes
}

fn text(words: &[u8]) -> Vec<u8> {
    [b"text\0\0\0\0", words, b"\0"].concat()
}

fn description() -> Vec<u8> {
    let name = b"sRGB\0";
    let mut bytes = b"desc\0\0\0\0".to_vec();
    bytes.extend((name.len() as u32).to_be_bytes());
    bytes.extend(name);
    // No name in Unicode, and none for old Macs.
    bytes.resize(bytes.len() + 4 + 4 + 2 + 1 + 67, 0);
    bytes
}

/// IEC 61966-2-1: a straight piece, then a power.
fn curve() -> Vec<u8> {
    let mut bytes = b"curv\0\0\0\0".to_vec();
    bytes.extend(u32::from(CURVE).to_be_bytes());
    for i in 0..CURVE {
        let x = f64::from(i) / f64::from(CURVE - 1);
        let y = match x <= 0.04045 {
            true => x / 12.92,
            false => ((x + 0.055) / 1.055).powf(2.4),
        };
        bytes.extend(((y * 65_535.0).round() as u16).to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_as_long_as_it_says_and_every_tag_is_in_it() {
        let profile = srgb();
        let word = |at: usize| {
            let bytes: [u8; 4] = profile[at..at + 4].try_into().unwrap();
            u32::from_be_bytes(bytes) as usize
        };
        assert_eq!(word(0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(word(128), 9);
        for tag in 0..9 {
            let (from, length) = (word(136 + tag * 12), word(140 + tag * 12));
            assert!(from % 4 == 0 && from + length <= profile.len());
        }
    }

    #[test]
    fn the_curve_rises_from_black_to_white() {
        let curve = curve();
        let values: Vec<u16> = curve[12..]
            .chunks(2)
            .map(|b| u16::from_be_bytes([b[0], b[1]]))
            .collect();
        assert!(values.windows(2).all(|w| w[0] < w[1]));
        assert_eq!((values[0], values[128], values[255]), (0, 14146, 65_535));
    }
}
