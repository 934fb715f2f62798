//! `GET /api/timeline?view=:view`: what is where in a view. Its tag is the catalogue's version.

use edge::{
    Failure, Gate, Viewer, digest,
    respond::{self, Gzipped},
};
use gallery::views::View;
use http::{Response, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde_json::Value;

use crate::ViewerEdge;

/// The largest timeline, as text in bytes.
const MAX_TEXT: usize = 64 << 20;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let named = view(head)?;
    let index = service.catalogue.index(cx).await?;
    let viewer = gate.viewer().await;
    let view = open(service, cx, named, viewer).await?;
    // No condition holds for what is not there (RFC 9110 section 13.2.1).
    service.catalogue.title(cx, &view).await?.ok_or_else(no_such)?;
    // What a link shows of the other views depends on the link.
    let content = |version: &str| match &viewer.link {
        None => service.content(version),
        Some(link) => digest(&[&service.content(version), &link.id.to_string()]),
    };
    let timeline = async {
        let timeline = service.catalogue.timeline(cx, &view, service.edition()).await?;
        let timeline = timeline.ok_or_else(no_such)?;
        let gzip = if viewer.link.is_some() { scoped(&timeline.gzip, viewer)? } else { timeline.gzip };
        Ok(Gzipped { content: content(&timeline.version), gzip: gzip.into() })
    };
    let mut response = respond::coded(head, "application/json", &content(&index.version), timeline).await?;
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}

/// The view that a query names, if it names one.
pub(crate) fn view(head: &request::Parts) -> Result<Option<View>, Failure> {
    let Some(name) = respond::query(head.uri.query(), "view")? else { return Ok(None) };
    View::parse(&name).map(Some).ok_or_else(|| no_such().into())
}

/// The view that is named, if it is open to the viewer, or else the first of the viewer's that there is. What is named
/// may be gone.
pub(crate) async fn open<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    named: Option<View>,
    viewer: &Viewer,
) -> Result<View, Failure> {
    let view = match named {
        Some(view) => Some(view).filter(|view| viewer.covers_view(view)),
        None => service.catalogue.first(cx, &viewer.views()).await?,
    };
    view.ok_or_else(|| no_such().into())
}

fn no_such() -> Problem {
    Problem::not_found("There is no such view.")
}

/// A timeline as a link shows it: without views that are not open, without a cover, which may be of another view, and
/// with what the link allows.
fn scoped(gzip: &[u8], viewer: &Viewer) -> Result<Vec<u8>, Error> {
    let unreadable = || Error::new(Kind::Invalid, "timeline.scope");
    let text = deflate::inflate(gzip, MAX_TEXT).ok_or_else(unreadable)?;
    let mut timeline: serde_json::Map<String, Value> = serde_json::from_slice(&text).map_err(|_| unreadable())?;
    let is_open = |view: &Value| {
        let name = view.get("name").and_then(Value::as_str).and_then(View::parse);
        name.is_some_and(|view| viewer.covers_view(&view))
    };
    if let Some(Value::Array(views)) = timeline.get_mut("views") {
        views.retain(is_open);
    }
    if !viewer.covers_view(&View::of(None)) {
        timeline.insert("cover".to_owned(), Value::Null);
    }
    let flags = viewer.flags();
    let link = serde_json::json!({ "download": flags.download, "originals": flags.originals });
    timeline.insert("link".to_owned(), link);
    let text = serde_json::to_vec(&timeline).map_err(|_| unreadable())?;
    let mut gzip = deflate::Gzip::new(text.len() / 2);
    gzip.text(&text);
    Ok(gzip.finish())
}
