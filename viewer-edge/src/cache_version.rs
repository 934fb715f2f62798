//! `GET /api/cache-version`. The answer changes if, and only if, something has changed that a client may have cached.

use edge::{Failure, digest, respond};
use http::{Response, StatusCode, header};
use platform::{Cx, Error, Kv, KvKey, Platform, StoreName};

use crate::ViewerEdge;

pub(crate) async fn serve<P: Platform>(service: &ViewerEdge, cx: &Cx<'_, P>) -> Result<Response<P::Body>, Failure> {
    let index = service.catalogue.index(cx).await?;
    let thumbnails = match thumbnail_version(cx).await {
        Ok(version) => version,
        // The request goes on without the store. Clients then load some thumbnails again.
        Err(error) => {
            cx.record.note(&error);
            String::new()
        }
    };
    let version = digest(&[&index.version, &thumbnails]);
    let body = serde_json::json!({ "version": version }).to_string();
    let mut response = respond::bytes(StatusCode::OK, "application/json", body);
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}

/// The value that an operator changes to make every client load its thumbnails again.
async fn thumbnail_version<P: Platform>(cx: &Cx<'_, P>) -> Result<String, Error> {
    let Some(key) = KvKey::parse("thumbnail_version") else { return Ok(String::new()) };
    let value = cx.kv(StoreName::CacheVersion)?.get(&key).await?;
    Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default())
}
