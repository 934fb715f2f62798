//! Writes the canonical decompositions, compositions and combining classes of Unicode as small tables. Those of the
//! crate `unicode-normalization` are made for speed, and take several times as much of a program.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// Syllables of Hangul are calculated: the Unicode Standard, section 3.12.
const HANGUL: std::ops::RangeInclusive<char> = '\u{ac00}'..='\u{d7a3}';

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let (mut chars, mut starts, mut parts, mut count) = (String::new(), String::new(), String::new(), 0);
    let mut pairs: Vec<[u32; 3]> = Vec::new();
    let mut classes: Vec<(u32, u32, u8)> = Vec::new();
    for char in '\0'..=char::MAX {
        let number = u32::from(char);
        match (canonical_combining_class(char), classes.last_mut()) {
            (0, _) => {}
            (class, Some((_, end, before))) if class == *before && *end + 1 == number => *end = number,
            (class, _) => classes.push((number, number, class)),
        }
        let mut decomposed = Vec::new();
        decompose_canonical(char, |part| decomposed.push(part));
        if HANGUL.contains(&char) || decomposed == [char] {
            continue;
        }
        write!(chars, "{number},")?;
        write!(starts, "{},", parts.len())?;
        parts.extend(&decomposed);
        count += 1;
        if let [first, between @ .., last] = &decomposed[..]
            && let Some(first) = between.iter().try_fold(*first, |first, mark| compose(first, *mark))
            && compose(first, *last) == Some(char)
        {
            pairs.push([u32::from(first), u32::from(*last), number]);
        }
    }
    pairs.sort_unstable();
    let (class_count, pair_count, end) = (classes.len(), pairs.len(), parts.len());
    let text = format!(
        "/// The characters that have a decomposition, in order.\n\
         pub static DECOMPOSED: [u32; {count}] = [{chars}];\n\
         /// Where the decomposition of each begins in [`PARTS`], and where the last one ends.\n\
         pub static STARTS: [u16; {count} + 1] = [{starts}{end}];\n\
         pub static PARTS: &str = {parts:?};\n\
         /// Two characters and the one that they compose, in order.\n\
         pub static PAIRS: [[u32; 3]; {pair_count}] = {pairs:?};\n\
         /// Characters from the first to the second have the combining class that is the third. All others have 0.\n\
         pub static CLASSES: [(u32, u32, u8); {class_count}] = {classes:?};\n"
    );
    fs::write(Path::new(&env::var("OUT_DIR")?).join("tables.rs"), text)?;
    Ok(())
}
