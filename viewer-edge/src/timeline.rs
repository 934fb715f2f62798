//! `GET /api/timeline?view=:view`: what is where in a view. Its tag is the catalogue's version.

use edge::{
    Failure,
    respond::{self, Gzipped},
};
use gallery::views::View;
use http::{Response, header, request};
use platform::{Cx, Platform, Problem};

use crate::ViewerEdge;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
) -> Result<Response<P::Body>, Failure> {
    let view = view(head)?;
    let index = service.catalogue.index(cx).await?;
    let timeline = async {
        let timeline = service.catalogue.timeline(cx, &view, service.edition()).await?;
        let timeline = timeline.ok_or_else(|| Problem::not_found("There is no such view."))?;
        Ok(Gzipped { content: service.content(&timeline.version), gzip: timeline.gzip })
    };
    let mut response = respond::coded(head, "application/json", &service.content(&index.version), timeline).await?;
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}

/// The view that a query names, which is everything unless it names one.
pub(crate) fn view(head: &request::Parts) -> Result<View, Failure> {
    let name = respond::query(head.uri.query(), "view")?;
    let view = name.map_or(Some(View::of(None)), |name| View::parse(&name));
    view.ok_or_else(|| Problem::not_found("There is no such view.").into())
}
