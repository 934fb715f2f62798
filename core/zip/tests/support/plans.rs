//! Random plans.

use std::collections::BTreeSet;

use fastrand::Rng;

use super::{Content, File};

/// Letters of many scripts, some of which have several forms, and characters that names may not have.
const LETTERS: &str =
    "aAzZ09 _-.,;'()[]{}+=~!@#$%^&éÉßẞñøſΣσςЖжאבمح中文日本語かがガ한글กำ😀👍🏽🇫🇷\u{301}\u{308}\u{10ffff}\u{e000}";
const REFUSED: &str = "/\\:*?\"<>|\0\n\t\u{7f}\u{202e}\u{200d}\u{feff}\u{2028}\u{fe0f}";
const EXTENSIONS: [&str; 7] = ["", ".jpg", ".JPG", ".heic", ".mp4", ".tar.gz", ".webp"];
const SPECIAL: [&str; 12] =
    ["", ".", "..", "CON", "nul.txt", "COM1.jpg", "../../etc/passwd", "a/b\\c.jpg", ".hidden", "x.", "y ", "IMG_1.jpg"];

/// A name as somebody may want it.
pub fn wanted(random: &mut Rng) -> String {
    match random.u8(..20) {
        0..=2 => SPECIAL[random.usize(..SPECIAL.len())].to_owned(),
        3..=7 => format!("IMG_{}{}", random.u8(..4), EXTENSIONS[random.usize(..EXTENSIONS.len())]),
        8 => (0..random.usize(..20)).map(|_| random.char(..)).collect(),
        kind => {
            let letters: Vec<char> = LETTERS.chars().chain(REFUSED.chars().filter(|_| kind == 9)).collect();
            let most = if kind == 10 { 300 } else { 24 };
            let stem: String = (0..random.usize(1..most)).map(|_| letters[random.usize(..letters.len())]).collect();
            format!("{stem}{}", EXTENSIONS[random.usize(..EXTENSIONS.len())])
        }
    }
}

/// A size near a place where something changes, without bytes that would be much to write.
fn size(random: &mut Rng) -> u64 {
    match random.u8(..8) {
        0..=2 => 0,
        3 => 1,
        4 | 5 => random.u64(..300),
        6 => random.u64(..5000),
        _ => random.u64(..70_000),
    }
}

/// The sizes at which ZIP64 begins, and beyond.
pub const LARGE: [u64; 5] = [(1 << 32) - 2, 1 << 32, 5 << 30, 3 << 30, (1 << 32) - 1];

pub fn wall_clock(random: &mut Rng) -> String {
    let (year, month, day) = (random.u16(1900..2200), random.u8(1..=12), random.u8(1..=28));
    let (hour, minute, second) = (random.u8(..24), random.u8(..60), random.u8(..60));
    let fraction = ["", ".5", ".123"][random.usize(..3)];
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}")
}

fn file(random: &mut Rng, name: String) -> File {
    let content = Content::Bytes((0..size(random)).map(|_| random.u8(..)).collect());
    let moment = match random.u8(..4) {
        0 => None,
        1 => Some(random.i64(-10_000_000_000..10_000_000_000)),
        _ => Some(random.i64(0..1 << 31)),
    };
    let note = (0..random.usize(..80)).map(|_| random.u8(..)).collect();
    let crc = content.crc();
    File { name, content, crc, wall_clock: wall_clock(random), moment, note }
}

/// Files of safe names.
pub fn files(random: &mut Rng, count: usize) -> Vec<File> {
    let mut names = stored_zip::Names::default();
    (0..count)
        .map(|_| {
            let name = names.safe(&wanted(random));
            file(random, name)
        })
        .collect()
}

/// Files of which some have one of these sizes. Their names are plain.
pub fn large_files(random: &mut Rng, count: usize, sizes: &[u64]) -> Vec<File> {
    let files = (0..count).map(|index| {
        let mut file = file(random, format!("file {index}.jpg"));
        if random.u8(..3) == 0 {
            file.content = Content::Zeros(sizes[random.usize(..sizes.len())]);
            file.crc = file.content.crc();
        }
        file
    });
    files.collect()
}

/// So many files of few bytes.
pub fn many_files(random: &mut Rng, count: usize) -> Vec<File> {
    let files = (0..count).map(|index| {
        let mut file = file(random, format!("IMG_{index}.jpg"));
        file.content = Content::Bytes(index.to_string().into_bytes());
        file.crc = file.content.crc();
        file
    });
    files.collect()
}

/// Files of any names that differ and are not those of folders, now and then very long.
pub fn files_of_any_names(random: &mut Rng, count: usize) -> Vec<File> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    while files.len() < count {
        let mut name = wanted(random);
        if random.u8(..20) == 0 {
            name = name.repeat(random.usize(..65_536 / name.len().max(1)));
        }
        if !name.is_empty() && !name.ends_with(['/', '\\']) && seen.insert(name.clone()) {
            let mut file = file(random, name);
            if random.u8(..20) == 0 {
                file.note = vec![7; random.usize(..65_536)];
            }
            files.push(file);
        }
    }
    files
}

/// How many files a ZIP has: few, or about as many as a group or a node has.
pub fn count(random: &mut Rng) -> usize {
    match random.u8(..10) {
        0 => random.usize(..3),
        1 => random.usize(30..35),
        2 => random.usize(60..100),
        _ => random.usize(..12),
    }
}
