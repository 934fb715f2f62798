//! Playlists of every shape that `hls::rewrite` accepts, from a number.
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]

use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

const NOW: u64 = 1_790_000_000;

/// Numbers, the same for the same seed.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn letters(&mut self, alphabet: &str, most: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..self.below(most + 1)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

pub fn presigner(random: &mut Random) -> Presigner {
    let region = random.of(&["auto", "us-east-1", "x"]);
    let style = if random.one_in(2) { UrlStyle::Path } else { UrlStyle::VirtualHost };
    let endpoint =
        random.of(&["http://s.test", "https://0123456789abcdef.r2.cloudflarestorage.com", "http://127.0.0.1:9000"]);
    let style = if endpoint.contains("127") { UrlStyle::Path } else { style };
    let bucket = Bucket::new(endpoint, style, "gallery", region).unwrap();
    let mut credentials = Credentials::new(random.letters("0123456789abcdefXYZ", 40) + "K", "secret");
    if random.one_in(3) {
        credentials = credentials.with_session_token(random.letters("abcdef0123456789+/=", 2000) + "t");
    }
    let key = SigningKey::derive(&credentials, region, NOW);
    let presigner = Presigner::new(&key, &bucket, Method::Get, NOW, 3600).unwrap();
    if random.one_in(5) { presigner.with_query("response-content-type", "vidéo/mp2t") } else { presigner }
}

/// A URI of its own, for the given number.
fn uri(random: &mut Random, shape: usize, number: usize) -> String {
    match shape {
        0 => format!("1080p_{number:03}.ts"),
        1 => format!("seg-{number}.m4s?x={number}"),
        2 => "film.mp4".to_owned(),
        3 => format!("{:016x}{:016x}.ts", random.next(), random.next()),
        4 => format!("%C3%A9%20{number}/a%25b.ts"),
        5 => format!("é{}{number}.vtt", "日本".repeat(number % 5)),
        6 => format!("{}{number}", "n".repeat(number * 7 % 900)),
        7 => format!("{}.ts", random.letters("ab01_-", 12) + "z"),
        _ => format!("../v/{}{number}.aac#f", random.letters("!$&'()*+;=@~ab", 8)),
    }
}

/// Text that is copied unread.
fn comment(random: &mut Random, end: &str) -> String {
    let most = if random.one_in(60) { 40_000 } else { 60 };
    match random.below(5) {
        0 => format!("# {}{end}", random.letters("0123456789abcdef", most)),
        1 => format!("##{}{end}", random.letters("abc é日~\t\u{a0}\u{10FFFF}", most)),
        2 => format!(
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-{:02}T12:00:{:02}.{:03}Z{end}",
            1 + random.below(28),
            random.below(60),
            random.below(1000)
        ),
        3 => format!("#{}{end}", "ab".repeat(random.below(most))),
        _ => end.to_owned(),
    }
}

pub fn playlist(random: &mut Random) -> String {
    let end = random.of(&["\n", "\n", "\n", "\r\n"]);
    let mut text = format!("{}#EXTM3U{end}#EXT-X-VERSION:7{end}", random.of(&["", "", "\u{feff}"]));
    let (shape, lengths) = (random.below(9), random.below(4));
    let (ranges, odd) = (random.one_in(3), if random.one_in(3) { 3 } else { 1000 });
    let mut offset = 0;
    let segments = if random.one_in(30) { random.below(300) } else { random.below(24) };
    for number in 0..segments {
        let shape = if random.one_in(odd) { random.below(9) } else { shape };
        if random.one_in(odd) {
            text += &comment(random, end);
        }
        if random.one_in(odd * 4) {
            // It is left out, because it leads elsewhere.
            text += &format!("#EXT-X-CONTENT-STEERING:SERVER-URI=\"https://other.test/{number}\"{end}");
        }
        if random.one_in(odd * 2) {
            text += &format!("#EXT-X-DISCONTINUITY{end}");
        }
        if random.one_in(odd * 2) {
            let uri = uri(random, shape, number).replace('#', "");
            text += &match random.below(5) {
                0 => format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{uri}\",IV=0x{:032x}{end}", random.next()),
                1 => format!("#EXT-X-MAP:URI=\"{uri}\",BYTERANGE=\"{number}@0\"{end}"),
                2 => format!("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://{number}\"{end}"),
                3 => format!("#EXT-X-PART:DURATION=1,URI=\"{uri}\"{end}#EXT-X-PART:DURATION=1,URI=\"{uri}\"{end}"),
                _ => format!("#EXT-X-KEY:METHOD=NONE{end}"),
            };
        }
        let seconds = match lengths {
            0 => "4.000000".to_owned(),
            1 => format!("{}.{:06}", random.below(12), random.below(1_000_000)),
            2 => random.of(&["4.004000", "3.970633", "10"]).to_owned(),
            _ => format!("{number}"),
        };
        let title = if random.one_in(odd) { random.letters("Títle \"0\", ", 30) } else { String::new() };
        text += &format!("#EXTINF:{seconds},{title}{end}");
        if ranges {
            let length = random.below(4_000_000);
            text += &format!("#EXT-X-BYTERANGE:{length}@{offset}{end}");
            offset += length;
        }
        text += &uri(random, shape, number);
        if number + 1 < segments || random.one_in(2) {
            text += end;
        }
    }
    if segments == 0 || text.ends_with('\n') {
        text += random.of(&["#EXT-X-ENDLIST", "#EXT-X-ENDLIST\n", "#EXT-X-ENDLIST\n\n# end"]);
    }
    text
}
