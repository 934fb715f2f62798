//! What is true for any text whatever, read as a `Range` header.

use std::iter::Peekable;
use std::str::Bytes;

use gallery::range::{ByteRange, parse};

/// Sizes of objects: none, small, around 32 bits, and the largest that can be counted.
const SIZES: [u64; 8] = [0, 1, 2, 10, u32::MAX as u64, 1 << 32, 6 << 30, u64::MAX];

pub fn check(header: &str) {
    let parsed = parse(header);
    assert_eq!(parsed, by_grammar(header), "{header:?}");
    for range in parsed.into_iter().flatten() {
        // A range is sent to the bucket as this crate writes it, and must mean the same there.
        assert_eq!(parse(&range.to_string()), Some(vec![range]), "{range}");
        for size in SIZES {
            assert_eq!(range.resolve(size), counted(range, size), "{range} of {size}");
        }
    }
}

/// RFC 9110 section 14.1.1, read character by character.
fn by_grammar(header: &str) -> Option<Vec<ByteRange>> {
    let unit = header.get(..6).filter(|unit| unit.eq_ignore_ascii_case("bytes="))?;
    let rest = &mut header[unit.len()..].bytes().peekable();
    let mut ranges = Vec::new();
    loop {
        skip_blanks(rest);
        let first = number(rest);
        let dash = rest.next_if_eq(&b'-').is_some();
        let last = if dash { number(rest) } else { None };
        match (first, dash, last) {
            (None, false, _) => {} // an empty element
            (Some(first), true, Some(last)) if first <= last => ranges.push(ByteRange::Closed(first, last)),
            (Some(first), true, None) => ranges.push(ByteRange::From(first)),
            (None, true, Some(length)) => ranges.push(ByteRange::Suffix(length)),
            _ => return None,
        }
        skip_blanks(rest);
        match rest.next() {
            None => return Some(ranges).filter(|ranges| !ranges.is_empty()),
            Some(b',') => {}
            Some(_) => return None,
        }
    }
}

fn skip_blanks(rest: &mut Peekable<Bytes<'_>>) {
    while rest.next_if(|byte| matches!(byte, b' ' | b'\t')).is_some() {}
}

/// The number that the next digits make. A number beyond 64 bits counts as the largest number.
fn number(rest: &mut Peekable<Bytes<'_>>) -> Option<u64> {
    let mut number = None;
    while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
        let more = u128::from(number.unwrap_or(0_u64)) * 10 + u128::from(digit - b'0');
        number = Some(u64::try_from(more).unwrap_or(u64::MAX));
    }
    number
}

/// The first and last byte, counted in numbers that do not overflow.
fn counted(range: ByteRange, size: u64) -> Option<(u64, u64)> {
    let size = i128::from(size);
    let (first, last) = match range {
        ByteRange::Closed(first, last) => (first.into(), last.into()),
        ByteRange::From(first) => (first.into(), size),
        ByteRange::Suffix(length) => ((size - i128::from(length)).max(0), size),
    };
    let last = last.min(size - 1);
    let at = |at: i128| u64::try_from(at).expect("below the size");
    (first <= last).then(|| (at(first), at(last)))
}
