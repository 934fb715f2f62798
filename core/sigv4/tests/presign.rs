//! Presigned URLs through the public API: AWS's documented example, and every shape of key that was once signed
//! wrongly.
#![allow(clippy::unwrap_used)]
use sigv4::{Bucket, Credentials, Error, Method, Presigner, SigningKey, UrlStyle};

const NOW: u64 = 1_369_353_600; // 2013-05-24T00:00:00Z

fn credentials() -> Credentials {
    Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
}

fn presigner(bucket: &Bucket, method: Method, now: u64, expires: u32) -> Presigner {
    let key = SigningKey::derive(&credentials(), bucket.region(), now);
    Presigner::new(&key, bucket, method, now, expires).unwrap()
}

fn presign(presigner: &Presigner, key: &str) -> String {
    let mut out = String::new();
    presigner.presign_into(&mut out, key);
    out
}

fn example_bucket() -> Bucket {
    Bucket::new("https://s3.amazonaws.com", UrlStyle::VirtualHost, "examplebucket", "us-east-1").unwrap()
}

/// "Authenticating Requests: Using Query Parameters", Amazon S3 API reference.
#[test]
fn documented_example() {
    assert_eq!(
        presign(&presigner(&example_bucket(), Method::Get, NOW, 86_400), "test.txt"),
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
         &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

#[test]
fn refusals() {
    let bucket = example_bucket();
    let key = SigningKey::derive(&credentials(), "us-east-1", NOW);
    for expires in [0, 604_801, u32::MAX] {
        assert_eq!(Presigner::new(&key, &bucket, Method::Get, NOW, expires).err(), Some(Error::Expires));
    }
    assert!(Presigner::new(&key, &bucket, Method::Get, NOW, 604_800).is_ok());
    for now in [NOW - 1, NOW + 86_400] {
        assert_eq!(Presigner::new(&key, &bucket, Method::Get, now, 1).err(), Some(Error::KeyDate));
    }
    let elsewhere = SigningKey::derive(&credentials(), "auto", NOW);
    assert_eq!(Presigner::new(&elsewhere, &bucket, Method::Get, NOW, 1).err(), Some(Error::KeyRegion));
}
