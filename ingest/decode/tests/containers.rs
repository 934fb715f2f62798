//! HEIC, AVIF, TIFF and raw files: what is upright, what is found in them, and what they say.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use heifer::EncodeOptions;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use ingest_decode::{Format, Picture, decode};

const TURNED: &[u8] = include_bytes!("../../tests/fixtures/turned.heic");
const TEN_BIT: &[u8] = include_bytes!("../../tests/fixtures/ten_bit_p3.heic");
const AVIF: &[u8] = include_bytes!("../../tests/fixtures/quarters.avif");
const ALPHA: &[u8] = include_bytes!("../../tests/fixtures/alpha.avif");

fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

#[track_caller]
fn assert_quarters(picture: &Picture, what: &str) {
    let pixels = picture.pixels.to_rgb8();
    let right = quarters(4, 4);
    for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
        let got = pixels.get_pixel(pixels.width() * x / 4, pixels.height() * y / 4).0;
        let right = right.get_pixel(x, y).0;
        assert!(got.iter().zip(right).all(|(a, b)| a.abs_diff(b) <= 6), "{what}: {got:?}, not {right:?}");
    }
}

#[test]
fn heif_is_upright_and_says_when_it_was_taken() {
    for (bytes, what) in [(TURNED, "HEIC"), (AVIF, "AVIF")] {
        let picture = decode(bytes, Format::Heif).unwrap();
        assert_eq!((picture.size, picture.orientation), ((96, 64), 1), "{what}");
        assert_quarters(&picture, what);
        let exif = picture.exif.unwrap();
        assert!(exif.windows(19).any(|text| text == b"2024:06:15 10:05:00"), "{what}");
    }
}

#[test]
fn ten_bits_and_code_points() {
    let picture = decode(TEN_BIT, Format::Heif).unwrap();
    let got = picture.pixels.to_rgb8().get_pixel(40, 30).0;
    assert!(got[0] >= 252 && got[1] <= 3 && got[2] <= 3, "{got:?}");
}

#[test]
fn alpha_stays() {
    let picture = decode(ALPHA, Format::Heif).unwrap().pixels.to_rgba8();
    for x in [0, 30, 60, 95] {
        let right = u8::try_from(x * 255 / 95).unwrap();
        assert!(picture.get_pixel(x, 20).0[3].abs_diff(right) <= 4, "{x}");
    }
}

/// The encoder cuts what is larger than 512 pixels into tiles, as phones do.
#[test]
fn tiles_make_one_picture() {
    let picture = quarters(1100, 700);
    let heic = heifer::encode_rgb8(1100, 700, picture.as_raw(), &EncodeOptions::default()).unwrap();
    assert!(heic.windows(4).any(|name| name == b"grid"));
    let decoded = decode(&heic, Format::Heif).unwrap();
    assert_eq!(decoded.size, (1100, 700));
    assert_quarters(&decoded, "tiles");
}

#[test]
fn every_kind_of_tiff() {
    let picture = DynamicImage::ImageRgb8(quarters(90, 60));
    for (tiff, what) in [
        (encoded(&picture, ImageFormat::Tiff), "8 bits"),
        (encoded(&DynamicImage::ImageRgb16(picture.to_rgb16()), ImageFormat::Tiff), "16 bits"),
        (encoded(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::Tiff), "alpha"),
    ] {
        let decoded = decode(&tiff, Format::Tiff).unwrap();
        assert_eq!(decoded.size, (90, 60), "{what}");
        assert_quarters(&decoded, what);
    }
    let grey = encoded(&DynamicImage::ImageLuma16(picture.to_luma16()), ImageFormat::Tiff);
    let grey = decode(&grey, Format::Tiff).unwrap().pixels.to_rgb8();
    assert!(grey.get_pixel(80, 50).0.iter().all(|value| value.abs_diff(240) <= 1));
}

/// Tag, type, count and value.
type Field = (u16, u16, u32, u32);

/// A TIFF of one strip, whose `data` begins at 512.
fn tiff(fields: &[Field], data: &[u8]) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    out.extend_from_slice(&u16::try_from(fields.len()).unwrap().to_le_bytes());
    for (tag, kind, count, value) in fields {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.resize(512, 0);
    out.extend_from_slice(data);
    out
}

#[test]
fn palettes_inks_and_orientation() {
    let mut map = Vec::new();
    for channel in 0..3u16 {
        map.extend(
            (0..256u16).flat_map(|number| (if number % 3 == channel { 65535 } else { number * 257 }).to_le_bytes()),
        );
    }
    let map_at = 512 + 4;
    let fields = [
        (256, 3, 1, 2),
        (257, 3, 1, 2),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 3),
        (273, 4, 1, 512),
        (274, 3, 1, 6),
        (277, 3, 1, 1),
        (278, 3, 1, 2),
        (279, 4, 1, 4),
        (320, 3, 768, map_at),
    ];
    let picture = decode(&tiff(&fields, &[&[0, 1, 2, 200][..], &map].concat()), Format::Tiff).unwrap();
    assert_eq!(picture.orientation, 6);
    let colours: Vec<_> = picture.pixels.to_rgb8().pixels().map(|pixel| pixel.0).collect();
    assert_eq!(colours, [[255, 0, 0], [1, 255, 1], [2, 2, 255], [200, 200, 255]]);

    let bits_at = 512 + 8;
    let fields = [
        (256, 3, 1, 2),
        (257, 3, 1, 1),
        (258, 3, 4, bits_at),
        (259, 3, 1, 1),
        (262, 3, 1, 5),
        (273, 4, 1, 512),
        (277, 3, 1, 4),
        (278, 3, 1, 1),
        (279, 4, 1, 8),
    ];
    let data = [0, 255, 255, 0, 0, 0, 0, 128, 8, 0, 8, 0, 8, 0, 8, 0];
    let picture = decode(&tiff(&fields, &data), Format::Tiff).unwrap();
    let colours: Vec<_> = picture.pixels.to_rgb8().pixels().map(|pixel| pixel.0).collect();
    assert_eq!(colours, [[255, 0, 0], [127, 127, 127]]);
}

#[test]
fn a_raw_file_is_shown_by_its_largest_preview() {
    let small = encoded(&DynamicImage::ImageRgb8(RgbImage::new(16, 12)), ImageFormat::Jpeg);
    let large = encoded(&DynamicImage::ImageRgb8(quarters(96, 64)), ImageFormat::Jpeg);
    let (small_at, large_at) = (512, 512 + u32::try_from(small.len()).unwrap());
    let (small_long, large_long) = (u32::try_from(small.len()).unwrap(), u32::try_from(large.len()).unwrap());
    let fields = [
        (271, 2, 4, u32::from_le_bytes(*b"Abc\0")),
        (273, 4, 1, large_at),
        (274, 3, 1, 8),
        (279, 4, 1, large_long),
        (513, 4, 1, small_at),
        (514, 4, 1, small_long),
        (50706, 1, 4, 1),
    ];
    let both = [&small[..], &large[..]].concat();
    let dng = tiff(&fields, &both);
    let picture = decode(&dng, Format::Raw).unwrap();
    assert_eq!((picture.size, picture.orientation), ((96, 64), 8));
    assert_quarters(&picture, "DNG");
    assert!(picture.exif.unwrap().windows(3).any(|text| text == b"Abc"));
    // Where no directory names one, it is found by how it begins.
    let picture = decode(&tiff(&fields[..1], &both), Format::Raw).unwrap();
    assert_quarters(&picture, "notes");
    let none = decode(&tiff(&fields[..1], b"no preview"), Format::Raw).unwrap_err();
    assert!(none.contains("no preview"), "{none}");

    let mut raf = b"FUJIFILMCCD-RAW 0201".to_vec();
    raf.resize(84, 0);
    raf.extend_from_slice(&92u32.to_be_bytes());
    raf.extend_from_slice(&large_long.to_be_bytes());
    raf.extend_from_slice(&large);
    assert_quarters(&decode(&raf, Format::Raw).unwrap(), "RAF");

    let mut panasonic = tiff(&[(46, 7, large_long, 512)], &large);
    panasonic[2] = 0x55;
    assert_quarters(&decode(&panasonic, Format::Raw).unwrap(), "RW2");
    let cr3 = decode(&cr3(&large), Format::Raw).unwrap();
    assert_eq!(cr3.orientation, 6);
    assert_quarters(&cr3, "CR3");
}

fn boxed(kind: &str, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes(), kind.as_bytes(), content].concat()
}

/// Canon's container: the facts in a box of Canon's own, and a track whose sample is a JPEG.
fn cr3(jpeg: &[u8]) -> Vec<u8> {
    let facts = boxed("uuid", &[&[7; 16][..], &boxed("CMT1", &tiff(&[(274, 3, 1, 6)], b""))].concat());
    let length = u32::try_from(jpeg.len()).unwrap();
    let sizes = [&[0; 4][..], &length.to_be_bytes(), &1u32.to_be_bytes()].concat();
    let track = |offset: u64| {
        let offsets = [&[0; 4][..], &1u32.to_be_bytes(), &offset.to_be_bytes()].concat();
        let table = boxed("stbl", &[boxed("stsz", &sizes), boxed("co64", &offsets)].concat());
        boxed("trak", &boxed("mdia", &boxed("minf", &table)))
    };
    let file = |offset| {
        let movie = boxed("moov", &[facts.clone(), track(offset)].concat());
        [boxed("ftyp", b"crx \0\0\0\x01crx isom"), movie, boxed("mdat", b"")].concat()
    };
    let head = file(0);
    let head = file(head.len() as u64);
    [&head[..head.len() - 8], &boxed("mdat", jpeg)].concat()
}

/// A camera's JPEG comes before the data of the sensor, and would be shown.
#[test]
fn a_raw_file_that_is_cut_short_is_refused() {
    let jpeg = encoded(&DynamicImage::ImageRgb8(quarters(96, 64)), ImageFormat::Jpeg);
    let sensor = vec![0; 4000];
    let [long, sensor_long] = [jpeg.len(), sensor.len()].map(|length| u32::try_from(length).unwrap());
    let both = [&jpeg[..], &sensor].concat();
    // One part of the sensor's data, in a strip or in a tile, and parts that are named in a list behind it.
    let at = 512 + long;
    let preview: [Field; 2] = [(513, 4, 1, 512), (514, 4, 1, long)];
    let strip: [Field; 2] = [(273, 4, 1, at), (279, 4, 1, sensor_long)];
    let tile: [Field; 2] = [(324, 4, 1, at), (325, 4, 1, sensor_long)];
    let list: [Field; 2] = [(324, 4, 2, at), (325, 4, 2, at + 8)];
    let halves = [at + 16, at + 2000, 1984, 2000].map(u32::to_le_bytes).concat();
    let listed = [&jpeg[..], &halves, &sensor[16..]].concat();
    let fuji = |data: &[u8]| {
        let mut raf = b"FUJIFILMCCD-RAW 0201".to_vec();
        raf.resize(84, 0);
        for number in [108, long, 0, 0, 108 + long, u32::try_from(data.len()).unwrap()] {
            raf.extend_from_slice(&number.to_be_bytes());
        }
        [&raf[..], &jpeg, data].concat()
    };
    let large = [&1u32.to_be_bytes()[..], b"mdat", &4016u64.to_be_bytes(), &sensor].concat();
    for (whole, what) in [
        (tiff(&[&strip[..], &preview].concat(), &both), "strip"),
        (tiff(&[&tile[..], &preview].concat(), &both), "tile"),
        (tiff(&[&list[..], &preview].concat(), &listed), "list"),
        (fuji(&sensor), "RAF"),
        ([&cr3(&jpeg)[..], &large].concat(), "CR3"),
    ] {
        assert_quarters(&decode(&whole, Format::Raw).unwrap(), what);
        for missing in [300, 1000] {
            let error = decode(&whole[..whole.len() - missing], Format::Raw).unwrap_err();
            assert_eq!(error, "the file is cut short: copy it again", "{what}");
        }
        // What other programs append.
        assert_quarters(&decode(&[&whole[..], b"more"].concat(), Format::Raw).unwrap(), what);
    }
    // Places that are none.
    for nowhere in [0, u32::MAX] {
        let fields: [Field; 2] = [(273, 4, 1, nowhere), (279, 4, 1, 1 << 20)];
        let fields = [&fields[..], &preview].concat();
        assert_quarters(&decode(&tiff(&fields, &jpeg), Format::Raw).unwrap(), "nowhere");
    }
}

#[test]
fn what_is_too_large_is_named() {
    let fields =
        [(256, 4, 1, 40_000), (257, 4, 1, 40_000), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 512), (279, 4, 1, 4)];
    let error = decode(&tiff(&fields, &[0; 4]), Format::Tiff).unwrap_err();
    assert!(error.contains("40000x40000") && error.contains("225 megapixels"), "{error}");
    for format in Format::ALL {
        assert!(decode(b"", format).is_err() && decode(&[0; 4096], format).is_err(), "{format:?}");
    }
}
