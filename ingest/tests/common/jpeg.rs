//! Test pictures, and EXIF written by hand: independent of the reader under test.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// An upright picture whose four quarters differ: red and green above, blue and white below.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

pub fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// The stored form of a picture that a viewer has to transform by `orientation` (EXIF tag 0x0112) to see it upright.
pub fn stored(upright: &RgbImage, orientation: u16) -> RgbImage {
    let upright = DynamicImage::ImageRgb8(upright.clone());
    match orientation {
        1 => upright,
        2 => upright.fliph(),
        3 => upright.rotate180(),
        4 => upright.flipv(),
        5 => upright.rotate90().fliph(),
        6 => upright.rotate270(),
        7 => upright.rotate270().fliph(),
        8 => upright.rotate90(),
        _ => panic!("no orientation"),
    }
    .into_rgb8()
}

pub enum Value {
    Ascii(&'static str),
    Short(u16),
    Rational(Vec<(u32, u32)>),
    #[allow(dead_code, reason = "not every test has one")]
    Undefined(Vec<u8>),
}

/// A JPEG with an EXIF block at its beginning: `first` are fields of IFD 0, `exif` of the EXIF IFD, `gps` of the GPS
/// IFD.
pub fn with_exif(jpeg: &[u8], first: &[(u16, Value)], exif: &[(u16, Value)], gps: &[(u16, Value)]) -> Vec<u8> {
    let tiff = tiff(first, exif, gps);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
    out.extend_from_slice(b"Exif\0\0");
    out.extend_from_slice(&tiff);
    out.extend_from_slice(&jpeg[2..]);
    out
}

/// Little-endian TIFF (TIFF 6.0 section 2), with the fields in the given order.
fn tiff(first: &[(u16, Value)], exif: &[(u16, Value)], gps: &[(u16, Value)]) -> Vec<u8> {
    let length = |fields: usize| 2 + 12 * fields + 4;
    let exif_at = 8 + length(first.len() + 2);
    let gps_at = exif_at + length(exif.len());
    let mut data_at = gps_at + length(gps.len());
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    let mut data = Vec::new();
    let pointers = [(0x8769u16, exif_at), (0x8825, gps_at)];
    for (fields, pointers) in [(first, pointers.as_slice()), (exif, &[]), (gps, &[])] {
        let count = u16::try_from(fields.len() + pointers.len()).unwrap();
        out.extend_from_slice(&count.to_le_bytes());
        for (tag, value) in fields {
            let (kind, count, bytes) = match value {
                Value::Ascii(text) => (2u16, text.len() + 1, [text.as_bytes(), b"\0"].concat()),
                Value::Undefined(bytes) => (7, bytes.len(), bytes.clone()),
                Value::Short(value) => (3, 1, value.to_le_bytes().to_vec()),
                Value::Rational(values) => (
                    5,
                    values.len(),
                    values.iter().flat_map(|(num, den)| [num.to_le_bytes(), den.to_le_bytes()].concat()).collect(),
                ),
            };
            out.extend_from_slice(&tag.to_le_bytes());
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&u32::try_from(count).unwrap().to_le_bytes());
            if bytes.len() <= 4 {
                let mut inline = [0; 4];
                inline[..bytes.len()].copy_from_slice(&bytes);
                out.extend_from_slice(&inline);
            } else {
                out.extend_from_slice(&u32::try_from(data_at).unwrap().to_le_bytes());
                data_at += bytes.len();
                data.extend_from_slice(&bytes);
            }
        }
        for (tag, at) in pointers {
            out.extend_from_slice(&tag.to_le_bytes());
            out.extend_from_slice(&[4, 0, 1, 0, 0, 0]);
            out.extend_from_slice(&u32::try_from(*at).unwrap().to_le_bytes());
        }
        out.extend_from_slice(&[0; 4]);
    }
    out.extend_from_slice(&data);
    out
}
