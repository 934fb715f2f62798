//! Pictures with metadata in every place that their formats have.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::tiff;

pub const XMP: &str = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/' \
x:xmptk='SECRET toolkit'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
rdf:about='' xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' \
exif:GPSLatitude='SECRET 48,51.5N' hdrgm:Version='1.0' hdrgm:GainMapMax='3.25'><dc:creator>SECRET owner\
</dc:creator><hdrgm:GainMapMin><rdf:Seq><rdf:li>0.5</rdf:li><rdf:li>SECRET li</rdf:li></rdf:Seq></hdrgm:GainMapMin>\
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";

/// XMP of which nothing stays.
pub const PLAIN: &str = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description photoshop:City='SECRET city'/>\
</rdf:RDF></x:xmpmeta>";

pub fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x * 7, y * 5, x * y].map(|value| (value % 256) as u8))).into()
}

pub fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture(32, 24).write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn decoded(bytes: &[u8]) -> Vec<u8> {
    image::load_from_memory(bytes).unwrap().to_rgba8().into_raw()
}

pub fn segment(kind: u8, payload: &[&[u8]]) -> Vec<u8> {
    let payload = payload.concat();
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&[0xff, kind][..], &length, &payload].concat()
}

/// A JPEG with these segments after its first marker.
pub fn with_segments(segments: &[Vec<u8>]) -> Vec<u8> {
    let jpeg = encoded(ImageFormat::Jpeg);
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// The segments that may be in a JPEG, without an index of pictures.
pub fn segments(is_big: bool) -> Vec<Vec<u8>> {
    vec![
        segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x48\0\x48\x02\x01SECRET"]),
        segment(0xe0, &[b"JFXX\0\x10SECRET thumbnail"]),
        segment(0xe1, &[b"Exif\0\0", &tiff::full(is_big)]),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", XMP.as_bytes()]),
        segment(
            0xe1,
            &[b"http://ns.adobe.com/xmp/extension/\0SECRET of 32 bytes for a digest..\0\0\0\x06\0\0\0\0SECRET"],
        ),
        segment(0xe1, &[b"FLIR\0SECRET"]),
        segment(0xe2, &[b"ICC_PROFILE\0\x01\x01KEPT profile"]),
        segment(0xe2, &[b"FPXR\0SECRET"]),
        segment(0xe5, &[b"SECRET Samsung"]),
        segment(0xeb, &[b"JP\0\x01SECRET C2PA"]),
        segment(0xec, &[b"Ducky SECRET"]),
        segment(0xed, &[b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0f\x1c\x02\x5a\0\x0bSECRET city"]),
        segment(0xee, &[b"Adobe\0\x64\0\0\0\0\x01SECRET"]),
        segment(0xfe, &[b"SECRET comment"]),
    ]
}

/// An index of pictures (MPF) for a file that has `first` before its segment. The offsets count from the TIFF header
/// in the segment.
pub fn index(pictures: &[(u32, u32, u32)]) -> Vec<u8> {
    let mut writer = tiff::Writer::new(false);
    let list = pictures.iter().flat_map(|(kind, size, offset)| {
        [kind.to_le_bytes(), size.to_le_bytes(), offset.to_le_bytes(), [0; 4]].concat()
    });
    let entries = [
        tiff::Writer::raw(0xb000, b"0100"),
        writer.long(0xb001, pictures.len() as u32),
        tiff::Writer::raw(0xb002, &list.collect::<Vec<u8>>()),
        tiff::Writer::raw(0xb003, b"SECRET unique number of this one."),
    ];
    writer.directory(&entries, false);
    segment(0xe2, &[b"MPF\0", &writer.bytes])
}

/// A JPEG with an index of these parts behind it: the kind of each, and its bytes.
pub fn with_parts(segments: &[Vec<u8>], parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let entries = |base: usize| {
        let mut at = base;
        let mut list = vec![(0x0003_0000, base as u32, 0)];
        for (kind, bytes) in parts {
            list.push((*kind, bytes.len() as u32, at as u32));
            at += bytes.len();
        }
        list
    };
    let whole = |base: usize| with_segments(&[&[index(&entries(base))][..], segments].concat());
    // The index is the first segment, and the offsets count from its TIFF header.
    let header = 2 + 4 + 4;
    let base = whole(0).len() - header;
    [whole(base), parts.iter().flat_map(|(_, bytes)| bytes.clone()).collect()].concat()
}

pub fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&kind[..], content].concat();
    [&(content.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

pub fn png() -> Vec<u8> {
    let png = encoded(ImageFormat::Png);
    let chunks = [
        chunk(b"pHYs", &[0, 0, 1, 0, 0, 0, 1, 0, 1]),
        chunk(b"tEXt", b"Author\0SECRET"),
        chunk(b"zTXt", b"Raw profile type exif\0\0SECRET compressed"),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", XMP.as_bytes()].concat()),
        chunk(b"eXIf", &tiff::full(true)),
        chunk(b"caBX", b"SECRET content credentials"),
        chunk(b"tIME", &[7, 232, 6, 15, 14, 3, 22]),
    ];
    // After the signature and IHDR.
    [&png[..33], &chunks.concat(), &png[33..], b"SECRET what was cropped"].concat()
}

pub fn webp() -> Vec<u8> {
    let plain = encoded(ImageFormat::WebP);
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        let padding = &b"\0"[..content.len() % 2];
        [&kind[..], &(content.len() as u32).to_le_bytes(), content, padding].concat()
    };
    let chunks = [
        chunk(b"VP8X", &[0x0c, 0, 0, 0, 31, 0, 0, 23, 0, 0]),
        plain[12..].to_vec(),
        chunk(b"EXIF", &tiff::full(false)),
        chunk(b"XMP ", XMP.as_bytes()),
        chunk(b"oWnr", b"SECRET"),
    ];
    let body = [b"WEBP", &chunks.concat()[..]].concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body, b"SECRET trailer"].concat()
}

pub fn gif() -> Vec<u8> {
    let gif = encoded(ImageFormat::Gif);
    let start = 13 + if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let xmp = [b"!\xff\x0bXMP DataXMP", PLAIN.as_bytes(), b"\x01", &magic()].concat();
    let extensions = [&b"!\xfe\x06SECRET\0"[..], b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", &xmp];
    [&gif[..start], &extensions.concat(), &gif[start..], b"SECRET"].concat()
}

/// What ends XMP in a GIF, wherever a reader of pieces comes in.
fn magic() -> Vec<u8> {
    (0..=255).rev().chain([0]).collect()
}
