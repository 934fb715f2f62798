//! Raw files of cameras. Most are TIFF, and only their directories tell them from a scan.

use std::io::{BufReader, Read, Seek};

use ingest_decode::ifd::{self, Tiff};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Adobe's, which phones write too.
    Dng,
    Canon2,
    Canon3,
    Nikon,
    Sony,
    Olympus,
    Panasonic,
    Fuji,
    Pentax,
    /// Of another maker.
    Other,
}

impl Raw {
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Dng => "image/x-adobe-dng",
            Self::Canon2 => "image/x-canon-cr2",
            Self::Canon3 => "image/x-canon-cr3",
            Self::Nikon => "image/x-nikon-nef",
            Self::Sony => "image/x-sony-arw",
            Self::Olympus => "image/x-olympus-orf",
            Self::Panasonic => "image/x-panasonic-rw2",
            Self::Fuji => "image/x-fuji-raf",
            Self::Pentax => "image/x-pentax-pef",
            Self::Other => "image/x-dcraw",
        }
    }
}

/// The raw format of a file with these first bytes, where they tell it.
pub fn bytes(head: &[u8]) -> Option<Raw> {
    let begins = |texts: &[&[u8]]| texts.iter().any(|text| head.starts_with(text));
    if begins(&[b"FUJIFILMCCD-RAW "]) {
        Some(Raw::Fuji)
    } else if begins(&[b"IIRO", b"IIRS", b"MMOR"]) {
        Some(Raw::Olympus)
    } else if begins(&[b"IIU\0"]) {
        Some(Raw::Panasonic)
    } else if begins(&[b"II*\0"]) && head.get(8..10) == Some(b"CR") {
        Some(Raw::Canon2)
    } else {
        None
    }
}

/// The raw format of a TIFF. `None` if its pixels are those of a picture.
pub fn of_tiff<R: Read + Seek>(file: R) -> Option<Raw> {
    /// Pixels of one colour each, and pixels without a filter before them (DNG 1.7, TIFF/EP).
    const SENSOR: [u32; 2] = [32803, 34892];
    /// The packings of Sony, Nikon and Pentax.
    const PACKINGS: [u32; 3] = [32767, 34713, 65535];
    let mut tiff = Tiff::open(BufReader::new(file))?;
    let directories = tiff.directories();
    let first = directories.first()?;
    if ifd::find(first, ifd::DNG_VERSION).is_some() {
        return Some(Raw::Dng);
    }
    let mut is_one_of = |tag: u16, values: &[u32]| {
        let found = directories.iter().filter_map(|directory| ifd::find(directory, tag));
        found.into_iter().any(|entry| tiff.number(entry).is_some_and(|value| values.contains(&value)))
    };
    if !is_one_of(ifd::PHOTOMETRIC, &SENSOR) && !is_one_of(ifd::COMPRESSION, &PACKINGS) {
        return None;
    }
    let make = ifd::find(first, ifd::MAKE).map(|entry| tiff.text(entry).to_ascii_uppercase()).unwrap_or_default();
    let makers = [
        ("NIKON", Raw::Nikon),
        ("SONY", Raw::Sony),
        ("PENTAX", Raw::Pentax),
        ("RICOH", Raw::Pentax),
        ("OLYMPUS", Raw::Olympus),
        ("PANASONIC", Raw::Panasonic),
        ("CANON", Raw::Canon2),
    ];
    Some(makers.into_iter().find(|(name, _)| make.starts_with(name)).map_or(Raw::Other, |(_, raw)| raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kind of a TIFF with these entries of one value each, and a maker.
    fn of(make: &str, entries: &[(u16, u32)]) -> Option<Raw> {
        let mut file = b"II*\0\x08\0\0\0".to_vec();
        file.extend_from_slice(&u16::try_from(entries.len() + 1).unwrap().to_le_bytes());
        let behind = u32::try_from(8 + 2 + 12 * (entries.len() + 1) + 4).unwrap();
        let length = u32::try_from(make.len()).unwrap();
        for (tag, kind, count, value) in
            entries.iter().map(|(tag, value)| (*tag, 4, 1, *value)).chain([(ifd::MAKE, 2u16, length, behind)])
        {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&kind.to_le_bytes());
            file.extend_from_slice(&u32::to_le_bytes(count));
            file.extend_from_slice(&value.to_le_bytes());
        }
        file.extend_from_slice(&[0; 4]);
        file.extend_from_slice(make.as_bytes());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, file).unwrap();
        of_tiff(std::fs::File::open(path).unwrap())
    }

    #[test]
    fn directories_tell_a_raw_file_from_a_scan() {
        assert_eq!(of("NIKON CORPORATION", &[(ifd::PHOTOMETRIC, 2)]), None, "a picture that a program wrote");
        assert_eq!(of("NIKON CORPORATION", &[(ifd::PHOTOMETRIC, 32803)]), Some(Raw::Nikon));
        assert_eq!(of("SONY   ", &[(ifd::COMPRESSION, 32767)]), Some(Raw::Sony));
        assert_eq!(of("PENTAX Corporation", &[(ifd::COMPRESSION, 65535)]), Some(Raw::Pentax));
        assert_eq!(of("Somebody", &[(ifd::PHOTOMETRIC, 32803)]), Some(Raw::Other));
        assert_eq!(of("Apple", &[(ifd::PHOTOMETRIC, 2), (ifd::DNG_VERSION, 1)]), Some(Raw::Dng));
    }
}
