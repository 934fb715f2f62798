//! What characters do in a name: which do not show, which a file system refuses, and which are the same to it.

use std::ops::RangeInclusive;

use crate::normal::{nfc, nfd};

/// Characters without a shape of their own, which hide what a name is or turn its direction: those with Unicode's
/// property Default_Ignorable_Code_Point, and the annotations of U+FFF9 to U+FFFB. Some file systems skip them when
/// they compare names.
const INVISIBLE: [RangeInclusive<char>; 17] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Whether a character is left out of names.
pub fn is_invisible(char: char) -> bool {
    INVISIBLE.iter().any(|range| range.contains(&char))
}

/// Whether a name may not have this character: what Windows reserves, controls, ends of lines, and what is not a
/// character at all.
pub fn is_refused(char: char) -> bool {
    let is_none = u32::from(char) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&char);
    r#"<>:"/\|?*"#.contains(char) || char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') || is_none
}

/// The text as it is composed (NFC), without invisible characters.
pub fn compose(text: &str) -> String {
    nfc(text.chars().filter(|char| !is_invisible(*char)))
}

/// A text that two names share if a file system may take them for the same: whatever their case and their
/// normalization.
///
/// Lower, upper and lower case again make one of ẞ, ß and ss, of ſ and s, of ς and σ.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = nfd(text.chars());
    let lower = lower.chars().flat_map(char::to_lowercase);
    nfd(lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_normalization_fold_to_one() {
        for (one, other) in [
            ("IMG_1.JPG", "img_1.jpg"),
            ("é", "e\u{301}"),
            ("É", "e\u{301}"),
            ("straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("ΣΑΣ", "σας"),
            ("ſ", "S"),
            ("ﬁ", "FI"),
            ("\u{212a}", "k"),
            ("\u{212b}", "a\u{30a}"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
            ("ǅ", "ǆ"),
            ("ᾳ", "ΑΙ"),
            ("a\u{345}\u{301}", "a\u{301}\u{345}"),
            ("Ꭰ", "ꭰ"),
            ("𐐀", "𐐨"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("e", "é"), ("1", "①"), ("a ", "a")] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn no_case_and_no_normalization_of_a_character_folds_to_another_text() {
        // Beyond the first two planes, only these characters have another form.
        for char in ('\0'..='\u{1ffff}').chain('\u{2f800}'..='\u{2fa1f}') {
            let text = char.to_string();
            let folded = fold(&text);
            assert_eq!(fold(&folded), folded, "{text:?}");
            for other in [text.to_uppercase(), text.to_lowercase(), nfc(text.chars()), nfd(text.chars())] {
                assert_eq!(fold(&other), folded, "{text:?} {other:?}");
            }
        }
    }
}
