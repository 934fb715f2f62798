//! `GET /api/hls/playlist?key=:key` and `GET /api/hls/:key/:quality.m3u8`.

use url::Url;

use crate::{
    Answer, Outcome, Target,
    held::{Delivery, Played, once},
    library::{encode, film, is_demo},
};

cases!(playlists:
    needs [Nothing]: unknown_films, unusable_keys;
    needs [Photo]: photos_are_no_films;
    needs [Film]: master, variants_are_relative_and_resolve, variant, same_bytes_again, etag_and_304, head,
        unknown_qualities;
    needs [Film, NoExperiment]: hold_no_session;
    needs [Film, Presigned, Store]: segments_are_presigned;
    needs [DemoFilm]: master_keeps_what_was_measured;
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

/// A variant's playlist of the demo film whose segments come from the service: as stored, with the film's version
/// behind each URI.
pub(crate) fn for_the_service(target: &Target, name: &str) -> Result<String, String> {
    let query = version_query(&film(target)?.1);
    let is_uri = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    let line = |line: &str| match line.strip_suffix('\n') {
        Some(uri) if is_uri(line) => format!("{uri}{query}\n"),
        _ => line.to_owned(),
    };
    Ok(stored(name)?.split_inclusive('\n').map(line).collect())
}

/// The last part of a URL's path.
pub(crate) fn file_name(url: &str) -> &str {
    url.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default()
}

/// How the film is served. It is asked once.
pub(crate) fn played(target: &Target) -> Result<&Played, String> {
    once(&target.played, || find(target))
}

fn find(target: &Target) -> Result<Played, String> {
    let master = target.follow(master_url(target)?.as_str()).expect(200)?;
    let timing = master.header("server-timing").unwrap_or_default();
    let variant = a_variant(target)?;
    let segment = uris(variant.text()?).next().ok_or_else(|| format!("{}: no segment", variant.what))?;
    let name = file_name(variant.what.trim_start_matches("GET ")).trim_end_matches(".m3u8");
    let is_signed = |url: &str| url.contains("X-Amz-Signature=");
    let delivery = match Url::parse(segment) {
        Err(_) => Delivery::Service,
        Ok(_) if is_signed(segment) => Delivery::Presigned,
        Ok(_) => Delivery::Public,
    };
    let (film, master_url) = film(target)?;
    let versioned = format!("{}{}", file_name(segment), version_query(&master_url));
    let route = format!("/api/hls/{}/{versioned}", encode(&film.key));
    let led = target.video(&route).header("range", "bytes=0-9").send()?;
    let led = led.header("location").filter(|url| is_signed(url));
    let signed = led.or(Some(segment).filter(|_| delivery == Delivery::Presigned));
    let store = signed.and_then(|url| Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
    Ok(Played {
        variant: name.to_owned(),
        segment: file_name(segment).to_owned(),
        sent_segment: if led.is_some() { file_name(segment).to_owned() } else { versioned },
        delivery,
        is_led: led.is_some(),
        store,
        takes_reports: timing.split(", ").any(|entry| entry == "reports"),
        has_arms: timing.contains("arm;desc="),
    })
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
    ensure!(uris(text).count() > 0, "no variants");
    if is_demo(&film(target)?.0) {
        ensure_eq!(uris(text).count(), demo::short_film().qualities.len(), "variants");
    }
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
        ensure!(tags(text).iter().any(|tag| tag.starts_with("#EXTINF:")), "{url}: no segments");
        if is_demo(&film(target)?.0) {
            ensure_eq!(tags(text), tags(stored(file_name(&url))?), "{url}: tags");
        }
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
    let variant = &played(target)?.variant;
    let capitals = variant.to_uppercase();
    for quality in ["4320p", &format!("master.m3u8/{variant}"), &capitals, "x", &format!("{variant}%20")] {
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
    let photo = encode(&target.photo()?.item.key);
    for path in [format!("playlist?key={photo}"), format!("{photo}/540p.m3u8"), format!("{photo}/540p_000.ts")] {
        target.video(&format!("/api/hls/{path}")).expect(404)?;
    }
    Ok(())
}
