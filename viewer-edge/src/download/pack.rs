//! A pack: a ZIP that lies in the bucket as it is. Its bytes are one request to the store.

use edge::{
    Failure, Viewer,
    object_response::{self, Presentation},
};
use gallery::{
    download::{
        Id,
        packs::{self, Set},
    },
    views::View,
};
use http::{Response, StatusCode, request};
use platform::{Cx, Platform, Problem};

use crate::{
    ViewerEdge,
    original::{CHANGES, disposition},
};

/// `sets` have a pack of this name: the catalogue is as it was when the pack was made.
pub(super) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    (id, sets): (Id, &[Set]),
    viewer: &Viewer,
) -> Result<Response<P::Body>, Failure> {
    let open = packs::with_id(sets, id).find(|(set, _)| {
        let covers = View::parse(&set.view).is_some_and(|view| viewer.covers_view(&view));
        covers && set.form.is_open(viewer.flags())
    });
    let words = "This link does not open the download.";
    let (_, pack) = open.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, words))?;
    let presentation = Presentation {
        cache_control: CHANGES,
        content_type: Some("application/zip"),
        disposition: Some(disposition("attachment", &pack.name)),
        // The name stands for every byte.
        tag: Some(id.tag()),
        edge_cache: None,
    };
    object_response::serve(&service.objects, cx, head, &id.pack(), &presentation).await
}
