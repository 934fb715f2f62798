//! `GET /api/hls/playlist?key=:key&v=:version`: a film's master playlist.
//!
//! Normally this is the stored, measured master, with the URIs of its variants pointing at this service. If ingest
//! stored no master, one is built from the names of the qualities and their measured bandwidth.

use bytes::Bytes;
use edge::{Failure, digest, playlist_cache::Name, respond};
use gallery::{MediaKey, playback::MARK, window::BROWSER_MAX_AGE};
use hls::{Kind, Reference, Scope};
use http::{Response, request};
use platform::{Cx, Platform, Problem};

use crate::{
    VideoEdge,
    catalogue::{Film, Version, film},
    link,
    playlist::{MAX_BYTES, Playlist, damaged},
};

/// How long a master is cached, in seconds. After this time, clients see a film that was encoded anew.
const KEPT_SECONDS: u64 = 900;

/// Where the second package of a film lies, below the film's folder: a file for each segment.
pub(crate) const TS: &str = "ts/";

const FILE: &str = "master.m3u8";

pub(crate) async fn serve<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
) -> Result<Response<P::Body>, Failure> {
    let asked_version = respond::query(head.uri.query(), "v")?.unwrap_or_default();
    let name = Name::new("playlist:master", &[&service.signer, &asked_version, key.as_str()]);
    let _flight = match name.find(cx, &service.single_flight, Playlist::from_entry).await {
        Ok(playlist) => return playlist.respond(head, BROWSER_MAX_AGE).await,
        Err(flight) => flight,
    };
    let film = film(service, cx, key, Version::Current, FILE).await?;
    let (text, whole) = match stored(service, cx, key, &film, "").await? {
        Some(stored) => stored,
        None => (build(service, cx, key, &film).await?, true),
    };
    let playlist = Playlist::of_text(&digest(&[&text]), text.as_bytes());
    // Nothing is stored under an invented version, see the variants.
    if whole && film.is_asked(&asked_version) {
        name.write(cx, playlist.entry(), cx.facts.now + KEPT_SECONDS, service.config.kv_max).await;
    }
    playlist.respond(head, kept(whole)).await
}

/// How long a browser may keep a master that has just been made, in seconds. One that lacks qualities, because the read
/// of the bucket was cut short, is asked for again.
fn kept(whole: bool) -> u64 {
    if whole { BROWSER_MAX_AGE } else { 0 }
}

/// The master of the film's package in the folder `ts`. `None` if the film has no such package.
pub(crate) async fn serve_ts<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
) -> Result<Option<Response<P::Body>>, Failure> {
    /// The entry of a film without the package.
    const NONE: &[u8] = b"none";
    let asked_version = respond::query(head.uri.query(), "v")?.unwrap_or_default();
    let name = Name::new("playlist:master:ts", &[&service.signer, &asked_version, key.as_str()]);
    let read = |entry: Bytes| if entry == NONE { Some(None) } else { Playlist::from_entry(entry).map(Some) };
    let _flight = match name.find(cx, &service.single_flight, read).await {
        Ok(Some(playlist)) => return playlist.respond(head, BROWSER_MAX_AGE).await.map(Some),
        Ok(None) => return Ok(None),
        Err(flight) => flight,
    };
    let film = film(service, cx, key, Version::Current, FILE).await?;
    let (playlist, whole) = match stored(service, cx, key, &film, TS).await? {
        Some((text, whole)) => (Some(Playlist::of_text(&digest(&[&text]), text.as_bytes())), whole),
        None => (None, true),
    };
    if whole && film.is_asked(&asked_version) {
        let entry = playlist.as_ref().map_or(NONE, Playlist::entry);
        name.write(cx, entry, cx.facts.now + KEPT_SECONDS, service.config.kv_max).await;
    }
    match playlist {
        Some(playlist) => playlist.respond(head, kept(whole)).await.map(Some),
        None => Ok(None),
    }
}

/// The master in a folder of the film, with its URIs pointing here, and whether it is complete.
async fn stored<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    key: &MediaKey,
    film: &Film,
    folder: &str,
) -> Result<Option<(String, bool)>, Failure> {
    let path = [&film.prefix, folder, FILE].concat();
    let Some(stored) = service.objects.get(cx, &path, MAX_BYTES).await? else { return Ok(None) };
    Ok(Some(point_here(key, film, &path, folder, &stored).map_err(|error| damaged(cx, error))?))
}

/// Rewrites the URIs of a stored master relative to this route, with the film's version in them. Also returns whether
/// the master seems complete: it has all qualities of the catalogue or none of them, and does not end within a line. A
/// master has no end tag that would show more.
fn point_here(
    key: &MediaKey,
    film: &Film,
    path: &str,
    folder: &str,
    stored: &[u8],
) -> Result<(String, bool), hls::Error> {
    let scope = Scope { prefix: &film.prefix, base: path, public_base: None };
    let below = folder_of(key);
    let mut text = String::with_capacity(stored.len() * 2);
    let mut missing: Vec<String> = film.qualities.iter().map(|quality| film.variant(folder, quality)).collect();
    let (mut variants, known) = (0, missing.len());
    hls::rewrite(stored, &scope, &mut text, |out, reference| {
        variants += usize::from(reference.kind == Kind::Variant);
        missing.retain(|path| path != reference.key);
        out.push_str(&below);
        link::push(out, film, reference);
    })?;
    // A package of another program may name its playlists by other names than the qualities. Only a text that ends
    // within a line is known to be cut short then.
    let ends = [&b"\n"[..], b".m3u8", b".m3u8\""].iter().any(|end| stored.ends_with(end));
    let is_foreign = missing.len() == known;
    if variants == 0 || (known > 0 && is_foreign && !ends) {
        return Err(hls::Error::Truncated);
    }
    Ok((text, ends && (is_foreign || missing.is_empty())))
}

/// The film's folder relative to `/api/hls/playlist`.
fn folder_of(key: &MediaKey) -> String {
    let (mut out, mut key) = (String::new(), key.as_str());
    if let Some(rest) = key.strip_prefix(MARK) {
        // Without its encoding, the key might be taken for a token.
        out.push_str("%7E");
        key = rest;
    } else if key.starts_with('/') {
        // Without the `./`, the key would make an absolute path.
        out.push_str("./");
    }
    link::encode(&mut out, key);
    out.push('/');
    out
}

async fn build<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    key: &MediaKey,
    film: &Film,
) -> Result<String, Failure> {
    let missing = || Failure::from(Problem::not_found("The film has no playlists yet."));
    if film.qualities.is_empty() {
        return Err(missing());
    }
    let sizes = service.objects.list(cx, &film.prefix).await?;
    let mut variants = Vec::new();
    for quality in &film.qualities {
        let path = film.variant("", quality);
        let Some(stored) = service.objects.get(cx, &path, MAX_BYTES).await? else { continue };
        let Some((peak, average)) =
            measure(&stored, &film.prefix, &path, &sizes).map_err(|error| damaged(cx, error))?
        else {
            continue;
        };
        let mut uri = folder_of(key);
        let relative = &path[film.prefix.len()..];
        link::push(&mut uri, film, &Reference { kind: Kind::Variant, key: &path, relative, suffix: "", raw: relative });
        variants.push(hls::Variant {
            uri,
            bandwidth: peak,
            average_bandwidth: Some(average),
            codecs: None,
            resolution: None,
            frame_rate: None,
            name: None,
        });
    }
    if variants.is_empty() {
        return Err(missing());
    }
    hls::master(&variants, false).map_err(|_| missing())
}

/// The peak and average bits per second of a variant. `None` if not all segments are in the bucket. A byte range says
/// its length itself.
fn measure(
    stored: &[u8],
    prefix: &str,
    path: &str,
    sizes: &std::collections::HashMap<String, u64>,
) -> Result<Option<(u64, u64)>, hls::Error> {
    let scope = Scope { prefix, base: path, public_base: None };
    let mut segments = Vec::new();
    hls::rewrite(stored, &scope, &mut String::new(), |out, reference| {
        out.push_str(reference.raw);
        if reference.kind == Kind::Segment {
            segments.push(sizes.get(reference.key).copied());
        }
    })?
    .whole()?;
    let text = String::from_utf8_lossy(stored);
    let ranges: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#EXT-X-BYTERANGE:")).collect();
    if ranges.len() == segments.len() && segments.iter().all(Option::is_some) {
        segments = ranges.iter().map(|range| range.split('@').next()?.trim().parse().ok()).collect();
    }
    let Some(segments) = segments.into_iter().collect::<Option<Vec<u64>>>() else { return Ok(None) };
    let bandwidth = hls::measure::bandwidth(&text, &segments);
    Ok(bandwidth.ok().map(|bandwidth| (bandwidth.peak, bandwidth.average)))
}
