//! Object keys: the names of photos and films, from the URL to the bucket.

use std::fmt;

/// The longest object key that S3 and R2 accept, in bytes of UTF-8
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub const MAX_KEY_BYTES: usize = 1024;

/// The key of an original in the bucket: any UTF-8 text of 1 to 1024 bytes without control characters.
///
/// Slashes, spaces, `+`, `%`, parentheses and accents are all plain characters here. A key with a segment `.` or `..`
/// is refused: browsers and some hosts resolve such segments (RFC 3986 section 5.2.4), and the URL would then name
/// another object.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaKey(String);

/// Why a text is not a key. The error leaves the text out, because the text comes from the client and may be
/// anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    Empty,
    TooLong,
    ControlCharacter,
    /// A `%` without two hexadecimal digits behind it.
    PercentEncoding,
    /// A segment is `.` or `..`.
    DotSegment,
    /// The percent-decoded bytes are not UTF-8.
    NotUtf8,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the key is empty",
            Self::TooLong => "the key is longer than 1024 bytes",
            Self::ControlCharacter => "the key holds a control character",
            Self::DotSegment => "a segment of the key is . or ..",
            Self::PercentEncoding => "a % in the key is not followed by two hexadecimal digits",
            Self::NotUtf8 => "the key is not UTF-8",
        })
    }
}

impl std::error::Error for KeyError {}

impl MediaKey {
    /// Checks a key that is already decoded.
    pub fn parse(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if text.len() > MAX_KEY_BYTES {
            return Err(KeyError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(KeyError::ControlCharacter);
        }
        if text.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(KeyError::DotSegment);
        }
        Ok(Self(text))
    }

    /// Decodes a key from a URL path, exactly once: `+` stays `+`, and `%2B` becomes `+`.
    pub fn from_path(encoded: &str) -> Result<Self, KeyError> {
        Self::parse(percent_decode(encoded)?)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Percent-decodes once. Refuses what lenient decoders let pass: a stray `%`, and bytes that are not UTF-8.
pub fn percent_decode(encoded: &str) -> Result<String, KeyError> {
    let bytes = encoded.as_bytes();
    let stray = bytes.iter().enumerate().any(|(at, byte)| {
        *byte == b'%' && !bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if stray {
        return Err(KeyError::PercentEncoding);
    }
    percent_encoding::percent_decode_str(encoded)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| KeyError::NotUtf8)
}

/// The characters that stay as they are in a path: RFC 3986 `unreserved`, and `/` between segments.
const PATH: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Encodes a key for a URL path or for the value of a query parameter; `/` stays readable.
pub fn percent_encode(key: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(key, PATH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_decoded_once() {
        for (path, key) in [
            ("a%20b%2Bc.jpg", "a b+c.jpg"),
            ("a+b.jpg", "a+b.jpg"),
            ("100%2525.jpg", "100%25.jpg"),
            ("Tanz%20%26%20M%C3%BCller%20(1)%2050%25.jpg", "Tanz & Müller (1) 50%.jpg"),
            ("2024/06/x.jpg", "2024/06/x.jpg"),
            ("2024%2F06/x.jpg", "2024/06/x.jpg"),
            ("..x/y...", "..x/y..."),
            ("a//b/", "a//b/"),
        ] {
            assert_eq!(MediaKey::from_path(path).unwrap().as_str(), key);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (path, error) in [
            ("", KeyError::Empty),
            ("%E0%A4%A", KeyError::PercentEncoding),
            ("50%", KeyError::PercentEncoding),
            ("%zz", KeyError::PercentEncoding),
            ("%E0%A4", KeyError::NotUtf8),
            ("a%00b", KeyError::ControlCharacter),
            ("a%0Ab", KeyError::ControlCharacter),
            ("a%C2%80b", KeyError::ControlCharacter),
            ("../x", KeyError::DotSegment),
            ("a/%2E%2e/x", KeyError::DotSegment),
            ("a/.", KeyError::DotSegment),
        ] {
            assert_eq!(MediaKey::from_path(path), Err(error), "{path}");
        }
        assert_eq!(MediaKey::parse("é".repeat(513)), Err(KeyError::TooLong));
        assert!(MediaKey::parse("é".repeat(512)).is_ok());
    }

    #[test]
    fn encoding_and_decoding_are_inverse() {
        let every: String = (' '..='~').chain("äé日😀\u{301}".chars()).collect();
        let encoded = percent_encode(&every).to_string();
        assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)));
        assert_eq!(MediaKey::from_path(&encoded).unwrap().as_str(), every);
    }
}
