//! `GET /api/hls/playlist?key=:key` and `GET /api/hls/:key/:quality.m3u8`.

use url::Url;

use crate::{
    Answer, Outcome, Target,
    library::{BIG, encode, film},
};

cases!(playlists:
    master, master_keeps_what_was_measured, variants_are_relative_and_resolve, variant, segments_are_presigned,
    same_bytes_again, etag_and_304, head, hold_no_session, unknown_films, unknown_qualities, unusable_keys,
    photos_are_no_films,
);

pub(crate) const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";

/// The whole URL of the film's master playlist.
pub(crate) fn master_url(target: &Target) -> Result<Url, String> {
    let (_, master) = film(target)?;
    let whole = if master.starts_with('/') { format!("{}{master}", target.base) } else { master };
    Url::parse(&whole).map_err(|error| format!("{whole}: {error}"))
}

/// The lines of a playlist that are URIs.
pub(crate) fn uris(playlist: &str) -> impl Iterator<Item = &str> {
    playlist.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A playlist of the demo film as the bucket holds it.
pub(crate) fn stored(name: &str) -> Result<&'static str, String> {
    let found = demo::short_film().hls.iter().find(|(known, _)| *known == name);
    let (_, bytes) = found.ok_or_else(|| format!("the demo film has no {name}"))?;
    std::str::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))
}

/// The query that carries the version of the film's objects; empty if they have none.
pub(crate) fn version_query(master: &str) -> String {
    master.split_once("&v=").map_or_else(String::new, |(_, version)| format!("?v={version}"))
}

/// A variant's playlist whose segments come from the service: as stored, with the film's version behind each URI.
pub(crate) fn for_the_service(target: &Target, name: &str) -> Result<String, String> {
    let query = version_query(&film(target)?.1);
    let is_uri = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    let line = |line: &str| match line.strip_suffix('\n') {
        Some(uri) if is_uri(line) => format!("{uri}{query}\n"),
        _ => line.to_owned(),
    };
    Ok(stored(name)?.split_inclusive('\n').map(line).collect())
}

/// Everything in a playlist but its URIs.
fn tags(playlist: &str) -> Vec<&str> {
    playlist.lines().filter(|line| line.starts_with('#')).collect()
}

/// The variants' URLs, resolved as a player does.
pub(crate) fn variants(target: &Target) -> Result<Vec<String>, String> {
    let url = master_url(target)?;
    let master = target.follow(url.as_str()).expect(200)?;
    uris(master.text()?).map(|uri| url.join(uri).map(String::from).map_err(|error| format!("{uri}: {error}"))).collect()
}

/// A variant of the film, fetched.
pub(crate) fn a_variant(target: &Target) -> Result<Answer, String> {
    let first = variants(target)?.into_iter().next().ok_or("the master has no variant")?;
    target.follow(&first).expect(200)
}

fn master(target: &Target) -> Outcome {
    let answer = target.follow(master_url(target)?.as_str()).expect(200)?;
    answer.has("content-type", CONTENT_TYPE)?;
    ensure_eq!(answer.length()?, answer.body.len() as u64, "Content-Length");
    let text = answer.text()?;
    ensure!(text.starts_with("#EXTM3U\n"), "the first line is {:?}", text.lines().next());
    ensure_eq!(text.matches("#EXT-X-STREAM-INF:").count(), uris(text).count(), "descriptions of variants");
    ensure_eq!(uris(text).count(), demo::short_film().qualities.len(), "variants");
    Ok(())
}

/// The attributes by which players choose stay unchanged, in the order of the stored master, best first.
fn master_keeps_what_was_measured(target: &Target) -> Outcome {
    let answer = target.follow(master_url(target)?.as_str()).expect(200)?;
    let came = answer.text()?;
    ensure_eq!(tags(came), tags(stored("master.m3u8")?), "the master's tags");
    for line in came.lines().filter(|line| line.starts_with("#EXT-X-STREAM-INF:")) {
        for attribute in ["BANDWIDTH=", "AVERAGE-BANDWIDTH=", "CODECS=\"avc1.", "RESOLUTION=", "FRAME-RATE="] {
            ensure!(line.contains(attribute), "no {attribute} in {line}");
        }
    }
    Ok(())
}

fn variants_are_relative_and_resolve(target: &Target) -> Outcome {
    let master = target.follow(master_url(target)?.as_str()).expect(200)?;
    for uri in uris(master.text()?) {
        ensure!(!uri.starts_with('/') && Url::parse(uri).is_err(), "{uri} is not relative");
    }
    for variant in variants(target)? {
        ensure!(variant.starts_with(&format!("{}/api/hls/", target.video_base)), "{variant} leads elsewhere");
        target.follow(&variant).expect(200)?;
    }
    Ok(())
}

fn variant(target: &Target) -> Outcome {
    for url in variants(target)? {
        let answer = target.follow(&url).expect(200)?;
        answer.has("content-type", CONTENT_TYPE)?;
        let text = answer.text()?;
        ensure!(text.starts_with("#EXTM3U\n"), "{url}: the first line is {:?}", text.lines().next());
        // Without this tag, a player takes a film for a live stream.
        ensure!(text.trim_end().ends_with("#EXT-X-ENDLIST"), "{url}: no ENDLIST");
        let name = url.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        ensure_eq!(tags(text), tags(stored(name)?), "{url}: tags");
    }
    Ok(())
}

fn segments_are_presigned(target: &Target) -> Outcome {
    for url in variants(target)? {
        let answer = target.follow(&url).expect(200)?;
        for uri in uris(answer.text()?) {
            let segment = Url::parse(uri).map_err(|error| format!("{uri}: {error}"))?;
            ensure_eq!(segment.origin().ascii_serialization(), target.store_origin, "{uri}: origin");
            for parameter in ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature"] {
                ensure!(segment.query_pairs().any(|(name, _)| name == parameter), "no {parameter} in {uri}");
            }
            let life = segment.query_pairs().find(|(name, _)| name == "X-Amz-Expires").map(|(_, life)| life.parse());
            ensure!(matches!(life, Some(Ok(600..=21_600_u32))), "{uri} is good for {life:?} seconds");
        }
    }
    Ok(())
}

/// URLs are signed in windows, so that browsers and caches keep segments over a reload.
fn same_bytes_again(target: &Target) -> Outcome {
    let mut urls = variants(target)?;
    urls.push(master_url(target)?.to_string());
    for url in urls {
        let (first, again) = (target.follow(&url).expect(200)?, target.follow(&url).expect(200)?);
        ensure!(first.body == again.body, "{url}: other bytes the second time");
        // A playlist for an invented version is never cached, so this playlist is made anew.
        let anew = if url.contains("?v=") { url.replace("?v=", "?v=madeup") } else { url.clone() };
        ensure!(target.follow(&anew).expect(200)?.body == first.body, "{url}: other bytes when made anew");
    }
    Ok(())
}

fn etag_and_304(target: &Target) -> Outcome {
    let mut urls = variants(target)?;
    urls.push(master_url(target)?.to_string());
    for url in urls {
        let first = target.follow(&url).expect(200)?;
        let tag = first.need("etag")?;
        ensure!(first.need("cache-control")?.starts_with("private"), "{url}: {:?}", first.header("cache-control"));
        for condition in [tag.to_owned(), format!("W/{tag}"), format!("\"a\", {tag}"), "*".to_owned()] {
            let again = target.follow(&url).header("if-none-match", &condition).expect(304)?;
            ensure!(again.body.is_empty(), "{url}: a 304 with a body");
            again.has("etag", tag)?;
            again.has("cache-control", first.need("cache-control")?)?;
        }
        target.follow(&url).header("if-none-match", "\"x\"").expect(200)?;
    }
    Ok(())
}

fn head(target: &Target) -> Outcome {
    let mut urls = variants(target)?;
    urls.push(master_url(target)?.to_string());
    for url in urls {
        let (get, head) = (target.follow(&url).expect(200)?, target.follow(&url).head().expect(200)?);
        ensure!(head.body.is_empty(), "{url}: a HEAD with a body");
        for name in ["content-length", "content-type", "etag", "cache-control"] {
            ensure_eq!(head.header(name), get.header(name), "{url}: {name} of HEAD");
        }
    }
    Ok(())
}

/// A playlist is cached for everybody, so it may hold nothing of a viewer.
fn hold_no_session(target: &Target) -> Outcome {
    let token = target.token()?;
    let mut urls = variants(target)?;
    urls.push(master_url(target)?.to_string());
    for url in urls {
        ensure!(!url.contains(token), "{url} holds the session's token");
        let answer = target.follow(&url).expect(200)?;
        ensure!(!answer.text()?.contains(token), "{url}: the body holds the session's token");
        let other = target.log_in(&target.password).expect(200)?;
        let cookie = crate::target::session_cookie(&other)?;
        let theirs = target.follow(&url).anonymous().header("cookie", cookie).expect(200)?;
        ensure!(theirs.body == answer.body, "{url}: another viewer gets another playlist");
    }
    Ok(())
}

fn unknown_films(target: &Target) -> Outcome {
    for path in [
        "/api/hls/playlist?key=absent.mp4",
        "/api/hls/absent.mp4/540p.m3u8",
        "/api/hls/a/b/c/540p.m3u8",
        "/api/hls/playlist?key=hls/absent.mp4/master.m3u8",
    ] {
        target.video(path).expect(404)?.has("cache-control", "no-store")?;
        target.video(path).head().expect(404)?;
    }
    Ok(())
}

fn unknown_qualities(target: &Target) -> Outcome {
    let film = encode(&film(target)?.0.key);
    for quality in ["4320p", "master.m3u8/540p", "540P", "x", "540p%20"] {
        target.video(&format!("/api/hls/{film}/{quality}.m3u8")).expect(404)?;
    }
    // A master in the place of a variant would send a player in circles.
    let master = target.video(&format!("/api/hls/{film}/master.m3u8")).send()?;
    ensure!(matches!(master.status, 404 | 502), "master.m3u8 as a variant: status {}", master.status);
    Ok(())
}

fn unusable_keys(target: &Target) -> Outcome {
    for path in [
        "/api/hls/playlist",
        "/api/hls/playlist?key=",
        "/api/hls/playlist?key=%",
        "/api/hls/playlist?key=%E0%A4%A",
        "/api/hls/playlist?key=%ff",
        "/api/hls/playlist?key=a&key=b",
        "/api/hls/playlist?key=a%00b",
        "/api/hls/playlist?key=..%2F..%2Fx",
        "/api/hls/%E0%A4%A/540p.m3u8",
        "/api/hls/a%00b/540p.m3u8",
        "/api/hls/a.mp4/%zz.m3u8",
        "/api/hls/a.mp4/..%2Fx.m3u8",
        "/api/hls/a.mp4/%0A.m3u8",
    ] {
        target.video(path).expect(400)?;
    }
    Ok(())
}

fn photos_are_no_films(target: &Target) -> Outcome {
    for path in ["playlist?key=big.png".to_owned(), format!("{BIG}/540p.m3u8"), format!("{BIG}/540p_000.ts")] {
        target.video(&format!("/api/hls/{path}")).expect(404)?;
    }
    Ok(())
}
