//! Requests and packages that lead out of their film.

use crate::{DELIVERIES, ONE, fixture::Fixture, put, walk::Package};

fn package(master: &str, variant: &str) -> Package {
    let film = [
        ("master.m3u8", format!("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{master}\n")),
        ("720p/v.m3u8", format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n{variant}#EXT-X-ENDLIST\n")),
        ("720p/0.ts", "a segment".to_owned()),
        ("0.ts", "a segment".to_owned()),
    ];
    film.map(|(place, text)| (place.to_owned(), text)).into()
}

fn good() -> Package {
    package("720p/v.m3u8", "#EXTINF:4,\n0.ts\n")
}

#[test]
fn no_folder_leads_out_of_the_film() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        put(&at, "x/a.mp4", None, &good());
        put(&at, "x/b.mp4", None, &good());
        at.put("hls/x/0.ts", "no film's");
        at.put("secret/0.ts", "no film's");
        for file in
            ["0.ts", "v.m3u8", "x.json", "0?list&", "%2e%2e", "..", ".", "..%2f0.ts", "%2F0.ts", "a%5Cb", "0%00"]
        {
            for folder in [
                "..",
                ".",
                "../b.mp4",
                "..%2Fb.mp4",
                "%2e%2e/b.mp4",
                "720p/../../b.mp4",
                "720p/..",
                "./720p",
                "/720p",
                "%2F",
                "%5C..%5C",
                "..%5Cb.mp4",
                "720p%00",
                "720p%0A",
                "720p%7F",
                "720p%C2%85",
                "%ff",
                "%",
                "720p&in=720p",
            ] {
                let path = format!("/api/hls/x/a.mp4/{file}{}in={folder}", if file.contains('?') { "" } else { "?" });
                assert_eq!(at.get(&path).0, 400, "{delivery}: {path}");
            }
        }
        for (path, status) in [
            ("a.mp4/0.ts?in=%252e%252e", 404),
            ("a.mp4/0.ts?in=720p%252F..", 404),
            ("a.mp4/720p%2F0.ts", 400),
            ("a.mp4/720p/0.ts", 404),
            ("0.ts?in=a.mp4/720p", 404),
        ] {
            let wanted = if delivery == "proxy" || status == 400 || !path.starts_with("a.mp4") { status } else { 302 };
            let (found, location, _) = at.get(&format!("/api/hls/x/{path}"));
            // The store itself answers 404 to a URL that names nothing.
            let harmless = path.ends_with("720p/0.ts") && found == 404;
            assert!(found == wanted || harmless, "{delivery}: {path}: {found}");
            assert!(!location.contains("/.."), "{location}");
        }
        let deep = "d/".repeat(17);
        assert_eq!(at.get(&format!("/api/hls/x/a.mp4/0.ts?in={deep}d")).0, 404, "{delivery}");
    }
}

/// `hls/a/` begins the objects of the film `a`, and those of the film `a/b.mp4` too.
#[test]
fn a_film_below_another_is_not_its_folder() {
    for delivery in DELIVERIES {
        for version in [None, Some(ONE)] {
            let at = Fixture::new(delivery);
            put(&at, "a", None, &good());
            put(&at, "a/b.mp4", version, &good());
            let version = version.map(|version| format!("/{version}")).unwrap_or_default();
            let token = at.token("a");
            for base in ["/api/hls/a".to_owned(), format!("/api/hls/~{token}/a")] {
                for name in ["0.ts", "v.m3u8", "720p?list&v=madeup", "x"] {
                    for folder in ["b.mp4", "b.mp4/720p", "b.mp4//720p"] {
                        let mark = if name.contains('?') { '&' } else { '?' };
                        let path =
                            format!("{base}/{name}{mark}in={}", folder.replacen("mp4", &format!("mp4{version}"), 1));
                        assert_eq!(at.get(&path).0, 404, "{delivery}: {path}");
                    }
                }
                assert!(matches!(at.get(&format!("{base}/0.ts?in=720p")).0, 200 | 302), "{delivery}: its own folder");
            }
        }
    }
}

#[test]
fn a_version_is_not_another_film() {
    let at = Fixture::new("proxy");
    put(&at, "a.mp4", Some("fedcba9876543210"), &good());
    put(&at, &format!("a.mp4/{ONE}"), None, &good());
    let token = at.token("a.mp4");
    for folder in ["", "&in=720p"] {
        assert_eq!(at.get(&format!("/api/hls/~{token}/a.mp4/0.ts?v={ONE}{folder}")).0, 404, "{folder}");
        assert_eq!(at.get(&format!("/api/hls/~{token}/a.mp4/0.ts?v=fedcba9876543210{folder}")).0, 200, "{folder}");
    }
}

/// A film whose key ends like the version of another film.
#[test]
fn a_film_below_the_version_of_another() {
    const TWO: &str = "fedcba9876543210";
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        put(&at, "a.mp4", Some(ONE), &good());
        put(&at, &format!("a.mp4/{ONE}"), Some(TWO), &good());
        let ask = |rest: &str| at.get(&format!("/api/hls/~{}/a.mp4/0.ts?v={ONE}{rest}", at.token("a.mp4"))).0;
        assert!(matches!(ask(""), 200 | 302), "{delivery}: a file of its own");
        assert_eq!(ask(&format!("&in={TWO}")), 404, "{delivery}");
        assert_eq!(ask(&format!("&in={TWO}/720p")), 404, "{delivery}");
    }
}

/// Made-up folders and versions push nothing out of reach, and what is known of one film is not known of another.
#[test]
fn made_up_folders_are_forgotten() {
    let at = Fixture::new("proxy");
    put(&at, "a", Some(ONE), &good());
    put(&at, "a/b.mp4", Some(ONE), &good());
    for number in 0..400 {
        assert_eq!(at.get(&format!("/api/hls/a/0.ts?in=made-up-{number}")).0, 404);
        assert_eq!(at.get(&format!("/api/hls/a/0.ts?v={number:016x}")).0, 404);
        assert_eq!(at.get(&format!("/api/hls/a/0.ts?v={ONE}&in=720p")).0, 200);
        assert_eq!(at.get(&format!("/api/hls/a/0.ts?in=b.mp4/{ONE}")).0, 404);
    }
}

#[test]
fn a_token_opens_its_film_and_nothing_else() {
    for delivery in DELIVERIES {
        let at = Fixture::new(delivery);
        for key in ["a.mp4", "b.mp4", "a.mp4/720p"] {
            put(&at, key, Some(ONE), &good());
        }
        let token = at.token("a.mp4");
        for path in
            ["b.mp4/0.ts", "b.mp4/v.m3u8?in=720p", "a.mp4/720p/0.ts", "a.mp4/720p/v.m3u8?in=720p", "0.ts?in=a.mp4"]
        {
            assert_eq!(at.get(&format!("/api/hls/~{token}/{path}")).0, 401, "{delivery}: {path}");
        }
        let own = format!("/api/hls/~{token}/a.mp4/0.ts?v={ONE}&in=720p");
        assert!(
            matches!(at.get(&own).0, 200 | 302),
            "{delivery}: the film's own folder, though a film is named like it"
        );
        assert_eq!(at.get(&own.replacen("a.mp4", "b.mp4", 1)).0, 401);
    }
}

/// Packages that are refused as a whole.
#[test]
fn hostile_packages_are_refused() {
    let variants = [
        "../../b.mp4/0.ts",
        "../../../secret",
        "/hls/b.mp4/0.ts",
        "..%2f..%2fb.mp4/0.ts",
        "%2e%2e/%2e%2e/b.mp4/0.ts",
        "..\\..\\b.mp4",
        "x%00",
        "x%0a",
        "https://evil.example/0.ts",
        "//evil.example/0.ts",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:0.ts",
        "<html>",
    ];
    for delivery in DELIVERIES {
        for version in [None, Some(ONE)] {
            let at = Fixture::new(delivery);
            put(&at, "b.mp4", None, &good());
            for bad in variants {
                put(&at, "a.mp4", version, &package(bad, "#EXTINF:4,\n0.ts\n"));
                assert_eq!(at.get("/api/hls/playlist?key=a.mp4&v=madeup").0, 502, "{delivery}: {bad} as a variant");
                for tags in [
                    format!("#EXTINF:4,\n{bad}\n"),
                    format!("#EXT-X-MAP:URI=\"{bad}\"\n#EXTINF:4,\n0.ts\n"),
                    format!(
                        "#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"{}\"\n#EXTINF:4,\n0.ts\n",
                        bad.trim_start_matches("https:")
                    ),
                ] {
                    // These two kinds are no danger in an interstitial, and stay.
                    if tags.contains("DATERANGE")
                        && (bad.contains("evil") || bad.contains(":/") || bad.contains("script:"))
                    {
                        continue;
                    }
                    put(
                        &at,
                        "a.mp4",
                        version,
                        &package("720p/v.m3u8", &tags.replace("URI=\"0.ts", "URI=\"../../0.ts")),
                    );
                    let (status, location, text) = at.get("/api/hls/a.mp4/v.m3u8?in=720p&v=madeup");
                    assert_eq!((status, location.as_str()), (502, ""), "{delivery}: {tags}");
                    assert!(!text.contains("X-Amz") && !text.contains("evil"), "{text}");
                }
            }
        }
    }
}

/// A live stream is refused, and so is a master in the place of a variant.
#[test]
fn what_is_no_film_is_refused() {
    let at = Fixture::new("presign");
    put(&at, "a.mp4", None, &good());
    for text in
        ["#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n"]
    {
        at.put("hls/a.mp4/720p/v.m3u8", text);
        let (status, _, body) = at.get("/api/hls/a.mp4/v.m3u8?in=720p");
        assert!(status == 502 && body.contains("live stream"), "{status}: {body}");
    }
    for cut in ["#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/v.m3u"] {
        at.put("hls/a.mp4/master.m3u8", cut);
        let (status, _, body) = at.get("/api/hls/playlist?key=a.mp4");
        assert!(status == 502 && body.contains("cut short"), "{status}: {body}");
    }
}
