//! `GET /api/hls/:key/:segment.ts?v=:version`: for playlists whose segments point here.

use bytes::Bytes;
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
    window::{BROWSER_MAX_AGE, Window},
};
use http::{Response, request};
use platform::{Cx, Platform, Problem};

use crate::{VideoEdge, catalogue::film, delivery::Delivery, route::SEGMENTS};

/// How long an entry of the cache says that a film is in the catalogue, in seconds.
const KNOWN_SECONDS: u64 = 900;

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
    // An entry is for a film, and not for a segment: signing costs less than a read of the store, and a query of the
    // catalogue costs more.
    let known = Name::new("signed", &[&service.signer, key.as_str()]);
    if known.read(cx).await.is_none() {
        film(service, cx, key).await?;
        known.write(cx, b"film", cx.facts.now + KNOWN_SECONDS, service.config.kv_max).await;
    }
    let object = format!("{}{file}", layout::hls_prefix(key.as_str(), version.as_deref()));
    match delivery {
        Delivery::Proxy => {
            let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
            let content_type =
                SEGMENTS.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type);
            let presentation = Presentation {
                cache_control: "private, max-age=31536000, immutable",
                content_type,
                disposition: None,
                tag: None,
                edge_cache: None,
            };
            object_response::serve(&service.objects, cx, head, &object, &presentation).await
        }
        Delivery::Public { base } => redirect(&format!("{base}/{}", percent_encode(&object))),
        Delivery::Presign | Delivery::Redirect => {
            let window = Window::of(cx.facts.now, 0.0);
            let presigner = service.objects.presigner(window.signed_at, window.life)?;
            let mut url = String::new();
            presigner.presign_into(&mut url, &object);
            redirect(&url)
        }
    }
}

fn redirect<B: From<Bytes>>(url: &str) -> Result<Response<B>, Failure> {
    Ok(respond::redirect(url, BROWSER_MAX_AGE)?)
}
