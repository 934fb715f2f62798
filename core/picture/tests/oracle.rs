//! What is made looks like what `image` makes of the same bytes.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod common;

use common::{How, PLAIN, exif, jpeg, make, photo, png, scene};
use gallery::layout::ThumbnailSize;
use image::{DynamicImage, ImageFormat, RgbImage, imageops::FilterType};
use jpeg_encoder::{ColorType, SamplingFactor};
use picture::Refusal;

const SIZES: [ThumbnailSize; 4] = ThumbnailSize::ALL;

/// How far two pictures are apart, in steps of 255 on average.
fn distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: u64 = one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.len() as f64
}

fn decoded(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().to_rgb8()
}

/// The picture as `image` reads and scales it.
fn wanted(picture: &DynamicImage, size: ThumbnailSize) -> RgbImage {
    let (width, height) = size.fit((picture.width(), picture.height()));
    picture.resize_exact(width, height, FilterType::CatmullRom).to_rgb8()
}

#[track_caller]
fn compare(source: &[u8], picture: &DynamicImage, most: f64) {
    for size in SIZES {
        let made = decoded(&make(source, size).unwrap());
        let (width, height) = size.fit((picture.width(), picture.height()));
        assert!(made.width() * 16 >= width * 15 && made.width() <= width && made.height() <= height);
        let wanted = picture.resize_exact(made.width(), made.height(), FilterType::CatmullRom).to_rgb8();
        let distance = distance(&made, &wanted);
        assert!(distance < most, "{size:?} of {width}x{height}: {distance}");
    }
}

#[test]
fn jpeg_of_every_sampling() {
    for (width, height) in [(1203, 801), (2600, 1300), (64, 48), (170, 901)] {
        let scene = scene(width, height);
        for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2] {
            for progressive in [false, true] {
                let source = photo(&scene, &How { sampling, progressive, ..PLAIN });
                // Edges are a larger part of what is small.
                let most = if width.min(height) < 100 { 4.0 } else { 2.5 };
                compare(&source, &image::load_from_memory(&source).unwrap(), most);
            }
        }
    }
}

#[test]
fn grey_stays_grey() {
    let grey = DynamicImage::ImageRgb8(scene(900, 700)).to_luma8();
    let source = jpeg(&grey, grey.dimensions(), ColorType::Luma, &PLAIN);
    let picture = DynamicImage::ImageLuma8(grey);
    compare(&source, &picture, 2.5);
    let made = make(&source, ThumbnailSize::Small).unwrap();
    assert_eq!(image::load_from_memory(&made).unwrap().color(), image::ColorType::L8);
}

#[test]
fn inks_are_shown_on_paper() {
    let scene = scene(500, 400);
    let inks: Vec<u8> = scene.pixels().flat_map(|pixel| [255 - pixel[0], 255 - pixel[1], 255 - pixel[2], 0]).collect();
    let source = jpeg(&inks, scene.dimensions(), ColorType::Cmyk, &PLAIN);
    compare(&source, &DynamicImage::ImageRgb8(scene), 3.0);
}

#[test]
fn png_of_every_kind() {
    use png::BitDepth::{Eight, Sixteen};
    let scene = scene(1001, 703);
    let (size, picture) = (scene.dimensions(), DynamicImage::ImageRgb8(scene));
    compare(&png(picture.as_bytes(), size, png::ColorType::Rgb, Eight), &picture, 2.5);
    let wide: Vec<u8> = picture.to_rgb16().iter().flat_map(|sample| sample.to_be_bytes()).collect();
    compare(&png(&wide, size, png::ColorType::Rgb, Sixteen), &picture, 2.5);
    let grey = DynamicImage::ImageLuma8(picture.to_luma8());
    for types in [png::ColorType::Grayscale, png::ColorType::Indexed] {
        compare(&png(grey.as_bytes(), size, types, Eight), &grey, 2.5);
    }
}

#[test]
fn transparent_pixels_are_white() {
    let scene = scene(300, 200);
    let clear: Vec<u8> = scene.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 0]).collect();
    let half: Vec<u8> = scene.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 128]).collect();
    let encoded = |rows: &[u8]| png(rows, (300, 200), png::ColorType::Rgba, png::BitDepth::Eight);
    let made = decoded(&make(&encoded(&clear), ThumbnailSize::Small).unwrap());
    assert!(made.iter().all(|sample| *sample >= 253));
    let mixed = RgbImage::from_fn(300, 200, |x, y| {
        scene[(x, y)].0.map(|sample| (u16::from(sample) + 255).div_ceil(2) as u8).into()
    });
    compare(&encoded(&half), &DynamicImage::ImageRgb8(mixed), 2.5);
    let alone: Vec<u8> = [0, 0].repeat(40 * 30);
    let grey = png(&alone, (40, 30), png::ColorType::GrayscaleAlpha, png::BitDepth::Eight);
    assert!(decoded(&make(&grey, ThumbnailSize::Small).unwrap()).iter().all(|sample| *sample >= 253));
}

#[test]
fn interlaced_png() {
    let scene = scene(333, 222);
    let source = adam7(&scene);
    assert_eq!(image::load_from_memory(&source).unwrap().to_rgb8(), scene, "the test writes what others read");
    compare(&source, &DynamicImage::ImageRgb8(scene), 2.5);
}

/// A PNG in the seven passes of Adam, with its pixels uncompressed.
fn adam7(scene: &RgbImage) -> Vec<u8> {
    let (width, height) = scene.dimensions();
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let mut rows = Vec::new();
    for (left, top, across, down) in passes {
        for y in (top..height).step_by(down) {
            rows.push(0);
            (left..width).step_by(across).for_each(|x| rows.extend(scene[(x, y)].0));
        }
    }
    let mut data = vec![0x78, 0x01];
    let pieces: Vec<&[u8]> = rows.chunks(65_535).collect();
    for (index, piece) in pieces.iter().enumerate() {
        let length = u16::try_from(piece.len()).unwrap();
        data.push(u8::from(index + 1 == pieces.len()));
        data.extend(length.to_le_bytes().into_iter().chain((!length).to_le_bytes()));
        data.extend(*piece);
    }
    let sums = rows.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    data.extend((sums.1 << 16 | sums.0).to_be_bytes());
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 1]].concat();
    for (kind, content) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
        let body = [&kind[..], &content].concat();
        let crc = !body.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
        });
        png.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        png.extend(body);
        png.extend(crc.to_be_bytes());
    }
    png
}

#[test]
fn webp_of_every_kind() {
    let scene = scene(1001, 703);
    let (width, height) = scene.dimensions();
    let lossy = webp::Encoder::from_rgb(&scene, width, height).encode(90.0);
    let picture = DynamicImage::ImageRgb8(scene);
    compare(&lossy, &picture, 3.0);
    let lossless = webp::Encoder::from_rgb(picture.as_bytes(), width, height).encode_lossless();
    compare(&lossless, &picture, 2.5);
    let clear: Vec<u8> = [10, 20, 30, 0].repeat(90 * 60);
    for source in [
        webp::Encoder::from_rgba(&clear, 90, 60).encode(90.0),
        webp::Encoder::from_rgba(&clear, 90, 60).encode_lossless(),
    ] {
        assert!(decoded(&make(&source, ThumbnailSize::Small).unwrap()).iter().all(|sample| *sample >= 253));
    }
}

#[test]
fn turned_pictures_are_upright_and_say_nothing_of_it() {
    let scene = scene(900, 500);
    for turn in 1..=8 {
        let source = photo(&scene, &How { exif: Some(exif(turn)), ..PLAIN });
        let mut picture = image::load_from_memory(&source).unwrap();
        picture.apply_orientation(image::metadata::Orientation::from_exif(turn).unwrap());
        for size in SIZES {
            let made = make(&source, size).unwrap();
            assert!(!made.windows(4).any(|bytes| bytes == b"Exif"));
            let distance = distance(&decoded(&made), &wanted(&picture, size));
            assert!(distance < 2.5, "{turn} {size:?}: {distance}");
        }
    }
}

#[test]
fn a_profile_goes_with_the_picture() {
    let mut icc = vec![7; 560];
    icc[16..20].copy_from_slice(b"RGB ");
    icc[36..40].copy_from_slice(b"acsp");
    let scene = scene(300, 200);
    let with = |icc: &[u8]| photo(&scene, &How { icc: Some(icc.to_vec()), ..PLAIN });
    let holds = |jpeg: &[u8], icc: &[u8]| jpeg.windows(icc.len()).any(|bytes| bytes == icc);
    assert!(holds(&make(&with(&icc), ThumbnailSize::Small).unwrap(), &icc));
    let grey = [&icc[..16], b"GRAY", &icc[20..]].concat();
    assert!(!holds(&make(&with(&grey), ThumbnailSize::Small).unwrap(), &grey));
}

#[test]
fn what_is_not_made() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0";
    for (source, wanted) in [
        (&b""[..], Refusal::Unknown),
        (gif, Refusal::Unknown),
        (b"\xff\xd8\xff", Refusal::Unknown),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIH", Refusal::Broken),
        (b"RIFF\0\0\0\0WEBPVP8 ", Refusal::Broken),
    ] {
        assert_eq!(make(source, ThumbnailSize::Small), Err(wanted), "{source:?}");
    }
    // A header that promises 64,000 by 64,000 pixels.
    let mut large = photo(&scene(64, 48), &PLAIN);
    let at = large.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    large[at + 5..at + 9].copy_from_slice(&[0xfa, 0, 0xfa, 0]);
    assert_eq!(make(&large, ThumbnailSize::Small), Err(Refusal::TooLarge));
    let mut large = png(&[0; 64 * 48], (64, 48), png::ColorType::Grayscale, png::BitDepth::Eight);
    large[16..20].copy_from_slice(&1_000_000_u32.to_be_bytes());
    let checksum = {
        let mut crc = u32::MAX;
        for byte in &large[12..29] {
            crc = (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 });
        }
        !crc
    };
    large[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(make(&large, ThumbnailSize::Small), Err(Refusal::TooLarge));
}
