//! How far two words are apart, for "did you mean".

/// Edit distance.
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut corner = std::mem::replace(&mut row[0], left);
        for (j, y) in b.chars().enumerate() {
            let cost = (corner + usize::from(x != y))
                .min(left + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], cost);
            left = cost;
        }
    }
    row.last().copied().unwrap_or(0)
}
