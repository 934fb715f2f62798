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
