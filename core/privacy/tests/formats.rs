//! What is blanked in each format, and what stays.

#![allow(clippy::unwrap_used)]

mod support;

use privacy::{Finding, Refusal, Timed};
use support::boxes::{self, boxed, full};
use support::{clean, examine, files, has, patches, pictures, tiff};

#[test]
fn a_jpeg_keeps_its_pixels_orientation_and_dates() {
    for is_big in [false, true] {
        let file = pictures::with_segments(&pictures::segments(is_big));
        let out = clean(&file);
        assert_eq!(pictures::decoded(&out), pictures::decoded(&file));
        for kept in [&b"KEPT make"[..], b"KEPT model", b"KEPT lens", b"KEPT profile", b"2024:06:15", b"+02:00", b"R03"]
        {
            assert!(has(&out, kept), "{}", kept.escape_ascii());
        }
        assert!(has(&out, b"hdrgm:GainMapMax='3.25'") && has(&out, b"<rdf:li>0.5</rdf:li>"));
        assert!(!has(&out, b"maker's") && !has(&out, b"GPSLatitude"));
    }
}

#[test]
fn a_jpeg_without_metadata_is_left_alone() {
    assert!(patches(&pictures::encoded(image::ImageFormat::Jpeg)).is_empty());
}

#[test]
fn gain_maps_stay_and_thumbnails_behind_a_jpeg_go() {
    let gain = pictures::with_segments(&[pictures::segment(0xe1, &[b"Exif\0\0", &tiff::full(true)])]);
    let preview = pictures::with_segments(&[pictures::segment(0xfe, &[b"PREVIEW"])]);
    let parts = [(0, gain.clone()), (0x0001_0002, preview), (0, b"SECRET junk of a phone".to_vec())];
    let file = pictures::with_parts(&pictures::segments(false), &parts);
    let out = clean(&file);
    assert!(!has(&out, b"PREVIEW"));
    let gain_at = file.len() - parts[2].1.len() - parts[1].1.len() - gain.len();
    assert_eq!(pictures::decoded(&out[gain_at..]), pictures::decoded(&gain));
    assert_eq!(pictures::decoded(&out), pictures::decoded(&file));
}

#[test]
fn the_film_of_a_motion_photo_is_blanked_too() {
    let film = boxes::film_with_places(b"meta", b"gpmd");
    let jpeg = pictures::with_segments(&pictures::segments(false));
    let file = [&jpeg[..], b"SECRET SEF", &film, b"SEFH SECRET SEFT"].concat();
    let out = clean(&file);
    assert_eq!(patches(&file).timed(), Timed::Blanked);
    for kept in [&b"KEPT picture 1"[..], b"KEPT picture 2", b"KEPT model"] {
        assert!(has(&out, kept));
    }
}

/// The packet of a picture with a gain map, as Ultra HDR 1.1 has it.
#[test]
fn a_gain_map_that_only_xmp_names_stays() {
    let item = |kind: &str, length: &str| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Mime=\"image/jpeg\" Item:Semantic=\"{kind}\" \
             Item:Label=\"SECRET label\" {length}/></rdf:li>"
        )
    };
    let packet = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description xmlns:Container=\"http://ns.google.com/photos/1.0/container/\" \
         xmlns:Item=\"http://ns.google.com/photos/1.0/container/item/\" photoshop:City=\"SECRET\">\
         <Container:Directory><rdf:Seq>{}{}</rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>",
        item("Primary", ""),
        item("GainMap", "Item:Length=\"4711\"")
    );
    let xmp = pictures::segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()]);
    let gain = pictures::with_segments(&pictures::segments(true));
    let picture = pictures::with_segments(&[xmp]);
    let out = clean(&[&picture[..], &gain].concat());
    for kept in
        ["<Container:Item Item:Mime=\"image/jpeg\" Item:Semantic=\"GainMap\"", "Item:Length=\"4711\"", "</rdf:Seq>"]
    {
        assert!(has(&out, kept.as_bytes()), "{kept}");
    }
    assert_eq!(pictures::decoded(&out[picture.len()..]), pictures::decoded(&gain));
}

#[test]
fn a_trailer_that_nothing_names_is_all_zeros() {
    let jpeg = pictures::encoded(image::ImageFormat::Jpeg);
    let file = [&jpeg[..], &pictures::with_segments(&pictures::segments(false))].concat();
    assert!(clean(&file)[jpeg.len()..].iter().all(|byte| *byte == 0));
}

#[test]
fn a_png_has_right_sums_after() {
    let file = pictures::png();
    let out = clean(&file);
    assert_eq!(pictures::decoded(&out), pictures::decoded(&file));
    let (mut at, mut kinds) = (8, Vec::new());
    while at < out.len() && !kinds.ends_with(&[*b"IEND"]) {
        let length = u32::from_be_bytes(out[at..at + 4].try_into().unwrap()) as usize;
        let sum = u32::from_be_bytes(out[at + 8 + length..at + 12 + length].try_into().unwrap());
        assert_eq!(sum, crc32fast::hash(&out[at + 4..at + 8 + length]));
        kinds.push(out[at + 4..at + 8].try_into().unwrap());
        at += 12 + length;
    }
    assert_eq!(kinds.iter().filter(|kind| *kind == b"zeRo").count(), 4);
    assert!(kinds.contains(b"eXIf") && kinds.contains(b"tIME") && has(&out, b"KEPT lens"));
}

#[test]
fn a_webp_keeps_its_pixels() {
    let file = pictures::webp();
    let out = clean(&file);
    assert_eq!(pictures::decoded(&out), pictures::decoded(&file));
    assert!(has(&out, b"KEPT lens"));
}

#[test]
fn a_gif_keeps_its_pixels_and_repeats() {
    let file = pictures::gif();
    let out = clean(&file);
    assert_eq!(pictures::decoded(&out), pictures::decoded(&file));
    assert!(has(&out, b"NETSCAPE2.0") && !has(&out, b"photoshop"));
}

#[test]
fn a_heif_keeps_its_coded_picture() {
    let out = clean(&boxes::heif());
    for kept in [&b"KEPT coded picture"[..], b"KEPT lens", b"KEPT model", b"hdrgm:Version='1.0'", b"2024:06:15"] {
        assert!(has(&out, kept), "{}", kept.escape_ascii());
    }
}

/// Properties are numbered, so what goes leaves its place to padding.
#[test]
fn a_heif_loses_what_describes_it_and_no_other_property() {
    let kept = [full(b"ispe", 0, &[&[0, 0, 0, 4, 0, 0, 0, 3]]), boxed(b"irot", &[1]), boxed(b"hvcC", b"KEPT coder")];
    let told = [
        full(b"udes", 0, &[b"en\0SECRET name\0\0\0"]),
        boxed(b"uuid", b"SECRET of sixteen and more bytes"),
        boxed(b"tiep", b"SECRET on earth"),
        boxed(b"free", b"SECRET"),
    ];
    let ([size, turn, coder], [name, number, place, rest]) = (&kept, &told);
    let list = [name, size, number, turn, place, coder, rest].map(Vec::as_slice).concat();
    let numbers = full(b"ipma", 0, &[&[0, 0, 0, 1, 0, 1, 3, 2, 4, 0x86]]);
    let iprp = boxed(b"iprp", &[boxed(b"ipco", &list), numbers.clone(), boxed(b"none", b"SECRET")].concat());
    let elsewhere = full(b"dref", 0, &[&[0, 0, 0, 1], &full(b"url ", 0, &[b"SECRET volume"])]);
    let file = boxes::heif_with(&[iprp, boxed(b"dinf", &elsewhere)].concat());
    let out = clean(&file);
    for part in kept.iter().chain([&numbers]) {
        let at = |bytes: &[u8]| bytes.windows(part.len()).position(|window| window == part);
        assert_eq!((at(&out), at(&out).is_some()), (at(&file), true), "{}", part.escape_ascii());
    }
    // As many boxes as before, each with its length.
    let lengths = |bytes: &[u8]| {
        let start = bytes.windows(4).position(|window| window == b"ipco").unwrap() + 4;
        let (mut left, mut lengths) = (&bytes[start..start + list.len()], Vec::new());
        while let Some(size) = left.first_chunk().map(|size| u32::from_be_bytes(*size) as usize) {
            lengths.push(size);
            left = &left[size..];
        }
        lengths
    };
    assert_eq!((lengths(&out), lengths(&out).len()), (lengths(&file), 7));
    assert!(has(&out, b"KEPT coded picture"));
}

#[test]
fn unknown_boxes_and_padding_of_a_track_go() {
    let film = boxes::film_with_places(b"meta", b"gpmd");
    let mdia: [&[u8; 4]; 3] = [b"moov", b"trak", b"mdia"];
    let minf = [&mdia[..], &[b"minf"]].concat();
    let stbl = [&minf[..], &[b"stbl"]].concat();
    for path in [&mdia[..], &minf, &stbl] {
        for kind in [b"free", b"skip", b"Xtra", b"uuid"] {
            clean(&boxes::with_box(&film, path, &boxed(kind, b"SECRET in a track")));
        }
    }
    let known = [
        (&mdia[..], full(b"elng", 0, &[b"KEPT 1"])),
        (&minf[..], full(b"vmhd", 1, &[b"KEPT 2"])),
        (&stbl[..], full(b"stts", 0, &[b"KEPT 3"])),
    ];
    let with = known.iter().fold(film, |film, (path, more)| boxes::with_box(&film, path, more));
    let out = clean(&with);
    assert!(known.iter().all(|(_, more)| has(&out, more)));

    let run = full(b"trun", 0, &[b"KEPT run"]);
    let of_track = |kind| boxed(b"traf", &[run.clone(), boxed(kind, b"SECRET of a fragment")].concat());
    for kind in [b"free", b"Xtra"] {
        let fragment = boxed(b"moof", &[full(b"mfhd", 0, &[&[0; 4]]), of_track(kind)].concat());
        assert!(has(&clean(&[&with[..], &fragment].concat()), &run));
    }
}

#[test]
fn a_film_keeps_its_samples_and_loses_its_places() {
    for (handler, format) in [(b"meta", b"gpmd"), (b"meta", b"mebx"), (b"camm", b"camm"), (b"text", b"text")] {
        let file = boxes::film_with_places(handler, format);
        assert_eq!(patches(&file).timed(), Timed::Blanked);
        let out = clean(&file);
        assert!(!has(&out, b"GPRMC"));
        for kept in [&b"KEPT picture 1.."[..], b"KEPT picture 2..", b"KEPT make", b"KEPT model", b"2024-06-15"] {
            assert!(has(&out, kept), "{}", kept.escape_ascii());
        }
    }
}

#[test]
fn subtitles_stay() {
    let track =
        |handler| boxes::Track { handler, format: b"tx3g", chunks: vec![(boxes::SAMPLES, vec![5])], is_wide: false };
    let file = boxes::film(&[track(b"sbtl")], b"Hello");
    assert_eq!(patches(&file).timed(), Timed::None);
    assert!(has(&clean(&file), b"Hello"));
    assert!(!has(&clean(&boxes::film(&[track(b"data")], b"Hello")), b"Hello"));
    for text in ["$GPRMC", "GPS 1", "48.8577", "48°51'", "Latitude"] {
        let chunks = vec![(boxes::SAMPLES, vec![u32::try_from(text.len()).unwrap()])];
        let track = boxes::Track { handler: b"text", format: b"text", chunks, is_wide: false };
        assert_eq!(patches(&boxes::film(&[track], text.as_bytes())).timed(), Timed::Blanked, "{text}");
    }
    for text in ["20°C", "1.000 km", "3.14", "at 10.30"] {
        let chunks = vec![(boxes::SAMPLES, vec![u32::try_from(text.len()).unwrap()])];
        let track = boxes::Track { handler: b"text", format: b"text", chunks, is_wide: false };
        assert_eq!(patches(&boxes::film(&[track], text.as_bytes())).timed(), Timed::None, "{text}");
    }
}

#[test]
fn places_in_fragments_or_in_too_many_chunks_are_reported() {
    let film = boxes::film_with_places(b"meta", b"gpmd");
    let fragments = [&film[..], &boxed(b"moof", &full(b"mfhd", 0, &[&[0; 4]]))].concat();
    assert_eq!(patches(&fragments).timed(), Timed::Left);
    // The tables of a text that is in fragments say nothing of it.
    let text = |handler| boxes::Track { handler, format: b"tx3g", chunks: vec![], is_wide: false };
    for handler in [b"text", b"sbtl"] {
        let film = boxes::film(&[text(handler)], b"KEPT");
        assert!(examine(&film).safe().is_some());
        let fragments = [&film[..], &boxed(b"moof", &full(b"mfhd", 0, &[&[0; 4]]))].concat();
        assert!(examine(&fragments).safe().is_none());
    }
    let chunks = (0..8000).map(|_| (boxes::SAMPLES, vec![1])).collect();
    let track = boxes::Track { handler: b"meta", format: b"gpmd", chunks, is_wide: false };
    let finding = examine(&boxes::film(&[track], b"KEPT!"));
    assert!(finding.safe().is_none() && matches!(finding, Finding::Known(patches) if patches.timed() == Timed::Left));
}

/// Two hours with a place for each second take a run for each.
#[test]
fn two_hours_of_places_are_small() {
    let chunks: Vec<(u32, Vec<u32>)> = (0..7200).map(|second| (boxes::SAMPLES + second * 5000, vec![700])).collect();
    let track = boxes::Track { handler: b"meta", format: b"gpmd", chunks, is_wide: false };
    let patches = patches(&boxes::film(&[track], &vec![b'x'; 7200 * 5000]));
    assert_eq!(patches.timed(), Timed::Blanked);
    assert!(patches.iter().count() > 7200);
    let size = Finding::Known(patches).encode().len();
    assert!(size < 48 << 10, "{size}");
}

#[test]
fn blocks_of_a_dash_cam_are_blanked() {
    let samples = b"KEPT picture, freeGPS SECRET block";
    let video = |length| boxes::Track {
        handler: b"vide",
        format: b"avc1",
        chunks: vec![(boxes::SAMPLES, vec![length])],
        is_wide: false,
    };
    let film = boxes::film(&[video(14)], samples);
    let list: Vec<u8> = [0, 1, boxes::SAMPLES + 14, 20].iter().flat_map(|number: &u32| number.to_be_bytes()).collect();
    let with_list = |at: u32| {
        let mut list = list.clone();
        list[8..12].copy_from_slice(&at.to_be_bytes());
        let moov = [full(b"mvhd", 0, &[&[0; 96]]), video(14).boxed(), boxed(b"gps ", &list)].concat();
        [&film[..boxes::SAMPLES as usize + samples.len()], &boxed(b"moov", &moov)].concat()
    };
    let out = clean(&with_list(boxes::SAMPLES + 14));
    assert!(has(&out, b"KEPT picture, ") && !has(&out, b"freeGPS"));
    assert_eq!(examine(&with_list(boxes::SAMPLES)), Finding::Refused(Refusal::Shape), "a list that names pictures");
}

#[test]
fn the_film_of_a_motion_photo_in_heif_is_blanked_too() {
    let file = [boxes::heif(), boxed(b"mpvd", &boxes::film_with_places(b"meta", b"gpmd"))].concat();
    assert_eq!(patches(&file).timed(), Timed::Blanked);
    assert!(has(&clean(&file), b"KEPT picture 2.."));
}

/// Directories that name each other as often as they can, and items that all are the same block.
#[test]
fn what_is_made_to_take_long_does_not() {
    let mut writer = tiff::Writer::new(false);
    writer.directory(&vec![writer.long(0x8769, 8); 1000], false);
    let started = std::time::Instant::now();
    let bomb = pictures::segment(0xe1, &[b"Exif\0\0", &writer.bytes]);
    patches(&pictures::with_segments(&vec![bomb; 200]));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn an_error_of_reading_is_returned() {
    struct Broken;
    impl privacy::ReadAt for Broken {
        type Error = &'static str;
        fn len(&self) -> u64 {
            100
        }
        fn read_at(&mut self, _: u64, _: &mut [u8]) -> Result<(), Self::Error> {
            Err("broken")
        }
    }
    assert_eq!(privacy::examine(&mut Broken), Err("broken"));
}

#[test]
fn samples_that_lie_in_padding_are_not_blanked() {
    let mut film = boxes::film_with_places(b"meta", b"gpmd");
    film[28..32].copy_from_slice(b"free");
    assert_eq!(examine(&film), Finding::Refused(Refusal::Shape));
}

#[test]
fn what_is_not_known_is_refused() {
    for (bytes, refusal) in [
        (&b""[..], Refusal::Format),
        (b"II*\0\x08\0\0\0", Refusal::Format),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Refusal::Format),
        (b"\x1aE\xdf\xa3", Refusal::Format),
        (b"\xff\xd8\xff\xe1\xff\xff", Refusal::Damaged),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", Refusal::Shape),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Refusal::Damaged),
    ] {
        let finding = examine(bytes);
        assert_eq!(finding, Finding::Refused(refusal), "{}", bytes.escape_ascii());
        assert!(finding.safe().is_none());
    }
}

#[test]
fn what_is_cut_is_refused_or_says_nothing() {
    for file in files() {
        for length in 0..file.len() {
            if let Finding::Known(patches) = examine(&file[..length]) {
                let mut out = file[..length].to_vec();
                patches.apply(0, &mut out);
                assert!(!has(&out, b"SECRET"), "{length} of {}", file.len());
            }
        }
    }
}
