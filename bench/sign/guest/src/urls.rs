//! URLs that must be the same bytes on every target.

use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

/// 29 February 2024 to its last second, the turn of a year, and the last time that can be written.
const TIMES: [u64; 4] = [1_709_164_800, 1_709_251_199, 1_735_689_600, 253_402_300_799];

/// Every presigner signs every key, with one URL a line.
pub fn one_by_one() -> String {
    let keys = keys();
    let mut out = String::new();
    for presigner in presigners() {
        for key in &keys {
            presigner.presign_into(&mut out, key);
            out.push('\n');
        }
    }
    out
}

/// The same URLs in batches of one to nine, so that every number of URLs is left for the end of a batch.
pub fn batches() -> String {
    let keys = keys();
    let mut out = String::new();
    for presigner in presigners() {
        let mut rest = keys.as_slice();
        for size in (1..=9).cycle() {
            let (now, later) = rest.split_at(size.min(rest.len()));
            let mut batch = presigner.batch();
            for key in now {
                batch.push(&mut out, key);
                out.push('\n');
            }
            batch.finish(&mut out);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
    }
    out
}

fn presigners() -> Vec<Presigner> {
    let mut all = Vec::new();
    for (number, now) in TIMES.into_iter().enumerate() {
        for (region, style) in [("auto", UrlStyle::Path), ("us-east-1", UrlStyle::VirtualHost), ("x", UrlStyle::Path)] {
            let endpoint = if number % 2 == 0 { "https://store.example" } else { "http://localhost:9000" };
            let bucket = Bucket::new(endpoint, style, "gallery", region).expect("a bucket");
            let mut credentials = Credentials::new("key+id", "secret");
            if number > 1 {
                credentials = credentials.with_session_token("token/+=".repeat(number * 20));
            }
            let key = SigningKey::derive(&credentials, region, now);
            let method = [Method::Get, Method::Head, Method::Put][number % 3];
            let presigner = Presigner::new(&key, &bucket, method, now, [1, 604_800, 3_600, 86_400][number]);
            let presigner = presigner.expect("today's key");
            all.push(presigner.clone().with_query("response-content-disposition", "attachment; filename=\"é.jpg\""));
            all.push(presigner);
        }
    }
    all
}

/// Keys of every length around the blocks of the hash, and every character that was once signed wrongly.
fn keys() -> Vec<String> {
    let mut keys: Vec<String> = (1..=150).map(|length| "k".repeat(length)).collect();
    keys.extend((0_u8..=127).map(|byte| format!("ascii/{}", char::from(byte))));
    keys.extend(
        ["//a/./b/../c//", "caf\u{e9}", "cafe\u{301}", "\u{1F600}/\u{4e2d}", "%2F%25", "a b+c"].map(str::to_owned),
    );
    keys.extend((0..40).map(|segment| format!("hls/film.mov/1080p_{segment:03}.ts")));
    keys.push("\u{10FFFF}".repeat(256));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_as_one_by_one() {
        let urls = one_by_one();
        assert_eq!(urls.lines().count(), presigners().len() * keys().len());
        assert_eq!(urls.lines().collect::<std::collections::HashSet<_>>().len(), urls.lines().count());
        assert_eq!(batches(), urls);
    }
}
