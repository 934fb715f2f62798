//! Why a picture is not made.

/// It is so for the same source again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No JPEG, PNG or WebP, or one of a rare kind.
    Unknown,
    /// It has more pixels or bytes than are read, or would need more memory.
    TooLarge,
    /// It ends early, or contradicts itself.
    Broken,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the picture is no JPEG, PNG or WebP that is read here",
            Self::TooLarge => "the picture is too large to be made smaller here",
            Self::Broken => "the picture is damaged",
        })
    }
}

impl std::error::Error for Refusal {}
