//! The files that are served.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use harness::Failure;

/// The file for which the rows of the tables are requested: a photo of the test library, of some 1.9 MB.
pub const BIG: &str = "big.png";
/// The file whose throughput is measured.
pub const MEBIBYTE: &str = "mebibyte.jpg";
/// The name under which nginx serves the medium thumbnail of that file, as the gallery made it.
pub const THUMBNAIL: &str = "thumbnail.webp";

/// Writes the files. They are dated an hour back: a date less than a second older than the answer is not a strong
/// validator (RFC 9110 section 8.8.2.2), and a server may refuse to compare it.
pub fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    // Programs that read JPEG stop at its end marker, so zeros may follow.
    let mut mebibyte = harness::photo("2025/06 Hochzeit/IMG_0042.jpg")?;
    mebibyte.resize(1 << 20, 0);
    for (name, bytes) in [(BIG, harness::photo(BIG)?), (MEBIBYTE, mebibyte)] {
        let path = folder.join(name);
        fs::write(&path, bytes)?;
        let hour_ago = SystemTime::now() - Duration::from_hours(1);
        fs::File::options().write(true).open(path)?.set_modified(hour_ago)?;
    }
    Ok(())
}
