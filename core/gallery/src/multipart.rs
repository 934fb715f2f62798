//! Several ranges in one response: RFC 9110 section 14.6.

use std::fmt::Write as _;

/// The texts around the parts of a `multipart/byteranges` body.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// The value of the response's `Content-Type`.
    pub content_type: String,
    /// One text before each part, and one after the last: one text more than there are parts.
    pub delimiters: Vec<String>,
    /// The length of the whole body, the parts included.
    pub length: u64,
}

impl Frame {
    /// The frame around `parts` of an object. Each part is a first and a last byte. The object has `size` bytes and
    /// the type `content_type`. The boundary is 32 hexadecimal digits of `entropy`, so nobody can have put it into a
    /// file beforehand.
    pub fn new(parts: &[(u64, u64)], size: u64, content_type: &str, entropy: u128) -> Self {
        let boundary = format!("{entropy:032x}");
        let mut delimiters = Vec::with_capacity(parts.len() + 1);
        let mut length = 0;
        let mut text = String::new();
        for (first, last) in parts {
            let _ = write!(
                text,
                "--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n"
            );
            length += text.len() as u64 + (last - first) + 1;
            delimiters.push(std::mem::replace(&mut text, "\r\n".to_owned()));
        }
        let _ = write!(text, "--{boundary}--\r\n");
        length += text.len() as u64;
        delimiters.push(text);
        Self { content_type: format!("multipart/byteranges; boundary={boundary}"), delimiters, length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of section 14.6, with a boundary of ours.
    #[test]
    fn as_in_the_standard() {
        let frame = Frame::new(&[(500, 501), (7000, 7004)], 8000, "application/pdf", 0xab);
        let boundary = "000000000000000000000000000000ab";
        assert_eq!(frame.content_type, format!("multipart/byteranges; boundary={boundary}"));
        let body = format!("{}xx{}yyyyy{}", frame.delimiters[0], frame.delimiters[1], frame.delimiters[2]);
        let wanted = format!(
            "--{boundary}\r\nContent-Type: application/pdf\r\nContent-Range: bytes 500-501/8000\r\n\r\nxx\r\n\
             --{boundary}\r\nContent-Type: application/pdf\r\nContent-Range: bytes 7000-7004/8000\r\n\r\nyyyyy\r\n\
             --{boundary}--\r\n"
        );
        assert_eq!(body, wanted);
        assert_eq!(frame.length, wanted.len() as u64);
    }

    #[test]
    fn lengths_beyond_32_bits() {
        let frame = Frame::new(&[(0, (3 << 30) - 1), (4 << 30, (7 << 30) - 1)], 8 << 30, "video/mp4", u128::MAX);
        let around: usize = frame.delimiters.iter().map(String::len).sum();
        assert_eq!(frame.length, (6 << 30) + around as u64);
    }
}
