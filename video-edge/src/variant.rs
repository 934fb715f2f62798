//! `GET /api/hls/:key/:quality.m3u8`: a variant's playlist. Its segments are delivered as configured.

use edge::{Failure, digest, playlist_cache::Name, respond};
use gallery::{
    MediaKey,
    key::percent_encode,
    window::{BROWSER_MAX_AGE, Window},
};
use hls::{PlaylistKind, Scope, Summary};
use http::{Response, request};
use platform::{Cx, Platform, Problem};

use crate::{
    VideoEdge,
    catalogue::film,
    delivery::Delivery,
    playlist::{MAX_BYTES, Playlist, damaged},
};

/// How long a playlist is cached that was requested without the film's version, in seconds. The film may be encoded
/// anew.
const UNVERSIONED_SECONDS: u64 = 900;

pub(crate) async fn serve<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    delivery: &Delivery,
    key: &MediaKey,
    quality: &str,
) -> Result<Response<P::Body>, Failure> {
    let asked_version = respond::query(head.uri.query(), "v")?.unwrap_or_default();
    let now = cx.facts.now;
    let parts = [delivery.name(), &service.signer, &asked_version, key.as_str(), quality];
    let name = Name::new("playlist:variant", &parts);
    let _flight = match name.find(cx, &service.single_flight, Playlist::from_entry).await {
        Ok(playlist) => return playlist.respond(head, BROWSER_MAX_AGE),
        Err(flight) => flight,
    };

    let film = film(service, cx, key).await?;
    let path = film.variant(quality);
    let stored = service.objects.get(cx, &path, MAX_BYTES).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("The film has no such quality."))?;
    let scope = Scope { prefix: &film.prefix, base: &path, public_base: None };
    let checked = hls::inspect(&stored, &scope).and_then(Summary::whole).and_then(media);
    let summary = checked.map_err(|error| damaged(cx, error))?;
    let window = Window::of(now, summary.duration);

    // The tag is made from everything on which the bytes depend. To hash the bytes would cost as much as to make
    // them.
    let start = window.signed_at.to_string();
    let content = digest(&[&String::from_utf8_lossy(&stored)]);
    let tag = digest(&[delivery.name(), &service.signer, &start, &content, &film.prefix]);
    let made = match delivery {
        Delivery::Presign => {
            let presigner = service.objects.presigner(window.signed_at, window.life)?;
            signed_playlist::gzip(&stored, &scope, &presigner).map(|(_, gzip)| Playlist::new(&tag, gzip))
        }
        // The playlist was checked above, and stays as it is.
        Delivery::Redirect | Delivery::Proxy if !film.is_versioned => Ok(Playlist::of_text(&tag, &stored)),
        _ => rewrite(&stored, &scope, delivery, &film.version).map(|text| Playlist::of_text(&tag, text.as_bytes())),
    };
    let playlist = made.map_err(|error| damaged(cx, error))?;

    let expires = if asked_version == film.version { window.ends } else { window.ends.min(now + UNVERSIONED_SECONDS) };
    if film.is_asked(&asked_version) {
        name.write(cx, playlist.entry(), expires, service.config.kv_max).await;
    }
    playlist.respond(head, BROWSER_MAX_AGE)
}

/// The text with the URIs of a delivery that signs nothing.
fn rewrite(stored: &[u8], scope: &Scope<'_>, delivery: &Delivery, version: &str) -> Result<String, hls::Error> {
    let mut text = String::with_capacity(stored.len() * 2);
    hls::rewrite(stored, scope, &mut text, |out, reference| {
        let (before, path, after) = match delivery {
            Delivery::Public { base } => ([base, "/"], reference.key, [""; 2]),
            _ => ([""; 2], reference.relative, ["?v=", version]),
        };
        out.extend(before);
        out.extend(percent_encode(path));
        out.extend(after);
    })?;
    Ok(text)
}

/// Refuses a master playlist in the place of a variant's playlist, which would lead players in circles.
fn media(summary: Summary) -> Result<Summary, hls::Error> {
    match summary.kind {
        PlaylistKind::Media => Ok(summary),
        PlaylistKind::Master => Err(hls::Error::Truncated),
    }
}
