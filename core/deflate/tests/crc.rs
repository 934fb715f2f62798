//! CRC-32 against `crc32fast`.

use deflate::{Shift, combine, crc32};

fn text(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect()
}

#[test]
fn every_length_and_alignment() {
    let text = text(1000);
    for start in 0..20 {
        for end in start..text.len() {
            assert_eq!(crc32(&text[start..end]), crc32fast::hash(&text[start..end]), "{start}..{end}");
        }
    }
}

#[test]
fn joined_at_every_place() {
    let text = text(1000);
    let whole = crc32fast::hash(&text);
    for at in 0..=text.len() {
        let (first, second) = (crc32(&text[..at]), crc32(&text[at..]));
        let length = (text.len() - at) as u64;
        assert_eq!(combine(first, second, length), whole, "{at}");
        assert_eq!(Shift::over(length).combine(first, second), whole, "{at}");
    }
}

/// Lengths with every digit, and beyond 2^32.
#[test]
fn joined_with_any_length() {
    let mut length = 1_u64;
    for step in 0..200 {
        let (first, second) = (0x1234_5678_u32.rotate_left(step), 0x9abc_def0_u32.rotate_right(step));
        let mut hasher = crc32fast::Hasher::new_with_initial_len(first, 10);
        hasher.combine(&crc32fast::Hasher::new_with_initial_len(second, length));
        assert_eq!(combine(first, second, length), hasher.finalize(), "{length}");
        assert_eq!(Shift::over(length).combine(first, second), combine(first, second, length), "{length}");
        length = length.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(7) >> (step % 60);
    }
    assert_eq!((combine(7, 0, 0), Shift::over(0).combine(7, 0)), (7, 7));
    for length in [u64::MAX - 10, 1 << 63, u64::from(u32::MAX) + 1] {
        let mut hasher = crc32fast::Hasher::new_with_initial_len(7, 10);
        hasher.combine(&crc32fast::Hasher::new_with_initial_len(9, length));
        assert_eq!(combine(7, 9, length), hasher.finalize(), "{length}");
    }
}
