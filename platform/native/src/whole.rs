//! Small files that are there as a whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// Writes a file beside it first, so that neither a crash nor a power failure leaves half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.to_owned().into_os_string();
    // Workers of one process, and a second process, may write the same file at once.
    name.push(format!(".{}-{:?}", std::process::id(), std::thread::current().id()).replace(['(', ')'], ""));
    let written = (|| {
        let mut file = File::create(&name)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&name, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&name);
    }
    written
}
