//! Percent-encoding as `SigV4` requires it: RFC 3986 section 2.3, upper-case hex, every byte encoded exactly once.

/// Appends an object key. Unreserved characters (`A-Z a-z 0-9 - . _ ~`) and `/` stay, every other byte becomes `%XX`.
///
/// Nothing is normalised: `//`, segments `.` and `..`, and NFC and NFD forms stay as they are. A literal `%` becomes
/// `%25`.
pub fn encode_key_into(out: &mut String, key: &str) {
    encode_into(out, key, SLASH);
}

/// Appends a query name or value. The encoding is that of a key, except that `/` becomes `%2F`.
pub fn encode_query_into(out: &mut String, text: &str) {
    encode_into(out, text, 0);
}

const UNRESERVED: u8 = 1;
const SLASH: u8 = 2;

/// The class of each byte. A byte of class 0 is always encoded.
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0_u8;
    loop {
        class[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => UNRESERVED,
            b'/' => SLASH,
            _ => 0,
        };
        if byte == u8::MAX {
            break class;
        }
        byte += 1;
    }
};

fn encode_into(out: &mut String, text: &str, also_kept: u8) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let kept = UNRESERVED | also_kept;
    let mut rest = text;
    loop {
        // A run of kept bytes is ASCII, so it ends on a character boundary.
        let run = rest.bytes().position(|byte| CLASS[usize::from(byte)] & kept == 0).unwrap_or(rest.len());
        let (clean, tail) = rest.split_at(run);
        out.push_str(clean);
        let Some(character) = tail.chars().next() else {
            return;
        };
        let (coded, after) = tail.split_at(character.len_utf8());
        for byte in coded.bytes() {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use super::*;

    fn key(text: &str) -> String {
        let mut out = String::new();
        encode_key_into(&mut out, text);
        out
    }

    fn query(text: &str) -> String {
        let mut out = String::new();
        encode_query_into(&mut out, text);
        out
    }

    #[test]
    fn every_ascii_character() {
        for byte in 0..128_u8 {
            let character = char::from(byte);
            let hex = format!("%{byte:02X}");
            let bare = character.is_ascii_alphanumeric() || "-._~".contains(character);
            let text = character.to_string();
            assert_eq!(query(&text), if bare { text.clone() } else { hex.clone() });
            assert_eq!(key(&text), if bare || character == '/' { text.clone() } else { hex });
        }
    }

    #[test]
    fn every_unicode_scalar_is_its_utf8_bytes() {
        for character in '\u{80}'..=char::MAX {
            let mut expected = String::new();
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                write!(expected, "%{byte:02X}").unwrap();
            }
            assert_eq!(key(character.encode_utf8(&mut [0; 4])), expected);
        }
    }

    #[test]
    fn keys_are_never_normalised() {
        for (text, expected) in [
            ("a b+c%d", "a%20b%2Bc%25d"),
            ("//a/./b/../c//", "//a/./b/../c//"),
            ("%2F", "%252F"),
            ("caf\u{e9}", "caf%C3%A9"),
            ("cafe\u{301}", "cafe%CC%81"),
            ("!'()*;:@&=$,?#[]\"", "%21%27%28%29%2A%3B%3A%40%26%3D%24%2C%3F%23%5B%5D%22"),
            ("\u{1F600}/\u{7f}\0", "%F0%9F%98%80/%7F%00"),
            ("", ""),
        ] {
            assert_eq!(key(text), expected);
        }
    }
}
