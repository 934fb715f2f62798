//! Variant playlists as video-edge makes them: rewritten, rewritten with every segment presigned, and presigned and
//! compressed in one pass.

use std::fmt::Write as _;
use std::hint::black_box;

use hls::{Scope, Summary};
use serde::Serialize;

use crate::ours::Ours;
use crate::timing::{Best, Compression};

/// The numbers of segments. With four seconds each, they make ten minutes, forty minutes, and three hours twenty.
const SEGMENTS: [usize; 3] = [154, 600, 3000];

/// The largest value of the KV store that all hosts have, without the entry's own header.
const KV_BYTES: usize = 1_000_000 - 500;

const SCOPE: Scope<'_> =
    Scope { prefix: "hls/2024/06/IMG_0042.MOV/", base: "hls/2024/06/IMG_0042.MOV/1080p.m3u8", public_base: None };

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Nanoseconds.
    pub compression_ns: f64,
    pub films: Vec<Film>,
    /// The most segments of a film whose playlist fits into the KV store as gzip.
    pub most_in_kv: usize,
}

/// Times are nanoseconds for the whole playlist.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Film {
    pub segments: usize,
    /// Whether the segments are byte ranges of one file. Else each is a file.
    pub one_file: bool,
    pub bytes_in: usize,
    pub bytes_out: usize,
    pub bytes_gzip: usize,
    pub rewrite_ns: f64,
    /// As text.
    pub signed_ns: f64,
    /// As gzip.
    pub gzip_ns: f64,
    pub gzip_to_signed: f64,
}

/// Runs everything `rounds` times, in turns, and keeps the best time of each.
pub fn best_of(rounds: u32) -> Figures {
    let ours = Ours::r2();
    let texts = [SEGMENTS.map(playlist), SEGMENTS.map(ranges)].concat();
    let mut compression = Compression::new();
    let mut best = vec![[Best::new(1); 3]; texts.len()];
    let mut out = String::with_capacity(4 * 1024 * 1024);
    for _ in 0..rounds {
        compression.time();
        for (text, [rewritten, signed, gzip]) in texts.iter().zip(&mut best) {
            rewritten.time(&mut out, |out| {
                hls::rewrite(black_box(text).as_bytes(), &SCOPE, out, |out, reference| out.push_str(reference.raw))
                    .expect("a playlist");
            });
            signed.time(&mut out, |out| sign(&ours, black_box(text), out));
            gzip.time(&mut out, |_| drop(black_box(compressed(&ours, black_box(text)))));
        }
    }
    let films = texts.iter().zip(best).map(|(text, [rewritten, signed, gzip])| Film {
        segments: hls::inspect(text.as_bytes(), &SCOPE).expect("a playlist").segments,
        one_file: text.contains("#EXT-X-BYTERANGE:"),
        bytes_in: text.len(),
        bytes_out: signed_playlist(&ours, text).len(),
        bytes_gzip: compressed(&ours, text).len(),
        rewrite_ns: rewritten.each(),
        signed_ns: signed.each(),
        gzip_ns: gzip.each(),
        gzip_to_signed: gzip.each() / signed.each(),
    });
    Figures { compression_ns: compression.each(), films: films.collect(), most_in_kv: most_in_kv(&ours) }
}

/// Makes one signed playlist once, as gzip, to show how much memory it takes.
pub fn once(segments: usize) -> Vec<u8> {
    compressed(&Ours::r2(), &playlist(segments))
}

fn signed_playlist(ours: &Ours, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 16);
    sign(ours, text, &mut out);
    out
}

fn sign(ours: &Ours, text: &str, out: &mut String) {
    let mut batch = ours.presigner().batch();
    hls::rewrite(text.as_bytes(), &SCOPE, out, |out, reference| batch.push(out, reference.key))
        .and_then(Summary::whole)
        .expect("a whole playlist");
    batch.finish(out);
}

fn compressed(ours: &Ours, text: &str) -> Vec<u8> {
    let made = signed_playlist::gzip(text.as_bytes(), &SCOPE, ours.presigner(), |_, _| ());
    let (summary, gzip) = made.expect("a playlist");
    summary.whole().expect("a whole playlist");
    gzip
}

fn most_in_kv(ours: &Ours) -> usize {
    let (mut fits, mut too_many) = (0, 100_000);
    while too_many - fits > 1 {
        let segments = usize::midpoint(fits, too_many);
        let bytes = compressed(ours, &playlist(segments)).len();
        *(if bytes <= KV_BYTES { &mut fits } else { &mut too_many }) = segments;
    }
    fits
}

/// A variant's playlist with a file for each segment, as ingest wrote it before there was one file for each variant.
fn playlist(segments: usize) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n\
                    #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        .to_owned();
    for segment in 0..segments {
        let _ = writeln!(text, "#EXTINF:4.000000,\n1080p_{segment:03}.ts");
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

/// A variant's playlist with byte ranges of one file, as ingest writes it. A segment has 400 to 900 kB.
fn ranges(segments: usize) -> String {
    const FILE: &str = "1080p.mp4";
    const START: usize = 812;
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-MAP:URI=\"{FILE}\",BYTERANGE=\"{START}@0\"\n"
    );
    let mut random = 1_u64;
    for segment in 0..segments {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let bytes = 400_000 + (random >> 33) % 500_000;
        // The first segments are short, so that a film begins soon.
        let seconds = [1, 1, 2].get(segment).unwrap_or(&4);
        let offset = if segment == 0 { format!("@{START}") } else { String::new() };
        let _ = write!(text, "#EXTINF:{seconds}.000000,\n#EXT-X-BYTERANGE:{bytes}{offset}\n{FILE}\n");
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The measured work is complete: every segment of the film is signed, with the same URL as one by one.
    #[test]
    fn every_segment_is_signed() {
        let playlist = signed_playlist(&Ours::r2(), &playlist(1001));
        assert_eq!(deflate::inflate(&once(1001), playlist.len()).as_deref(), Some(playlist.as_bytes()));
        let mut expected = String::new();
        for key in [0, 1, 999, 1000].map(|segment| format!("{}1080p_{segment:03}.ts", SCOPE.prefix)) {
            expected.clear();
            Ours::r2().presigner().presign_into(&mut expected, &key);
            assert!(playlist.contains(&format!("#EXTINF:4.000000,\n{expected}\n#EXT")), "{key}");
        }
        assert_eq!(playlist.matches("&X-Amz-Signature=").count(), 1001);
        assert!(!playlist.contains("&X-Amz-Signature=0000"));
    }
}
