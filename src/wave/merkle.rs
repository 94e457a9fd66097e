//! The Merkle tree of RFC 6962: root, inclusion and consistency, with the checks of RFC 9162 §2.1. Pure.

use sha2::{Digest, Sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// Hash of an entry.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(entry)
        .finalize()
        .into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The largest power of two below `n`, for `n` of 2 and more.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The root over leaves; of an empty tree, the hash of nothing.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(&root(left), &root(right))
        }
    }
}

/// What leads from the leaf at `index` to the root. Empty where there is no such leaf.
#[must_use]
pub fn inclusion(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if index >= leaves.len() || leaves.len() < 2 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if index < k {
        (inclusion(left, index), root(right))
    } else {
        (inclusion(right, index - k), root(left))
    };
    proof.push(sibling);
    proof
}

/// Whether the leaf stands at `index` in the tree of `size` leaves with this root.
#[must_use]
pub fn is_included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], expected: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut f, mut s, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if s == 0 {
            return false;
        }
        if f & 1 == 1 || f == s {
            hash = node(step, &hash);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        f >>= 1;
        s >>= 1;
    }
    s == 0 && hash == *expected
}

/// What proves that the tree of the first `old` leaves is a beginning of this one.
#[must_use]
pub fn consistency(leaves: &[Hash], old: usize) -> Vec<Hash> {
    if old == 0 || old >= leaves.len() {
        return Vec::new();
    }
    below(leaves, old, true)
}

fn below(leaves: &[Hash], old: usize, whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if old <= k {
        (below(left, old, whole), root(right))
    } else {
        (below(right, old - k, false), root(left))
    };
    proof.push(sibling);
    proof
}

/// Whether the tree of `old` leaves with `old_root` is a beginning of the tree of `size` leaves with `new_root`.
#[must_use]
pub fn is_consistent(
    old: u64,
    old_root: &Hash,
    size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> bool {
    if old > size {
        return false;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == root(&[]);
    }
    if old == size {
        return proof.is_empty() && old_root == new_root;
    }
    let mut steps = proof.iter();
    let (mut f, mut s) = (old - 1, size - 1);
    while f & 1 == 1 {
        f >>= 1;
        s >>= 1;
    }
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        steps.next()
    };
    let Some(first) = first else {
        return false;
    };
    let (mut from, mut to) = (*first, *first);
    for step in steps {
        if s == 0 {
            return false;
        }
        if f & 1 == 1 || f == s {
            from = node(step, &from);
            to = node(step, &to);
            while f & 1 == 0 && f != 0 {
                f >>= 1;
                s >>= 1;
            }
        } else {
            to = node(&to, step);
        }
        f >>= 1;
        s >>= 1;
    }
    s == 0 && from == *old_root && to == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::hex;

    fn leaves(n: u8) -> Vec<Hash> {
        (0..n).map(|i| leaf(&[i])).collect()
    }

    /// The roots that RFC 6962's own test data gives (`certificate-transparency`'s merkle tree test).
    #[test]
    fn known_roots() {
        let entries: [&[u8]; 3] = [b"", b"\0", b"\x10"];
        let leaves: Vec<Hash> = entries.iter().map(|e| leaf(e)).collect();
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ];
        for (n, expected) in roots.iter().enumerate() {
            assert_eq!(hex(&root(&leaves[..n])), *expected);
        }
    }

    #[test]
    fn every_leaf_is_included_and_no_other() {
        for n in 1..=20u8 {
            let tree = leaves(n);
            let top = root(&tree);
            for i in 0..n {
                let proof = inclusion(&tree, i.into());
                let at =
                    |leaf: &Hash, i: u8, n: u8| is_included(leaf, i.into(), n.into(), &proof, &top);
                assert!(at(&tree[usize::from(i)], i, n));
                assert!(!at(&leaf(b"other"), i, n));
                assert!(n == 1 || !at(&tree[usize::from(i)], (i + 1) % n, n));
                // Two sizes may give a leaf the same path; the checkpoint names the size.
                assert!(n > 16 || !at(&tree[usize::from(i)], i, n + 9));
            }
        }
    }

    #[test]
    fn every_beginning_is_consistent_and_nothing_else() {
        for n in 1..=20u8 {
            let tree = leaves(n);
            for old in 0..=n {
                let begin = root(&tree[..old.into()]);
                let proof = consistency(&tree, old.into());
                let new = root(&tree);
                assert!(
                    is_consistent(old.into(), &begin, n.into(), &new, &proof),
                    "{old} of {n}"
                );
                let other = leaf(b"other");
                assert!(!is_consistent(old.into(), &other, n.into(), &new, &proof));
                assert!(old == 0 || !is_consistent(old.into(), &begin, n.into(), &other, &proof));
            }
        }
    }
}
