//! What PNG says of its colours in chunks of its own (PNG, third edition, section 11.3.2).

use std::io::{BufReader, Read, Seek};

use crate::colour::Space;

/// The colours that the chunks before the pixels name.
#[derive(Debug, Default, PartialEq)]
pub struct Colour {
    /// Primaries and transfer.
    coded: Option<(u8, u8)>,
    is_srgb: bool,
    /// The exponent of the coded values, in 100,000ths.
    gamma: Option<u32>,
    /// x and y of white, red, green and blue, in 100,000ths.
    primaries: Option<[u32; 8]>,
}

/// Reads the chunks of a file. Nothing, if it is not as it should be.
pub fn colour(file: impl Read + Seek) -> Colour {
    let mut colour = Colour::default();
    // What was read before an error counts.
    let _ = colour.fill(&mut BufReader::new(file));
    colour
}

impl Colour {
    fn fill<R: Read + Seek>(&mut self, file: &mut BufReader<R>) -> std::io::Result<()> {
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        loop {
            file.read_exact(&mut head)?;
            let [a, b, c, d, kind @ ..] = head;
            let length = u32::from_be_bytes([a, b, c, d]);
            if &kind == b"IDAT" || &kind == b"IEND" {
                return Ok(());
            }
            let mut content = [0; 32];
            let known = matches!(&kind, b"cICP" | b"sRGB" | b"gAMA" | b"cHRM") && length <= 32;
            let taken = if known { length } else { 0 };
            file.read_exact(&mut content[..taken as usize])?;
            file.seek_relative(i64::from(length - taken) + 4)?;
            let mut numbers =
                content.chunks_exact(4).map(|number| u32::from_be_bytes([number[0], number[1], number[2], number[3]]));
            match (&kind, taken) {
                (b"cICP", 4) => self.coded = Some((content[0], content[1])),
                (b"sRGB", 1) => self.is_srgb = true,
                (b"gAMA", 4) => self.gamma = numbers.next().filter(|gamma| *gamma > 0),
                (b"cHRM", 32) => self.primaries = Some(std::array::from_fn(|_| numbers.next().unwrap_or_default())),
                _ => {}
            }
        }
    }

    /// The space of the picture. A profile stands before all but code points.
    pub fn space(&self, profile: Option<&[u8]>) -> Option<Space> {
        match (self.coded, profile) {
            (Some((primaries, transfer)), _) => Some(Space::coded(primaries.into(), transfer.into())),
            (None, Some(profile)) => Some(Space::icc(profile)),
            (None, None) if self.is_srgb => None,
            (None, None) => self.gamma.map(|gamma| Space::gamma(gamma, self.primaries)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chunks: &[(&[u8; 4], &[u8])]) -> Colour {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, content) in chunks {
            file.extend_from_slice(&u32::try_from(content.len()).unwrap().to_be_bytes());
            file.extend_from_slice(*kind);
            file.extend_from_slice(content);
            file.extend_from_slice(b"crc.");
        }
        colour(std::io::Cursor::new(file))
    }

    #[test]
    fn chunks_are_read_up_to_the_pixels() {
        let all = of(&[(b"IHDR", &[0; 13]), (b"gAMA", &45455u32.to_be_bytes()), (b"cICP", &[12, 13, 0, 1])]);
        assert_eq!((all.coded, all.gamma, all.is_srgb), (Some((12, 13)), Some(45455), false));
        assert!(!all.space(None).unwrap().is_srgb());
        assert_eq!(of(&[(b"IDAT", b""), (b"sRGB", &[0])]), Colour::default());
        assert!(of(&[(b"sRGB", &[0]), (b"gAMA", &100_000u32.to_be_bytes())]).space(None).is_none());
        assert!(of(&[(b"gAMA", &45455u32.to_be_bytes())]).space(None).unwrap().is_srgb());
        assert!(!of(&[(b"gAMA", &100_000u32.to_be_bytes())]).space(None).unwrap().is_srgb());
        assert_eq!(of(&[(b"gAMA", &[0; 40]), (b"cICP", b"")]), Colour::default());
    }
}
