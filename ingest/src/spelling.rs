//! Unicode has two spellings of many letters: an é is one character (NFC), or an e and an accent (NFD). Editors write
//! the first, and old Macs have written the second into the names of files. What people write about names is compared
//! by the first. Names, places and keys themselves stay as they are on disk.

use std::borrow::Cow;
use std::path::Path;

use stored_zip::nfc;

pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(nfc(text.chars())) }
}

/// A path that is not UTF-8 stays as it is.
pub fn composed_path(path: &Path) -> Cow<'_, Path> {
    match path.to_str().map(composed) {
        Some(Cow::Owned(text)) => Cow::Owned(text.into()),
        _ => Cow::Borrowed(path),
    }
}
