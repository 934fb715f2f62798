//! URLs that `sigv4` presigns as in the services, one by one and in batches, against a store that checks them.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::common::{BUCKET, KEY_ID, REGION, Response, SECRET, TestStore, request, start};
use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

/// Unix seconds.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn presigner_at(store: &TestStore, method: Method, signed_at: u64, expires: u32) -> Presigner {
    let bucket = Bucket::new(&format!("http://{}", store.addr()), UrlStyle::Path, BUCKET, REGION).unwrap();
    let key = SigningKey::derive(&Credentials::new(KEY_ID, SECRET), REGION, signed_at);
    Presigner::new(&key, &bucket, method, signed_at, expires).unwrap()
}

fn presigner(store: &TestStore, method: Method) -> Presigner {
    presigner_at(store, method, now(), 3600)
}

fn one(presigner: &Presigner, key: &str) -> String {
    let mut url = String::new();
    presigner.presign_into(&mut url, key);
    url
}

/// The URLs of all keys, in order, from one batch.
fn batch(presigner: &Presigner, keys: &BTreeSet<String>) -> Vec<String> {
    let (mut text, mut batch) = (String::new(), presigner.batch());
    for key in keys {
        batch.push(&mut text, key);
        text.push('\n');
    }
    batch.finish(&mut text);
    text.lines().map(str::to_owned).collect()
}

/// Puts every key by its own URL, with a body that names the key, and reads all back by GET and HEAD, with single
/// URLs and with URLs from a batch.
fn agree(keys: &BTreeSet<String>) {
    let store = start();
    let (put, get, head) =
        (presigner(&store, Method::Put), presigner(&store, Method::Get), presigner(&store, Method::Head));
    let body = |key: &str| format!("the body of {key:?}");
    for (key, url) in keys.iter().zip(batch(&put, keys)) {
        assert_eq!(one(&put, key), url, "{key:?}");
        request("PUT", &url).body(body(key)).send().ok(200);
    }
    assert_eq!(store.blobs(), keys.len(), "each key is an object of its own");
    let (gets, heads) = (batch(&get, keys), batch(&head, keys));
    assert_eq!((gets.len(), heads.len()), (keys.len(), keys.len()));
    for ((key, from_get), from_head) in keys.iter().zip(gets).zip(heads) {
        for url in [one(&get, key), from_get] {
            assert_eq!(request("GET", &url).send().ok(200).text(), body(key), "{key:?}");
        }
        for url in [one(&head, key), from_head] {
            let response = request("HEAD", &url).send().ok(200);
            assert_eq!(response.header("content-length"), Some(body(key).len().to_string().as_str()), "{key:?}");
        }
    }
}

#[test]
fn every_printable_ascii_character() {
    let mut keys = BTreeSet::new();
    for character in (' '..='~').map(String::from) {
        keys.extend([character.clone(), format!("a{character}b"), format!("a/{character}"), format!("{character}/b")]);
    }
    agree(&keys);
}

#[test]
fn slashes_dots_and_percent_signs_mean_nothing() {
    let keys =
        ["//", "/a", "a/", "//a//b//", "a/./b", "a/../b", "..", ".", "../x", "%2F", "%252F", "a%20b", "a+b", "?x=1#y"];
    agree(&keys.map(str::to_owned).into());
}

#[test]
fn unicode_names() {
    let keys = unicode_keys();
    assert!(keys.len() >= 500, "{}", keys.len());
    assert!(keys.iter().filter(|key| key.len() == 1024).count() >= 10);
    assert!(keys.contains("caf\u{e9}/\u{e9}") && keys.contains("cafe\u{301}/e\u{301}"));
    agree(&keys);
}

/// Names of all planes and of every length in UTF-8. They are the same in every run.
fn unicode_keys() -> BTreeSet<String> {
    // The same letters composed (NFC) and decomposed (NFD): for S3 these are different names. R2 keeps both as one
    // object, and so ingest never gives both as keys.
    let pairs = [
        ("\u{e9}", "e\u{301}"),
        ("\u{fc}", "u\u{308}"),
        ("\u{f1}", "n\u{303}"),
        ("\u{c5}", "A\u{30a}"),
        ("\u{1ec7}", "e\u{323}\u{302}"),
        ("\u{d55c}", "\u{1112}\u{1161}\u{11ab}"),
        ("\u{3054}", "\u{3053}\u{3099}"),
    ];
    let mut keys: BTreeSet<String> = pairs
        .iter()
        .flat_map(|(composed, decomposed)| [composed, decomposed].map(|letter| format!("caf{letter}/{letter}")))
        .chain(pairs.iter().flat_map(|(composed, decomposed)| [(*composed).to_owned(), (*decomposed).to_owned()]))
        .collect();
    keys.insert("cafe\u{301}/e\u{301}".to_owned());
    let planes: [&[(u32, u32)]; 5] = [
        &[(0xa0, 0x7ff)],
        &[(0x800, 0xd7ff), (0xe000, 0xffff)],
        &[(0x1_0000, 0x10_ffff)],
        &[(0x20, 0x7e), (0x370, 0x3ff), (0x4e00, 0x9fff), (0x1_f600, 0x1_f64f)],
        &[(0x1, 0x10_ffff)],
    ];
    let mut random = Random(0x5eed);
    while keys.len() < 560 {
        let ranges = planes[random.below(planes.len())];
        let longest = if random.below(20) == 0 { 1024 } else { 1 + random.below(60) };
        let mut key = String::new();
        loop {
            let (first, last) = ranges[random.below(ranges.len())];
            let code = first + u32::try_from(random.below((last - first + 1) as usize)).unwrap();
            let next = match random.below(12) {
                0 => Some('/'),
                _ => char::from_u32(code),
            };
            let Some(next) = next else { continue };
            if key.len() + next.len_utf8() > longest {
                break;
            }
            key.push(next);
        }
        if longest == 1024 {
            key.extend(std::iter::repeat_n('x', 1024 - key.len()));
        }
        if !key.is_empty() {
            keys.insert(key);
        }
    }
    keys
}

/// Marsaglia's xorshift, with a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % end as u64).unwrap()
    }
}

fn refused(what: &str, response: &Response) {
    assert!((400..=403).contains(&response.status), "{what}: {}", response.status);
    assert!(!String::from_utf8_lossy(&response.body).contains("the body"), "{what} gave the body away");
}

#[test]
fn every_changed_field_is_refused() {
    let store = start();
    for key in ["a b.jpg", "c.jpg"] {
        request("PUT", &one(&presigner(&store, Method::Put), key)).body("the body").send().ok(200);
    }
    let get = presigner(&store, Method::Get).with_query("response-content-type", "image/png");
    let good = one(&get, "a b.jpg");
    assert_eq!(request("GET", &good).send().ok(200).header("content-type"), Some("image/png"));

    let (address, query) = good.split_once('?').unwrap();
    let fields: Vec<&str> = query.split('&').collect();
    assert_eq!(fields.len(), 7, "{query}");
    for (at, field) in fields.iter().enumerate() {
        let (name, value) = field.split_once('=').unwrap();
        let with = |new: &[String]| {
            let others = |part: &[&str]| part.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
            let all = [others(&fields[..at]), new.to_vec(), others(&fields[at + 1..])].concat();
            request("GET", &format!("{address}?{}", all.join("&"))).send()
        };
        assert_eq!(with(&[(*field).to_owned()]).status, 200, "unchanged, {name}");
        refused(&format!("without {name}"), &with(&[]));
        refused(&format!("{name} empty"), &with(&[format!("{name}=")]));
        refused(&format!("{name} twice"), &with(&[(*field).to_owned(), (*field).to_owned()]));
        for (place, old) in value.char_indices() {
            // Replaces a digit or letter by another, so that the form stays right.
            let new = match old {
                '9' => '8',
                'z' | 'Z' | 'f' | 'F' => 'a',
                '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from(old as u8 + 1),
                _ => continue,
            };
            let changed = format!("{name}={}{new}{}", &value[..place], &value[place + 1..]);
            refused(&changed, &with(std::slice::from_ref(&changed)));
        }
    }
    refused("another key", &request("GET", &good.replace("a%20b.jpg", "c.jpg")).send());
    refused("one more field", &request("GET", &format!("{good}&response-expires=0")).send());
    request("GET", &good).send().ok(200);
}

#[test]
fn expired_and_future_urls_are_refused() {
    let store = start();
    request("PUT", &one(&presigner(&store, Method::Put), "a.jpg")).body("the body").send().ok(200);
    let get = |signed_at: u64, expires: u32| {
        let presigner = presigner_at(&store, Method::Get, signed_at, expires);
        let (single, keys) = (one(&presigner, "a.jpg"), BTreeSet::from(["a.jpg".to_owned()]));
        assert_eq!(batch(&presigner, &keys), [single.as_str()]);
        request("GET", &single).send()
    };
    let now = now();
    for (signed_at, expires) in [(now, 60), (now - 30, 60), (now - 604_700, 604_800), (now + 600, 1)] {
        assert_eq!(get(signed_at, expires).ok(200).text(), "the body");
    }
    for (signed_at, expires) in [(now - 62, 60), (now - 3, 1), (now - 604_900, 604_800), (now + 1000, 3600)] {
        refused(&format!("{signed_at} for {expires} at {now}"), &get(signed_at, expires));
    }
}

#[test]
fn a_url_is_for_one_method() {
    let store = start();
    let methods = [("GET", Method::Get), ("HEAD", Method::Head), ("PUT", Method::Put), ("DELETE", Method::Delete)];
    request("PUT", &one(&presigner(&store, Method::Put), "a.jpg")).body("the body").send().ok(200);
    for (signed, method) in methods {
        let url = one(&presigner(&store, method), "a.jpg");
        for (sent, _) in methods.iter().filter(|(sent, _)| *sent != signed) {
            let response = request(sent, &url).body("another").send();
            refused(&format!("{sent} with a URL for {signed}"), &response);
        }
    }
    assert_eq!(request("GET", &one(&presigner(&store, Method::Get), "a.jpg")).send().ok(200).text(), "the body");
}
