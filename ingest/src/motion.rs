//! Motion photos: an MP4 behind the picture in the same file, as Android's phones write it.

use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::film::{Clip, Found};
use crate::permits::Permits;
use crate::sniff;

/// A clip that was found in a photo, or why it was left out.
pub enum InPhoto {
    None,
    Clip(Clip),
    LeftOut(String),
}

/// The clip in the file of a photo. What goes wrong with it is no reason to leave the photo out.
pub fn clip_of(path: &Path, kind: sniff::Photo, films: &Found, permits: &Permits) -> Result<InPhoto, Failure> {
    if !matches!(kind, sniff::Photo::Jpeg | sniff::Photo::Heic) {
        return Ok(InPhoto::None);
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::File(crate::photo::unreadable(error)))?;
    let Some(start) = start(&bytes) else { return Ok(InPhoto::None) };
    let left_out = |reason: &str| Ok(InPhoto::LeftOut(format!("its clip was left out: {reason}")));
    let encoder = match films.encoder() {
        Ok(encoder) => encoder,
        Err(reason) => return left_out(&reason),
    };
    let folder = encoder.temp.map_or_else(std::env::temp_dir, Path::to_owned);
    let written = NamedTempFile::new_in(&folder).and_then(|mut file| {
        file.write_all(&bytes[start..])?;
        Ok(file)
    });
    let file = match written {
        Ok(file) => file,
        Err(error) => return left_out(&format!("{} cannot be written: {error}", folder.display())),
    };
    drop(bytes);
    let of_kind = (file.path(), sniff::Film::Mp4);
    // ffmpeg takes as many processors as there are.
    let _permit = permits.acquire(u64::MAX);
    let made = encoder.probe(of_kind.0, of_kind.1).and_then(|film| {
        if film.duration > Clip::LONGEST {
            return Err(Failure::File(format!("it is longer than {} seconds", Clip::LONGEST)));
        }
        encoder.clip(of_kind, &film)
    });
    match made {
        Ok(clip) => Ok(InPhoto::Clip(clip)),
        Err(Failure::File(reason) | Failure::Skipped(reason)) => left_out(&reason),
        Err(failure) => Err(failure),
    }
}

/// Where the film begins: at the last `ftyp` box (ISO/IEC 14496-12 section 4.3) of a film behind the picture.
fn start(bytes: &[u8]) -> Option<usize> {
    const FILMS: [&[u8]; 8] = [b"mp42", b"mp41", b"isom", b"iso2", b"iso4", b"iso5", b"avc1", b"qt  "];
    // The box of a HEIC itself is at its beginning.
    let boxes = memchr::memmem::rfind_iter(bytes, b"ftyp").filter(|at| *at > 64);
    let mut films = boxes.filter(|at| {
        let length = bytes.get(at - 4..*at).and_then(|length| length.try_into().ok()).map_or(0, u32::from_be_bytes);
        let brand = bytes.get(at + 4..at + 8).unwrap_or_default();
        (16..=256).contains(&length) && length % 4 == 0 && FILMS.contains(&brand)
    });
    films.next().map(|at| at - 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_found_behind_the_picture_only() {
        const FILM: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free";
        let behind = |picture: &[u8]| start(&[picture, FILM].concat());
        assert_eq!(behind(&[0xff; 1000]), Some(1000));
        assert_eq!(behind(b""), None, "it is a film itself");
        assert_eq!(start(&[&[0xff; 1000], FILM, b"SEFT of Samsung"].concat()), Some(1000));
        assert_eq!(start(&[&[0xff; 1000][..], b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"].concat()), None);
        assert_eq!(start(&[&[0xff; 1000][..], b"\xff\0\0\x18ftypmp42"].concat()), None, "no length");
        assert_eq!(start(&[0xff; 1000]), None);
    }
}
