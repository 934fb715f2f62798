//! A log file that does not grow without end.

use std::{
    fs::{self, File},
    io::{self, BufRead},
    path::{Path, PathBuf},
};

/// The size at which a log makes room for the next one, in bytes. A line has some 300 of them.
pub const MAX_LOG_BYTES: u64 = 32 << 20;

/// Appends the lines of `input` to the file at `path` until they end. A file that would become larger than `most`
/// bytes is renamed to `{name}.1` first, and takes the place of the one that had this name.
pub fn keep(mut input: impl BufRead, path: &Path, most: u64) -> io::Result<()> {
    let mut file = open(path)?;
    let mut size = file.metadata()?.len();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        if size > 0 && size + line.len() as u64 > most {
            fs::rename(path, old(path))?;
            file = open(path)?;
            size = 0;
        }
        io::Write::write_all(&mut file, &line)?;
        size += line.len() as u64;
        line.clear();
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    File::options().create(true).append(true).open(path)
}

fn old(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(".1");
    name.into()
}
