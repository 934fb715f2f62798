//! Films as other programs package them: every URI leads to its file in every delivery, and to no other film's.

#![allow(clippy::unwrap_used)]

mod hostile;
mod odd;
mod walk;

#[path = "../versions/fixture.rs"]
mod fixture;

use std::collections::BTreeSet;

use fixture::Fixture;
use walk::{Package, Walk, master};

const ONE: &str = "0123456789abcdef";
const DELIVERIES: [&str; 4] = ["presign", "redirect", "proxy", "public"];
/// Keys with slashes, with what looks like a folder of ours, and with what looks like a token.
const KEYS: [&str; 4] = ["a.mp4", "2024/a b:c&d=e+f.mp4", "~a/720p", "/x//y.mp4"];

/// Puts a film into the catalogue and its package into the bucket, and returns its prefix.
fn put(at: &Fixture, key: &str, version: Option<&str>, package: &Package) -> String {
    at.film(key, version);
    let prefix = gallery::layout::hls_prefix(key, version);
    for (place, text) in package {
        at.put(&format!("{prefix}{place}"), text);
    }
    prefix
}

fn walk(name: &str, package: &Package, key: &str, version: Option<&str>, delivery: &str, with_token: bool) -> usize {
    let at = Fixture::new(delivery);
    let prefix = put(&at, key, version, package);
    let token = with_token.then(|| at.token(key));
    let mut asked = 0;
    // The second time, playlists come from the cache.
    for _ in 0..2 {
        let mut walk = Walk { at: &at, delivery, package, prefix: prefix.clone(), reached: BTreeSet::new(), asked: 0 };
        walk.playlist(&master(key, token.as_deref(), version), "master.m3u8");
        let all: BTreeSet<String> = package.keys().cloned().collect();
        assert_eq!(walk.reached, all, "{name}, {delivery}");
        asked += walk.asked;
    }
    asked
}

#[test]
fn every_uri_leads_to_its_file() {
    let odd = odd::all();
    assert!(odd.len() >= 20);
    let mut asked = 0;
    for (number, odd) in odd.iter().enumerate() {
        println!("{}", odd.name);
        for delivery in DELIVERIES {
            for version in [None, Some(ONE)] {
                for with_token in [false, true] {
                    asked += walk(odd.name, &odd.package, KEYS[number % 4], version, delivery, with_token);
                }
            }
        }
    }
    assert!(asked > 2_000, "{asked}");
}

#[test]
fn a_folder_is_read_under_every_key() {
    let odd = odd::all();
    for odd in odd.iter().filter(|odd| odd.name.contains("folder") || odd.name.contains("names")) {
        for key in KEYS {
            walk(odd.name, &odd.package, key, None, "proxy", true);
            walk(odd.name, &odd.package, key, Some(ONE), "redirect", false);
        }
    }
}
