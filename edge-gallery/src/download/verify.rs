//! Compares each file in a ZIP with its CRC-32, and ZIPs with each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// The central directory of a ZIP, and what follows it.
pub(super) fn end(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let start = zip::ZipArchive::new(io::BufReader::new(&file))?.central_directory_start();
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.read_to_end(&mut end)?;
    Ok(end)
}

/// Reads every file of a ZIP. The error says which one is not what it should be.
pub(super) fn zip(path: &Path) -> Result<(), String> {
    let damaged = |what: &str, error: &dyn std::fmt::Display| format!("{what} came damaged: {error}");
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = File::open(path).map_err(|error| damaged(&name, &error))?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|error| damaged(&name, &error))?;
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).map_err(|error| damaged(&name, &error))?;
        let name = entry.name().map_err(|error| damaged(&name, &error))?.replace(char::is_control, "\u{fffd}");
        io::copy(&mut entry, &mut io::sink()).map_err(|error| damaged(&name, &error))?;
    }
    Ok(())
}

/// Whether a ZIP is an earlier one of the same items: the newer one has files of all its names, and the bytes of at
/// least half of its files. Which of several `a (2).jpg` is which may have changed.
pub(super) fn is_earlier(old: &Path, new: &Path) -> bool {
    let (Ok(old), Ok(new)) = (files(old), files(new)) else { return false };
    let there: BTreeSet<_> = new.values().collect();
    let same = old.values().filter(|file| there.contains(file)).count();
    old.keys().all(|name| new.contains_key(name)) && 2 * same >= old.len()
}

/// The size and the CRC-32 of each file in a ZIP, by its name.
fn files(path: &Path) -> zip::result::ZipResult<BTreeMap<Vec<u8>, (u64, u32)>> {
    let archive = zip::ZipArchive::new(io::BufReader::new(File::open(path)?))?;
    let file = |number| {
        let entry = archive.by_index_data(number)?;
        Ok((entry.name_raw().to_vec(), (entry.size(), entry.crc32())))
    };
    (0..archive.len()).map(file).collect()
}
