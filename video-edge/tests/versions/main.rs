//! Films whose objects lie under a version, and films of 0.1.0 whose objects do not.

#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{BASE, Fixture};
use http::{Method, Request, header};

const KEY: &str = "2024/a b:c.mp4";
const ENCODED: &str = "2024/a%20b%3Ac.mp4";
const ONE: &str = "0123456789abcdef";
const TWO: &str = "fedcba9876543210";
const DELIVERIES: [&str; 4] = ["presign", "redirect", "proxy", "public"];
const MASTER: &str = "#EXTM3U\n\
    #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\",URI=\"sound.m3u8\"\n\
    #EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"film.key\"\n\
    #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9,URI=\"iframes.m3u8\"\n\
    #EXT-X-STREAM-INF:BANDWIDTH=2000000\n720p.m3u8\n";
const VARIANT: &str = "#EXTM3U\r\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\n  one%201.m4s?x \n\
    #EXTINF:4,\none%201.m4s\n#EXT-X-ENDLIST";

/// A film with its playlists and a segment that says which version it is of.
fn film(at: &Fixture, key: &str, version: Option<&str>) {
    at.film(key, version);
    let prefix = gallery::layout::hls_prefix(key, version);
    for (name, text) in [("master.m3u8", MASTER), ("720p.m3u8", VARIANT), ("one.m4s", version.unwrap_or("none"))] {
        at.put(&format!("{prefix}{name}"), text);
    }
}

#[test]
fn a_master_names_everything_under_its_version() {
    let at = Fixture::new("presign");
    film(&at, KEY, Some(ONE));
    let text = at.uris(&format!("/api/hls/playlist?key={ENCODED}&v={ONE}")).join("\n");
    for name in ["sound.m3u8", "film.key", "iframes.m3u8", "720p.m3u8"] {
        assert!(text.contains(&format!("{ENCODED}/{name}?v={ONE}")), "{name} in {text}");
    }
}

#[test]
fn a_master_of_0_1_0_is_as_it_was() {
    let at = Fixture::new("presign");
    film(&at, KEY, None);
    let version = edge::catalogue::url_version(None, "2025");
    assert_eq!(
        at.uris(&format!("/api/hls/playlist?key={ENCODED}")),
        [
            format!("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\",URI=\"{ENCODED}/sound.m3u8?v={version}\""),
            format!("#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"{ENCODED}/film.key\""),
            format!("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9,URI=\"{ENCODED}/iframes.m3u8?v={version}\""),
            format!("{ENCODED}/720p.m3u8?v={version}"),
        ]
    );
}

#[test]
fn every_delivery_leads_to_the_objects_of_the_version() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        film(&at, KEY, Some(ONE));
        let uris = at.uris(&format!("/api/hls/{ENCODED}/720p.m3u8?v={ONE}"));
        for (uri, name) in uris.iter().zip(["init.mp4", "one%201.m4s", "one%201.m4s"]) {
            let wanted = match delivery {
                "presign" => format!("https://store.example/media/hls/{ENCODED}/{ONE}/{name}?X-Amz-"),
                "public" => format!("{BASE}/hls/{ENCODED}/{ONE}/{name}"),
                _ => format!("{name}?v={ONE}"),
            };
            assert!(uri.contains(&wanted), "{delivery}: {uri} instead of {wanted}");
            assert!(delivery != "public" || !uri.contains('?'), "{uri}");
        }
        assert_eq!(uris.len(), 3);
    }
}

#[test]
fn every_delivery_leads_to_the_objects_of_0_1_0() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        film(&at, KEY, None);
        let path = format!("/api/hls/{ENCODED}/720p.m3u8");
        match delivery {
            "redirect" | "proxy" => assert_eq!(at.get(&path).2, VARIANT.replace("?x", ""), "byte for byte but a query"),
            _ => {
                let uris = at.uris(&path);
                assert!(uris.iter().all(|uri| uri.contains(&format!("/hls/{ENCODED}/"))), "{uris:?}");
                assert!(!uris.concat().contains(ONE));
            }
        }
    }
}

#[test]
fn a_segment_is_of_the_version_that_is_asked_for() {
    let (proxy, redirect) = (Fixture::new("proxy"), Fixture::new("redirect"));
    for at in [&proxy, &redirect] {
        film(at, KEY, None);
        film(at, KEY, Some(ONE));
        film(at, KEY, Some(TWO));
    }
    let path = format!("/api/hls/{ENCODED}/one.m4s");
    for (query, folder, content) in [
        (String::new(), String::new(), "none"),
        (format!("?v={ONE}"), format!("{ONE}/"), ONE),
        (format!("?v={TWO}"), format!("{TWO}/"), TWO),
    ] {
        assert_eq!(proxy.get(&format!("{path}{query}")), (200, String::new(), content.to_owned()));
        let (status, location, _) = redirect.get(&format!("{path}{query}"));
        let wanted = format!("https://store.example/media/hls/{ENCODED}/{folder}one.m4s?X-Amz-");
        assert!(status == 302 && location.starts_with(&wanted), "{location} instead of {wanted}");
    }
    assert_eq!(proxy.get(&format!("{path}?v=aaaaaaaaaaaaaaaa")).0, 404);
}

#[test]
fn no_version_leads_out_of_the_film() {
    let at = Fixture::new("proxy");
    film(&at, "a.mp4", Some(ONE));
    at.put("hls/b.mp4/one.m4s", "another film's");
    at.put("secret/one.m4s", "no film's");
    for bad in
        ["", "x", "..", "../../secret", "%2E%2E%2Fb.mp4", "0123456789ABCDEF", "0123456789abcdef0", "../../b.mp4/123456"]
    {
        assert_eq!(at.get(&format!("/api/hls/a.mp4/one.m4s?v={bad}")).0, 400, "{bad}");
    }
    // A playlist under a version names nothing outside of it.
    for outside in ["../one.m4s", "../../b.mp4/one.m4s", "/hls/b.mp4/one.m4s", "../fedcba9876543210/one.m4s"] {
        at.put(&format!("hls/a.mp4/{ONE}/720p.m3u8"), &VARIANT.replace("init.mp4", outside));
        assert_eq!(at.get("/api/hls/a.mp4/720p.m3u8?v=madeup").0, 502, "{outside}");
    }
}

/// What stands in the path is the key, and what stands behind `?v=` is the version.
#[test]
fn keys_that_end_like_a_version() {
    let at = Fixture::new("proxy");
    let nested = format!("a.mp4/{ONE}");
    film(&at, &nested, Some(TWO));
    assert_eq!(at.get(&format!("/api/hls/a.mp4/{ONE}/one.m4s?v={TWO}")).2, TWO);
    assert_eq!(at.get(&format!("/api/hls/a.mp4/one.m4s?v={ONE}")).0, 404, "there is no film a.mp4");
    assert_eq!(at.uris(&format!("/api/hls/{nested}/720p.m3u8")).pop().unwrap(), format!("one%201.m4s?v={TWO}"));

    film(&at, "a.mp4", Some(TWO));
    at.put(&format!("hls/a.mp4/{TWO}/one.m4s"), "the film above");
    assert_eq!(at.get(&format!("/api/hls/a.mp4/one.m4s?v={TWO}")).2, "the film above");
    assert_eq!(at.get(&format!("/api/hls/a.mp4/{ONE}/one.m4s?v={TWO}")).2, TWO);
    assert_eq!(at.get(&format!("/api/hls/a.mp4/{TWO}/one.m4s?v={ONE}")).0, 404, "there is no such film");
}

#[test]
fn a_replaced_film_is_shown_at_once() {
    let at = Fixture::new("proxy");
    let play = |version: &str| {
        let master = at.uris(&format!("/api/hls/playlist?key={ENCODED}&v={version}")).pop().unwrap();
        (at.uris(&format!("/api/hls/{master}")).pop().unwrap(), master)
    };
    film(&at, KEY, Some(ONE));
    assert_eq!(play(ONE).0, format!("one%201.m4s?v={ONE}"));
    film(&at, KEY, Some(TWO));
    let (segment, master) = play(TWO);
    assert_eq!(segment, format!("one%201.m4s?v={TWO}"), "though the first one is in the cache");
    assert_eq!(master, format!("{ENCODED}/720p.m3u8?v={TWO}"));
    assert_eq!(play(ONE).0, format!("one%201.m4s?v={ONE}"), "who watches the first one goes on");
}

/// Somebody watches the first version, and a quality is asked for that nobody has asked for before.
#[test]
fn a_replaced_film_goes_on_with_its_other_qualities() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        film(&at, KEY, Some(ONE));
        film(&at, KEY, Some(TWO));
        let uris = |version: &str| at.uris(&format!("/api/hls/{ENCODED}/720p.m3u8?v={version}")).concat();
        // The second time, the playlists come from the cache.
        for _ in 0..2 {
            for (version, other) in [(ONE, TWO), (TWO, ONE)] {
                let uris = uris(version);
                assert!(uris.contains(version) && !uris.contains(other), "{delivery}: {version}: {uris}");
            }
        }
        let gone = "aaaaaaaaaaaaaaaa";
        assert!(uris(gone).contains(TWO), "{delivery}: objects that are gone");
        at.put(&format!("hls/{KEY}/{gone}/720p.m3u8"), VARIANT);
        assert!(uris(gone).contains(gone), "{delivery}: the current playlist was stored as that of another version");
    }
}

/// Its segments hold the sound too, which the current master has in a playlist of its own.
#[test]
fn a_film_of_0_1_0_goes_on_after_it_was_packaged_anew() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        film(&at, KEY, None);
        let master = at.uris(&format!("/api/hls/playlist?key={ENCODED}")).pop().unwrap();
        film(&at, KEY, Some(ONE));
        at.put(&format!("hls/{KEY}/{ONE}/720p.m3u8"), &VARIANT.replace("one%201", "new"));
        let uris = at.uris(&format!("/api/hls/{master}")).concat();
        assert!(uris.contains("one%201.m4s") && !uris.contains(ONE), "{delivery}: {uris}");
        assert!(at.uris(&format!("/api/hls/{ENCODED}/720p.m3u8")).concat().contains("new.m4s"), "{delivery}");
    }
}

/// A film whose folder is like that of a version of the film above it.
#[test]
fn a_version_of_a_playlist_is_not_another_film() {
    let at = Fixture::new("presign");
    film(&at, &format!("a.mp4/{ONE}"), None);
    film(&at, "a.mp4", Some(TWO));
    assert_eq!(at.get(&format!("/api/hls/a.mp4/720p.m3u8?v={ONE}")).0, 404);
    assert_eq!(at.get(&format!("/api/hls/a.mp4/720p.m3u8?v={TWO}")).0, 200);
}

/// The store would not know the page after a redirect.
#[test]
fn a_page_of_another_origin_gets_segments_from_the_service() {
    for delivery in ["presign", "redirect"] {
        let at = Fixture::new(delivery);
        film(&at, KEY, Some(ONE));
        let path = format!("/api/hls/~{}/{ENCODED}/one.m4s?v={ONE}", at.token(KEY));
        let ask = |method: Method, origin: Option<&str>| {
            let request = Request::builder().method(method).uri(path.as_str());
            at.send(origin.into_iter().fold(request, |request, origin| request.header(header::ORIGIN, origin)))
        };
        for origin in ["https://gallery.example", "null"] {
            let whole = ask(Method::GET, Some(origin));
            assert_eq!((whole.status().as_u16(), &whole.body()[..]), (200, ONE.as_bytes()), "{delivery}");
            assert_eq!(whole.headers()[header::VARY], "Origin", "{delivery}");
            assert_eq!(whole.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{delivery}");
            let head = ask(Method::HEAD, Some(origin));
            assert!(head.status().as_u16() == 200 && head.body().is_empty(), "{delivery}");
        }
        let led = ask(Method::GET, None);
        assert_eq!(led.status().as_u16(), 302, "{delivery}");
        assert_eq!(led.headers()[header::VARY], "Origin", "{delivery}");
    }
}

/// Whoever has the URL may read the answer, from any page. What a cookie opens is for listed pages.
#[test]
fn any_page_may_read_what_a_token_opens() {
    let at = Fixture::new("proxy");
    film(&at, KEY, Some(ONE));
    let token = at.token(KEY);
    let allowed = |path: &str| at.ask(path).headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned();
    let file = |name: &str| format!("{ENCODED}/{name}?v={ONE}");
    for rest in [format!("playlist?key={ENCODED}"), file("720p.m3u8"), file("one.m4s")] {
        assert_eq!(allowed(&format!("/api/hls/~{token}/{rest}")).unwrap(), "*", "{rest}");
        assert_eq!(allowed(&format!("/api/hls/{rest}")), None, "{rest}");
        assert_eq!(allowed(&format!("/api/hls/~{}/{rest}", "A".repeat(token.len()))), None, "{rest}");
    }
}

/// The playlists of two versions may be the same text.
#[test]
fn the_tag_changes_with_the_version() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        let tag = |version| {
            film(&at, KEY, Some(version));
            at.tag(&format!("/api/hls/{ENCODED}/720p.m3u8?v={version}"))
        };
        assert_ne!(tag(ONE), tag(TWO), "{delivery}");
    }
}
