//! What goes wrong: an entry that a ZIP cannot hold, and a manifest that is not one.

use std::{error::Error, fmt};

/// Why a [`crate::Builder`] did not take something. The builder is as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A name is empty, or longer than the 65,535 bytes of APPNOTE 4.4.10. Or it ends with a slash of either kind: then
    /// readers take the file for a folder.
    Name,
    /// A note is longer than [`crate::ENTRY_NOTE`], or that of the ZIP than [`crate::NOTE`].
    Note,
    /// The ZIP would be longer than 2^63 - 1 bytes, which readers take for a negative length.
    Length,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "a name that is empty, too long, or that of a folder",
            Self::Note => "a note that is too long",
            Self::Length => "a ZIP of more than 2^63 - 1 bytes",
        })
    }
}

impl Error for Refused {}

/// A manifest, or a part of it, is damaged, truncated or of another version. The text is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub(crate) &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a manifest cannot be read: {}", self.0)
    }
}

impl Error for Unreadable {}
