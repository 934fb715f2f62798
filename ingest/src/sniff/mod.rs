//! Recognises a file by its first bytes. The name only decides how an unknown file is reported.

mod film;
mod raw;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use image::ImageFormat;
use ingest_decode::Format;

pub use film::Film;
pub use raw::{Raw, of_tiff};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Photo(Photo),
    Film(Film),
    /// Media in a format that is named, but not read.
    Unsupported(&'static str),
    /// The name says that the file is a photo or a film, but the bytes do not.
    Misnamed(&'static str),
    /// The file is not media.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Photo {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
    Tiff,
    Heic,
    Avif,
    Raw(Raw),
}

/// Where a photo is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    Here(ImageFormat),
    /// In a process of its own.
    Apart(Format),
}

impl Photo {
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Raw(raw) => raw.mime(),
        }
    }

    pub const fn decoder(self) -> Decoder {
        match self {
            Self::Jpeg => Decoder::Here(ImageFormat::Jpeg),
            Self::Png => Decoder::Here(ImageFormat::Png),
            Self::WebP => Decoder::Here(ImageFormat::WebP),
            Self::Gif => Decoder::Here(ImageFormat::Gif),
            Self::Bmp => Decoder::Here(ImageFormat::Bmp),
            Self::Tiff => Decoder::Apart(Format::Tiff),
            Self::Heic | Self::Avif => Decoder::Apart(Format::Heif),
            Self::Raw(_) => Decoder::Apart(Format::Raw),
        }
    }
}

/// Reads the first bytes of a file and returns its kind.
pub fn file(path: &Path) -> std::io::Result<Kind> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(match bytes(&head) {
        Kind::Other => by_name(path, head.is_empty()),
        Kind::Photo(Photo::Tiff) => Kind::Photo(of_tiff(File::open(path)?).map_or(Photo::Tiff, Photo::Raw)),
        kind => kind,
    })
}

/// Enough for the streams that ASF lists, and for three packets of a transport stream.
const HEAD: usize = 4096;

/// The kind of a file with these first bytes.
pub fn bytes(head: &[u8]) -> Kind {
    let at = |offset: usize, text: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(text));
    if at(0, b"\xff\xd8\xff") {
        Kind::Photo(Photo::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Kind::Photo(Photo::Png)
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Kind::Photo(Photo::Gif)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Kind::Photo(Photo::WebP)
    } else if at(4, b"ftyp") {
        brands(head)
    } else if [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|kind| at(4, *kind)) {
        // QuickTime files from before 2001 have no `ftyp`.
        Kind::Film(Film::QuickTime)
    } else if is_bitmap(head) {
        Kind::Photo(Photo::Bmp)
    } else if let Some(raw) = raw::bytes(head) {
        Kind::Photo(Photo::Raw(raw))
    } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| at(0, *magic)) {
        Kind::Photo(Photo::Tiff)
    } else if let Some(film) = film::bytes(head) {
        Kind::Film(film)
    } else {
        Kind::Other
    }
}

/// Two letters are little to go by: the reserved bytes must be zero, and the header of a known size.
fn is_bitmap(head: &[u8]) -> bool {
    const HEADERS: [u8; 7] = [12, 40, 52, 56, 64, 108, 124];
    head.starts_with(b"BM")
        && head.get(6..10) == Some(&[0; 4])
        && matches!(head.get(14..18), Some([size, 0, 0, 0]) if HEADERS.contains(size))
}

/// The `ftyp` box (ISO/IEC 14496-12 section 4.3): major brand, version, compatible brands.
fn brands(head: &[u8]) -> Kind {
    let Some(major) = head.get(8..12) else {
        return Kind::Other;
    };
    let length = head.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let compatible = head.get(16..length.min(head.len())).unwrap_or_default();
    let any =
        |wanted: &[&[u8]]| wanted.contains(&major) || compatible.chunks_exact(4).any(|brand| wanted.contains(&brand));
    match major {
        b"qt  " => Kind::Film(Film::QuickTime),
        b"M4A " | b"M4B " | b"M4P " | b"F4A " => Kind::Other,
        b"crx " => Kind::Photo(Photo::Raw(Raw::Canon3)),
        b"avif" | b"avis" => Kind::Photo(Photo::Avif),
        b"mif1" | b"mif2" | b"msf1" if any(&[b"avif", b"avis"]) => Kind::Photo(Photo::Avif),
        b"mif1" | b"mif2" | b"msf1" | b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => {
            Kind::Photo(Photo::Heic)
        }
        _ if major.starts_with(b"3g") => Kind::Film(Film::ThreeGp),
        _ => Kind::Film(Film::Mp4),
    }
}

/// The endings of names that say that a file is a photo or a film. A `.ts` may be a program, and an `.ogg` music.
pub const ENDINGS: [&str; 42] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "hif", "avif", "dng",
    "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef", "srw", "mp4", "m4v", "mov", "qt", "3gp", "3g2", "mkv",
    "webm", "avi", "mts", "m2ts", "mpg", "mpeg", "wmv", "flv", "asf", "mxf", "ogv",
];

/// The kind of a file whose bytes are not recognised. It is reported if its name says that it is media.
fn by_name(path: &Path, empty: bool) -> Kind {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some(ending) if ENDINGS.contains(&ending) => Kind::Misnamed(if empty {
            "the file is empty"
        } else {
            "the content is not what the name says: no photo or film begins like this"
        }),
        Some("crw" | "mrw" | "x3f") => Kind::Unsupported("this raw format"),
        Some("jxl" | "jp2") => Kind::Unsupported("this picture format"),
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        for (head, kind) in [
            (b"\xff\xd8\xff\xe1..".as_slice(), Kind::Photo(Photo::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0", Kind::Photo(Photo::Png)),
            (b"GIF89a", Kind::Photo(Photo::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8X", Kind::Photo(Photo::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", Kind::Other),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Kind::Film(Film::Mp4)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Kind::Film(Film::QuickTime)),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Kind::Film(Film::QuickTime)),
            (b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42", Kind::Other),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Photo(Photo::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Kind::Photo(Photo::Avif)),
            (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Kind::Photo(Photo::Raw(Raw::Canon3))),
            (b"\0\0\0\x18ftyp3gp5\0\0\0\x003gp5isom", Kind::Film(Film::ThreeGp)),
            (b"II*\0\x08\0\0\0", Kind::Photo(Photo::Tiff)),
            (b"II*\0\x10\0\0\0CR\x02\0", Kind::Photo(Photo::Raw(Raw::Canon2))),
            (b"IIU\0\x18\0\0\0", Kind::Photo(Photo::Raw(Raw::Panasonic))),
            (b"FUJIFILMCCD-RAW 0201", Kind::Photo(Photo::Raw(Raw::Fuji))),
            (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind::Photo(Photo::Bmp)),
            (b"BMW is no picture, it is a car", Kind::Other),
            (b"\x1aE\xdf\xa3\x9fB\x82\x84webm", Kind::Film(Film::WebM)),
            (b"\x1aE\xdf\xa3\xa3B\x82\x88matroska", Kind::Film(Film::Matroska)),
            (b"RIFF\x10\0\0\0AVI LIST", Kind::Film(Film::Avi)),
            (b"\0\0\x01\xba\x44", Kind::Film(Film::ProgramStream)),
            (b"G is a letter, and no transport stream", Kind::Other),
            (b"OggS\0\x02 vorbis", Kind::Other),
            (b"\0\0\0\x18ftyp", Kind::Other),
            (b"hello", Kind::Other),
            (b"", Kind::Other),
        ] {
            assert_eq!(bytes(head), kind, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn a_name_without_the_bytes_is_named() {
        let by_name = |name: &str, empty| by_name(Path::new(name), empty);
        assert_eq!(by_name("a.JPG", true), Kind::Misnamed("the file is empty"));
        assert!(matches!(by_name("a.mov", false), Kind::Misnamed(_)));
        assert!(matches!(by_name("a.HEIC", false), Kind::Misnamed(_)));
        assert_eq!(by_name("a.HIF", true), Kind::Misnamed("the file is empty"));
        assert_eq!(by_name("a.jxl", false), Kind::Unsupported("this picture format"));
        assert_eq!(by_name("a.X3F", false), Kind::Unsupported("this raw format"));
        assert_eq!(by_name("main.ts", false), Kind::Other, "a program");
        assert_eq!(by_name("notes.txt", false), Kind::Other);
        assert_eq!(by_name("Makefile", true), Kind::Other);
    }
}
