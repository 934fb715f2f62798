//! `GET|HEAD /manifest.webmanifest`: how the page is called and looks once it is installed
//! (<https://www.w3.org/TR/appmanifest/>). Whoever has a session learns the gallery's title.

use edge::{Failure, Viewer, isolation, respond};
use http::{Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{ViewerEdge, assets};

const PATH: &str = "/manifest.webmanifest";
/// The largest timeline, as text in bytes.
const MAX_TEXT: usize = 64 << 20;

#[derive(Deserialize)]
struct Named {
    title: Option<String>,
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
) -> Result<Response<P::Body>, Failure> {
    let internal = |_| Error::new(Kind::Internal, "manifest");
    let file = assets::file(PATH).ok_or_else(|| Problem::not_found("There is nothing here."))?;
    let mut manifest: Map<String, Value> = serde_json::from_slice(file).map_err(internal)?;
    let viewer = match isolation::require(&service.config.cors, &head.method, &head.headers) {
        Ok(()) => service.sessions.require(cx, &service.catalogue, &head.headers).await.ok(),
        Err(_) => None,
    };
    let mut kept = "no-store";
    // An installed page without the title is better than none.
    if let Some(viewer) = viewer
        && let Ok(title) = title(service, cx, &viewer).await
    {
        kept = "private, max-age=86400";
        if let Some(title) = title {
            manifest.insert("short_name".to_owned(), title.clone().into());
            manifest.insert("name".to_owned(), title.into());
        }
    }
    let body = serde_json::to_vec(&manifest).map_err(internal)?;
    let mut response = respond::bytes(StatusCode::OK, "application/manifest+json", body);
    respond::set(response.headers_mut(), header::CACHE_CONTROL, kept);
    Ok(response)
}

async fn title<P: Platform>(service: &ViewerEdge, cx: &Cx<'_, P>, viewer: &Viewer) -> Result<Option<String>, Failure> {
    let unreadable = || Error::new(Kind::Invalid, "manifest.title");
    let Some(view) = service.catalogue.first(cx, &viewer.views()).await? else { return Ok(None) };
    let Some(timeline) = service.catalogue.timeline(cx, &view, service.edition()).await? else { return Ok(None) };
    let text = deflate::inflate(&timeline.gzip, MAX_TEXT).ok_or_else(unreadable)?;
    let named: Named = serde_json::from_slice(&text).map_err(|_| unreadable())?;
    Ok(named.title.filter(|title| !title.is_empty()))
}
