//! XMP in a PNG, behind the pixels. Decoders have not read that far when they are asked for it.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The longest chunk that is read, in bytes.
const MAX_CHUNK: u32 = 4 << 20;
const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// The packet of a PNG. `None` if there is none, and for files of another kind.
pub fn packet(path: &Path) -> Option<Vec<u8>> {
    let mut file = BufReader::new(File::open(path).ok()?);
    if &take(&mut file)? != SIGNATURE {
        return None;
    }
    loop {
        let length = u32::from_be_bytes(take(&mut file)?);
        match &take(&mut file)? {
            b"iTXt" if length <= MAX_CHUNK => {
                let mut chunk = vec![0; usize::try_from(length).ok()?];
                file.read_exact(&mut chunk).ok()?;
                if let Some(packet) = text(&chunk) {
                    return Some(packet.to_vec());
                }
                file.seek_relative(4).ok()?;
            }
            b"IEND" => return None,
            _ => file.seek_relative(i64::from(length) + 4).ok()?,
        }
    }
}

/// Keyword, compression, language and translation, each ended by zero, then the text (PNG section 11.3.3.4). XMP is
/// not compressed.
fn text(chunk: &[u8]) -> Option<&[u8]> {
    let rest = chunk.strip_prefix(b"XML:com.adobe.xmp\0\0\0")?;
    rest.splitn(3, |byte| *byte == 0).nth(2)
}

fn take<const COUNT: usize>(file: &mut impl Read) -> Option<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length, kind, content, b"crc."].concat()
    }

    fn found(parts: &[&[u8]]) -> Option<Vec<u8>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), parts.concat()).unwrap();
        packet(file.path())
    }

    #[test]
    fn behind_the_pixels() {
        let pixels = chunk(b"IDAT", &[7; 10_000]);
        let comment = chunk(b"iTXt", b"Comment\0\0\0en\0\0hello");
        let xmp = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<a/>");
        let end = chunk(b"IEND", b"");
        assert_eq!(found(&[SIGNATURE, &pixels, &comment, &xmp, &end]).as_deref(), Some(b"<a/>".as_slice()));
        assert_eq!(found(&[SIGNATURE, &pixels, &end, &xmp]), None, "behind the end");
        assert_eq!(found(&[SIGNATURE, &pixels, &xmp[..20]]), None, "cut short");
        assert_eq!(found(&[SIGNATURE, b"\xff\xff\xff\xffiTXt"]), None, "too long");
        let compressed = chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0xxxx");
        assert_eq!(found(&[SIGNATURE, &compressed, &end]), None);
        assert_eq!((found(&[b"\xff\xd8\xff"]), found(&[])), (None, None));
    }
}
