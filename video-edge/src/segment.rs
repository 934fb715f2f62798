//! `GET /api/hls/:key/:segment?v=:version&in=:folder`: a file of a film that is no playlist. Playlists whose segments
//! point here name it, and masters name their keys and session data so.

use edge::{
    Failure,
    object_response::{self, Presentation},
    playlist_cache::Name,
    respond,
};
use gallery::{
    MediaKey,
    key::percent_encode,
    layout,
    window::{BRIEF_LIFE, BROWSER_MAX_AGE, Window},
};
use http::{Response, header, request};
use platform::{Cx, Platform, Problem};

use crate::{
    VideoEdge,
    catalogue::{Version, film},
    delivery::Delivery,
};

/// How long an entry of the cache says that a film is in the catalogue, in seconds.
const KNOWN_SECONDS: u64 = 900;

/// The longest entry, in bytes. It is a list of folders, whose names a client may choose.
const KNOWN_BYTES: usize = 4096;

const UNVERSIONED: &str = "private, max-age=900";
const IMMUTABLE: &str = "private, max-age=31536000, immutable";

/// Media types by the extension of a file. Any other file is one that no browser shows.
const TYPES: [(&str, &str); 14] = [
    ("ts", "video/mp2t"),
    ("m4s", "video/iso.segment"),
    ("mp4", "video/mp4"),
    ("cmfv", "video/mp4"),
    ("m4a", "audio/mp4"),
    ("cmfa", "audio/mp4"),
    ("aac", "audio/aac"),
    ("mp3", "audio/mpeg"),
    ("vtt", "text/vtt"),
    ("webvtt", "text/vtt"),
    ("json", "application/json"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
];

pub(crate) async fn serve<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    delivery: &Delivery,
    key: &MediaKey,
    file: &str,
) -> Result<Response<P::Body>, Failure> {
    // It need not be the current version: who began to watch a film goes on after it was replaced.
    let version = respond::query(head.uri.query(), "v")?;
    if !version.as_deref().is_none_or(layout::is_version) {
        return Err(Problem::bad_request("The version is 16 hexadecimal digits.").into());
    }
    let object = format!("{}{file}", layout::hls_prefix(key.as_str(), version.as_deref()));
    let folder = object.rsplit_once('/').map_or("", |(folder, _)| folder);
    // An entry is for a film, and not for a segment: signing costs less than a read of the store, and a query of the
    // catalogue costs more. The entry lists the folders that are known to be the film's.
    let name = Name::new("signed", &[&service.signer, key.as_str()]);
    let known = name.read(cx).await.unwrap_or_default();
    if !known.split(|byte| *byte == b'\n').any(|line| line == folder.as_bytes()) {
        film(service, cx, key, Version::Asked(version.as_deref()), file).await?;
        // A list that grew too long begins anew.
        let kept = if known.len() + folder.len() < KNOWN_BYTES { &known } else { b"".as_slice() };
        let known = [kept, folder.as_bytes(), b"\n"].concat();
        name.write(cx, &known, cx.facts.now + KNOWN_SECONDS, service.config.kv_max).await;
    }
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    // The next package of a film of 0.1.0, or of another program, has the same names.
    let kept = if version.is_some() { IMMUTABLE } else { UNVERSIONED };
    match delivery {
        Delivery::Proxy => whole(service, cx, head, &object, extension, kept).await,
        // Browsers read texts as they read playlists, and send `Origin` with a GET only where a page of another origin
        // reads the answer. Where the page, this service and the store are three origins, the store would be asked by
        // an origin of `null` after a redirect (Fetch section 4.4), which few rules allow.
        Delivery::Presign | Delivery::Redirect | Delivery::Brief
            if is_read_by_scripts(extension) || head.headers.contains_key(header::ORIGIN) =>
        {
            let kept = if matches!(delivery, Delivery::Brief) { "no-store" } else { kept };
            whole(service, cx, head, &object, extension, kept).await
        }
        Delivery::Public { base } => {
            Ok(respond::redirect(&format!("{base}/{}", percent_encode(&object)), BROWSER_MAX_AGE)?)
        }
        Delivery::Presign | Delivery::Redirect | Delivery::Brief => {
            let window = Window::of(cx.facts.now, 0.0);
            let (signed_at, life, kept) = match delivery {
                Delivery::Brief => (cx.facts.now, BRIEF_LIFE, 0),
                _ => (window.signed_at, window.life, BROWSER_MAX_AGE),
            };
            let mut url = String::new();
            service.objects.presigner(signed_at, life)?.presign_into(&mut url, &object);
            Ok(respond::redirect(&url, kept)?)
        }
    }
}

/// Whether a file is a text that belongs to a film: subtitles, chapters, the index of its previews.
fn is_read_by_scripts(extension: &str) -> bool {
    ["vtt", "webvtt", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The object itself.
async fn whole<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    object: &str,
    extension: &str,
    cache_control: &'static str,
) -> Result<Response<P::Body>, Failure> {
    let found = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
    let content_type = Some(found.map_or("application/octet-stream", |(_, media_type)| *media_type));
    let presentation = Presentation { cache_control, content_type, disposition: None, tag: None, edge_cache: None };
    object_response::serve(&service.objects, cx, head, object, &presentation).await
}
