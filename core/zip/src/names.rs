//! Names that every system can unpack beside each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::fold::{compose, fold, is_refused};

/// The most bytes of a name: what Linux and APFS take. In UTF-16 a name has no more units than it has bytes in UTF-8,
/// so it also fits on Windows, which takes 255 units.
const MOST: usize = 255;
/// The most bytes of what counts as an extension.
const EXTENSION: usize = 16;
/// What a name without any character becomes.
const NAMELESS: &str = "file";
/// Room for a space and a number in parentheses.
const NUMBER: usize = " (18446744073709551615)".len();

/// Makes names from wanted names, one after the other.
///
/// - A name is flat, not empty, and at most 255 bytes long. It has no character that Windows reserves, no control
///   and no invisible character, no dot at its start, no dot or space at its end, and is no device of Windows.
/// - Two names differ in more than their case and their Unicode normalization. The second `IMG_1.jpg` becomes
///   `IMG_1 (2).jpg`.
/// - A name depends on the wanted names so far and on nothing else.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The names so far, folded.
    taken: BTreeSet<String>,
    /// The next number for a stem and an extension, folded. Without it, each of many equal names would try all
    /// numbers.
    next: BTreeMap<String, u64>,
}

impl Names {
    /// The name for the next file.
    pub fn safe(&mut self, wanted: &str) -> String {
        let cleaned = clean(wanted);
        let (stem, extension) = split(&cleaned);
        let stem = stem.trim_start_matches(is_edge).trim_end_matches(is_edge);
        let stem = if stem.is_empty() { NAMELESS } else { stem };
        let escape = if is_device(stem) { "_" } else { "" };
        let stem = format!("{escape}{stem}");
        let name = format!("{}{extension}", cut(&stem, MOST - extension.len()));
        if self.taken.insert(fold(&name)) {
            return name;
        }
        let stem = cut(&stem, MOST - extension.len() - NUMBER);
        let next = self.next.entry(fold(&format!("{stem}{extension}"))).or_insert(2);
        loop {
            let name = format!("{stem} ({next}){extension}");
            *next += 1;
            if self.taken.insert(fold(&name)) {
                return name;
            }
        }
    }
}

/// What is cut off at the start and at the end of a name. A dot in front would hide the file, and Windows drops dots
/// and spaces at the end.
fn is_edge(char: char) -> bool {
    char == '.' || char.is_whitespace()
}

/// The text without what a name may not have. What is refused becomes an underscore.
fn clean(wanted: &str) -> String {
    let composed = compose(wanted);
    let kept: String = composed.chars().map(|char| if is_refused(char) { '_' } else { char }).collect();
    kept.trim_end_matches(is_edge).to_owned()
}

/// The stem, and the extension with its dot if there is one.
fn split(name: &str) -> (&str, &str) {
    let dot = name.rfind('.').filter(|dot| {
        let extension = name.get(dot + 1..).unwrap_or_default();
        !extension.is_empty() && extension.len() < EXTENSION && extension.chars().all(char::is_alphanumeric)
    });
    dot.and_then(|dot| name.split_at_checked(dot)).unwrap_or((name, ""))
}

/// The longest beginning of a stem that fits.
fn cut(stem: &str, most: usize) -> &str {
    stem.get(..stem.floor_char_boundary(most)).unwrap_or(stem).trim_end_matches(is_edge)
}

/// Whether Windows takes a file of this name for a device. It looks at what comes before the first dot.
///
/// <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>
fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let is_numbered = |kind: &str| {
        let number = first.strip_prefix(kind).map(|number| number.chars().collect::<Vec<_>>());
        number.is_some_and(|number| matches!(number[..], ['0'..='9' | '¹' | '²' | '³']))
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(&&*first)
        || is_numbered("COM")
        || is_numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(wanted: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        wanted.iter().map(|wanted| names.safe(wanted)).collect()
    }

    fn one(wanted: &str) -> String {
        Names::default().safe(wanted)
    }

    #[test]
    fn a_good_name_stays() {
        for name in [
            "IMG_1.jpg",
            "Frühling am Meer (2024).jpeg",
            "旅行 1日目.heic",
            "a.b.c",
            "Straße, 12 & Co.tar.gz",
            "console.txt",
            "COM.jpg",
            "COM10.jpg",
            "-rf",
            "👍🏽.png",
        ] {
            assert_eq!(one(name), name);
        }
    }

    #[test]
    fn what_a_system_refuses_is_replaced() {
        for (wanted, name) in [
            ("a/b\\c.jpg", "a_b_c.jpg"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("/absolute", "_absolute"),
            ("C:\\Users\\x.jpg", "C__Users_x.jpg"),
            ("what?<is>|\"this\"*.jpg", "what__is___this__.jpg"),
            ("line\nend\0\u{7f}\u{85}.txt", "line_end___.txt"),
            ("a\u{2028}b", "a_b"),
            ("a\u{ffff}\u{fdd0}b", "a__b"),
            ("trailing. . .", "trailing"),
            ("trailing .jpg", "trailing.jpg"),
            (" .hidden.jpg", "hidden.jpg"),
            ("a\u{a0}\u{3000}", "a"),
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            (" . ", "file"),
            (".jpg", "file.jpg"),
            ("\u{200b}.png", "file.png"),
        ] {
            assert_eq!(one(wanted), name, "{wanted:?}");
        }
    }

    #[test]
    fn a_device_of_windows_gets_an_underscore() {
        for (wanted, name) in [
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Aux.tar.gz", "_Aux.tar.gz"),
            ("prn .jpg", "_prn.jpg"),
            ("COM1.jpg", "_COM1.jpg"),
            ("lpt9", "_lpt9"),
            ("COM¹.jpg", "_COM¹.jpg"),
            ("con .a.b", "_con .a.b"),
            ("conin$", "_conin$"),
            ("C\u{200b}ON", "_CON"),
            (" CON. ", "_CON"),
        ] {
            assert_eq!(one(wanted), name, "{wanted:?}");
        }
    }

    #[test]
    fn characters_that_do_not_show_are_dropped() {
        assert_eq!(one("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(one("\u{feff}a\u{200d}b\u{ad}c\u{fe0f}\u{e0041}.jpg"), "abc.jpg");
        assert_eq!(one("e\u{200b}\u{301}.jpg"), "é.jpg", "and what is left is composed");
    }

    #[test]
    fn duplicates_are_told_apart() {
        assert_eq!(all(&["IMG_1.jpg"; 3]), ["IMG_1.jpg", "IMG_1 (2).jpg", "IMG_1 (3).jpg"]);
        assert_eq!(all(&["a.jpg", "A.JPG", "a.png"]), ["a.jpg", "A (2).JPG", "a.png"]);
        assert_eq!(all(&["é", "e\u{301}", "É"]), ["é", "é (2)", "É (3)"]);
        assert_eq!(all(&["straße", "STRASSE"]), ["straße", "STRASSE (2)"]);
        assert_eq!(all(&["a (2)", "a", "a", "a"]), ["a (2)", "a", "a (3)", "a (4)"]);
        assert_eq!(all(&["a", "a", "a (2)", "a (2)"]), ["a", "a (2)", "a (2) (2)", "a (2) (3)"]);
        assert_eq!(all(&["", ".."]), ["file", "file (2)"]);
        assert_eq!(all(&["CON", "_con"]), ["_CON", "_con (2)"]);
        assert_eq!(all(&["a/b", "a:b"]), ["a_b", "a_b (2)"]);
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let long = "ä".repeat(200);
        let name = one(&format!("{long}.jpeg"));
        assert_eq!(name, format!("{}.jpeg", "ä".repeat(125)));
        assert_eq!(one(&"x".repeat(300)), "x".repeat(255));
        // What is long behind a dot is no extension.
        assert_eq!(one(&format!("a.{}", "b".repeat(300))).len(), 255);
        // A cut leaves no space at the end.
        assert_eq!(one(&format!("{} {}", "x".repeat(254), "y".repeat(9))), "x".repeat(254));
        let both = all(&[&format!("{long}.jpeg"), &format!("{long}.JPEG")]);
        assert!(both[1].ends_with("ä (2).JPEG") && both[1].len() <= MOST, "{both:?}");
    }

    #[test]
    fn numbers_are_found_fast() {
        // With a search from 2 on for each, this would take hours.
        let mut names = Names::default();
        for number in 0..100_000_u64 {
            let wanted = if number == 0 { "a.jpg".to_owned() } else { format!("a ({}).jpg", number + 1) };
            assert_eq!(names.safe("a.jpg"), wanted);
        }
        // Names that differ only in what is cut off.
        let mut names = Names::default();
        let long = "x".repeat(250);
        for number in 0..20_000 {
            assert!(names.safe(&format!("{long}{number:05}.jpg")).len() <= MOST);
        }
        // Names that each come twice, and share the stem before their number.
        let mut names = Names::default();
        for number in 0..20_000 {
            names.safe(&format!("{long}{number:05}"));
            names.safe(&format!("{long}{number:05}"));
        }
    }
}
