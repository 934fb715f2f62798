//! What nginx is given to serve a private file: links with a signature that it checks, and a URL of the store.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use harness::{ENVIRONMENT, Failure};
use md5::{Digest as _, Md5};
use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

/// What nginx signs with, by MD5: its `secure_link` knows nothing else.
pub const SECRET: &str = "a secret of the benchmark";
/// When the links end, in seconds since 1970: in the year 2100.
const EXPIRES: u64 = 4_102_444_800;

/// The query of a link to `path`.
pub fn query(path: &str) -> String {
    let signature = URL_SAFE_NO_PAD.encode(Md5::digest(format!("{EXPIRES}{path} {SECRET}")));
    format!("md5={signature}&expires={EXPIRES}")
}

/// The query with which the store gives an object to anyone, for a day from `now` on.
pub fn presigned(store: &str, object: &str, now: u64) -> Result<String, Failure> {
    let value = |name: &str| ENVIRONMENT.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    let bucket = Bucket::new(store, UrlStyle::Path, value("R2_BUCKET_NAME"), "auto")?;
    let credentials = Credentials::new(value("R2_ACCESS_KEY_ID"), value("R2_SECRET_ACCESS_KEY"));
    let key = SigningKey::derive(&credentials, "auto", now);
    let mut url = String::new();
    Presigner::new(&key, &bucket, Method::Get, now, 24 * 60 * 60)?.presign_into(&mut url, object);
    let (_, query) = url.split_once('?').ok_or("the URL has no query")?;
    Ok(query.to_owned())
}
