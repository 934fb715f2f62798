//! Variant playlists as video-edge makes them: rewritten, and rewritten with every segment presigned.

use std::fmt::Write as _;
use std::hint::black_box;

use hls::{Scope, Summary};
use serde::Serialize;

use crate::ours::Ours;
use crate::timing::{Best, Compression};

/// The numbers of segments. With four seconds each, they make ten minutes, forty minutes, and three hours twenty.
const SEGMENTS: [usize; 3] = [150, 600, 3000];

const SCOPE: Scope<'_> =
    Scope { prefix: "hls/2024/06/IMG_0042.MOV/", base: "hls/2024/06/IMG_0042.MOV/1080p.m3u8", public_base: None };

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Nanoseconds.
    pub compression_ns: f64,
    pub films: Vec<Film>,
}

/// Times are nanoseconds for the whole playlist.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Film {
    pub segments: usize,
    pub bytes_in: usize,
    pub bytes_out: usize,
    pub rewrite_ns: f64,
    pub signed_ns: f64,
}

/// Runs everything `rounds` times, in turns, and keeps the best time of each.
pub fn best_of(rounds: u32) -> Figures {
    let ours = Ours::r2();
    let texts = SEGMENTS.map(playlist);
    let mut compression = Compression::new();
    let mut best = SEGMENTS.map(|_| [Best::new(1); 2]);
    let mut out = String::with_capacity(4 * 1024 * 1024);
    for _ in 0..rounds {
        compression.time();
        for (text, [rewritten, signed]) in texts.iter().zip(&mut best) {
            rewritten.time(&mut out, |out| {
                hls::rewrite(black_box(text).as_bytes(), &SCOPE, out, |out, reference| out.push_str(reference.raw))
                    .expect("a playlist");
            });
            signed.time(&mut out, |out| sign(&ours, black_box(text), out));
        }
    }
    let films = texts.iter().zip(best).map(|(text, [rewritten, signed])| Film {
        segments: hls::inspect(text.as_bytes(), &SCOPE).expect("a playlist").segments,
        bytes_in: text.len(),
        bytes_out: signed_playlist(&ours, text).len(),
        rewrite_ns: rewritten.each(),
        signed_ns: signed.each(),
    });
    Figures { compression_ns: compression.each(), films: films.collect() }
}

/// Makes one signed playlist once, to show how much memory it takes.
pub fn once(segments: usize) -> String {
    signed_playlist(&Ours::r2(), &playlist(segments))
}

/// The capacity is the one that video-edge reserves.
fn signed_playlist(ours: &Ours, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20 * 400);
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

/// A variant's playlist as ingest writes it.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The measured work is complete: every segment of the film is signed, with the same URL as one by one.
    #[test]
    fn every_segment_is_signed() {
        let playlist = once(1001);
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
