//! Random groups of requests: one configuration, several object keys.

use serde::Serialize;

use crate::random::Random;

/// The part of botocore that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The signer for presigned URLs.
    Query,
    /// The whole S3 client, which is slow. Only a few cases use it.
    Client,
    /// The signer for headers.
    Headers,
}

#[derive(Debug, Serialize)]
pub struct Group {
    pub kind: Kind,
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
    pub endpoint: String,
    pub virtual_host: bool,
    pub bucket: String,
    pub region: String,
    pub method: &'static str,
    /// Unix seconds.
    pub now: u64,
    /// Seconds.
    pub expires: u32,
    pub query: Vec<(String, String)>,
    /// Headers that are signed beside the host, when signing in headers.
    pub headers: Vec<(String, String)>,
    /// The body, when signing in headers. `None` is an unsigned body.
    pub body: Option<String>,
    pub keys: Vec<String>,
}

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
const RESPONSE: [&str; 6] = [
    "response-content-disposition",
    "response-content-type",
    "response-cache-control",
    "response-content-encoding",
    "response-content-language",
    "response-expires",
];
const DAY: u64 = 86_400;

/// A group with at most `keys` keys.
pub fn group(random: &mut Random, keys: u64) -> Group {
    let kind = match random.below(64) {
        0 => Kind::Client,
        1..8 => Kind::Headers,
        _ => Kind::Query,
    };
    let virtual_host = random.one_in(2);
    let count = random.within(1..=12).min(keys);
    Group {
        kind,
        id: match random.below(8) {
            0 if kind == Kind::Query => unicode(random, 1, 40),
            1 => random.text(b"abcXYZ019 +/=%~!*()'\"\\", 1..=20),
            _ => random.text(LOWER, 16..=32),
        },
        secret: if random.one_in(8) { unicode(random, 1, 200) } else { random.text(BASE64, 20..=64) },
        token: random.one_in(3).then(|| random.text(BASE64, 1..=1200)),
        endpoint: endpoint(random, virtual_host),
        virtual_host,
        bucket: bucket(random, virtual_host, kind),
        region: match random.below(4) {
            0 => "auto".to_owned(),
            1 => random.pick(&["us-east-1", "eu-central-1", "ap-southeast-2"]).to_owned(),
            _ => random.text(b"abcxyz019-", 1..=60).replace('-', "a-b"),
        },
        method: match kind {
            Kind::Headers => random.pick(&["GET", "HEAD", "PUT", "POST", "DELETE"]),
            _ => random.pick(&["GET", "GET", "HEAD", "PUT"]),
        },
        now: now(random),
        expires: match random.below(6) {
            0 => 1,
            1 => 604_800,
            _ => u32::try_from(random.within(1..=604_800)).expect("less than a u32"),
        },
        query: query(random, kind),
        headers: headers(random),
        body: random.one_in(2).then(|| if random.one_in(2) { String::new() } else { unicode(random, 1, 200) }),
        keys: (0..count).map(|_| key(random)).collect(),
    }
    .tidied()
}

impl Group {
    /// Removes what a real client would not send.
    fn tidied(mut self) -> Self {
        if self.kind == Kind::Client && self.method == "PUT" {
            self.query.clear(); // overrides are for reading
        }
        if self.kind == Kind::Client {
            // The client accepts only names of real regions.
            "auto".clone_into(&mut self.region);
        }
        self
    }
}

/// A key of 1 to 1024 bytes.
fn key(random: &mut Random) -> String {
    const PIECES: [&str; 30] = [
        "/",
        "//",
        "/./",
        "/../",
        "..",
        ".",
        " ",
        "+",
        "%",
        "%2F",
        "%25",
        "~",
        "-",
        "_",
        "!",
        "'",
        "(",
        ")",
        "*",
        "=",
        "?",
        "#",
        "&",
        ";",
        "\"",
        "\u{e9}",
        "e\u{301}",
        "\u{1F600}",
        "\\",
        "\n",
    ];
    match random.below(8) {
        0..3 => unicode(random, 1, 1024),
        3..5 => {
            let mut out = String::new();
            let end = random.within(1..=300);
            while (out.len() as u64) < end {
                if random.one_in(3) {
                    out.push_str(random.pick(&PIECES));
                } else {
                    out.push_str(&random.text(LOWER, 1..=6));
                }
            }
            out
        }
        _ => {
            let folders = random.text(LOWER, 1..=90);
            format!("hls/{folders}/IMG {}.MOV/1080p_{:03}.ts", random.below(10_000), random.below(600))
        }
    }
}

/// Between `least` and `most` bytes of UTF-8, from narrow and wide parts of Unicode.
fn unicode(random: &mut Random, least: u64, most: u64) -> String {
    let usual = most.min(least + 80 + random.below(most));
    let length = if random.one_in(20) { most } else { random.within(least..=usual) };
    let widest = random.pick(&[0x7f_u32, 0xff, 0x7ff, 0xffff, 0x10_ffff]);
    let mut out = String::new();
    while (out.len() as u64) < length {
        let left = usize::try_from(length).unwrap_or(usize::MAX) - out.len();
        let scalar = u32::try_from(random.below(u64::from(widest) + 1)).unwrap_or_default();
        // No store accepts a NUL in a key, and surrogates are not characters.
        match char::from_u32(scalar).filter(|c| *c != '\0' && c.len_utf8() <= left) {
            Some(character) => out.push(character),
            None => out.push(char::from(random.pick(LOWER))),
        }
    }
    out
}

fn now(random: &mut Random) -> u64 {
    const LEAP_DAYS: [u64; 3] = [951_782_400, 1_709_164_800, 1_835_395_200]; // 29 February 2000, 2024, 2028
    let day = if random.one_in(8) { random.pick(&LEAP_DAYS) } else { random.below(4_102_444_800) / DAY * DAY };
    match random.below(6) {
        0 => day,
        1 => day + DAY - 1,
        _ => day + random.below(DAY),
    }
}

fn endpoint(random: &mut Random, virtual_host: bool) -> String {
    let host = match random.below(6) {
        0 => format!("{}.r2.cloudflarestorage.com", random.text(b"0123456789abcdef", 32..=32)),
        1 => format!("{}.eu.r2.cloudflarestorage.com", random.text(b"0123456789abcdef", 32..=32)),
        2 => "S3.Example.COM".to_owned(),
        3 if !virtual_host => format!("{}.0.113.{}", random.within(1..=223), random.below(256)),
        4 if !virtual_host => format!("[2001:db8::{:x}]", random.within(1..=65_535)),
        _ => format!("{}.test", random.text(b"abcxyz", 1..=40)),
    };
    let port = match random.below(4) {
        0 => format!(":{}", random.within(1..=65_535)),
        1 => random.pick(&[":80", ":443", ":9000"]).to_owned(),
        _ => String::new(),
    };
    format!("{}://{host}{port}", random.pick(&["http", "https"]))
}

fn bucket(random: &mut Random, virtual_host: bool, kind: Kind) -> String {
    let name = random.text(LOWER, 3..=60);
    if kind == Kind::Client {
        return name;
    }
    match random.below(4) {
        0 => format!("{name}-{}", random.text(LOWER, 1..=3)),
        1 if virtual_host => format!("{name}.b"),
        2 if !virtual_host => format!("{name} +{}", random.text(b"~_.!%A", 1..=4)),
        _ => name,
    }
}

fn query(random: &mut Random, kind: Kind) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    if random.one_in(2) {
        return out;
    }
    for _ in 0..random.within(1..=3) {
        let name = if kind != Kind::Client && random.one_in(4) {
            random.text(b"abzABXYZ019-_.", 1..=8)
        } else {
            random.pick(&RESPONSE).to_owned()
        };
        // botocore holds the parameters in a dictionary, so each name occurs once. The client checks values, so none
        // is empty.
        if name != "response-expires" && out.iter().all(|(other, _)| *other != name) {
            out.push((name, unicode(random, 1, 60)));
        }
    }
    out
}

fn headers(random: &mut Random) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if random.one_in(2) {
        out.push((
            "Content-Type".to_owned(),
            random.pick(&["video/mp2t", " text/plain;   charset=utf-8 ", "a"]).to_owned(),
        ));
    }
    if random.one_in(2) {
        out.push(("range".to_owned(), format!("bytes={}-", random.below(1 << 40))));
    }
    if random.one_in(3) {
        out.push((format!("X-Amz-Meta-{}", random.text(LOWER, 1..=10)), random.text(b"abc  019\t-_", 0..=30)));
    }
    out
}
