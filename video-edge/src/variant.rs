//! `GET /api/hls/:key/:variant.m3u8?in=:folder`: a variant's playlist. Its segments are delivered as configured.

use bytes::Bytes;
use edge::{Failure, digest, playlist_cache::Name, respond};
use gallery::{
    MediaKey, layout,
    window::{BROWSER_MAX_AGE, Window},
};
use hls::{PlaylistKind, Reference, Scope, Summary};
use http::{Response, request};
use platform::{Cx, Platform, Problem};

use crate::{
    VideoEdge,
    catalogue::{Film, Version, film},
    delivery::Delivery,
    link,
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
    file: &str,
) -> Result<Response<P::Body>, Failure> {
    let asked_version = respond::query(head.uri.query(), "v")?.unwrap_or_default();
    let now = cx.facts.now;
    let base = match delivery {
        Delivery::Public { base } => base.as_str(),
        _ => "",
    };
    let parts = [delivery.name(), base, &service.signer, &asked_version, key.as_str(), file];
    let name = Name::new("playlist:variant", &parts);
    let _flight = match name.find(cx, &service.single_flight, Playlist::from_entry).await {
        Ok(playlist) => return playlist.respond(head, BROWSER_MAX_AGE).await,
        Err(flight) => flight,
    };

    let (film, stored) = find(service, cx, key, &asked_version, file).await?;
    let path = [&film.prefix, file].concat();
    let scope = Scope { prefix: &film.prefix, base: &path, public_base: None };
    let checked = hls::inspect(&stored, &scope).and_then(Summary::whole).and_then(media);
    let summary = checked.map_err(|error| damaged(cx, error))?;
    let window = Window::of(now, summary.duration);

    // The tag is made from everything on which the bytes depend. To hash the bytes would cost as much as to make
    // them.
    let start = window.signed_at.to_string();
    let content = digest(&[&String::from_utf8_lossy(&stored)]);
    let tag = digest(&[delivery.name(), base, &service.signer, &start, &content, &path, &film.version]);
    let unsigned = |out: &mut String, reference: &Reference<'_>| match delivery {
        // The playlist of a film of 0.1.0 stays as it is where its URIs lead here by themselves.
        Delivery::Redirect | Delivery::Brief | Delivery::Proxy
            if !file.contains('/') && link::leads_here(&film, reference) =>
        {
            out.push_str(reference.raw);
        }
        Delivery::Public { base } if !link::is_list(reference) => {
            out.push_str(base);
            out.push('/');
            link::encode(out, reference.key);
        }
        Delivery::Presign if !link::is_list(reference) => {}
        _ => link::push(out, &film, reference),
    };
    let made = if *delivery == Delivery::Presign {
        let presigner = service.objects.presigner(window.signed_at, window.life)?;
        signed_playlist::gzip(&stored, &scope, &presigner, unsigned).map(|(_, gzip)| Playlist::new(&tag, gzip))
    } else {
        let mut text = String::with_capacity(stored.len() * 2);
        let rewritten = hls::rewrite(&stored, &scope, &mut text, unsigned);
        rewritten.map(|_| Playlist::of_text(&tag, text.as_bytes()))
    };
    let playlist = made.map_err(|error| damaged(cx, error))?;

    let expires = if asked_version == film.version { window.ends } else { window.ends.min(now + UNVERSIONED_SECONDS) };
    if film.is_asked(&asked_version) {
        name.write(cx, playlist.entry(), expires, service.config.kv_max).await;
    }
    playlist.respond(head, BROWSER_MAX_AGE).await
}

/// A playlist of the film, with the version to which it belongs: the version that is asked for, while its objects are
/// there, or that of 0.1.0, while its objects are there, or else the current one.
///
/// So who began to watch a film goes on after it was replaced, also with a quality for which nobody has asked before.
/// The cache keeps a playlist under the version that was asked for, and only if the playlist is of this version.
async fn find<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    key: &MediaKey,
    asked_version: &str,
    file: &str,
) -> Result<(Film, Bytes), Failure> {
    let current = film(service, cx, key, Version::Current, file).await?;
    if layout::is_version(asked_version) && !current.is_asked(asked_version) {
        // The folder of the version may be that of another film, so this is looked up too.
        let asked = film(service, cx, key, Version::Asked(Some(asked_version)), file).await?;
        let path = [&asked.prefix, file].concat();
        if let Some(stored) = service.objects.get(cx, &path, MAX_BYTES).await? {
            return Ok((asked, stored));
        }
        // The objects of 0.1.0 have no version in their names, and the one that is asked for may be theirs.
        if current.is_versioned {
            let flat = film(service, cx, key, Version::Asked(None), file).await?;
            let path = [&flat.prefix, file].concat();
            if let Some(stored) = service.objects.get(cx, &path, MAX_BYTES).await? {
                return Ok((flat, stored));
            }
        }
    }
    let path = [&current.prefix, file].concat();
    let stored = service.objects.get(cx, &path, MAX_BYTES).await?;
    Ok((current, stored.ok_or_else(|| Problem::not_found("The film has no such quality."))?))
}

/// Refuses a master playlist in the place of a variant's playlist, which would lead players in circles.
fn media(summary: Summary) -> Result<Summary, hls::Error> {
    match summary.kind {
        PlaylistKind::Media => Ok(summary),
        PlaylistKind::Master => Err(hls::Error::Truncated),
    }
}
