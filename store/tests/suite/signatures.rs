//! Which requests are allowed: requests signed in the header, presigned ones, and everything that only looks signed.

use std::time::{Duration, SystemTime};

use crate::common::{BUCKET, HOUR, KEY_ID, REGION, Response, SECRET, TestStore, presign, request, sign::Signer, start};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle, actions::GetObject};

fn with_object() -> TestStore {
    let store = start();
    store.put("a.jpg", "bytes").ok(200);
    store
}

fn url(store: &TestStore, key: &str) -> String {
    format!("http://{}/{BUCKET}/{key}", store.addr())
}

fn send(signer: &Signer, method: &str, url: &str, signed: &[(&str, &str)], body: &[u8]) -> Response {
    let (url, headers) = signer.sign(method, url, signed, Some(body));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    request(method, &url).headers(signed).headers(&headers).body(body).send()
}

#[test]
fn presigned_get_and_put() {
    let store = start();
    assert_eq!(store.put("a.jpg", "bytes").status, 200);
    assert_eq!(store.get("a.jpg").ok(200).text(), "bytes");
}

#[test]
fn unsigned_is_refused() {
    let store = with_object();
    request("GET", &url(&store, "a.jpg")).send().expect(403, "AccessDenied");
    request("GET", &url(&store, "none.jpg")).send().expect(403, "AccessDenied");
    request("PUT", &url(&store, "b.jpg")).body("x").send().expect(403, "AccessDenied");
    request("GET", &url(&store, "?list-type=2")).send().expect(403, "AccessDenied");
    assert_eq!(store.get("b.jpg").status, 404);
}

#[test]
fn every_part_of_a_presigned_url_is_signed() {
    let store = with_object();
    store.put("b.jpg", "other").ok(200);
    let good = store.get_url("a.jpg");
    assert_eq!(request("GET", &good).send().status, 200);
    let signature = good.find("X-Amz-Signature=").unwrap() + "X-Amz-Signature=".len();
    let flipped = if &good[signature..=signature] == "0" { "1" } else { "0" };
    for bad in [
        good.replace("a.jpg", "b.jpg"),
        good.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601"),
        format!("{good}&response-content-type=text%2Fhtml"),
        format!("{}{flipped}{}", &good[..signature], &good[signature + 1..]),
    ] {
        request("GET", &bad).send().expect(403, "SignatureDoesNotMatch");
    }
    request("PUT", &good).body("x").send().expect(403, "SignatureDoesNotMatch");
    request("DELETE", &good).send().expect(403, "SignatureDoesNotMatch");
    assert_eq!(request("HEAD", &good).send().status, 403);
    let other_host = good.replace("127.0.0.1", "localhost");
    request("GET", &other_host).send().expect(403, "SignatureDoesNotMatch");
    assert_eq!(store.get("a.jpg").ok(200).text(), "bytes");
}

#[test]
fn a_presigned_url_lives_as_long_as_it_says() {
    let store = with_object();
    let now = SystemTime::now();
    let seconds = Duration::from_secs;
    let signed_at = |time: SystemTime, expires: u64| {
        let signer = Signer { time, expires: Some(seconds(expires)), ..Signer::default() };
        let (url, _) = signer.sign("GET", &url(&store, "a.jpg"), &[], None);
        request("GET", &url).send()
    };
    signed_at(now, 60).ok(200);
    signed_at(now - seconds(30), 60).ok(200);
    signed_at(now - seconds(62), 60).expect(403, "AccessDenied");
    signed_at(now, 604_800).ok(200);
    signed_at(now - seconds(604_770), 604_800).ok(200);
    // The client's clock may be ahead by 15 minutes.
    signed_at(now + seconds(870), 60).ok(200);
    signed_at(now + seconds(930), 60).expect(403, "RequestTimeTooSkewed");
}

#[test]
fn a_lifetime_out_of_range_is_refused() {
    let store = with_object();
    for seconds in [0, 604_801, 609_901] {
        let action = store.bucket.get_object(Some(&store.credentials), "a.jpg");
        let url: String = action.sign(Duration::from_secs(seconds)).into();
        request("GET", &url).send().expect(403, "AccessDenied");
    }
    for expires in ["-7", "", "x", "99999999999999999999"] {
        let url = store.get_url("a.jpg").replace("X-Amz-Expires=3600", &format!("X-Amz-Expires={expires}"));
        request("GET", &url).send().expect(403, "AccessDenied");
    }
}

#[test]
fn wrong_keys_are_refused() {
    let store = with_object();
    let presigned = |credentials: &Credentials| {
        let url: String = GetObject::new(&store.bucket, Some(credentials), "a.jpg").sign(HOUR).into();
        request("GET", &url).send()
    };
    presigned(&Credentials::new(KEY_ID, "wrong")).expect(403, "SignatureDoesNotMatch");
    presigned(&Credentials::new("nobody", SECRET)).expect(403, "InvalidAccessKeyId");
    let wrong = Signer { secret: "wrong", ..Signer::default() };
    send(&wrong, "GET", &url(&store, "a.jpg"), &[], b"").expect(403, "SignatureDoesNotMatch");
}

#[test]
fn the_scope_must_name_this_region_and_s3() {
    let store = with_object();
    let endpoint = format!("http://{}", store.addr()).parse().unwrap();
    let elsewhere = Bucket::new(endpoint, UrlStyle::Path, BUCKET, "eu-west-1").unwrap();
    let url_elsewhere: String = elsewhere.get_object(Some(&store.credentials), "a.jpg").sign(HOUR).into();
    request("GET", &url_elsewhere).send().expect(400, "AuthorizationHeaderMalformed");
    for signer in [Signer { region: "eu-west-1", ..Signer::default() }, Signer { service: "sts", ..Signer::default() }]
    {
        send(&signer, "GET", &url(&store, "a.jpg"), &[], b"").expect(400, "AuthorizationHeaderMalformed");
    }
}

#[test]
fn signed_headers_with_the_hash_of_the_body() {
    let store = start();
    let signer = Signer::default();
    send(&signer, "PUT", &url(&store, "a.txt"), &[("content-type", "text/plain")], b"hello").ok(200);
    let got = send(&signer, "GET", &url(&store, "a.txt"), &[], b"").ok(200);
    assert_eq!((got.text(), got.header("content-type")), ("hello", Some("text/plain")));

    let (url, headers) = signer.sign("PUT", &url(&store, "a.txt"), &[], Some(b"hello"));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    request("PUT", &url).headers(&headers).body("HELLO").send().expect(400, "XAmzContentSHA256Mismatch");
    assert_eq!(store.get("a.txt").text(), "hello");
}

#[test]
fn signed_headers_with_an_unsigned_body() {
    let store = start();
    let (url, headers) = Signer::default().sign("PUT", &url(&store, "a.txt"), &[], None);
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(headers.contains(&("x-amz-content-sha256", "UNSIGNED-PAYLOAD")), "{headers:?}");
    request("PUT", &url).headers(&headers).body("any").send().ok(200);
    assert_eq!(store.get("a.txt").text(), "any");
}

#[test]
fn a_signed_header_must_be_as_it_was_signed() {
    let store = start();
    let url = url(&store, "a.txt");
    let (_, headers) = Signer::default().sign("PUT", &url, &[("content-type", "text/plain")], Some(b"x"));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let changed = request("PUT", &url).headers(&headers).headers(&[("content-type", "text/html")]).body("x").send();
    changed.expect(403, "SignatureDoesNotMatch");
    request("PUT", &url).headers(&headers).body("x").send().expect(403, "SignatureDoesNotMatch");
}

#[test]
fn header_signatures_expire_after_15_minutes() {
    let store = with_object();
    let now = SystemTime::now();
    for time in [now - Duration::from_secs(920), now + Duration::from_secs(920)] {
        let signer = Signer { time, ..Signer::default() };
        send(&signer, "GET", &url(&store, "a.jpg"), &[], b"").expect(403, "RequestTimeTooSkewed");
    }
    for time in [now - Duration::from_secs(880), now + Duration::from_secs(880)] {
        let signer = Signer { time, ..Signer::default() };
        send(&signer, "GET", &url(&store, "a.jpg"), &[], b"").ok(200);
    }
}

/// Without this rule, a client that may upload one file could read every other file.
#[test]
fn a_link_to_write_cannot_be_turned_into_a_copy() {
    let store = start();
    store.put("secret.jpg", "secret").ok(200);
    let link = presign(&store.bucket.put_object(Some(&store.credentials), "upload.jpg"));
    let source = format!("/{BUCKET}/secret.jpg");
    for headers in [[("x-amz-copy-source", source.as_str())], [("x-amz-meta-owner", "me")]] {
        request("PUT", &link).headers(&headers).send().expect(403, "AccessDenied");
    }
    assert_eq!(store.get("upload.jpg").status, 404);
    request("PUT", &link).body("fine").send().ok(200);
}

#[test]
fn other_mechanisms_are_refused() {
    let store = with_object();
    let get = |query: &str| request("GET", &format!("{}?{query}", url(&store, "a.jpg")));
    get("AWSAccessKeyId=AKIDEXAMPLE&Expires=9999999999&Signature=x").send().expect(400, "InvalidRequest");
    let algorithm = |name: &str| store.get_url("a.jpg").replace("=AWS4-HMAC-SHA256", &format!("={name}"));
    for name in ["", "AWS4-HMAC-SHA1", "aws4-hmac-sha256", "AWS4-ECDSA-P256-SHA256"] {
        request("GET", &algorithm(name)).send().expect(400, "InvalidRequest");
    }
    for authorization in ["AWS AKIDEXAMPLE:x", "Basic eDp5", "Bearer x"] {
        get("").headers(&[("authorization", authorization)]).send().expect(400, "InvalidRequest");
    }
    let (_, headers) = Signer::default().sign("GET", &url(&store, "a.jpg"), &[], Some(b""));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    request("GET", &store.get_url("a.jpg")).headers(&headers).send().expect(400, "InvalidArgument");
    let form = [("content-type", "multipart/form-data; boundary=x")];
    request("POST", &url(&store, "")).headers(&form).body("--x--\r\n").send().expect(405, "MethodNotAllowed");
}

#[test]
fn other_buckets_do_not_exist() {
    let store = with_object();
    let endpoint = format!("http://{}", store.addr()).parse().unwrap();
    let other = Bucket::new(endpoint, UrlStyle::Path, "other", REGION).unwrap();
    let url: String = other.get_object(Some(&store.credentials), "a.jpg").sign(HOUR).into();
    request("GET", &url).send().expect(404, "NoSuchBucket");
}
