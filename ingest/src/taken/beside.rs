//! Small files beside a photo or film.

use std::fs::File;
use std::io::Read;

use super::File as Dated;

/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The content of the file of this name beside another one. `None` if there is none, if it is too long, if a
/// `.galleryignore` names it, or if it is a link: a link may lead out of the library.
pub fn read(file: &Dated, name: &str) -> Option<Vec<u8>> {
    let path = file.path.with_file_name(name);
    if file.excluded.is_some_and(|excluded| excluded.contains(&path)) {
        return None;
    }
    let metadata = path.symlink_metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= MAX_BYTES)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    File::open(path).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::walk::Excluded;

    fn read(path: &Path, name: &str) -> Option<Vec<u8>> {
        super::read(&Dated::new(path, jiff::Timestamp::UNIX_EPOCH), name)
    }

    #[test]
    fn small_files_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        std::fs::write(folder.path().join("a.xmp"), "hello").unwrap();
        std::fs::create_dir(folder.path().join("b.xmp")).unwrap();
        let long = File::create(folder.path().join("c.xmp")).unwrap();
        long.set_len(MAX_BYTES).unwrap();
        assert_eq!(read(&path, "a.xmp").as_deref(), Some(b"hello".as_slice()));
        assert_eq!(read(&path, "c.xmp").map(|bytes| bytes.len() as u64), Some(MAX_BYTES));
        long.set_len(MAX_BYTES + 1).unwrap();
        for name in ["b.xmp", "c.xmp", "d.xmp"] {
            assert_eq!(read(&path, name), None, "{name}");
        }
        let excluded = Excluded::from([folder.path().join("a.xmp")]);
        let file = Dated { excluded: Some(&excluded), ..Dated::new(&path, jiff::Timestamp::UNIX_EPOCH) };
        assert_eq!(super::read(&file, "a.xmp"), None, "it is left out");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("a.xmp")).unwrap();
        assert_eq!(read(&folder.path().join("a.jpg"), "a.xmp"), None);
    }
}
