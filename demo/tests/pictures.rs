//! Every file of the library, drawn small where size does not matter.

#![allow(
    clippy::format_collect,
    clippy::many_single_char_names,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::case_sensitive_file_extension_comparisons
)]

use demo::catalogue::{Format, PICTURES, Picture};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView as _, ImageDecoder as _, ImageReader, Pixel as _};
use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;
use std::time::UNIX_EPOCH;

/// The picture with its longest side reduced to `longest`, so that tests draw it quickly.
fn small(picture: &Picture, longest: u32) -> Picture {
    let (w, h) = picture.size;
    let cut = |v: u32| (v * longest / w.max(h)).max(1);
    Picture { size: (cut(w), cut(h)), ..*picture }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn there_are_enough_pictures_of_every_kind() {
    let keys: BTreeSet<_> = PICTURES.iter().map(|p| p.key).collect();
    assert!(PICTURES.len() >= 30 && keys.len() == PICTURES.len());
    for key in [
        "Tanz & Müller (1) 50%.jpg",
        "2025/06 Hochzeit/02 Polterabend/a b+c.jpg",
        "2025/06 Hochzeit/Zeremonie/IMG_0042.jpg",
        "日本の橋.jpg",
        "émilie's bouquet #1.jpg",
    ] {
        assert!(keys.contains(key), "{key}");
    }
    assert!(keys.iter().any(|k| k.ends_with(".JPG")));
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
        assert!(PICTURES.iter().any(|p| p.format() == format), "{format:?}");
    }
    let orientations: BTreeSet<_> = PICTURES.iter().filter_map(|p| p.shot.map(|s| s.orientation)).collect();
    assert_eq!(orientations, (1..=8).collect());
    assert!(PICTURES.iter().filter_map(|p| p.shot).map(|s| s.camera.model).collect::<BTreeSet<_>>().len() >= 4);
    assert!(PICTURES.iter().filter(|p| p.taken.starts_with("2025:06:1")).count() * 2 >= PICTURES.len());
    assert!(PICTURES.iter().all(|p| p.shot.is_some() == (p.format() == Format::Jpeg)));
    let ratios: BTreeSet<_> = PICTURES.iter().map(|p| p.size.0 * 100 / p.size.1).collect();
    for ratio in [150, 133, 177, 100, 66, 56, 360] {
        assert!(ratios.contains(&ratio), "no picture of {ratio}:100");
    }
}

#[test]
fn the_date_becomes_the_moment() {
    let picture = PICTURES.iter().find(|p| p.taken == "2025:06:14 21:19:52+02:00").unwrap();
    // date -u -d '2025-06-14T19:19:52Z' +%s
    assert_eq!(picture.taken_at().duration_since(UNIX_EPOCH).unwrap().as_secs(), 1_749_928_792);
    // 2024 is a leap year: date -u -d '2024-02-10T16:41:22Z' +%s
    let picture = PICTURES.iter().find(|p| p.taken == "2024:02:10 17:41:22+01:00").unwrap();
    assert_eq!(picture.taken_at().duration_since(UNIX_EPOCH).unwrap().as_secs(), 1_707_583_282);
}

#[test]
fn every_file_decodes_and_says_what_it_should() {
    for picture in PICTURES {
        let picture = small(picture, 160);
        let bytes = demo::file(&picture).unwrap();
        let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().unwrap();
        let mut decoder = reader.into_decoder().unwrap();
        assert_eq!(decoder.dimensions(), picture.stored_size(), "{}", picture.key);
        let orientation = decoder.orientation().unwrap();
        let stored = DynamicImage::from_decoder(decoder).unwrap();
        let Some(shot) = picture.shot else {
            assert_eq!(stored.dimensions(), picture.size);
            continue;
        };
        check_exif(&picture, &bytes);
        assert_eq!(u16::from(orientation.to_exif()), shot.orientation);
        let mut seen = stored;
        seen.apply_orientation(orientation);
        check_upright(&picture, &seen);
    }
}

/// The decoded picture, turned as its EXIF says, is the picture that was drawn: all four quarters have the same
/// colours. Only the loss of JPEG is allowed.
fn check_upright(picture: &Picture, seen: &DynamicImage) {
    let drawn = DynamicImage::ImageRgb8(demo::render(picture, picture.size.0, picture.size.1));
    assert_eq!(seen.dimensions(), drawn.dimensions(), "{}", picture.key);
    let off = difference(seen, &drawn);
    assert!(off < 4.0, "{} is off by {off}", picture.key);
    if picture.shot.unwrap().orientation > 1 {
        // A wrong orientation would show: the picture turned once more differs.
        let mut turned = drawn.clone();
        turned.apply_orientation(
            Orientation::from_exif(u8::try_from(picture.shot.unwrap().orientation).unwrap()).unwrap(),
        );
        assert!(difference(&turned, &drawn) > 8.0, "{} looks the same either way", picture.key);
    }
}

/// The largest difference between the mean colours of two pictures' quarters.
fn difference(one: &DynamicImage, other: &DynamicImage) -> f64 {
    let mean = |image: &DynamicImage, right: bool, low: bool| {
        let (w, h) = (image.width() / 2, image.height() / 2);
        let quarter = image.view(u32::from(right) * w, u32::from(low) * h, w, h);
        let sum = quarter.pixels().fold([0_u64; 3], |sum, (_, _, p)| {
            let p = p.to_rgb().0;
            [0, 1, 2].map(|c| sum[c] + u64::from(p[c]))
        });
        sum.map(|s| s as f64 / f64::from(w * h))
    };
    let quarters = [(false, false), (true, false), (false, true), (true, true)];
    let each = quarters.iter().flat_map(|&(right, low)| {
        let (m, n) = (mean(one, right, low), mean(other, right, low));
        [0, 1, 2].map(|c| (m[c] - n[c]).abs())
    });
    each.fold(0.0, f64::max)
}

fn check_exif(picture: &Picture, bytes: &[u8]) {
    use exif::{In, Tag, Value};
    let shot = picture.shot.unwrap();
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).unwrap();
    let field =
        |tag: Tag| &exif.get_field(tag, In::PRIMARY).unwrap_or_else(|| panic!("{} has no {tag}", picture.key)).value;
    let text = |tag: Tag| match field(tag) {
        Value::Ascii(parts) => String::from_utf8(parts[0].clone()).unwrap(),
        other => panic!("{tag} is {other:?}"),
    };
    let ratio = |tag: Tag, i: usize| match field(tag) {
        Value::Rational(parts) => parts[i].to_f64(),
        other => panic!("{tag} is {other:?}"),
    };
    assert_eq!(text(Tag::Make), shot.camera.make);
    assert_eq!(text(Tag::Model), shot.camera.model);
    assert_eq!(text(Tag::LensModel), shot.camera.lens);
    assert_eq!(text(Tag::DateTimeOriginal) + &text(Tag::OffsetTimeOriginal), picture.taken);
    assert_eq!(field(Tag::Orientation).get_uint(0), Some(u32::from(shot.orientation)));
    assert_eq!(field(Tag::PhotographicSensitivity).get_uint(0), Some(u32::from(shot.iso)));
    assert!((ratio(Tag::FocalLength, 0) - f64::from(shot.focal)).abs() < 1e-9);
    assert!((ratio(Tag::FNumber, 0) - f64::from(shot.aperture) / 10.0).abs() < 1e-9);
    assert!((ratio(Tag::ExposureTime, 0) - f64::from(shot.exposure.0) / f64::from(shot.exposure.1)).abs() < 1e-9);
    let (width, height) = picture.stored_size();
    assert_eq!(field(Tag::PixelXDimension).get_uint(0), Some(width));
    assert_eq!(field(Tag::PixelYDimension).get_uint(0), Some(height));
    let Some((latitude, longitude, altitude)) = shot.place else {
        assert!(exif.get_field(Tag::GPSLatitude, In::PRIMARY).is_none());
        return;
    };
    let degrees = |tag, reference, minus: &str| {
        let value = ratio(tag, 0) + ratio(tag, 1) / 60.0 + ratio(tag, 2) / 3600.0;
        if text(reference) == minus { -value } else { value }
    };
    assert!((degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, "S") - latitude).abs() < 1e-5);
    assert!((degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, "W") - longitude).abs() < 1e-5);
    assert!((ratio(Tag::GPSAltitude, 0) - altitude.abs()).abs() < 0.06);
}

#[test]
fn the_animation_has_its_frames() {
    let picture = small(PICTURES.iter().find(|p| p.format() == Format::Gif).unwrap(), 120);
    let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(demo::file(&picture).unwrap())).unwrap();
    let frames = image::AnimationDecoder::into_frames(decoder).collect_frames().unwrap();
    assert!(frames.len() >= 12);
    assert_ne!(frames[0].buffer().as_raw(), frames[5].buffer().as_raw());
}

/// The same bits on every machine: these hashes were computed once, and are checked everywhere. After a deliberate
/// change of a scene, run `BLESS=1 cargo test -p demo --test pictures same_bits`.
#[test]
fn same_bits_everywhere() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hashes.txt");
    let now: String = PICTURES
        .iter()
        .map(|p| small(p, 96))
        .map(|p| format!("{:016x} {}\n", fnv(&demo::render(&p, p.size.0, p.size.1)), p.key))
        .collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    let expected: HashMap<_, _> = expected.lines().map(|l| (&l[17..], &l[..16])).collect();
    assert_eq!(expected.len(), PICTURES.len());
    for line in now.lines() {
        assert_eq!(expected.get(&line[17..]), Some(&&line[..16]), "{}", &line[17..]);
    }
}

#[test]
fn writing_twice_changes_nothing() {
    let out = tempfile::tempdir().unwrap();
    let chosen: Vec<_> = PICTURES.iter().map(|p| small(p, 64)).filter(|p| p.format() != Format::Gif).take(6).collect();
    let chosen: Vec<_> = chosen.iter().collect();
    let mut seen = Vec::new();
    let paths = demo::write_some(&chosen, out.path(), |done, total| seen.push((done, total))).unwrap();
    assert_eq!(seen, (1..=6).map(|i| (i, 6)).collect::<Vec<_>>());
    let first: Vec<_> = paths.iter().map(|p| std::fs::read(p).unwrap()).collect();
    for (picture, path) in chosen.iter().zip(&paths) {
        assert_eq!(std::fs::metadata(path).unwrap().modified().unwrap(), picture.taken_at());
    }
    // A truncated file is written again. The other files are not touched.
    std::fs::write(&paths[2], &first[2][..20]).unwrap();
    std::fs::write(&paths[3], [&first[3][..], b"mine"].concat()).unwrap();
    demo::write_some(&chosen, out.path(), |_, _| ()).unwrap();
    assert_eq!(std::fs::read(&paths[2]).unwrap(), first[2]);
    assert!(std::fs::read(&paths[3]).unwrap().ends_with(b"mine"));
    assert!(walk(out.path()).iter().all(|p| !p.ends_with(".partial")));
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .flat_map(|p| if p.is_dir() { walk(&p) } else { vec![p.display().to_string()] })
        .collect()
}
