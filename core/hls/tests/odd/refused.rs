//! Playlists that are refused as a whole, with the line at fault.

use hls::{Error, Fault, Kind, Scope};

use crate::support::{SCOPE, rewritten};

fn at(line: usize, fault: Fault) -> Error {
    Error::At { line, fault }
}

fn refused(playlist: &[u8]) -> Error {
    match rewritten(playlist, &SCOPE) {
        Err(error) => error,
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(playlist)),
    }
}

#[test]
fn what_is_no_playlist() {
    let texts: &[&[u8]] = &[
        b"",
        b"\n",
        b"\n#EXTM3U\n#EXTINF:6,\na.ts\n",
        b" #EXTM3U\n#EXTINF:6,\na.ts\n",
        b"#EXTM3U8\n#EXTINF:6,\na.ts\n",
        b"#EXTM3U url-tvg=\"x\"\n#EXTINF:6,\na.ts\n",
        b"#extm3u\n#EXTINF:6,\na.ts\n",
        b"#EXT",
        b"# comment\n#EXTM3U\n",
        b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
        b"<!DOCTYPE html><html><body>502</body></html>\n#EXTM3U\n",
        b"{\"error\":\"no\"}",
        b"\xEF\xBB\xBF\xEF\xBB\xBF#EXTM3U\n",
        b"\xFF\xFE#\0E\0X\0T\0M\x003\0U\0\n\0",
        b"G@\x11\x10\0B\xF0%",
        b"#EXTM3U\r#EXTINF:6,\ra.ts\r",
    ];
    for text in texts {
        assert_eq!(refused(text), Error::NotPlaylist, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn a_header_alone_says_nothing() {
    for text in ["#EXTM3U", "#EXTM3U\n", "#EXTM3U\n#EXT-X-VERSION:3\n", "#EXTM3U\n#EXT-X-TARGETDURATI"] {
        assert_eq!(refused(text.as_bytes()), Error::Undecided, "{text}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(refused(b"#EXTM3U\n#EXTINF:6,\na\xff.ts\n"), at(3, Fault::Encoding));
    assert_eq!(refused(b"#EXTM3U\n#EXTINF:6,\xc3"), at(2, Fault::Encoding));
    assert_eq!(refused(b"#EXTM3U\n#EXTINF:6,t\xed\xa0\x80\na.ts\n"), at(2, Fault::Encoding));
    for control in (0..0x20).chain([0x7f]).filter(|b| !b"\t\n\r".contains(b)) {
        let text = [b"#EXTM3U\n#EXTINF:6,\n".as_slice(), &[control], b"a.ts\n"].concat();
        assert_eq!(refused(&text), at(3, Fault::Control), "{control:#x}");
    }
    assert_eq!(refused("#EXTM3U\n#EXTINF:6,é\u{85}\na.ts\n".as_bytes()), at(2, Fault::Control));
    assert_eq!(refused(b"#EXTM3U\n#EXTINF:6,\na\rb.ts\n"), at(3, Fault::Control));
    assert_eq!(refused(b"#EXTM3U\n#EXT-X-GAP\r#EXT-X-KEY:URI=\"../k\"\n#EXTINF:6,\na.ts\n"), at(2, Fault::Control));
}

#[test]
fn structure() {
    let cases = [
        ("#EXTM3U\n#EXTINF:6,\n", at(2, Fault::Dangling)),
        ("#EXTM3U\n#EXTINF:6,", at(2, Fault::Dangling)),
        ("#EXTM3U\n#EXTINF:6,\n#EXT-X-ENDLIST\n", at(2, Fault::Dangling)),
        ("#EXTM3U\n#EXTINF:6,\n\n#EXTINF:6,\na.ts\n", at(2, Fault::Dangling)),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n", at(2, Fault::Dangling)),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=2\na\n", at(2, Fault::Dangling)),
        ("#EXTM3U\na.ts\n", at(2, Fault::Stray)),
        ("#EXTM3U\n#EXTINF:6,\na.ts\nb.ts\n", at(4, Fault::Stray)),
        ("#EXTM3U\n#EXTINF:6,\na.ts\n<html>502</html>\n", at(4, Fault::Stray)),
        ("#EXTM3U\n#EXTINF:6,\n<html>502</html>\n", at(3, Fault::Character)),
        ("#EXTM3U\n#EXTINF\na.ts\n", at(3, Fault::Stray)),
        ("#EXTM3U\n#EXTINF:6,\na.ts\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n", at(4, Fault::Mixed)),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXTINF:6,\na.ts\n", at(4, Fault::Mixed)),
        ("#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"a\",SERVER-URI=\"/a\"\n", at(2, Fault::Outside)),
        ("#EXTM3U\n #EXTINF:6,\na.ts\n", at(2, Fault::Indented)),
        ("#EXTM3U\n\t# comment\n", at(2, Fault::Indented)),
    ];
    for (text, error) in cases {
        assert_eq!(refused(text.as_bytes()), error, "{text}");
    }
}

#[test]
fn durations() {
    for duration in ["", ",", "-1,", "NaN,", "inf,", "1e3,", "6s,", "6;,", "0x10,", "1.2.3,", "99999999999999999999,"] {
        let text = format!("#EXTM3U\n#EXTINF:{duration}\na.ts\n");
        assert_eq!(refused(text.as_bytes()), at(2, Fault::Duration), "{duration}");
    }
    let two = "#EXTM3U\n#EXTINF:18446744073709551615,\na.ts\n#EXTINF:1,\nb.ts\n";
    assert_eq!(refused(two.as_bytes()), at(4, Fault::Duration));
}

#[test]
fn attribute_lists() {
    for list in [
        r"METHOD=AES-128,URI=k",
        r#"METHOD=AES-128,URI="k"#,
        r#"METHOD=AES-128,URI= "k""#,
        r#"METHOD=AES-128,URI="k"x"#,
        r#"METHOD=AES-128,URI="k"URI="l""#,
        r#"METHOD=AES-128,URI=""k""#,
        r#"METHOD="AES-128,URI="k""#,
        r#"METHOD=AES"-128,URI="k""#,
        "METHOD=AES-128,URI='k'",
        "METHOD=AES-128,URI=",
    ] {
        let text = format!("#EXTM3U\n#EXT-X-KEY:{list}\n");
        assert_eq!(refused(text.as_bytes()), at(2, Fault::Attributes), "{list}");
    }
}

#[test]
fn uris() {
    let cases: &[(&str, Fault)] = &[
        ("../a.ts", Fault::Outside),
        ("x/../../a.ts", Fault::Outside),
        ("../film/a.ts", Fault::Outside),
        ("../film-2/a.ts", Fault::Outside),
        ("/hls/film/a.ts", Fault::Outside),
        ("/a.ts", Fault::Outside),
        ("///evil.example/a.ts", Fault::Outside),
        (".//a.ts", Fault::Outside),
        ("%2e%2e/a.ts", Fault::Outside),
        (".%2E/a.ts", Fault::Outside),
        ("%2e/a.ts", Fault::Outside),
        ("..%2fa.ts", Fault::Character),
        ("%2e%2e%2Fa.ts", Fault::Character),
        ("x%2fa.ts", Fault::Character),
        ("..%5ca.ts", Fault::Character),
        ("..\\a.ts", Fault::Character),
        ("x\\..\\..\\a.ts", Fault::Character),
        (".\t./a.ts", Fault::Character),
        ("a\t.ts", Fault::Character),
        ("a\".ts", Fault::Character),
        ("a.ts?x=\"y\"", Fault::Character),
        ("a.ts?\tb", Fault::Character),
        ("a%0a.ts", Fault::Character),
        ("a%00.ts", Fault::Character),
        ("a%7f.ts", Fault::Character),
        ("a%C2%85.ts", Fault::Character),
        ("a%ff.ts", Fault::Character),
        ("a%C3.ts", Fault::Character),
        ("100%.ts", Fault::Character),
        ("a%2", Fault::Character),
        ("a%+1.ts", Fault::Character),
        ("a%é.ts", Fault::Character),
        ("?a", Fault::Empty),
        (".", Fault::Empty),
        ("./", Fault::Empty),
        ("x/..", Fault::Empty),
        ("x/", Fault::Empty),
        ("x/?q", Fault::Empty),
        ("https://evil.example/a.ts", Fault::Outside),
        ("http://cdn.example/media/hls/film/a.ts", Fault::Outside),
        ("https://cdn.example:8443/media/hls/film/a.ts", Fault::Outside),
        ("https://cdn.example/media/hls/film-2/a.ts", Fault::Outside),
        ("https://cdn.example/media/hls/film/../other/a.ts", Fault::Outside),
        ("https://cdn.example/media/hls/film/%2e%2e/a.ts", Fault::Outside),
        ("https://cdn.example/media/hls%2Ffilm/a.ts", Fault::Outside),
        ("https://cdn.example@evil.example/media/hls/film/a.ts", Fault::Outside),
        ("https://user@cdn.example/media/hls/film/a.ts", Fault::Outside),
        ("https://cdn.example", Fault::Outside),
        ("https://cdn.example/media/hls/film", Fault::Outside),
        ("https://cdn.example/media/hls/film/", Fault::Empty),
        ("https:a.ts", Fault::Outside),
        ("https:/cdn.example/media/hls/film/a.ts", Fault::Outside),
        ("https:///media/hls/film/a.ts", Fault::Outside),
        ("//evil.example/media/hls/film/a.ts", Fault::Outside),
        ("\\\\evil.example\\a.ts", Fault::Character),
        ("seg:1", Fault::Scheme),
        ("skd://k", Fault::Scheme),
        ("urn:uuid:1", Fault::Scheme),
        ("file:///etc/passwd", Fault::Scheme),
        ("javascript:alert(1)", Fault::Scheme),
        ("ftp://cdn.example/a.ts", Fault::Scheme),
        ("{$x}.ts", Fault::Variable),
        ("a.ts?{$x}", Fault::Variable),
    ];
    for (uri, fault) in cases {
        let line = format!("#EXTM3U\n\n#EXTINF:6,\n{uri}\n");
        assert_eq!(refused(line.as_bytes()), at(4, *fault), "{uri}");
        // The same rules hold in an attribute. A quote is left out, because it would end the value there.
        if !uri.contains('"') {
            let map = format!("#EXTM3U\r\n#EXT-X-MAP:URI=\"{uri}\"\r\n");
            assert_eq!(refused(map.as_bytes()), at(2, *fault), "MAP {uri}");
        }
    }
    assert_eq!(refused(b"#EXTM3U\n#EXT-X-MAP:URI=\"\"\n"), at(2, Fault::Empty));
    assert_eq!(refused(b"#EXTM3U\n#EXT-X-MAP:URI=\"#frag\"\n"), at(2, Fault::Empty));
    for key in ["https://evil.example/k", "/k", "../k", "//evil.example/k", "HTTP:k"] {
        let text = format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"{key}\"\n");
        assert_eq!(refused(text.as_bytes()), at(2, Fault::Outside), "{key}");
    }
}

/// Only a whole URL of another host stays. What could mean a place on this host is refused.
#[test]
fn interstitials_that_are_not_clearly_of_another_host() {
    for (uri, fault) in [
        ("/ad.m3u8", Fault::Outside),
        ("../../ad.m3u8", Fault::Outside),
        ("https:ad.m3u8", Fault::Outside),
        ("https:/ad.m3u8", Fault::Outside),
        ("https:///ad.m3u8", Fault::Outside),
        ("///ads.example/1.m3u8", Fault::Outside),
        ("https://cdn.example/media/hls/film/../other/a.ts", Fault::Outside),
        ("https:\\\\ads.example/1.m3u8", Fault::Outside),
        ("https://ads.example\\@cdn.example/1.m3u8", Fault::Character),
        ("https://ads.example/<1>.m3u8", Fault::Character),
        ("{$x}//ads.example/1.m3u8", Fault::Variable),
    ] {
        let text = format!("#EXTM3U\n#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"{uri}\"\n");
        assert_eq!(refused(text.as_bytes()), at(2, fault), "{uri}");
        let text = format!("#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"{uri}\"\n");
        assert_eq!(refused(text.as_bytes()), at(2, fault), "{uri}");
    }
}

/// A film does not play without these, or plays something else.
#[test]
fn other_hosts_elsewhere() {
    for tag in ["MEDIA", "I-FRAME-STREAM-INF", "IMAGE-STREAM-INF", "MAP", "KEY", "SESSION-KEY", "PART"] {
        let text = format!("#EXTM3U\n#EXT-X-{tag}:URI=\"https://evil.example/x\"\n");
        assert_eq!(refused(text.as_bytes()), at(2, Fault::Outside), "{tag}");
    }
}

#[test]
fn without_a_public_base_every_host_is_foreign() {
    let scope = Scope { public_base: None, ..SCOPE };
    let text = b"#EXTM3U\n#EXTINF:6,\nhttps://cdn.example/media/hls/film/a.ts\n";
    assert_eq!(hls::inspect(text, &scope), Err(at(3, Fault::Outside)));
    for odd in ["", "/", "cdn.example/", "https://", "https:///", "//"] {
        let scope = Scope { public_base: Some(odd), ..SCOPE };
        assert_eq!(hls::inspect(text, &scope), Err(at(3, Fault::Outside)), "{odd}");
        let nowhere = b"#EXTM3U\n#EXTINF:6,\n///evil.example/a.ts\n";
        assert_eq!(hls::inspect(nowhere, &scope), Err(at(3, Fault::Outside)), "{odd}");
    }
}

#[test]
fn variables() {
    let cases = [
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"..\"\n#EXTINF:6,\n{$d}/a.ts\n", at(4, Fault::Outside)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"/\"\n#EXTINF:6,\n{$d}etc\n", at(4, Fault::Outside)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"https://evil.example\"\n#EXTINF:6,\n{$d}/a.ts\n", at(4, Fault::Outside)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"\"\n#EXTINF:6,\n{$d}\n", at(4, Fault::Empty)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"{$d}\"\n#EXTINF:6,\n{$d}.ts\n", at(4, Fault::Variable)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"a\"\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"b\"\n", at(3, Fault::Variable)),
        ("#EXT-X-DEFINE:IMPORT=\"d\"\n#EXTINF:6,\n{$d}.ts\n", at(4, Fault::Variable)),
        ("#EXT-X-DEFINE:QUERYPARAM=\"d\"\n#EXTINF:6,\n{$d}.ts\n", at(4, Fault::Variable)),
        ("#EXTINF:6,\n{$d}.ts\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"a\"\n", at(3, Fault::Variable)),
        ("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"a\n", at(2, Fault::Attributes)),
    ];
    for (rest, error) in cases {
        assert_eq!(refused(format!("#EXTM3U\n{rest}").as_bytes()), error, "{rest}");
    }
}

#[test]
fn keys_longer_than_a_store_takes() {
    let longest = "x".repeat(hls::MAX_KEY - SCOPE.prefix.len());
    let text = |name: &str| format!("#EXTM3U\n#EXTINF:6,\n{name}?{}\n", "q".repeat(5000)).into_bytes();
    assert_eq!(rewritten(&text(&longest), &SCOPE).unwrap().1[0].key.len(), hls::MAX_KEY);
    assert_eq!(refused(&text(&format!("{longest}x"))), at(3, Fault::TooLong));
}

#[test]
fn scopes() {
    let text = b"#EXTM3U\n#EXTINF:6,\na.ts\n";
    for (prefix, base) in [
        ("", "hls/film/p.m3u8"),
        ("/", "/p.m3u8"),
        ("hls/film", "hls/film/p.m3u8"),
        ("hls/film/", "hls/film/"),
        ("hls/film/", "hls/film2/p.m3u8"),
        ("hls/film/", "p.m3u8"),
    ] {
        let scope = Scope { prefix, base, public_base: None };
        assert_eq!(hls::inspect(text, &scope), Err(Error::Scope), "{prefix} {base}");
    }
}

#[test]
fn replacements_that_would_break_the_playlist() {
    let text = b"#EXTM3U\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:6,\na.m4s\n";
    for bad in ["", "#x", " x", "x ", "x\n#EXT-X-ENDLIST", "x\"y", "x\r", "x\ty", "\u{7f}"] {
        let mut out = String::from("kept");
        let error = hls::rewrite(text, &SCOPE, &mut out, |out, reference| {
            out.push_str(if reference.kind == Kind::Segment { bad } else { "ok" });
        });
        assert_eq!(error, Err(at(4, Fault::Replacement)), "{bad:?}");
        assert_eq!(out, "kept");
    }
    let mut out = String::from("kept");
    let error = hls::rewrite(text, &SCOPE, &mut out, |out, _| out.truncate(2));
    assert_eq!(error, Err(at(2, Fault::Replacement)));
}
