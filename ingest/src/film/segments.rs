//! The playlists of a track: its fragments in segments of some seconds, and its keyframes alone (RFC 8216bis sections
//! 4.4.3.6 and 4.4.4.2). Each names one file again and again, so that one URL is signed for all of them.

use std::fmt::Write as _;

use hls::measure::{Bandwidth, MeasureError, bandwidth};

use super::fragments::Track;

/// The length of a segment in seconds.
pub const SEGMENT: u32 = 4;
/// Seconds at which the first segments end, so that a film is on screen after one second's bytes.
pub const FIRST: [u32; 2] = [1, 2];

/// A last segment of less than this, in seconds, is a part of the one before. It would cost a request for a few
/// pictures, and hls.js waits for ever for one that is shorter than B-frames shift the pictures.
const LAST: f64 = 0.5;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub offset: u64,
    pub bytes: u64,
    pub seconds: f64,
}

/// Groups fragments into segments. A segment begins with the fragment nearest to where it should.
pub fn segments(track: &Track) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut next = 0.0;
    for (index, fragment) in track.fragments.iter().enumerate() {
        let start = track.seconds(fragment.start);
        // The end of the one is the beginning of the next, whatever a header says.
        let end = track.fragments.get(index + 1).map_or(fragment.start + fragment.duration, |next| next.start);
        let seconds = track.seconds(end) - start;
        match parts.last_mut() {
            Some(last) if start + seconds / 2.0 <= next || !fragment.is_sync => {
                last.bytes += fragment.bytes;
                last.seconds += seconds;
            }
            _ => {
                parts.push(Part { offset: fragment.offset, bytes: fragment.bytes, seconds });
                next = boundary(start + seconds / 2.0);
            }
        }
    }
    if let [.., before, last] = parts.as_mut_slice()
        && last.seconds < LAST
    {
        before.bytes += last.bytes;
        before.seconds += last.seconds;
        parts.pop();
    }
    parts
}

/// The first place after a moment at which a segment should begin, in seconds.
fn boundary(moment: f64) -> f64 {
    let first = FIRST.into_iter().map(f64::from).find(|first| *first > moment);
    first.unwrap_or_else(|| ((moment / f64::from(SEGMENT)).floor() + 1.0) * f64::from(SEGMENT))
}

/// The keyframes: each from its fragment's header to its own end.
pub fn keyframes(track: &Track) -> Vec<Part> {
    let syncs: Vec<_> = track.fragments.iter().filter(|fragment| fragment.is_sync).collect();
    let end = |index: usize| syncs.get(index + 1).map_or_else(|| track.duration(), |next| track.seconds(next.start));
    let part = |(index, fragment): (usize, &&super::fragments::Fragment)| Part {
        offset: fragment.offset,
        bytes: fragment.first,
        seconds: end(index) - track.seconds(fragment.start),
    };
    syncs.iter().enumerate().map(part).collect()
}

/// The target duration of some parts: the longest, rounded, and a second at least.
pub fn target(parts: &[Part]) -> u32 {
    let longest = parts.iter().map(|part| part.seconds).fold(0.0, f64::max);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of a film
    let target = longest.round() as u32;
    target.max(1)
}

/// A media playlist that names parts of a file. `extra` is a line of its own, or nothing.
pub fn playlist(file: &str, init: u64, target: u32, parts: &[Part], extra: &str) -> String {
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n{extra}\
         #EXT-X-MAP:URI=\"{file}\",BYTERANGE=\"{init}@0\"\n"
    );
    let mut follows = None;
    for part in parts {
        let place = if follows == Some(part.offset) { String::new() } else { format!("@{}", part.offset) };
        let (seconds, bytes) = (seconds(part.seconds), part.bytes);
        let _ = write!(text, "#EXTINF:{seconds},\n#EXT-X-BYTERANGE:{bytes}{place}\n{file}\n");
        follows = Some(part.offset + part.bytes);
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

/// Seconds with as many decimals as they have, six at most.
pub fn seconds(seconds: f64) -> String {
    let text = format!("{seconds:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the parts of a playlist take.
pub fn measure(playlist: &str, parts: &[Part]) -> Result<Bandwidth, MeasureError> {
    bandwidth(playlist, &parts.iter().map(|part| part.bytes).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::super::fragments::Fragment;
    use super::*;

    /// A track of a thousand ticks a second, with fragments of the given lengths.
    fn track(lengths: &[u64], lead: u64) -> Track {
        let (mut start, mut offset) = (0, 800);
        let mut fragments = Vec::new();
        for duration in lengths {
            let bytes = 100 + duration;
            fragments.push(Fragment {
                offset,
                bytes,
                start,
                duration: *duration,
                first: 150,
                longest: 40,
                is_sync: true,
            });
            (start, offset) = (start + duration, offset + bytes);
        }
        Track { init: 800, timescale: 1000, lead, codec: "avc1.64001f".to_owned(), channels: 0, fragments }
    }

    fn lengths(parts: &[Part]) -> Vec<String> {
        parts.iter().map(|part| seconds(part.seconds)).collect()
    }

    #[test]
    fn short_segments_first_and_all_of_the_film() {
        let film = track(&[1000, 1000, 2000, 4000, 4000, 1500], 0);
        assert_eq!(lengths(&segments(&film)), ["1", "1", "2", "4", "4", "1.5"]);
        let sound = track(&[1003; 14], 21);
        assert_eq!(lengths(&segments(&sound)), ["0.982", "1.003", "2.006", "4.012", "4.012", "2.006"]);
        // Where others have cut a film.
        assert_eq!(lengths(&segments(&track(&[2000; 7], 0))), ["2", "2", "4", "4", "2"]);
        assert_eq!(lengths(&segments(&track(&[10_000, 10_000, 3000], 0))), ["10", "10", "3"]);
        assert_eq!(lengths(&segments(&track(&[40], 0))), ["0.04"]);
        // A last picture, or a few, stay with those before.
        assert_eq!(lengths(&segments(&track(&[1000, 1000, 2000, 4000, 33], 0))), ["1", "1", "2", "4.033"]);
        assert_eq!(lengths(&segments(&track(&[1000, 1000, 2000, 4000, 499], 0))), ["1", "1", "2", "4.499"]);
        assert_eq!(lengths(&segments(&track(&[1000, 1000, 2000, 4000, 500], 0))), ["1", "1", "2", "4", "0.5"]);
        for film in [film, sound] {
            let parts = segments(&film);
            assert!(parts.windows(2).all(|pair| pair[0].offset + pair[0].bytes == pair[1].offset));
            assert!((parts.iter().map(|part| part.seconds).sum::<f64>() - film.duration()).abs() < 1e-9);
        }
    }

    #[test]
    fn a_long_sound_never_drifts() {
        let sound = track(&vec![1003; 2400], 21);
        let mut at = 0.0;
        for part in segments(&sound) {
            let off = (at / 4.0 - f64::round(at / 4.0)).abs() * 4.0;
            assert!(at < 3.0 || off <= 0.6, "{at}");
            at += part.seconds;
        }
    }

    #[test]
    fn a_playlist_names_the_offset_once() {
        let film = track(&[1000, 1000, 2000, 500], 0);
        let parts = segments(&film);
        let text = playlist("a.mp4", film.init, target(&parts), &parts, "");
        assert!(text.contains("#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"a.mp4\",BYTERANGE=\"800@0\"\n#EXTINF:1,\n#EXT-X-BYTERANGE:1100@800\na.mp4\n#EXTINF:1,\n#EXT-X-BYTERANGE:1100\na.mp4\n"), "{text}");
        assert_eq!(text.matches('@').count(), 2);
        let measured = measure(&text, &parts).unwrap();
        assert_eq!((measured.peak, measured.duration), (8 * 1100, 4.5));
        let frames = keyframes(&film);
        assert_eq!(playlist("a.mp4", 800, 2, &frames, "#EXT-X-I-FRAMES-ONLY\n").matches("150@").count(), 4);
    }
}
