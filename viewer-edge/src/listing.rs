//! `GET /api/media`: the catalogue, newest first, page by page. The page is made of the blocks that ingest rendered.

use edge::{
    Failure, Gate, digest,
    respond::{self, Gzipped},
};
use gallery::{cursor::Cursor, media::MediaType, views::View};
use http::{Response, header, request};
use platform::{Cx, Platform, Problem, ProblemType};

use crate::ViewerEdge;

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let query = head.uri.query();
    let limit = match respond::query(query, "limit")? {
        None => DEFAULT_LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Problem::bad_request("The limit is a whole number from 1 to 1000."))?,
    };
    let filter = match respond::query(query, "type")? {
        None => None,
        Some(name) => Some(MediaType::parse(&name).ok_or_else(|| Problem::bad_request("The type is image or video."))?),
    };
    let after = match respond::query(query, "cursor")? {
        None => None,
        Some(text) => Some(Cursor::decode(&text).filter(|cursor| cursor.filter == filter).ok_or_else(|| {
            Problem::of(ProblemType::CursorUnknown, "The cursor is not one this listing gave; start again without it.")
        })?),
    };
    // Each page has a tag of its own.
    let content = |version: &str| digest(&[&service.content(version), query.unwrap_or_default()]);
    let index = service.catalogue.index(cx).await?;
    if !gate.viewer().await.covers_view(&View::of(filter)) {
        return Err(Problem::not_found("This link does not open this listing; see /api/timeline.").into());
    }
    let page = async {
        let page = service.catalogue.page(cx, service.edition(), filter, after.as_ref(), limit).await?;
        Ok(Gzipped { content: content(&page.version), gzip: page.gzip.into() })
    };
    let mut response = respond::coded(head, "application/json", &content(&index.version), page).await?;
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}
