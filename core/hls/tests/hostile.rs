//! Generated traversal lines, and a film's playlist cut short at every byte.
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]

mod support;

use hls::Error;
use support::{NESTED, SCOPE, assert_browser_agrees, round_trip};

/// Xorshift, so that every run has the same lines.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// The pieces of traversal attacks.
const PIECES: &[&str] = &[
    "..",
    "..",
    "../",
    "../",
    "/..",
    ".",
    "./",
    "/",
    "/",
    "//",
    "\\",
    "..\\",
    "%2e",
    "%2E",
    "%2e%2e",
    "%2f",
    "%2F",
    "%5c",
    "%5C",
    "%252e",
    "%252f",
    "%25",
    "%",
    "%c0%ae",
    "%c0%af",
    "%u002e",
    "%00",
    "%0a",
    "%09",
    "\t",
    " ",
    ";",
    ":",
    "@",
    "?",
    "#",
    "&",
    "\u{ff0e}",
    "\u{2215}",
    "\u{2024}",
    "\u{202e}",
    "a",
    "film",
    "film-2",
    "hls",
    "hls/film",
    "a.ts",
    "v",
    "x/y",
    "etc/passwd",
    "http:",
    "https:",
    "https://",
    "HTTPS://",
    "cdn.example",
    "cdn.example/media/hls/film/",
    "https://cdn.example/media/hls/film/",
    "//cdn.example/media/hls/film/",
    "evil.example",
    "file://",
    "data:",
    "C:",
    "{$up}",
    "{$dir}",
    "{$root}",
    "{$none}",
];

#[test]
fn no_generated_traversal_leaves_the_prefix() {
    let scopes = [SCOPE, NESTED];
    let header = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-DEFINE:NAME=\"up\",VALUE=\"..\"\n#EXT-X-DEFINE:NAME=\"dir\",VALUE=\"v\"\n#EXT-X-DEFINE:NAME=\"root\",VALUE=\"/\"\n";
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..10_000 {
        let uri: String = (0..=random.below(6)).map(|_| PIECES[random.below(PIECES.len())]).collect();
        for text in [
            format!("{header}#EXTINF:6,\n{uri}\n"),
            format!("{header}#EXT-X-MAP:URI=\"{uri}\"\n"),
            format!("{header}#EXT-X-KEY:METHOD=AES-128,URI=\"{uri}\",IV=0x01\n"),
            format!("{header}#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"{uri}\"\n"),
        ] {
            // `round_trip` and the browser's view check every key that the closure gets.
            match round_trip(text.as_bytes(), &scopes[number % 2]) {
                Ok((_, seen)) => {
                    assert_browser_agrees(&seen, &scopes[number % 2]);
                    accepted += seen.len();
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(accepted > 1_000 && refused > 10_000, "too one-sided: {accepted} accepted, {refused} refused");
}

/// A film as ffmpeg writes it, about 600 lines.
fn film(end: &str, fragmented: bool) -> String {
    let mut text = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:6", "#EXT-X-PLAYLIST-TYPE:VOD", ""].join(end);
    if fragmented {
        text += &format!("#EXT-X-MAP:URI=\"720p_init.mp4\"{end}");
    }
    for number in 0..297 {
        let extension = if fragmented { "m4s" } else { "ts" };
        text += &format!("#EXTINF:6.006000,{end}720p_{number:03}.{extension}{end}");
    }
    text + "#EXT-X-ENDLIST" + end
}

#[test]
fn a_film_cut_short_is_never_taken_for_whole() {
    for text in [film("\n", false), film("\r\n", true)] {
        let whole = hls::inspect(text.as_bytes(), &SCOPE).unwrap().whole().unwrap();
        assert_eq!(whole.segments, 297);
        assert!((whole.duration - 297.0 * 6.006).abs() < 1e-9);
        assert_eq!((whole.target_duration, whole.version), (Some(6), Some(7)));

        // Cuts at every byte, which includes every 1 %. Only the line end after ENDLIST may be missing.
        let last = text.trim_ascii_end().len();
        for cut in 0..last {
            let result = hls::inspect(&text.as_bytes()[..cut], &SCOPE);
            assert!(result.is_err() || result.is_ok_and(|s| !s.ended), "cut at {cut}");
            assert!(result.and_then(hls::Summary::whole).is_err(), "cut at {cut}");
        }
        for cut in last..=text.len() {
            assert_eq!(hls::inspect(&text.as_bytes()[..cut], &SCOPE), Ok(whole));
        }
        let no_end = text.replace("#EXT-X-ENDLIST", "");
        let summary = hls::inspect(no_end.as_bytes(), &SCOPE).unwrap();
        assert_eq!(summary.whole(), Err(Error::Truncated));
    }
}

#[test]
fn a_master_needs_no_end() {
    let summary = hls::inspect(b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n", &SCOPE).unwrap();
    assert_eq!(summary.whole(), Ok(summary));
}

#[test]
fn errors_name_the_line_and_never_the_uri() {
    let text = b"#EXTM3U\n#EXTINF:6,\n../secret-name.ts?token=abc\n";
    let error = hls::inspect(text, &SCOPE).unwrap_err();
    assert_eq!(error.line(), Some(3));
    assert_eq!(error.to_string(), "line 3: URI outside the prefix");
    assert!(!format!("{error:?}").contains("secret"));
}

/// Two megabytes of each piece that could make a loop read the same bytes again and again. Each piece takes
/// milliseconds; with a quadratic cost it would take hours.
#[test]
fn cost_stays_linear() {
    let fill = |piece: &str| piece.repeat((2 << 20) / piece.len());
    let define = "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n";
    let texts = [
        format!("#EXT-X-DATERANGE:{}", fill("X-URI=\"a\",")),
        format!("#EXT-X-DATERANGE:{}", fill("CLASS=,X-URI=\"a\",")),
        format!("#EXT-X-MAP:{}", fill("URI=\"a\",")),
        format!("#EXT-X-MAP:{}", fill(",")),
        format!("#EXT-X-MAP:{}", fill("=\"")),
        format!("#EXT-X-KEY:{}", fill("METHOD,")),
        fill("#EXT-X-DEFINE:NAME=\"a\",IMPORT=\"a\"\n"),
        format!("{define}#EXTINF:1,\n{}", fill("{$a}")),
        format!("{define}{}", fill("#EXTINF:1,\n{$a}{$a\n")),
        format!("{define}#EXTINF:1,\n{}", fill("{$a")),
        format!("#EXTINF:1,\nx{}", fill("/../x")),
        format!("#EXTINF:1,\n{}", fill("x/")),
        format!("#EXTINF:1,\n{}", fill("%41")),
        format!("#EXTINF:1,\nx?{}", fill("%41")),
        format!("#EXTINF:{},", fill("1")),
        format!("#EXTINF:1.{},", fill("1")),
        fill("#EXTINF:1,\nx\n"),
        fill("\r"),
        fill(" \r\n"),
        fill("é"),
    ];
    let start = std::time::Instant::now();
    for text in texts {
        let text = "#EXTM3U\n".to_owned() + &text;
        let _ = hls::rewrite(text.as_bytes(), &SCOPE, &mut String::new(), |out, r| out.push_str(r.relative));
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
