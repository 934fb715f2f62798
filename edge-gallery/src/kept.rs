//! What one verb leaves for the next: each is a line in a file of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file in a data folder with the URL of the store that `serve` runs.
pub fn store(data: &Path) -> PathBuf {
    data.join("store.url")
}

/// The file beside a catalogue with the URL of its mirror.
pub fn mirror(catalogue: &Path) -> PathBuf {
    catalogue.with_extension("mirror")
}

/// The line, if there is one.
pub fn read(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    Some(text.trim().to_owned()).filter(|line| !line.is_empty())
}

/// Keeps a line, or forgets it. The file is never seen in part.
pub fn write(file: &Path, line: Option<&str>) -> io::Result<()> {
    let Some(line) = line else {
        return fs::remove_file(file).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        });
    };
    let temporary = file.with_added_extension("new");
    fs::write(&temporary, format!("{line}\n"))?;
    fs::rename(temporary, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_kept_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = mirror(&folder.path().join("gallery.db"));
        assert_eq!(file, folder.path().join("gallery.mirror"));
        assert_eq!(read(&file), None);
        write(&file, None).unwrap();
        for line in ["http://127.0.0.1:1", "http://127.0.0.1:22"] {
            write(&file, Some(line)).unwrap();
            assert_eq!(read(&file).as_deref(), Some(line));
        }
        write(&file, None).unwrap();
        assert_eq!(read(&file), None);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }
}
