//! Colours of other spaces come out as sRGB, within 3 of 255.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use ingest_decode::colour::Space;
use ingest_decode::{Format, decode};
use moxcms::ColorProfile;

fn plain(colour: [u8; 3]) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_pixel(64, 48, Rgb(colour)))
}

fn assert_close(got: [u8; 3], right: [u8; 3], what: &str) {
    assert!(got.iter().zip(right).all(|(a, b)| a.abs_diff(b) <= 3), "{what}: {got:?}, not {right:?}");
}

fn pixel(picture: &DynamicImage) -> [u8; 3] {
    picture.to_rgb8().get_pixel(30, 20).0
}

#[test]
fn wide_spaces() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    for (profile, colour, right) in [
        (&p3, [234, 51, 35], [255, 0, 0]),
        (&p3, [180, 40, 90], [196, 10, 90]),
        (&p3, [110, 170, 60], [89, 172, 33]),
        (&p3, [128, 128, 128], [128, 128, 128]),
        // What pure sRGB colours are in Adobe RGB.
        (&adobe, [219, 0, 0], [255, 0, 0]),
        (&adobe, [144, 255, 60], [0, 255, 0]),
        (&adobe, [255, 255, 255], [255, 255, 255]),
    ] {
        let space = Space::icc(profile);
        assert_close(pixel(&space.to_srgb(plain(colour))), right, "8 bits");
        let wide = DynamicImage::ImageRgb16(plain(colour).to_rgb16());
        assert_close(pixel(&space.to_srgb(wide)), right, "16 bits");
        let clear = DynamicImage::ImageRgba8(plain(colour).to_rgba8());
        let clear = space.to_srgb(clear);
        assert!(clear.color().has_alpha() && clear.to_rgba8().get_pixel(1, 1).0[3] == 255);
        assert_close(pixel(&clear), right, "with alpha");
    }
}

#[test]
fn what_is_srgb_is_left_alone() {
    assert!(Space::icc(&ColorProfile::new_srgb().encode().unwrap()).is_srgb());
    assert!(Space::icc(b"no profile").is_srgb());
    assert!(Space::coded(1, 13).is_srgb() && Space::coded(1, 1).is_srgb() && Space::coded(2, 2).is_srgb());
    assert!(!Space::coded(12, 13).is_srgb() && !Space::coded(9, 14).is_srgb());
    assert!(!Space::icc(&ColorProfile::new_display_p3().encode().unwrap()).is_srgb());
}

#[test]
fn code_points_are_as_good_as_a_profile() {
    assert_close(pixel(&Space::coded(12, 13).to_srgb(plain([234, 51, 35]))), [255, 0, 0], "Display P3");
}

#[test]
fn grey_with_a_curve_of_its_own() {
    let space = Space::icc(&ColorProfile::new_gray_with_gamma(1.0).encode().unwrap());
    // Linear light of a half is 188 in sRGB.
    let grey = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(64, 48, image::Luma([128])));
    assert_close(pixel(&space.to_srgb(grey)), [188; 3], "linear grey");
    // A profile for grey says nothing about colours.
    assert_eq!(pixel(&space.to_srgb(plain([1, 2, 3]))), [1, 2, 3]);
}

#[test]
fn png_numbers() {
    assert_close(pixel(&Space::gamma(100_000, None).to_srgb(plain([128; 3]))), [188; 3], "linear");
    let p3 = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];
    assert_close(pixel(&Space::gamma(45_455, Some(p3)).to_srgb(plain([234, 51, 35]))), [255, 0, 0], "Display P3");
}

/// A profile for inks: its table has two steps for each, and its corners are those of paper and full ink.
fn inks() -> Vec<u8> {
    let lab = |c: u32, m: u32, y: u32, k: u32| {
        // Lightness falls with each ink; a and b lean away from its colour. In the 8-bit Lab of ICC.
        let light = 255 * (4 - (c + m + y).min(3)) / 4 * (1 - k);
        let (a, b) = (128 + 60 * m * (1 - k) - 40 * c * (1 - k), 128 + 60 * y * (1 - k));
        [light, a, b].map(|value| u8::try_from(value.min(255)).unwrap())
    };
    let table: Vec<u8> = (0..16u32).flat_map(|at| lab(at >> 3 & 1, at >> 2 & 1, at >> 1 & 1, at & 1)).collect();
    let line: Vec<u8> = (0..=255).collect();
    let number = |value: f64| {
        #[allow(clippy::cast_possible_truncation)] // of small numbers
        let fixed = (value * 65536.0).round() as i32;
        fixed.to_be_bytes()
    };
    // ICC.1:2010 section 10.9: channels and steps, a matrix that is not used, curves, table, curves.
    let mut lut = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for value in [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] {
        lut.extend_from_slice(&number(value));
    }
    lut.extend([line.repeat(4), table, line.repeat(3)].concat());
    let start = 128 + 4 + 12;
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes();
    let mut profile = length(start + lut.len()).to_vec();
    profile.extend_from_slice(b"\0\0\0\0\x02\x40\0\0prtrCMYKLab ");
    profile.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    profile.extend_from_slice(b"acsp");
    profile.resize(68, 0);
    profile.extend([0.9642, 1.0, 0.8249].into_iter().flat_map(number));
    profile.resize(128, 0);
    profile.extend_from_slice(&[&length(1)[..], b"A2B0", &length(start), &length(lut.len()), &lut].concat());
    profile
}

#[test]
fn inks_with_and_without_a_profile() {
    let of = |space: &Space, inks: [u8; 4]| pixel(&space.cmyk_to_srgb(&inks.repeat(64 * 48), 64, 48).unwrap());
    let simple = Space::SRGB;
    assert_eq!(of(&simple, [0, 0, 0, 0]), [255; 3]);
    assert_eq!(of(&simple, [0, 255, 255, 0]), [255, 0, 0]);
    assert_eq!(of(&simple, [10, 20, 30, 255]), [0; 3]);
    assert_eq!(of(&simple, [0, 128, 0, 128]), [127, 63, 127]);
    let profile = Space::icc(&inks());
    assert_eq!(ColorProfile::new_from_slice(&inks()).err().map(|error| error.to_string()), None);
    assert_close(of(&profile, [0, 0, 0, 0]), [255; 3], "paper");
    assert_close(of(&profile, [0, 0, 0, 255]), [0; 3], "black");
    // Not the pure colours of the simple way: the profile's yellow has a lightness of 75 and a b of 60.
    let yellow = of(&profile, [0, 0, 255, 0]);
    assert!((195..=225).contains(&yellow[0]) && (170..=195).contains(&yellow[1]) && yellow[2] < 90, "{yellow:?}");
}

/// A JPEG of four components with Adobe's marker, which says that its inks are inverted. Of YCCK, what would be red
/// light is cyan ink.
#[test]
fn inverted_inks_of_a_jpeg() {
    for (transform, stored, right) in [(0, [255, 0, 0, 255], [255, 0, 0]), (2, [76, 85, 255, 255], [0, 255, 255])] {
        let bytes = four_components(stored, transform);
        let picture = decode(&bytes, Format::Jpeg).unwrap();
        assert_close(picture.pixels.to_rgb8().get_pixel(4, 4).0, right, &format!("transform {transform}"));
    }
}

/// A JPEG of 8 by 8 pixels of one colour. Each component is one coefficient, and all tables are the simplest.
fn four_components(values: [u8; 4], transform: u8) -> Vec<u8> {
    let mut out = b"\xff\xd8\xff\xee\0\x0eAdobe\0\x64\0\0\0\0".to_vec();
    out.push(transform);
    out.extend_from_slice(b"\xff\xdb\0\x43\0");
    out.extend_from_slice(&[1; 64]);
    out.extend_from_slice(b"\xff\xc0\0\x14\x08\0\x08\0\x08\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0");
    // One table of differences with the lengths 0 to 11, each coded in four bits, and one of the end of a block.
    out.extend_from_slice(b"\xff\xc4\0\x1f\0\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0");
    out.extend(0..12);
    out.extend_from_slice(b"\xff\xc4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    out.extend_from_slice(b"\xff\xda\0\x0e\x04\x01\0\x02\0\x03\0\x04\0\0\x3f\0");
    let mut bits = String::new();
    for value in values {
        let difference = (i32::from(value) - 128) * 8;
        let length = 32 - difference.unsigned_abs().leading_zeros();
        let coded = if difference < 0 { difference + (1 << length) - 1 } else { difference };
        write!(bits, "{length:04b}").unwrap();
        if length > 0 {
            write!(bits, "{coded:0width$b}", width = length as usize).unwrap();
        }
        // The end of the block.
        bits.push('0');
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap();
        out.push(byte);
        if byte == 0xff {
            out.push(0);
        }
    }
    out.extend_from_slice(b"\xff\xd9");
    out
}

#[test]
fn a_large_jpeg_is_decoded_at_the_scale_that_is_needed() {
    let picture = RgbImage::from_fn(4100, 2050, |x, _| Rgb([u8::try_from(x * 255 / 4099).unwrap(), 90, 30]));
    let mut jpeg = Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let picture = decode(&jpeg.into_inner(), Format::Jpeg).unwrap();
    assert_eq!((picture.size, picture.pixels.width(), picture.pixels.height()), ((4100, 2050), 2050, 1025));
    for x in [10, 1000, 2000] {
        let right = u8::try_from(x * 2 * 255 / 4099).unwrap();
        assert_close(picture.pixels.to_rgb8().get_pixel(x, 8).0, [right, 90, 30], "scaled");
    }
}
