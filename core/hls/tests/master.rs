//! The master builder and the order of qualities.

use hls::{MasterError, PlaylistKind, Scope, Variant, master, quality_order};

fn variant(name: &str, bandwidth: u64) -> Variant {
    Variant { uri: format!("{name}.m3u8"), bandwidth, name: Some(name.to_owned()), ..Variant::default() }
}

#[test]
fn everything_known_is_written_and_nothing_else() {
    let full = Variant {
        uri: "1080p.m3u8".to_owned(),
        bandwidth: 5_605_600,
        average_bandwidth: Some(5_000_000),
        codecs: Some("avc1.640028,mp4a.40.2".to_owned()),
        resolution: Some((1080, 1920)),
        frame_rate: Some(30_000.0 / 1001.0),
        name: Some("1080p".to_owned()),
    };
    let bare = Variant { uri: "360p.m3u8".to_owned(), bandwidth: 800_000, ..Variant::default() };
    assert_eq!(
        master(&[bare.clone(), full], true).unwrap(),
        "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-STREAM-INF:BANDWIDTH=5605600,AVERAGE-BANDWIDTH=5000000,CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1080x1920,FRAME-RATE=29.970,NAME=\"1080p\"\n1080p.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=800000\n360p.m3u8\n"
    );
    assert_eq!(master(&[bare], false).unwrap(), "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\n360p.m3u8\n");
}

#[test]
fn sorted_by_number() {
    let order = |variants: &[Variant]| -> Vec<String> {
        let text = master(variants, false).unwrap();
        text.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect()
    };
    let known =
        [variant("720p", 2_800_000), variant("1080p", 5_000_000), variant("360p", 800_000), variant("480p", 1_400_000)];
    assert_eq!(order(&known), ["1080p.m3u8", "720p.m3u8", "480p.m3u8", "360p.m3u8"]);
    let unknown =
        [variant("720p", 0), variant("1080p", 0), variant("audio", 0), variant("480p", 0), variant("2160p", 0)];
    assert_eq!(order(&unknown), ["2160p.m3u8", "1080p.m3u8", "720p.m3u8", "480p.m3u8", "audio.m3u8"]);
    assert!(!master(&unknown, false).unwrap().contains("BANDWIDTH"), "nothing invented");
}

#[test]
fn what_it_builds_can_be_read() {
    let text = master(&[variant("720p", 2), variant("1080p", 3)], true).unwrap();
    let scope = Scope { prefix: "hls/f/", base: "hls/f/master.m3u8", public_base: None };
    let mut keys = Vec::new();
    let summary = hls::rewrite(text.as_bytes(), &scope, &mut String::new(), |out, reference| {
        keys.push(reference.key.to_owned());
        out.push('x');
    });
    assert_eq!(summary.unwrap().kind, PlaylistKind::Master);
    assert_eq!(keys, ["hls/f/1080p.m3u8", "hls/f/720p.m3u8"]);

    let (_, theirs) = m3u8_rs::parse_master_playlist(text.as_bytes()).unwrap();
    assert!(theirs.independent_segments);
    assert_eq!(theirs.variants.iter().map(|v| v.bandwidth).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn texts_that_would_change_the_playlist_are_refused() {
    let good = variant("720p", 1);
    let cases = [
        (Variant { uri: "a\nb".to_owned(), ..good.clone() }, "URI"),
        (Variant { uri: String::new(), ..good.clone() }, "URI"),
        (Variant { uri: "#EXT-X-ENDLIST".to_owned(), ..good.clone() }, "URI"),
        (Variant { codecs: Some("avc1\",URI=\"x".to_owned()), ..good.clone() }, "CODECS"),
        (Variant { codecs: Some("avc1\r".to_owned()), ..good.clone() }, "CODECS"),
        (Variant { name: Some("a\"b".to_owned()), ..good.clone() }, "NAME"),
        (Variant { name: Some("a\nb".to_owned()), ..good.clone() }, "NAME"),
        (Variant { frame_rate: Some(f64::NAN), ..good.clone() }, "FRAME-RATE"),
        (Variant { frame_rate: Some(f64::INFINITY), ..good.clone() }, "FRAME-RATE"),
        (Variant { frame_rate: Some(0.0), ..good.clone() }, "FRAME-RATE"),
    ];
    for (bad, attribute) in cases {
        assert_eq!(master(&[good.clone(), bad], false), Err(MasterError { variant: 1, attribute }));
    }
}

#[test]
fn quality_numbers() {
    let names = [
        "8k",
        "2160p60",
        "1440p",
        "1920x1080",
        "1080p",
        "1080p",
        "720p",
        "540",
        "480p",
        "q360",
        "240p",
        "144p",
        "audio",
        "",
    ];
    let numbers: Vec<u64> = names.iter().map(|n| quality_order(n)).collect();
    assert_eq!(numbers, [4320, 2160, 1440, 1080, 1080, 1080, 720, 540, 480, 360, 240, 144, 0, 0]);
    assert_eq!(quality_order("4K"), 2160);
    assert_eq!(quality_order("99999999999999999999999p"), u64::MAX);
    assert_eq!(quality_order("720xyz"), 720);
    assert_eq!(quality_order("é1080é"), 1080);
}
