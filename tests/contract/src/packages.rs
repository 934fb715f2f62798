//! Films with one file for each rung, in byte ranges, as ingest packages them.
//!
//! The cases put such a package into a folder of the demo film. Those of [`deliveries`](crate::deliveries()) put it in
//! the place of the film's own package, and that one into the folder `ts`, where ingest keeps it if a film has both.

use std::collections::HashMap;

use url::Url;

use crate::{
    Answer, Call, Outcome, Target,
    library::film,
    playlists::{CONTENT_TYPE, file_name, master_url, uris, variants},
};

cases!(packages:
    needs [DemoFilm, Presigned, Operator]: ranges_make_the_file, one_file_has_one_url, conditions, routes_of_files;
);

/// A public base that does not exist. Only the texts of playlists and redirects are checked.
pub(crate) const PUBLIC_BASE: &str = "https://media.example/library";

/// The folder below the film's own.
const FOLDER: &str = "cmaf";

type Files = HashMap<String, Vec<u8>>;

fn files() -> Files {
    harness::package(demo::short_film().qualities).into_iter().collect()
}

fn of<'a>(files: &'a Files, name: &str) -> Result<&'a [u8], String> {
    files.get(name).map(Vec::as_slice).ok_or_else(|| format!("the package has no {name}"))
}

/// Writes files below the film's folder, past the gallery.
fn put(target: &Target, folder: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Outcome {
    let operator = target.operator()?;
    let (film, _) = film(target)?;
    let prefix = gallery::layout::hls_prefix(&film.key, Some(film.version()?));
    for (name, bytes) in files {
        operator.put(&format!("{prefix}{folder}{name}"), &bytes).map_err(|failure| failure.to_string())?;
    }
    Ok(())
}

/// The URLs of the rungs in the folder, once the package is there.
fn rungs(target: &Target) -> Result<Vec<String>, String> {
    put(target, &format!("{FOLDER}/"), files())?;
    let below = |url: String| format!("{url}{}in={FOLDER}", if url.contains('?') { '&' } else { '?' });
    Ok(variants(target)?.into_iter().map(below).collect())
}

/// Puts the package in the place of the film's own. That one goes into the folder `ts`.
pub(crate) fn replace(target: &Target) -> Outcome {
    let old = demo::short_film().hls.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    put(target, "ts/", old)?;
    put(target, "", files())
}

/// Every URI of a playlist, in order, also those in attributes.
fn all_uris(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty()).filter_map(|line| match line.strip_prefix('#') {
        None => Some(line),
        Some(tag) => tag.split_once("URI=\"")?.1.split('"').next(),
    })
}

/// The byte ranges of a playlist with the URI of each: from, and to (not included). A range without a place begins
/// where the one before ended.
fn ranges(text: &str) -> Result<Vec<(&str, usize, usize)>, String> {
    let (mut found, mut next, mut waiting) = (Vec::new(), 0, None);
    for line in text.lines() {
        let range = match line.strip_prefix("#EXT-X-MAP:") {
            Some(map) => map.split_once("BYTERANGE=\"").and_then(|(_, range)| range.split('"').next()),
            None => line.strip_prefix("#EXT-X-BYTERANGE:"),
        };
        if let Some(range) = range {
            let (length, place) = range.split_once('@').map_or((range, None), |(length, place)| (length, Some(place)));
            let number = |text: &str| text.parse::<usize>().map_err(|error| format!("{line}: {error}"));
            let from = place.map(number).transpose()?.unwrap_or(next);
            next = from + number(length)?;
            waiting = Some((from, next));
        }
        if let Some((uri, (from, to))) = all_uris(line).next().zip(waiting) {
            found.push((uri, from, to));
            waiting = None;
        }
    }
    Ok(found)
}

/// Fetches the ranges of a playlist, and checks that those of a rung are the whole file, in order.
fn fetch(text: &str, name: &str, files: &Files, get: impl Fn(&str, &str) -> Result<Answer, String>) -> Outcome {
    let ranges = ranges(text)?;
    ensure!(ranges.len() > 2, "{name} has no ranges");
    let (mut joined, mut file) = (Vec::new(), "");
    for (uri, from, to) in ranges {
        file = file_name(uri);
        let whole = of(files, file)?;
        let part = get(uri, &format!("bytes={from}-{}", to - 1))?;
        ensure_eq!(part.status, 206, "{name} {from}-{to}: status");
        ensure!(whole.get(from..to) == Some(&part.body[..]), "{name}: other bytes from {from} to {to}");
        part.has("content-range", &format!("bytes {from}-{}/{}", to - 1, whole.len()))?;
        joined.extend(part.body);
    }
    ensure!(name.contains("iframes") || joined == of(files, file)?, "{name}: the ranges are not the file");
    Ok(())
}

/// Every byte range, fetched from the store without a cookie; joined, they are the file.
fn ranges_make_the_file(target: &Target) -> Outcome {
    let files = files();
    for url in rungs(target)? {
        let answer = target.follow(&url).expect(200)?;
        let stored = String::from_utf8_lossy(of(&files, file_name(&url))?).into_owned();
        let without = |text: &str| all_uris(text).fold(text.to_owned(), |text, uri| text.replace(uri, ""));
        ensure_eq!(without(answer.text()?), without(&stored), "{url}: everything but the URIs");
        fetch(answer.text()?, file_name(&url), &files, |uri, range| {
            ensure!(uri.starts_with(&format!("{}/", target.store_origin)), "{uri} leads elsewhere");
            Call::new(uri.to_owned()).header("range", range).send()
        })?;
    }
    Ok(())
}

/// Without a place of its own, a range goes on where the last range of the same text ended.
fn one_file_has_one_url(target: &Target) -> Outcome {
    for url in rungs(target)? {
        let answer = target.follow(&url).expect(200)?;
        let mut uris = all_uris(answer.text()?);
        let first = uris.next().ok_or("a playlist without a URI")?;
        ensure!(uris.all(|uri| uri == first), "{url}: a file with two URLs");
        // On the wire, a repeated URL is next to nothing.
        let gzip = target.follow(&url).header("accept-encoding", "gzip").expect(200)?;
        gzip.has("content-encoding", "gzip")?;
        ensure!(gzip.body.len() < 2 * first.len(), "{url}: {} bytes of gzip", gzip.body.len());
    }
    Ok(())
}

fn conditions(target: &Target) -> Outcome {
    for url in rungs(target)? {
        let get = target.follow(&url).expect(200)?;
        get.has("content-type", CONTENT_TYPE)?;
        target.follow(&url).header("if-none-match", get.need("etag")?).expect(304)?;
        let head = target.follow(&url).head().expect(200)?;
        for name in ["content-length", "content-type", "etag", "cache-control"] {
            ensure_eq!(head.header(name), get.header(name), "{url}: {name} of HEAD");
        }
    }
    Ok(())
}

/// A file that is no playlist is at the store, and the range of a player goes on to there.
fn routes_of_files(target: &Target) -> Outcome {
    let files = files();
    for url in rungs(target)? {
        for (other, range) in [(".mp4", "bytes=700-799"), ("-iframes.m3u8", "")] {
            let url = url.replace(".m3u8", other);
            if range.is_empty() {
                target.follow(&url).expect(200)?;
                continue;
            }
            let answer = target.follow(&url).header("range", range).expect(302)?;
            let part = Call::new(answer.need("location")?.to_owned()).header("range", range).expect(206)?;
            ensure!(part.body == of(&files, file_name(&url))?[700..800], "{url}: other bytes in a part");
        }
    }
    Ok(())
}

pub(crate) fn presign(target: &Target) -> Outcome {
    play(target, "presign")
}

pub(crate) fn redirect(target: &Target) -> Outcome {
    play(target, "redirect")
}

pub(crate) fn proxy(target: &Target) -> Outcome {
    play(target, "proxy")
}

pub(crate) fn public(target: &Target) -> Outcome {
    play(target, "public")
}

/// Everything that the film's master names.
fn play(target: &Target, delivery: &str) -> Outcome {
    replace(target)?;
    let files = files();
    let master = master_url(target)?;
    let text = ask(target, master.as_str()).expect(200)?;
    let mut seen = 0;
    for uri in all_uris(text.text()?) {
        let url = master.join(uri).map_err(|error| format!("{uri}: {error}"))?;
        ensure!(url.as_str().starts_with(&format!("{}/api/hls/", target.video_base)), "{url} leads elsewhere");
        let name = file_name(url.as_str()).to_owned();
        of(&files, &name)?;
        seen += 1;
        if name.split('.').next_back() == Some("m3u8") {
            let playlist = ask(target, url.as_str()).expect(200)?;
            media(target, delivery, &files, &url, &name, playlist.text()?)?;
        } else {
            file(target, delivery, &files, &url)?;
        }
        if name == "previews.vtt" {
            // The cues name the pictures relative to the URL that was asked for.
            let mut pictures = url.join("previews-1.webp").map_err(|error| error.to_string())?;
            pictures.set_query(url.query());
            file(target, delivery, &files, &pictures)?;
        }
    }
    let wanted = String::from_utf8_lossy(of(&files, "master.m3u8")?).into_owned();
    ensure_eq!(seen, all_uris(&wanted).count(), "URIs of the master");
    ensure_eq!(uris(text.text()?).count(), demo::short_film().qualities.len(), "variants");
    Ok(())
}

/// With a token in its URL, nothing else is sent.
fn ask<'a>(target: &'a Target, url: &str) -> Call<'a> {
    let call = target.follow(url);
    if url.contains("/api/hls/~") { call.anonymous() } else { call }
}

/// A playlist of media, whose files reach the player as configured.
fn media(target: &Target, delivery: &str, files: &Files, url: &Url, name: &str, text: &str) -> Outcome {
    if name.starts_with("text-") {
        let uri = uris(text).next().ok_or("no subtitles")?;
        return file(target, delivery, files, &url.join(uri).map_err(|error| error.to_string())?);
    }
    if delivery == "public" {
        let first = all_uris(text).next().ok_or("no URI")?;
        ensure!(all_uris(text).all(|uri| uri == first), "{name}: a file with two URLs");
        return at_the_store(target, delivery, first);
    }
    fetch(text, name, files, |uri, range| {
        let at = url.join(uri).map_err(|error| format!("{uri}: {error}"))?;
        let first = if delivery == "presign" { Call::new(at.to_string()) } else { ask(target, at.as_str()) };
        let answer = first.header("range", range).send()?;
        if delivery == "proxy" {
            answer.has("content-type", "video/mp4")?;
        }
        if delivery != "redirect" {
            return Ok(answer);
        }
        ensure_eq!(answer.status, 302, "{name}: status");
        Call::new(answer.need("location")?.to_owned()).header("range", range).send()
    })
}

fn at_the_store(target: &Target, delivery: &str, url: &str) -> Outcome {
    let base = if delivery == "public" { PUBLIC_BASE } else { target.store_origin.as_str() };
    ensure!(url.starts_with(&format!("{base}/")), "{url} leads elsewhere");
    Ok(())
}

/// A file that a player fetches as a whole.
fn file(target: &Target, delivery: &str, files: &Files, url: &Url) -> Outcome {
    let name = file_name(url.as_str());
    let whole = of(files, name)?;
    if delivery == "presign" && !url.as_str().starts_with(&target.video_base) {
        ensure!(Call::new(url.to_string()).expect(200)?.body == whole, "{name}: other bytes");
        return Ok(());
    }
    if delivery == "public" && !url.as_str().starts_with(&target.video_base) {
        return at_the_store(target, delivery, url.as_str());
    }
    // Texts that scripts read come from the service itself: after a redirect a store would be asked by no origin.
    let is_text = [".vtt", ".json"].iter().any(|end| name.ends_with(end));
    if delivery == "public" || (delivery != "proxy" && !is_text) {
        let answer = ask(target, url.as_str()).expect(302)?;
        let location = answer.need("location")?;
        at_the_store(target, delivery, location)?;
        ensure!(
            delivery == "public" || Call::new(location.to_owned()).expect(200)?.body == whole,
            "{name}: other bytes"
        );
        return Ok(());
    }
    let answer = ask(target, url.as_str()).expect(200)?;
    ensure!(answer.body == whole, "{name}: other bytes");
    let media_type = match name.rsplit('.').next() {
        Some("vtt") => "text/vtt",
        Some("json") => "application/json",
        _ => "image/webp",
    };
    answer.has("content-type", media_type)?;
    let tag = answer.need("etag")?;
    ask(target, url.as_str()).header("if-none-match", tag).expect(304)?;
    ask(target, url.as_str()).header("range", "bytes=0-1").header("if-range", tag).expect(206)?;
    ask(target, url.as_str()).header("range", "bytes=0-1").header("if-range", "\"x\"").expect(200)?;
    ask(target, url.as_str()).header("range", "bytes=999999-").expect(416)?;
    Ok(())
}
