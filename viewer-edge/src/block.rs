//! `GET /api/blocks/:name`: at most 128 items, which never change.

use edge::{
    Failure, Gate,
    respond::{self, Gzipped},
};
use gallery::views::BlockName;
use http::{Response, header, request};
use platform::{Cx, Platform, Problem, ProblemType};

use crate::ViewerEdge;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    name: Option<BlockName>,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let missing = || {
        Problem::of(
            ProblemType::LibraryChanged,
            "There is no such block. The library has changed: read the timeline again.",
        )
    };
    let name = name.ok_or_else(missing)?;
    // The name says the view, so a block that is not open is not read.
    if !gate.viewer().await.covers_view(&name.view) {
        return Err(missing().into());
    }
    let content = name.hash.to_string();
    let block = async {
        let gzip = service.catalogue.block(cx, &name, service.edition()).await?.ok_or_else(missing)?;
        Ok(Gzipped { content: content.clone(), gzip: gzip.into() })
    };
    let mut response = respond::coded(head, "application/json", &content, block).await?;
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    Ok(response)
}
