//! Recognises a file by its first bytes. The name only decides how an unknown file is reported.

use std::fs::File;
use std::io::Read;
use std::path::Path;

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Film {
    Mp4,
    QuickTime,
}

impl Photo {
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    pub const fn format(self) -> image::ImageFormat {
        match self {
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::Png => image::ImageFormat::Png,
            Self::WebP => image::ImageFormat::WebP,
            Self::Gif => image::ImageFormat::Gif,
        }
    }
}

impl Film {
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
        }
    }
}

/// Reads the first bytes of a file and returns its kind.
pub fn file(path: &Path) -> std::io::Result<Kind> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(match bytes(&head) {
        Kind::Other => by_name(path, head.is_empty()),
        kind => kind,
    })
}

/// Enough for an `ftyp` box with a dozen compatible brands.
const HEAD: usize = 64;

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
    } else if at(0, b"\x1aE\xdf\xa3") {
        Kind::Unsupported("Matroska/WebM")
    } else if at(0, b"RIFF") && at(8, b"AVI ") {
        Kind::Unsupported("AVI")
    } else if at(0, b"II*\0") || at(0, b"MM\0*") {
        Kind::Unsupported("TIFF or camera raw")
    } else {
        Kind::Other
    }
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
        b"crx " => Kind::Unsupported("Canon raw"),
        b"avif" | b"avis" => Kind::Unsupported("AVIF"),
        b"mif1" | b"msf1" if any(&[b"avif", b"avis"]) => Kind::Unsupported("AVIF"),
        b"mif1" | b"msf1" | b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Kind::Unsupported("HEIC"),
        _ => Kind::Film(Film::Mp4),
    }
}

/// The kind of a file whose bytes are not recognised. It is reported if its name says that it is media.
fn by_name(path: &Path, empty: bool) -> Kind {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("jpg" | "jpeg" | "png" | "webp" | "gif" | "mp4" | "mov" | "m4v") => Kind::Misnamed(if empty {
            "the file is empty"
        } else {
            "the content is not what the name says: no photo or film begins like this"
        }),
        Some("heic" | "heif") => Kind::Unsupported("HEIC"),
        Some("avi") => Kind::Unsupported("AVI"),
        Some("mts" | "m2ts" | "mpg" | "mpeg" | "wmv" | "flv") => Kind::Unsupported("this video format"),
        Some("bmp" | "jxl" | "jp2" | "raf" | "rw2" | "orf") => Kind::Unsupported("this picture format"),
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
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Unsupported("HEIC")),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Kind::Unsupported("AVIF")),
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
        assert_eq!(by_name("a.HEIC", false), Kind::Unsupported("HEIC"));
        assert_eq!(by_name("notes.txt", false), Kind::Other);
        assert_eq!(by_name("Makefile", true), Kind::Other);
    }
}
