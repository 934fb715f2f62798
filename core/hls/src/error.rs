use std::fmt;

/// Why a playlist was refused. The error never holds text of the playlist, so it can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The first line is not `#EXTM3U` (RFC 8216bis 4.4.1.1): the text is empty, HTML, XML or anything else.
    NotPlaylist,
    /// `#EXTM3U` is there, but no tag says whether this is a master or a media playlist: most likely it is the
    /// beginning of a longer playlist.
    Undecided,
    /// A media playlist without `#EXT-X-ENDLIST` where a whole film was expected. Raised only by
    /// [`Summary::whole`](crate::Summary::whole).
    Truncated,
    /// The caller's [`Scope`](crate::Scope) is unusable: the prefix is empty or has no `/` at its
    /// end, or the playlist itself lies outside it.
    Scope,
    /// One line is at fault.
    At {
        /// Counted from 1.
        line: usize,
        fault: Fault,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Not UTF-8.
    Encoding,
    /// A control character other than CR, LF and TAB, or a CR that does not end its line.
    Control,
    /// White space before a `#`: a comment to some readers, a URI to others.
    Indented,
    /// The attribute list of a tag that holds a URI cannot be read in only one way.
    Attributes,
    /// The duration of an `EXTINF` is not a decimal number of seconds.
    Duration,
    /// A `STREAM-INF` or `EXTINF` whose URI line is missing.
    Dangling,
    /// A URI line that no `STREAM-INF` or `EXTINF` announces.
    Stray,
    /// Segments and variants in one playlist (RFC 8216bis 4.1).
    Mixed,
    /// A reference to an `EXT-X-DEFINE` variable that has no value in this playlist, a name that is defined twice, or
    /// too many variables.
    Variable,
    /// A character that no URI holds (`\`, `"`, `<`, `>`, TAB), a `%` without two hex digits, or a percent-encoding
    /// that hides a separator, a dot segment, a control character or bytes that are not UTF-8.
    Character,
    /// The URI names a folder, or the playlist itself.
    Empty,
    /// The URI leaves the prefix: `..`, root-relative, or another host.
    Outside,
    /// A scheme by which no object of the bucket can be fetched.
    Scheme,
    /// The key is longer than [`MAX_KEY`](crate::MAX_KEY) bytes, or the URI is longer than
    /// [`MAX_EXPANDED`](crate::MAX_EXPANDED) once its variables are filled in.
    TooLong,
    /// The caller's replacement for a URI is empty, starts with `#`, or holds a quote, a control character, or a
    /// space at either end.
    Replacement,
}

impl Error {
    /// The line at fault, counted from 1, if the error has one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::At { line, .. } => Some(*line),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPlaylist => f.write_str("not a playlist: the first line is not #EXTM3U"),
            Self::Undecided => f.write_str("neither a master nor a media playlist"),
            Self::Truncated => f.write_str("media playlist without #EXT-X-ENDLIST"),
            Self::Scope => f.write_str("playlist key outside its prefix"),
            Self::At { line, fault } => write!(f, "line {line}: {fault}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "not UTF-8",
            Self::Control => "control character",
            Self::Indented => "white space before #",
            Self::Attributes => "malformed attribute list",
            Self::Duration => "EXTINF without a duration",
            Self::Dangling => "tag without its URI line",
            Self::Stray => "URI line without its tag",
            Self::Mixed => "segments and variants in one playlist",
            Self::Variable => "undefined variable",
            Self::Character => "character not allowed in a URI",
            Self::Empty => "URI names no object",
            Self::Outside => "URI outside the prefix",
            Self::Scheme => "URI scheme not allowed here",
            Self::TooLong => "URI too long",
            Self::Replacement => "unusable replacement",
        })
    }
}

impl std::error::Error for Error {}
