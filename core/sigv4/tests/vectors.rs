//! Presigned URLs for every shape of key and of setup that was once signed wrongly, as botocore 1.44.5 signs them
//! (`S3SigV4QueryAuth`). `cargo xtask oracle` compares random URLs with botocore.
#![allow(clippy::unwrap_used)]
use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

#[derive(Clone, Copy)]
struct Setup {
    id: &'static str,
    secret: &'static str,
    /// Empty if the setup has no token.
    token: &'static str,
    endpoint: &'static str,
    style: UrlStyle,
    region: &'static str,
    method: Method,
    /// Unix seconds.
    now: u64,
    /// Seconds.
    expires: u32,
    query: &'static [(&'static str, &'static str)],
}

const SETUP: Setup = Setup {
    id: "AKIDEXAMPLE",
    secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    token: "",
    endpoint: "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com",
    style: UrlStyle::Path,
    region: "auto",
    method: Method::Get,
    now: 1_709_208_000, // 2024-02-29T12:00:00Z
    expires: 3600,
    query: &[],
};

impl Setup {
    fn presigner(&self) -> Presigner {
        let mut credentials = Credentials::new(self.id, self.secret);
        if !self.token.is_empty() {
            credentials = credentials.with_session_token(self.token);
        }
        let bucket = Bucket::new(self.endpoint, self.style, "gallery", self.region).unwrap();
        let key = SigningKey::derive(&credentials, self.region, self.now);
        let presigner = Presigner::new(&key, &bucket, self.method, self.now, self.expires).unwrap();
        self.query.iter().fold(presigner, |presigner, (name, value)| presigner.with_query(name, value))
    }
}

/// The URL of an object. A single URL and one from a batch must be the same.
fn presign(setup: &Setup, key: &str) -> String {
    let presigner = setup.presigner();
    let (mut url, mut batch, mut from_batch) = (String::new(), presigner.batch(), String::new());
    presigner.presign_into(&mut url, key);
    (0..4).for_each(|_| batch.push(&mut from_batch, key));
    batch.finish(&mut from_batch);
    assert_eq!(from_batch, url.repeat(4), "{key:?}");
    url
}

fn signature(url: &str) -> &str {
    url.split_once("&X-Amz-Signature=").unwrap().1
}

#[test]
fn keys() {
    for (key, path, expected) in KEYS {
        let url = presign(&SETUP, key);
        assert!(url.starts_with(&format!("{}/gallery/{path}?X-Amz-Algorithm=", SETUP.endpoint)), "{key:?}: {url}");
        assert_eq!(signature(&url), *expected, "{key:?}");
    }
}

/// A key of 1024 bytes, the longest that S3 accepts.
#[test]
fn the_longest_key() {
    let url = presign(&SETUP, &"\u{e9}".repeat(512));
    assert!(url.contains(&format!("/gallery/{}?", "%C3%A9".repeat(512))));
    assert_eq!(signature(&url), "cb604c04f00ef63d40f1b4c1521b5b964335cd088adbc4a723896cb170a99fb6");
}

#[test]
fn circumstances() {
    for (what, setup, expected) in CIRCUMSTANCES {
        assert_eq!(signature(&presign(setup, "a.jpg")), *expected, "{what}");
    }
}

/// The parameters are in canonical order, though they were added last.
#[test]
fn the_query_is_in_order() {
    let setup = Setup { query: &[("response-content-type", "image/png")], token: "t/+=", ..SETUP };
    let url = presign(&setup, "a.jpg");
    let names: Vec<&str> =
        url.split_once('?').unwrap().1.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    assert_eq!(
        names,
        [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-Security-Token",
            "X-Amz-SignedHeaders",
            "response-content-type",
            "X-Amz-Signature",
        ]
    );
}

/// Key, path, signature.
#[rustfmt::skip]
const KEYS: &[(&str, &str, &str)] = &[
    ("a b.jpg", "a%20b.jpg", "0305106420f95faab198849f08d50ba1c8fbb9989446c1fbee9b0b65efd6c5a1"),
    ("a+b.jpg", "a%2Bb.jpg", "f06576c771784c34694085a46e40f6574b9bec467746c8b8b435f7ce2dbef5b6"),
    ("a~b-c.d_e", "a~b-c.d_e", "a11f788f24167a1472ed444c82c3dfb61b6d46271704cf25994c3e62600151ce"),
    ("100%.jpg", "100%25.jpg", "1eaf22777407567f951b18103cc102779cc68e6d71cc8086927489c0240acb22"),
    ("%2F%20", "%252F%2520", "afe477ee1f35e300ea8f487dd4c35973df78a05b9280647ea10b17980c06c0eb"),
    ("caf\u{e9}.jpg", "caf%C3%A9.jpg", "a07dd98c0538a45266161bb29a893b033b1efed72c15b5a2b90d50ff2d5a4904"),
    ("cafe\u{301}.jpg", "cafe%CC%81.jpg", "165adc21e69ca796c92241a5aaee7be1de801c5497dcb9811cb67cbe954bbff7"),
    ("\u{5199}\u{771f}/\u{1f600}.jpg", "%E5%86%99%E7%9C%9F/%F0%9F%98%80.jpg", "4c0f19c2fec7098fd9f4a08a812fbeb229454b796612c4109169b9147025446f"),
    ("a//b", "a//b", "4498dd759948522a8f62fceeabd441a65f76fd9029500ebaa5c6698fa7cc740a"),
    ("//a", "//a", "6cf771e4e2277da243da2d1bb9a40a648d3eba9838373706e84ed6b7257ccf46"),
    ("a/./b", "a/./b", "d7bdca0bbd74cabf479757729969b5e16215f680d0ddafe88a73c40c5e01c63c"),
    ("a/../b", "a/../b", "9d59f02bef9a3f755e6e90a212948b1b35aced98d1f320192519f829ad450e25"),
    ("..", "..", "029620f6d7f1e9f47f10e72a9b1502dcacf4e5700d8d5c0404cc5e6258aa70e9"),
    ("/a", "/a", "16e16f608fff81a61f96678e5179d0ea2472354a5f3bc545ef30022beb6eb5f7"),
    ("a/", "a/", "29cac430231446c4b6e94ff41287c352d2c023f4d26724f8b9787f9f3dee35e6"),
    ("a!'()*b", "a%21%27%28%29%2Ab", "3f8151fca4d43f183ddd0441bd5c1ad56d3e0720d3d8a2e58173ce6bbfcd13f4"),
    ("a=b&c", "a%3Db%26c", "5033d7125aca371ab6c6803147e2ea25e03214cf2379a727a141e959c0655b21"),
    ("a?b#c", "a%3Fb%23c", "2694f8f705f248431db151bfb0d3b01fc54c7fab168d3fc67d3af3358268661f"),
    (";\"'", "%3B%22%27", "1e507b7163cd4753b727a7f2290f132834a2c7eeae1cf02390e6b04755ee8376"),
    ("[a]{b}<c>", "%5Ba%5D%7Bb%7D%3Cc%3E", "e6b1c898ea159230950aa9e79b2e84f5bc58da1ed67f02290ffbb49da48b5b34"),
    ("\\^`|", "%5C%5E%60%7C", "c2323808764fcd0e039423391874feb1c673787048046274dc2f8551db011e72"),
    ("@:$,", "%40%3A%24%2C", "2632e6b6b6cb1ab58d0e16608a575e95c9cd1c1fa855f4c75c8ec8aafa26a2af"),
    ("tab\tnew\nline", "tab%09new%0Aline", "2ba252dc0987c95270c3ec18ece281eb16141510f9c5c9bd44cee41dfdf2b889"),
];

/// What is special about the setup, the setup, and the signature of `a.jpg`.
#[rustfmt::skip]
const CIRCUMSTANCES: &[(&str, Setup, &str)] = &[
    ("GET, one hour", SETUP, "29a058b62d498a0b5037afe84b9d5019c03d377dbb407d069ca318998e61351b"),
    ("HEAD is not GET", Setup { method: Method::Head, ..SETUP }, "997a9d9fd99fa617c703bfc48ebf782dace1920d54bf15475ed2b458cf7f287b"),
    ("PUT is not GET", Setup { method: Method::Put, ..SETUP }, "bd160d9a0b8d243a87abd3922be9ae025698746556b1cf86d4841e1d1df94dcd"),
    ("the last second of a day", Setup { now: 1_709_164_799, ..SETUP }, "630770a54b612676573aca836978dcc6c62499685b42cedf5e45c41877fbeeaf"),
    ("the first second of 29 February", Setup { now: 1_709_164_800, ..SETUP }, "a502f3f2b8055d60c903424f2ef59966eb9614e84cf0e4f103254e6d24e43ccb"),
    ("the last second of 29 February", Setup { now: 1_709_251_199, ..SETUP }, "ff8458621a7385a816002905b7fa5d552403cc5feeae37e39f17b7402b65cad8"),
    ("the first second of March", Setup { now: 1_709_251_200, ..SETUP }, "2e77bfe34a037d6cb310aece9ecfd0e96a9305e6c5acefba59d6c7d89a4dc048"),
    ("one second", Setup { expires: 1, ..SETUP }, "308f127bb4f3d0daeac76942ac8ba912f0c9207776b8bd727c72b96b6a0e3194"),
    ("seven days", Setup { expires: 604_800, ..SETUP }, "b02e12e2198b82c3cde57861b6cb51b00b20a2d72f847ced273c7b15307cb411"),
    ("a session token of base64", Setup { token: "token/with+all=of==it", ..SETUP }, "db4d60f06a9e17dd683cd182d8aa984b0df5c43535468dc8de4773bded1baa4e"),
    ("a secret rotated within the day", Setup { secret: "rotated/EXAMPLE", ..SETUP }, "aeb4178af481759346d03fcdee03097ac687966f29611ad043a7256b91ed9601"),
    ("a key id with a plus sign", Setup { id: "AKID+EXAMPLE", ..SETUP }, "1197ad34fc86a61d659ba54f3e237ef71cf2ca52b4bb4918809679ae62422da9"),
    ("a name to save it under", Setup { query: &[("response-content-disposition", "attachment; filename=\"a b+c \u{e9}.jpg\"")], ..SETUP }, "027e5399b56be9e55fb9de0d3eb370fffd24626d93d162d51791bed249fbe621"),
    ("a type and a cache policy, in any order", Setup { query: &[("response-content-type", "image/png"), ("response-cache-control", "private, max-age=60")], ..SETUP }, "7b059752d755e577abe497847a3e65cec47340a2306cc38c5d0fe833c632f97f"),
    ("a host with a port", Setup { endpoint: "http://localhost:9000", ..SETUP }, "6a1c4aba167a00d1b68f809e4033b0d85b1286ef9e7586ae148c1c69d3100a92"),
    ("the scheme's own port", Setup { endpoint: "https://s3.example.com:443", ..SETUP }, "5d4313f55145d0f5ada208c0ba54d538e973060b355f34708211215cabb95dff"),
    ("the EU jurisdiction of R2", Setup { endpoint: "https://0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com", ..SETUP }, "47c2268632c4d6eb42019ae5b7c06c30375e8f9b49bcecc2226071d6c854b228"),
    ("virtual-host style", Setup { endpoint: "https://s3.eu-central-1.amazonaws.com", style: UrlStyle::VirtualHost, region: "eu-central-1", ..SETUP }, "ead7b0589cd79a1c5920ec4873ea73c4cf84ba9eb5ad352626b94c29668793ca"),
];
