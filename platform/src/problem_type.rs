//! The problems on which a client can act, each with a type of its own (RFC 9457 section 3.1.1).
//!
//! A client that acts reads the type, and not the words, which are for people and may change. Any other problem says no
//! more than its status, and has the type `about:blank` (section 4.2.1). `docs/PROBLEMS.md` says what to do about each.

use http::StatusCode;

/// Declares the types, each with its name, its status and its title.
macro_rules! types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident, $title:literal;)+) => {
        /// What kind of problem an answer tells. The name, which stands in the URL, never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemType {
            $($(#[$doc])* $variant,)+
        }

        impl ProblemType {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, as it stands at the end of the URL.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value of `type`: a reference to the page of the types, from the gallery's own address.
            pub const fn reference(self) -> &'static str {
                match self { $(Self::$variant => concat!("/problems#", $name),)+ }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// The value of `title`, the same for every problem of the type.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

types! {
    CursorUnknown = "cursor-unknown", BAD_REQUEST, "The listing has to begin again";
    NoSession = "no-session", UNAUTHORIZED, "No session";
    WrongPassword = "wrong-password", UNAUTHORIZED, "Wrong password";
    LinkPassword = "link-password", UNAUTHORIZED, "The link has a password";
    ForeignPage = "foreign-page", FORBIDDEN, "A page of another origin";
    LookingOnly = "looking-only", FORBIDDEN, "No downloads by this link";
    LinkEnded = "link-ended", NOT_FOUND, "The link has ended";
    LibraryChanged = "library-changed", NOT_FOUND, "The library has changed";
    NothingToDownload = "nothing-to-download", NOT_FOUND, "Nothing to download";
    DownloadGone = "download-gone", NOT_FOUND, "The download is no longer kept";
    ChecksumsMissing = "checksums-missing", CONFLICT, "Checksums are missing";
    TooMuch = "too-much", CONFLICT, "Too much for one download";
    Changed = "changed", PRECONDITION_FAILED, "The file has changed";
    DownloadChanged = "download-changed", PRECONDITION_FAILED, "The download has changed";
    TooManyPasswords = "too-many-passwords", TOO_MANY_REQUESTS, "Too many wrong passwords";
    FilmDamaged = "film-damaged", BAD_GATEWAY, "The film cannot be used";
    NotWritable = "not-writable", BAD_GATEWAY, "The bucket cannot be written";
    Unusable = "unusable", BAD_GATEWAY, "A part of the gallery gave a wrong answer";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "A part of the gallery is away";
    Busy = "busy", SERVICE_UNAVAILABLE, "Too much at once";
    NotSetUp = "not-set-up", SERVICE_UNAVAILABLE, "The gallery is not set up";
    OlderCatalogue = "older-catalogue", SERVICE_UNAVAILABLE, "The catalogue is of an older version";
    Slow = "slow", GATEWAY_TIMEOUT, "A part of the gallery is too slow";
}
