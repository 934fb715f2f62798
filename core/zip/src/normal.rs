//! Canonical decomposition and composition (NFD, NFC): the Unicode Standard, sections 3.11 and 3.12.

use std::cmp::Ordering;

use tables::{CLASSES, DECOMPOSED, PAIRS, PARTS, STARTS};

#[allow(clippy::unicode_not_nfc, clippy::unreadable_literal, reason = "build.rs writes them")]
mod tables {
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

// Syllables of Hangul: how many there are, of which letters, and where they begin.
const SYLLABLE: u32 = 0xac00;
const SYLLABLES: u32 = 11_172;
const LEAD: u32 = 0x1100;
const LEADS: u32 = 19;
const VOWEL: u32 = 0x1161;
const VOWELS: u32 = 21;
/// The letter before the first one at the end: a syllable may have none.
const TRAIL: u32 = 0x11a7;
const TRAILS: u32 = 28;

/// The text in which every character is decomposed, and marks that combine are in canonical order.
pub fn nfd(text: impl Iterator<Item = char>) -> String {
    decomposed(text).into_iter().map(|(_, char)| char).collect()
}

/// The text in which every character is composed that can be.
pub fn nfc(text: impl Iterator<Item = char>) -> String {
    let mut composed: Vec<char> = Vec::new();
    // The last character of class 0, and the class of what was kept behind it.
    let (mut starter, mut before) = (None::<usize>, 0);
    for (class, char) in decomposed(text) {
        let follows = |at: usize| at + 1 == composed.len();
        if let Some(at) = starter
            && (follows(at) || before != 0 && before < class)
            && let Some(whole) = compose(composed[at], char)
        {
            composed[at] = whole;
            continue;
        }
        if class == 0 {
            starter = Some(composed.len());
        }
        before = class;
        composed.push(char);
    }
    composed.into_iter().collect()
}

/// The parts of the characters with their classes.
fn decomposed(text: impl Iterator<Item = char>) -> Vec<(u8, char)> {
    let mut parts = Vec::new();
    for char in text {
        decompose(char, &mut parts);
    }
    // Marks between two characters of class 0 are sorted, and keep their order where the class is the same.
    for marks in parts.split_mut(|(class, _)| *class == 0) {
        marks.sort_by_key(|(class, _)| *class);
    }
    parts
}

fn decompose(char: char, parts: &mut Vec<(u8, char)>) {
    let number = u32::from(char);
    if let Some(syllable) = number.checked_sub(SYLLABLE).filter(|syllable| *syllable < SYLLABLES) {
        let (lead, rest) = (syllable / (VOWELS * TRAILS), syllable % (VOWELS * TRAILS));
        let letters = [LEAD + lead, VOWEL + rest / TRAILS, TRAIL + rest % TRAILS];
        let letters = letters.into_iter().filter(|letter| *letter != TRAIL);
        parts.extend(letters.filter_map(|letter| Some((0, char::from_u32(letter)?))));
        return;
    }
    let Ok(at) = DECOMPOSED.binary_search(&number) else {
        parts.push((class(char), char));
        return;
    };
    let decomposed = PARTS.get(usize::from(STARTS[at])..usize::from(STARTS[at + 1])).unwrap_or_default();
    parts.extend(decomposed.chars().map(|part| (class(part), part)));
}

fn compose(first: char, second: char) -> Option<char> {
    let (first, second) = (u32::from(first), u32::from(second));
    let below = |number: u32, base: u32, count: u32| number.checked_sub(base).filter(|number| *number < count);
    if let (Some(lead), Some(vowel)) = (below(first, LEAD, LEADS), below(second, VOWEL, VOWELS)) {
        return char::from_u32(SYLLABLE + (lead * VOWELS + vowel) * TRAILS);
    }
    if let (Some(syllable), Some(trail)) = (below(first, SYLLABLE, SYLLABLES), below(second, TRAIL, TRAILS))
        && syllable % TRAILS == 0
        && trail > 0
    {
        return char::from_u32(first + trail);
    }
    let at = PAIRS.binary_search_by(|[one, other, _]| (*one, *other).cmp(&(first, second))).ok()?;
    char::from_u32(PAIRS[at][2])
}

/// The combining class.
fn class(char: char) -> u8 {
    let number = u32::from(char);
    let place = |(start, end, _): &(u32, u32, u8)| match (*end < number, *start > number) {
        (true, _) => Ordering::Less,
        (_, true) => Ordering::Greater,
        _ => Ordering::Equal,
    };
    CLASSES.binary_search_by(place).map_or(0, |at| CLASSES[at].2)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn is_as_by_the_library(text: &[char]) {
        let chars = || text.iter().copied();
        assert_eq!(nfd(chars()), chars().nfd().collect::<String>(), "{text:?}");
        assert_eq!(nfc(chars()), chars().nfc().collect::<String>(), "{text:?}");
    }

    #[test]
    fn every_character_alone_and_decomposed() {
        for char in '\0'..=char::MAX {
            is_as_by_the_library(&[char]);
            let parts: Vec<char> = [char].into_iter().nfd().collect();
            is_as_by_the_library(&parts);
        }
    }

    #[test]
    fn any_text() {
        let mut random = fastrand::Rng::with_seed(7);
        let marks: Vec<char> = ('\0'..='\u{1ffff}').filter(|char| class(*char) > 0).collect();
        let letters: Vec<char> = PAIRS.iter().flatten().filter_map(|number| char::from_u32(*number)).collect();
        let hangul: Vec<char> = ('\u{1100}'..='\u{11ff}').chain('\u{ac00}'..='\u{ac40}').collect();
        for _ in 0..100_000 {
            let some = (0..random.usize(..10)).map(|_| match random.u8(..8) {
                0..3 => marks[random.usize(..marks.len())],
                3..5 => letters[random.usize(..letters.len())],
                5..7 => hangul[random.usize(..hangul.len())],
                _ => random.char('\0'..='\u{1ffff}'),
            });
            is_as_by_the_library(&some.collect::<Vec<_>>());
        }
    }
}
