//! Random playlists: the gzip holds what `hls::rewrite` and sigv4 make as text, by another reader of gzip.
//!
//! `SIGNED_PLAYLISTS=1000000 cargo test --release -p signed-playlist` runs more of them.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]

mod generator;

use std::io::Read as _;

use generator::{Random, playlist, presigner};
use hls::{Reference, Scope, Summary};
use sigv4::Presigner;

const SCOPE: Scope<'_> = Scope { prefix: "hls/film é/", base: "hls/film é/v/720p.m3u8", public_base: None };

/// Some references are not presigned.
fn other(out: &mut String, reference: &Reference<'_>) {
    if reference.key.contains(".vtt") {
        out.push_str("elsewhere/");
        out.push_str(reference.raw);
    }
}

/// The text as it was made before there was gzip.
fn text(playlist: &[u8], presigner: &Presigner) -> Result<(Summary, String), hls::Error> {
    let mut out = String::new();
    let mut batch = presigner.batch();
    let summary = hls::rewrite(playlist, &SCOPE, &mut out, |out, reference| {
        let before = out.len();
        other(out, reference);
        if out.len() == before {
            batch.push(out, reference.key);
        }
    })?;
    batch.finish(&mut out);
    Ok((summary, out))
}

fn read(gzip: &[u8]) -> Vec<u8> {
    let mut decoder = flate2::read::GzDecoder::new(gzip);
    let mut text = Vec::new();
    decoder.read_to_end(&mut text).unwrap();
    assert!(decoder.into_inner().is_empty(), "bytes behind the member");
    text
}

/// Returns the sizes of the text and of the gzip.
fn check(playlist: &str, presigner: &Presigner) -> (usize, usize) {
    let (summary, text) = text(playlist.as_bytes(), presigner).unwrap_or_else(|error| panic!("{error}: {playlist}"));
    let (found, gzip) = signed_playlist::gzip(playlist.as_bytes(), &SCOPE, presigner, other).unwrap();
    assert_eq!(found, summary);
    assert!(read(&gzip) == text.as_bytes(), "another text by gzip: {playlist}");
    assert!(deflate::inflate(&gzip, text.len()).as_deref() == Some(text.as_bytes()), "not inflated: {playlist}");
    (text.len(), gzip.len())
}

#[test]
fn as_text_signed_and_then_compressed() {
    let wanted: u64 = std::env::var("SIGNED_PLAYLISTS").map_or(10_000, |number| number.parse().unwrap());
    let presigners: Vec<Presigner> = (0..40).map(|seed| presigner(&mut Random(seed))).collect();
    let (mut references, mut far) = (0, 0);
    for seed in 0..wanted {
        let mut random = Random(seed);
        let playlist = playlist(&mut random);
        let (length, _) = check(&playlist, &presigners[random.below(presigners.len())]);
        references += usize::from(playlist.contains("EXTINF"));
        far += usize::from(length > 32 * 1024);
    }
    // The playlists are what the test is about: with URLs, and longer than the window.
    assert!(references * 2 > usize::try_from(wanted).unwrap() && far * 20 > usize::try_from(wanted).unwrap());
}

/// The same URL, as far apart as a match may reach, and a byte less and more.
#[test]
fn the_edge_of_the_window() {
    let presigner = presigner(&mut Random(1));
    let line = text(b"#EXTM3U\n#EXTINF:4,\na.ts\n", &presigner).unwrap().1.lines().last().unwrap().len();
    for distance in 32 * 1024 - 70..32 * 1024 + 70 {
        let comment = "x".repeat(distance - line - "\n#\n#EXTINF:4,\n".len());
        let mut playlist = "#EXTM3U\n#EXTINF:4,\na.ts".to_owned();
        for name in ["a.ts", "a.ts", "b.ts", "a.ts"] {
            playlist += &format!("\n#{comment}\n#EXTINF:4,\n{name}");
        }
        check(&playlist, &presigner);
    }
}

/// Every length of a match: a key of which some letters changed, and a text between of each length.
#[test]
fn every_length_of_what_repeats() {
    let presigner = presigner(&mut Random(2));
    for length in 1..600 {
        let (same, other) = ("k".repeat(length), "k".repeat(length.div_ceil(2)));
        let playlist = format!(
            "#EXTM3U\n#EXTINF:4,{same}\n{same}.ts\n#EXTINF:4,{same}\n{same}.ts\n#EXTINF:4,{other}\n{other}.ts\n\
             #EXTINF:4,{same}\n{other}_\n#EXTINF:4,{same}\n_{other}\n"
        );
        check(&playlist, &presigner);
    }
}

#[test]
fn what_is_refused_as_text_is_refused() {
    let presigner = presigner(&mut Random(3));
    for bad in ["", "#EXTM3U", "#EXTM3U\n#EXTINF:4,\n../../a.ts\n", "#EXTM3U\n#EXTINF:4,\n", "#EXTM3U\na.ts\n"] {
        let wanted = text(bad.as_bytes(), &presigner).unwrap_err();
        assert_eq!(signed_playlist::gzip(bad.as_bytes(), &SCOPE, &presigner, other).unwrap_err(), wanted, "{bad}");
    }
}

/// A playlist with a file for each segment, as ingest wrote it before there was one file for each variant.
fn files(segments: usize) -> String {
    let mut playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n".to_owned();
    for number in 0..segments {
        playlist += &format!("#EXTINF:4.000000,\n1080p_{number:03}.ts\n");
    }
    playlist + "#EXT-X-ENDLIST\n"
}

/// A playlist with byte ranges of one file, as ingest writes it. In a playlist of key frames each range has its place.
fn ranges(segments: usize, are_key_frames: bool) -> String {
    let mut random = Random(9);
    let mut playlist =
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"1080p.mp4\",BYTERANGE=\"812@0\"\n".to_owned();
    let mut offset = 812;
    for number in 0..segments {
        let bytes = 400_000 + random.below(500_000);
        let place = if number == 0 || are_key_frames { format!("@{offset}") } else { String::new() };
        playlist += &format!("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:{bytes}{place}\n1080p.mp4\n");
        offset += bytes;
    }
    playlist + "#EXT-X-ENDLIST\n"
}

/// What `cargo xtask bench playlist` says of bytes does not depend on speed.
#[test]
fn a_segment_takes_few_bytes() {
    let presigner = presigner(&mut Random(4));
    let playlists = [
        ("files", files(600), 41 * 600),
        ("ranges", ranges(600, false), 4_900),
        ("key frames", ranges(600, true), 9_000),
    ];
    for (name, playlist, wanted) in playlists {
        let (length, gzip) = check(&playlist, &presigner);
        assert!(gzip <= wanted, "{name}: {length} bytes became {gzip}");
    }
    // A film of a minute too is written by the right code.
    let (length, gzip) = check(&ranges(17, false), &presigner);
    assert!(gzip < 700, "{length} bytes became {gzip}");
}

/// Every use of a file has the same text, or the ranges without a place of their own would mean nothing.
#[test]
fn one_file_has_one_url() {
    let presigner = presigner(&mut Random(5));
    let (_, gzip) = signed_playlist::gzip(ranges(200, false).as_bytes(), &SCOPE, &presigner, |_, _| ()).unwrap();
    let text = String::from_utf8(read(&gzip)).unwrap();
    let mut url = String::new();
    presigner.presign_into(&mut url, "hls/film é/v/1080p.mp4");
    assert_eq!(text.lines().filter(|line| *line == url).count(), 200);
    assert!(text.contains(&format!("#EXT-X-MAP:URI=\"{url}\",BYTERANGE=\"812@0\"\n")));
}
