//! Signed URLs name the store as browsers reach it.

#![allow(clippy::unwrap_used, reason = "a test may")]

use platform::config::Lookup;
use platform_s3::{Location, Objects};

#[test]
fn a_signed_url_names_the_public_address_and_is_signed_for_it() {
    let url = |public: &str, endpoint: &str| {
        let find = |name: &str| {
            Some(match name {
                "S3_ENDPOINT" => endpoint.to_owned(),
                "STORE_PUBLIC_URL" => public.to_owned(),
                "R2_BUCKET_NAME" => "photos".to_owned(),
                "R2_ACCESS_KEY_ID" => "id".to_owned(),
                "R2_SECRET_ACCESS_KEY" => "secret".to_owned(),
                _ => return None,
            })
        };
        let objects = Objects::new(Location::load(&Lookup(&find)).unwrap());
        let mut url = String::new();
        objects.presigner(1_700_000_000, 60).unwrap().presign_into(&mut url, "a b.jpg");
        (url, objects.fingerprint())
    };
    let (inside, inside_print) = url("", "http://0.0.0.0:9000");
    assert!(inside.starts_with("http://0.0.0.0:9000/photos/a%20b.jpg?"), "{inside}");
    let (public, public_print) = url("https://store.example", "http://0.0.0.0:9000");
    assert!(public.starts_with("https://store.example/photos/a%20b.jpg?"), "{public}");
    assert_eq!(public, url("", "https://store.example").0);
    // Playlists that were kept with the one do not serve with the other.
    assert_ne!(inside_print, public_print);
}
