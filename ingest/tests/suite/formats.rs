//! Formats that are decoded in a process of their own, from a folder into the catalogue.

use crate::common::Gallery;
use crate::common::jpeg::{encode, quarters};
use image::{GenericImageView, ImageFormat, Rgb};

const TURNED: &[u8] = include_bytes!("../fixtures/turned.heic");
const AVIF: &[u8] = include_bytes!("../fixtures/quarters.avif");
const TEN_BIT: &[u8] = include_bytes!("../fixtures/ten_bit_p3.heic");

fn close(pixel: Rgb<u8>, to: [u8; 3]) -> bool {
    pixel.0.iter().zip(to).all(|(a, b)| a.abs_diff(b) < 12)
}

#[test]
fn every_format_has_thumbnails_facts_and_a_type() {
    let gallery = Gallery::new();
    gallery.file("IMG_1.HEIC", TURNED);
    gallery.file("still.avif", AVIF);
    gallery.file("scan.tif", &encode(&quarters(96, 64), ImageFormat::Tiff));
    gallery.file("old.bmp", &encode(&quarters(96, 64), ImageFormat::Bmp));
    let report = gallery.ingest();
    assert_eq!((report.photos, report.added, report.exit_code()), (4, 4, 0), "{report}");
    for (key, mime) in [
        ("IMG_1.HEIC", "image/heic"),
        ("still.avif", "image/avif"),
        ("scan.tif", "image/tiff"),
        ("old.bmp", "image/bmp"),
    ] {
        let thumbnail = gallery.thumbnail("large", key);
        assert_eq!(thumbnail.dimensions(), (96, 64), "{key}");
        let pixels = thumbnail.into_rgb8();
        for (x, y, colour) in
            [(24, 16, [220, 20, 20]), (72, 16, [20, 200, 20]), (24, 48, [20, 20, 220]), (72, 48, [240; 3])]
        {
            assert!(close(*pixels.get_pixel(x, y), colour), "{key}: {:?}", pixels.get_pixel(x, y));
        }
        let original = gallery.object(key).unwrap();
        assert_eq!(original.content_type, mime);
        assert_eq!(
            gallery.sql::<String>(&format!("SELECT metadata ->> '$.mime' FROM media WHERE key = '{key}'")),
            [mime]
        );
    }
    assert_eq!(gallery.object("IMG_1.HEIC").unwrap().bytes, TURNED);
    let taken = "SELECT date_taken || ' ' || taken_source || ' ' || taken_offset || ' ' || camera_make FROM media \
                 WHERE key IN ('IMG_1.HEIC', 'still.avif')";
    assert_eq!(gallery.sql::<String>(taken), ["2024-06-15T10:05:00 exif +02:00 Test"; 2]);
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media WHERE width = 96 AND height = 64"), [4]);
}

#[test]
fn colours_are_those_of_srgb() {
    let gallery = Gallery::new();
    gallery.file("p3.heic", TEN_BIT);
    assert_eq!(gallery.ingest().added, 1);
    let pixel = *gallery.thumbnail("large", "p3.heic").into_rgb8().get_pixel(40, 30);
    assert!(close(pixel, [255, 0, 0]), "{pixel:?}");
}

#[test]
fn what_happens_to_a_decoder_is_the_error_of_its_file() {
    let mut gallery = Gallery::new();
    let whole = encode(&quarters(64, 48), ImageFormat::Jpeg);
    gallery.file("good.jpg", &whole);
    gallery.file("cut.heic", &TURNED[..TURNED.len() / 2]);
    gallery.file("cut.tif", &encode(&quarters(64, 48), ImageFormat::Tiff)[..600]);
    let report = gallery.ingest();
    let failed: Vec<_> = report.failed.iter().map(|named| named.name.as_str()).collect();
    assert_eq!((report.added, failed), (1, vec!["cut.heic", "cut.tif"]), "{report}");

    // A decoder that dies takes nothing with it.
    gallery.options.decoder = ingest::Decoder::program("false");
    gallery.file("dead.heic", TURNED);
    gallery.file("fine.jpg", &encode(&quarters(65, 48), ImageFormat::Jpeg));
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    assert!(report.to_string().contains("dead.heic: broken: its decoder came to an end"), "{report}");
}

/// A camera's JPEG comes before the data of the sensor, and a decoder reads no more than the first picture of a GIF.
#[test]
fn half_a_copy_is_named_although_its_picture_is_whole() {
    let gallery = Gallery::new();
    let jpeg = encode(&quarters(96, 64), ImageFormat::Jpeg);
    let mut raf = b"FUJIFILMCCD-RAW 0201".to_vec();
    raf.resize(84, 0);
    let long = u32::try_from(jpeg.len()).unwrap();
    for number in [108, long, 0, 0, 108 + long, 5000] {
        raf.extend_from_slice(&number.to_be_bytes());
    }
    raf.extend_from_slice(&jpeg);
    raf.resize(raf.len() + 5000, 0);
    gallery.file("whole.raf", &raf);
    gallery.file("cut.raf", &raf[..raf.len() - 2000]);
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for red in [250, 10] {
        let picture = image::RgbaImage::from_pixel(60, 40, image::Rgba([red, 0, 0, 255]));
        encoder.encode_frame(image::Frame::new(picture)).unwrap();
    }
    drop(encoder);
    gallery.file("whole.gif", &gif);
    gallery.file("cut.gif", &gif[..gif.len() - 8]);
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (3, 2), "{report}");
    let said = |list: &[ingest::Named]| {
        list.iter().map(|named| format!("{}: {}", named.name, named.reason)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(said(&report.failed), "cut.raf: the file is cut short: copy it again");
    assert!(said(&report.notes).starts_with("cut.gif: it is cut short; its first picture is whole"), "{report}");
    assert_eq!(report.notes.len(), 1, "{report}");
}

/// Small files that ask for more memory than there may be.
#[test]
fn bombs_end_within_their_limits() {
    let gallery = Gallery::new();
    let mut tiff = b"II*\0\x08\0\0\0\x08\0".to_vec();
    for (tag, kind, value) in [
        (256u16, 4u16, 15_000u32),
        (257, 4, 15_000),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (279, 4, 4),
    ] {
        tiff.extend_from_slice(&tag.to_le_bytes());
        tiff.extend_from_slice(&kind.to_le_bytes());
        tiff.extend_from_slice(&1u32.to_le_bytes());
        tiff.extend_from_slice(&value.to_le_bytes());
    }
    tiff.extend_from_slice(&[0; 64]);
    gallery.file("bomb.tif", &tiff);
    let report = gallery.ingest();
    assert_eq!((report.added, report.failed.len()), (0, 1), "{report}");
}
