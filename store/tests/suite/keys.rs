//! Every S3 key is a key of the store, whatever the file system allows.

use crate::common::{BUCKET, Response, TestStore, request, sign, sign::Signer, start};

const AWKWARD: &[&str] = &[
    "a b.jpg",
    "a+b.jpg",
    "100%.jpg",
    "%2F%20.jpg",
    "(1) [2] {3}.jpg",
    "it's.jpg",
    "Tanz & Müller (1) 50%.jpg",
    "a#b?c=d&e.jpg",
    "写真/東京.jpg",
    "📷/🏔️.jpg",
    "e\u{301}.jpg",
    "\u{e9}.jpg",
    "CASE.jpg",
    "case.jpg",
    "back\\slash",
    "quote\"<&>'.jpg",
    "star*|:~!$@=;,^`.jpg",
    " leading and trailing ",
    "tab\tnewline\n",
    "...",
    "..hidden",
    ".bucket-x",
    "index.sqlite",
    "objects/x",
    "aux",
    "con.txt",
];

/// Keys that URL libraries would rewrite. `aws-sigv4` signs them over the target as it is sent.
const SLASHED: &[&str] = &[
    "a",
    "a/",
    "a/b",
    "a/b/",
    "a/b/c",
    "a//b",
    "/a",
    "//a",
    "a//",
    "a/../b",
    "../a",
    "..",
    ".",
    "./a",
    "a/./b",
    "a/..",
    "../../../../etc/passwd",
];

fn signed(store: &TestStore, method: &str, key: &str, body: &str) -> Response {
    let path = sign::encode(key).replace("%2F", "/");
    let signer = Signer { expires: Some(crate::common::HOUR), ..Signer::default() };
    let url = format!("http://{}/{BUCKET}/{path}", store.addr());
    let (url, _) = signer.sign(method, &url, &[], None);
    request(method, &url).body(body).send()
}

#[test]
fn awkward_keys_are_all_different_objects() {
    let store = start();
    for key in AWKWARD {
        store.put(key, key).ok(200);
    }
    for key in AWKWARD {
        assert_eq!(store.get(key).ok(200).text(), *key);
        assert_eq!(store.head(key).ok(200).header("content-length"), Some(key.len().to_string().as_str()));
    }
    assert_eq!(store.blobs(), AWKWARD.len());
    for key in AWKWARD {
        assert_eq!(store.delete(key).status, 204);
        assert_eq!(store.get(key).status, 404, "{key}");
    }
    assert_eq!(store.blobs(), 0);
}

#[test]
fn slashes_and_dots_mean_nothing() {
    let store = start();
    for key in SLASHED {
        signed(&store, "PUT", key, key).ok(200);
    }
    for key in SLASHED {
        assert_eq!(signed(&store, "GET", key, "").ok(200).text(), *key);
    }
    assert_eq!(store.blobs(), SLASHED.len());
    let outside: Vec<_> =
        std::fs::read_dir(store.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside, [BUCKET]);
    assert_eq!(signed(&store, "DELETE", "a", "").status, 204);
    assert_eq!(signed(&store, "GET", "a", "").status, 404);
    for key in &SLASHED[1..] {
        assert_eq!(signed(&store, "GET", key, "").ok(200).text(), *key);
    }
}

#[test]
fn keys_may_be_as_long_as_s3_allows() {
    let store = start();
    let segment = "s".repeat(300);
    let full = "é".repeat(512);
    assert_eq!(full.len(), 1024);
    for key in [segment.as_str(), full.as_str()] {
        store.put(key, key).ok(200);
        assert_eq!(store.get(key).ok(200).text(), key);
    }
    store.put(&format!("{full}x"), "").expect(400, "KeyTooLongError");
}

#[test]
fn every_printable_ascii_character() {
    let store = start();
    for character in (0x20..0x7f).map(char::from) {
        let key = format!("a{character}b");
        store.put(&key, &key).ok(200);
    }
    for character in (0x20..0x7f).map(char::from) {
        let key = format!("a{character}b");
        assert_eq!(store.get(&key).ok(200).text(), key);
    }
}

#[test]
fn a_path_that_is_not_utf8_is_refused() {
    let store = start();
    for path in ["%ff", "%E0%A4%A", "a%00b%c3"] {
        let response = request("GET", &format!("http://{}/{BUCKET}/{path}", store.addr())).send();
        assert!((400..404).contains(&response.status), "{path}: {response:?}");
    }
    assert_eq!(signed(&store, "PUT", "nul\0nul", "x").status, 200);
    assert_eq!(signed(&store, "GET", "nul\0nul", "").text(), "x");
}

#[test]
fn keys_outlive_the_process() {
    let store = start();
    for key in AWKWARD {
        store.put_with(key, key, &[("content-type", "image/png")]).ok(200);
    }
    let etag = store.head(AWKWARD[0]).header("etag").unwrap().to_owned();
    let store = crate::common::start_in(store.stop());
    for key in AWKWARD {
        let got = store.get(key).ok(200);
        assert_eq!((got.text(), got.header("content-type")), (*key, Some("image/png")));
    }
    assert_eq!(store.head(AWKWARD[0]).header("etag"), Some(etag.as_str()));
}
