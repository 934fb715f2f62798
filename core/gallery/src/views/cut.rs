//! Where the blocks of a view end.
//!
//! A list of more than [`MOST`] items is cut after the item whose key has the smallest hash, and each half is treated
//! likewise. So the cuts depend on nothing but the items, and a block ends where the hash of its last key says so. The
//! cuts are those of a treap that ends in leaves of at most [`MOST`] items: a new item changes the block that it comes
//! into, or, where it makes a cut or a block too long, the two blocks beside the cut, and no other.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// The most items of a block. Blocks have half as many on average.
pub const MOST: usize = 128;

/// The lengths of the blocks of items with these keys, in order. They add up to the number of keys.
pub fn cut<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let ranks: Vec<u64> = keys.into_iter().map(rank).collect();
    cut_where(&ranks, |run| run.len() <= MOST)
}

/// The lengths of runs of items with these hashes, each of which fits, or has one item.
pub fn cut_where(ranks: &[u64], fits: impl Fn(&Range<usize>) -> bool) -> Vec<usize> {
    let mut lengths = Vec::with_capacity(ranks.len() / (MOST / 2) + 1);
    // The runs that are not yet cut, the first on top.
    let mut runs = Vec::from([Range { start: 0, end: ranks.len() }]);
    while let Some(run) = runs.pop() {
        if run.len() <= 1 || fits(&run) {
            lengths.extend(Some(run.len()).filter(|length| *length > 0));
            continue;
        }
        // The last item makes no cut.
        let inner = &ranks[run.start..run.end - 1];
        let lowest = inner.iter().enumerate().min_by_key(|(_, rank)| **rank).map_or(0, |(at, _)| at);
        let middle = run.start + lowest + 1;
        runs.extend([middle..run.end, run.start..middle]);
    }
    lengths
}

fn rank(key: &str) -> u64 {
    let digest = Sha256::digest(key.as_bytes());
    u64::from_be_bytes(std::array::from_fn(|at| digest[at]))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn keys(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("2025/06 Wedding/IMG_{number:05}.jpg")).collect()
    }

    fn blocks(keys: &[String]) -> Vec<&[String]> {
        let mut rest = keys;
        cut(keys.iter().map(String::as_str))
            .into_iter()
            .map(|length| {
                let (block, more) = rest.split_at(length);
                rest = more;
                block
            })
            .collect()
    }

    #[test]
    fn blocks_are_of_some_64_and_at_most_128_items() {
        for count in [0, 1, 127, 128, 129, 1000, 10_000] {
            let lengths = cut(keys(count).iter().map(String::as_str));
            assert_eq!(lengths.iter().sum::<usize>(), count);
            assert!(lengths.iter().all(|length| (1..=MOST).contains(length)), "{count}");
        }
        let blocks = cut(keys(10_000).iter().map(String::as_str)).len();
        assert!((120..220).contains(&blocks), "{blocks} blocks");
    }

    #[test]
    fn a_new_item_changes_at_most_two_blocks() {
        let all = keys(3000);
        for seed in 0..400 {
            let (from, length) = (seed * 7 % 500, 300 + seed * 5 % 2000);
            let mut list = all[from..from + length].to_vec();
            let before: HashSet<Vec<String>> = blocks(&list).into_iter().map(<[String]>::to_vec).collect();
            list.insert(seed * 31 % (length + 1), format!("new {seed}.jpg"));
            let changed = blocks(&list).into_iter().filter(|block| !before.contains(*block)).count();
            assert!((1..=2).contains(&changed), "{changed} blocks changed by item {seed}");
        }
    }
}
