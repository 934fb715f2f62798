//! `GET|HEAD /api/thumbnail/:key?size=small|medium|large`: WebP thumbnails.

use std::time::Duration;

use gallery::{MediaKey, layout, layout::ThumbnailSize};
use http::{Response, header, request};
use platform::{
    Cx, Keep, Platform, Problem,
    object_response::{self, Presentation},
    respond,
};
use sha2::{Digest, Sha256};

use crate::ViewerEdge;

/// How long a host may keep a thumbnail near. It is named with its version, so it never grows wrong.
const KEPT: Duration = Duration::from_hours(24);

/// Sixteen hexadecimal digits that change when any part does.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    encoded: &str,
) -> Result<Response<P::Body>, Problem> {
    let key =
        MediaKey::from_path(encoded).map_err(|_| Problem::bad_request("The key in the path is not a valid key."))?;
    let size = match respond::query(head.uri.query(), "size")? {
        None => ThumbnailSize::Medium,
        Some(name) => {
            ThumbnailSize::parse(&name).ok_or_else(|| Problem::bad_request("The size is small, medium or large."))?
        }
    };
    let version = respond::query(head.uri.query(), "v")?;
    let item = service.catalogue.item(cx, &service.objects, &key).await.map_err(|error| cx.failed(&error))?;
    let missing = || Problem::not_found("There is no such thumbnail.");
    let item = item.ok_or_else(missing)?;
    if !item.has_thumbnail(size) {
        return Err(missing());
    }
    let shown = fingerprint(&[&item.updated_at]);
    // A URL that carries the version of what it shows never changes its meaning.
    let current = version.is_some_and(|version| version == shown);
    let presentation = Presentation {
        cache_control: if current { "private, max-age=31536000, immutable" } else { "private, max-age=300" },
        content_type: Some("image/webp"),
        disposition: None,
        keep: Some(Keep {
            version: shown,
            time: KEPT,
            tags: vec!["thumbnails".to_owned(), format!("thumbnails-{}", fingerprint(&[key.as_str()]))],
        }),
    };
    let mut response =
        object_response::serve(&service.objects, cx, head, &layout::thumbnail(size, key.as_str()), &presentation)
            .await?;
    response.headers_mut().remove(header::ACCEPT_RANGES);
    Ok(response)
}
