//! Photos, from a folder through a store that verifies signatures into the catalogue.

use crate::common::Gallery;
use crate::common::jpeg::{Value, encode, quarters, stored, with_exif};
use image::{GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode(&quarters(width, height), ImageFormat::Jpeg)
}

fn close(pixel: Rgb<u8>, to: [u8; 3]) -> bool {
    pixel.0.iter().zip(to).all(|(a, b)| a.abs_diff(b) < 40)
}

#[test]
fn every_orientation_comes_out_upright() {
    let gallery = Gallery::new();
    let upright = quarters(900, 600);
    for orientation in 1..=8 {
        let jpeg = encode(&stored(&upright, orientation), ImageFormat::Jpeg);
        let jpeg = with_exif(&jpeg, &[(0x0112, Value::Short(orientation))], &[], &[]);
        gallery.file(&format!("{orientation}.jpg"), &jpeg);
    }
    let report = gallery.ingest();
    assert_eq!((report.photos, report.added, report.exit_code()), (8, 8, 0), "{report}");
    for orientation in 1..=8 {
        let key = format!("{orientation}.jpg");
        for (size, width, height) in [("large", 800, 533), ("medium", 400, 267), ("small", 150, 100)] {
            let thumbnail = gallery.thumbnail(size, &key);
            assert_eq!(thumbnail.dimensions(), (width, height), "{key} {size}");
            let pixels = thumbnail.into_rgb8();
            let at = |x, y| *pixels.get_pixel(width * x / 4, height * y / 4);
            assert!(close(at(1, 1), [220, 20, 20]), "{key} {size}: {:?}", at(1, 1));
            assert!(close(at(3, 1), [20, 200, 20]), "{key} {size}: {:?}", at(3, 1));
            assert!(close(at(1, 3), [20, 20, 220]), "{key} {size}: {:?}", at(1, 3));
            assert!(close(at(3, 3), [240, 240, 240]), "{key} {size}: {:?}", at(3, 3));
        }
    }
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media WHERE width = 900 AND height = 600"), [8]);
}

#[test]
fn a_row_says_what_the_camera_wrote() {
    let gallery = Gallery::new();
    let first = [(0x010f, Value::Ascii("FUJIFILM")), (0x0110, Value::Ascii("X-T5"))];
    let exif = [
        (0x829a, Value::Rational(vec![(10, 2500)])),
        (0x829d, Value::Rational(vec![(28, 10)])),
        (0x8827, Value::Short(400)),
        (0x9003, Value::Ascii("2024:06:15 14:03:22")),
        (0x9011, Value::Ascii("+02:00")),
        (0x920a, Value::Rational(vec![(230, 10)])),
        (0xa434, Value::Ascii("XF23mmF2 R WR")),
    ];
    let gps = [
        (1, Value::Ascii("S")),
        (2, Value::Rational(vec![(0, 1), (0, 1), (0, 1)])),
        (3, Value::Ascii("W")),
        (4, Value::Rational(vec![(78, 1), (30, 1), (0, 1)])),
    ];
    gallery.file("2024/06/a.jpg", &with_exif(&jpeg(64, 48), &first, &exif, &gps));
    // This camera writes text where numbers belong.
    let rubbish = [(0x829d, Value::Ascii("f/2.8")), (0x8827, Value::Ascii("auto")), (0x9003, Value::Ascii("soon"))];
    gallery.file("rubbish.jpg", &with_exif(&jpeg(64, 48), &[], &rubbish, &[]));
    gallery.file("IMG_20230102_030405.png", &encode(&quarters(9, 9), ImageFormat::Png));
    assert_eq!(gallery.ingest().added, 3);

    let row = "SELECT json_array(key, filename, type, iif(taken_source = 'file', null, date_taken), taken_source, \
               taken_offset, camera_make, camera_model, lens, focal_length, \
               aperture, shutter_speed, iso, latitude, longitude, altitude, width, height, duration, hls_qualities, \
               thumbnail_small, json_remove(renditions ->> '$.all[0]', '$.bytes', '$.crc'), metadata ->> '$.mime') \
               FROM media ORDER BY key";
    assert_eq!(
        gallery.sql::<String>(row),
        [
            r#"["2024/06/a.jpg","a.jpg","image","2024-06-15T14:03:22","exif","+02:00","FUJIFILM","X-T5","XF23mmF2 R WR",23.0,2.8,"1/250",400,0.0,-78.5,null,64,48,null,null,null,{"name":"small","format":"webp","width":64,"height":48},"image/jpeg"]"#,
            r#"["IMG_20230102_030405.png","IMG_20230102_030405.png","image","2023-01-02T03:04:05","name","+00:00",null,null,null,null,null,null,null,null,null,null,9,9,null,null,null,{"name":"small","format":"webp","width":9,"height":9},"image/png"]"#,
            r#"["rubbish.jpg","rubbish.jpg","image",null,"file","+00:00",null,null,null,null,null,null,null,null,null,null,64,48,null,null,null,{"name":"small","format":"webp","width":64,"height":48},"image/jpeg"]"#,
        ]
    );
}

#[test]
fn originals_arrive_whole_under_awkward_names() {
    let gallery = Gallery::new();
    let names = [
        "% é (1).jpg",
        "-dash.jpg",
        "a b+c.jpg",
        "Tanz & Müller (1) 50%.jpg",
        "nested/folder/x.jpg",
        "#?&=;.jpg",
        "'\"<>.jpg",
        "日本 😀.jpg",
    ];
    let bytes: Vec<_> = (0..names.len()).map(|more| jpeg(320, 200 + u32::try_from(more).unwrap())).collect();
    for (name, bytes) in names.iter().zip(&bytes) {
        gallery.file(name, bytes);
    }
    let report = gallery.ingest();
    assert_eq!((report.added, report.failed.as_slice()), (8, [].as_slice()));
    for (name, bytes) in names.iter().zip(&bytes) {
        let object = gallery.object(name).expect(name);
        assert!(object.bytes == *bytes, "{name}");
        assert_eq!(object.content_type, "image/jpeg");
        assert_eq!(object.cache_control, "private, max-age=14400");
        assert_eq!(gallery.thumbnail("small", name).width(), 150);
        // Small pictures are not enlarged.
        assert_eq!(gallery.thumbnail("large", name).width(), 320);
    }
}

#[test]
fn every_format_goes_in() {
    let gallery = Gallery::new();
    let transparent = RgbaImage::from_fn(900, 300, |x, _| Rgba([200, 0, 0, if x < 450 { 0 } else { 255 }]));
    let mut png = std::io::Cursor::new(Vec::new());
    transparent.write_to(&mut png, ImageFormat::Png).unwrap();
    gallery.file("alpha.png", &png.into_inner());
    gallery.file("plain.webp", &encode(&quarters(500, 400), ImageFormat::WebP));
    gallery.file("animated.gif", &animation());
    // The content decides the kind, not the name.
    gallery.file("really-a-png.jpg", &encode(&quarters(40, 30), ImageFormat::Png));
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (4, 0), "{report}");

    let thumbnail = gallery.thumbnail("medium", "alpha.png").into_rgba8();
    // A long picture is fitted by its height.
    assert_eq!(thumbnail.dimensions(), (600, 200));
    assert_eq!((thumbnail.get_pixel(75, 90).0[3], thumbnail.get_pixel(525, 90).0[3]), (0, 255));
    assert_eq!(gallery.thumbnail("medium", "plain.webp").dimensions(), (400, 320));
    let first = *gallery.thumbnail("small", "animated.gif").into_rgb8().get_pixel(20, 20);
    assert!(close(first, [250, 0, 0]), "{first:?}");
    assert_eq!(gallery.object("really-a-png.jpg").unwrap().content_type, "image/png");
    assert_eq!(
        gallery.sql::<String>("SELECT metadata ->> '$.mime' FROM media ORDER BY key"),
        ["image/png", "image/gif", "image/webp", "image/png"]
    );
}

/// Two frames, red and blue.
fn animation() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut out);
    for color in [Rgba([250, 0, 0, 255]), Rgba([0, 0, 250, 255])] {
        encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(60, 40, color))).unwrap();
    }
    drop(encoder);
    out
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_in() {
    let gallery = Gallery::new();
    let whole = jpeg(400, 300);
    gallery.file("good.jpg", &whole);
    gallery.file("truncated.jpg", &whole[..whole.len() / 2]);
    gallery.file("empty.jpg", b"");
    gallery.file("text.png", b"this is text");
    gallery.file("damaged.png", &{
        let mut png = encode(&quarters(40, 30), ImageFormat::Png);
        let middle = png.len() / 2;
        png[middle..middle + 8].fill(0x55);
        png
    });
    let mut bomb = whole.clone();
    let frame = bomb.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    gallery.file("bomb.jpg", &bomb);
    gallery.file("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    gallery.file("next.jxl", b"\xff\x0a");
    for name in ["empty.HIF", "empty.jfif", "empty.m4v"] {
        gallery.file(name, b"");
    }
    gallery.file("old.CRW", b"II\x1a\0\0\0HEAPCCDR");
    gallery.file("main.ts", b"export {};\n");
    gallery.file("thumbnails/large/x.jpg", &whole);
    gallery.file("hls/x.jpg", &whole);
    gallery.file("notes.txt", b"hello");
    gallery.file(".DS_Store", b"hidden");

    let report = gallery.ingest();
    let names = |list: &[ingest::Named]| list.iter().map(|named| named.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names(&report.failed),
        [
            "bomb.jpg",
            "damaged.png",
            "empty.HIF",
            "empty.jfif",
            "empty.jpg",
            "empty.m4v",
            "phone.heic",
            "text.png",
            "truncated.jpg"
        ]
    );
    assert_eq!(names(&report.skipped), ["hls/x.jpg", "next.jxl", "old.CRW", "thumbnails/large/x.jpg"]);
    assert_eq!((report.added, report.ignored, report.exit_code()), (1, 2, 2));
    let text = report.to_string();
    for reason in [
        "failed: truncated.jpg: the file is cut short: copy it again",
        "failed: empty.jpg: the file is empty",
        "failed: phone.heic: broken: ",
        "skipped: next.jxl: this picture format is not yet supported",
        "skipped: old.CRW: this raw format is not yet supported",
        "65500x65500",
        "is reserved",
    ] {
        assert!(text.contains(reason), "{reason} in\n{text}");
    }
    // Nothing of the failed files is in the bucket or in the catalogue.
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["good.jpg"]);
    assert!(gallery.object("truncated.jpg").is_none());
}

#[test]
fn a_second_run_uploads_nothing() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &jpeg(64, 48));
    let touched = gallery.file("b.jpg", &jpeg(65, 48));
    let changed = gallery.file("c.jpg", &jpeg(66, 48));
    let first = gallery.ingest();
    assert_eq!((first.added, first.objects), (3, 6));
    let rows = gallery.sql::<String>("SELECT key || uploaded_at || updated_at || metadata FROM media");

    let again = gallery.ingest();
    assert_eq!((again.added, again.unchanged, again.objects), (0, 3, 0));
    assert_eq!(gallery.sql::<String>("SELECT key || uploaded_at || updated_at || metadata FROM media"), rows);

    // The file has a new time and the same content. There is nothing to upload, and the new time is noted.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(10);
    std::fs::File::options().append(true).open(&touched).unwrap().set_modified(later).unwrap();
    let modified = "SELECT modified FROM places WHERE path = 'b.jpg'";
    let before = gallery.sql::<String>(modified);
    let again = gallery.ingest();
    assert_eq!((again.added, again.unchanged, again.objects), (0, 3, 0));
    assert_ne!(gallery.sql::<String>(modified), before);

    // New content is uploaded, even if its size is the same.
    let mut bytes = std::fs::read(&changed).unwrap();
    let end = bytes.len();
    bytes[end - 20] ^= 1;
    std::fs::write(&changed, &bytes).unwrap();
    std::fs::File::options().append(true).open(&changed).unwrap().set_modified(later).unwrap();
    let again = gallery.ingest();
    assert_eq!((again.replaced, again.unchanged, again.objects), (1, 2, 2));
    assert!(gallery.object("c.jpg").unwrap().bytes == bytes);

    // A file that is gone from the folder stays in the gallery.
    std::fs::remove_file(&changed).unwrap();
    assert_eq!(gallery.ingest().unchanged, 2);
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media"), [3]);
}

#[test]
fn force_does_everything_again() {
    let mut gallery = Gallery::new();
    gallery.file("a.jpg", &jpeg(64, 48));
    gallery.ingest();
    gallery.options.force = true;
    let report = gallery.ingest();
    assert_eq!((report.replaced, report.objects), (1, 2));
    assert_eq!(gallery.sql::<i64>("SELECT count(*) FROM media"), [1]);
}

#[test]
fn a_large_picture_of_one_colour_keeps_it() {
    let gallery = Gallery::new();
    let picture = RgbImage::from_pixel(3000, 1000, Rgb([90, 140, 60]));
    gallery.file("a.png", &encode(&picture, ImageFormat::Png));
    gallery.ingest();
    for size in ["small", "medium", "large"] {
        let thumbnail = gallery.thumbnail(size, "a.png").into_rgb8();
        let pixel = *thumbnail.get_pixel(thumbnail.width() / 2, thumbnail.height() / 2);
        assert!(pixel.0.iter().zip([90, 140, 60]).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 4), "{pixel:?}");
    }
}
