//! SHA-256 and CRC-32 of a file, read as a stream.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Stop;

/// What one reading of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Lower-case hex.
    pub sha256: String,
    pub crc: u32,
}

/// The sums of a file; `None` if the run is to stop.
pub fn sums(path: &Path, stop: &Stop) -> io::Result<Option<Sums>> {
    let mut file = File::open(path)?;
    let (mut hash, mut crc) = (Sha256::new(), crc32fast::Hasher::new());
    let mut buffer = vec![0; 1 << 18];
    loop {
        if stop.is_requested() {
            return Ok(None);
        }
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(&buffer[..count]);
                crc.update(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Sums { sha256: hex(&hash.finalize()), crc: crc.finalize() }))
}

/// The digest of bytes, in lower-case hex.
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(digits[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_abc() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let stop = Stop::default();
        // FIPS 180-4, the example of one block.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        assert_eq!(sha256_of_bytes(b"abc"), sha256);
        // By `python3 -c "import zlib; print(hex(zlib.crc32(b'abc')))"`.
        assert_eq!(sums(file.path(), &stop).unwrap(), Some(Sums { sha256, crc: 0x3524_41c2 }));
        stop.request();
        assert_eq!(sums(file.path(), &stop).unwrap(), None);
    }
}
