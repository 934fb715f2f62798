//! What is true for any text whatever, read as a key and as the path of a URL.

use gallery::MediaKey;
use gallery::key::{KeyError, MAX_KEY_BYTES, percent_decode, percent_encode};

pub fn check(text: &str) {
    assert_eq!(MediaKey::parse(text).map(|key| key.as_str().to_owned()), judged(text));
    let decoded = decoded(text);
    assert_eq!(percent_decode(text), decoded);
    assert_eq!(MediaKey::from_path(text).map(|key| key.as_str().to_owned()), decoded.and_then(|key| judged(&key)));

    // Every key is encoded in one way. Decoding gives the key back, and no browser changes the encoded form.
    if let Ok(key) = MediaKey::parse(text) {
        let path = percent_encode(key.as_str()).to_string();
        assert_eq!(MediaKey::from_path(&path).as_ref(), Ok(&key));
        let address = format!("https://gallery.example/api/file/{path}");
        assert_eq!(url::Url::parse(&address).expect("a URL").as_str(), address);
    }
}

/// The rules for keys, written a second time.
fn judged(text: &str) -> Result<String, KeyError> {
    match text.len() {
        0 => Err(KeyError::Empty),
        length if length > MAX_KEY_BYTES => Err(KeyError::TooLong),
        _ if text.contains(|c| matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}')) => Err(KeyError::ControlCharacter),
        _ if ["/./", "/../"].iter().any(|dots| format!("/{text}/").contains(dots)) => Err(KeyError::DotSegment),
        _ => Ok(text.to_owned()),
    }
}

/// Percent-decoding, byte by byte.
fn decoded(text: &str) -> Result<String, KeyError> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else { return Err(KeyError::PercentEncoding) };
        bytes.extend(u8::try_from(high * 16 + low));
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| KeyError::NotUtf8)
}
