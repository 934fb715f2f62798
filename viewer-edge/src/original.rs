//! `GET|HEAD /api/file/:key`: originals, with ranges and conditions.

use edge::{
    Failure, Gate,
    catalogue::url_version,
    object_response::{self, Presentation},
    patched::{self, Patched},
    respond,
};
use gallery::{
    MediaKey,
    key::percent_encode,
    media::Media,
    window::{BRIEF_LIFE, BROWSER_MAX_AGE, Window},
};
use http::{Method, Response, request};
use platform::{Cx, Platform, Problem};

use crate::ViewerEdge;

/// For a URL with the version of the item: it always means the same bytes.
pub(crate) const IMMUTABLE: &str = "private, max-age=31536000, immutable";
/// For any other URL: a browser asks whether the original is still the same before it shows it.
pub(crate) const CHANGES: &str = "private, no-cache";
/// The longest film for which the store's URL is valid until the end, in seconds. A player requests parts of the film
/// as long as it plays.
const LONGEST_FILM: f64 = 4.0 * 3600.0;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let query = head.uri.query();
    let download = respond::query(query, "download")?.is_some();
    let asked = respond::query(query, "v")?;
    let item = service.catalogue.item(cx, key).await?;
    let viewer = gate.viewer().await;
    let flags = viewer.flags();
    let is_open = flags.originals && (flags.download || !download);
    let item = item.filter(|item| is_open && viewer.covers(item.r#type, &item.albums));
    let item = item.ok_or_else(|| Problem::not_found("There is no such file."))?;
    let disposition = disposition(if download { "attachment" } else { "inline" }, &item.filename);
    if !flags.places {
        return without_places(service, cx, head, &item, disposition).await;
    }
    let current = asked.is_some_and(|asked| asked == url_version(item.version.as_deref(), &item.updated_at));
    let cache_control = if current { IMMUTABLE } else { CHANGES };
    whole(service, cx, head, &item, disposition, cache_control, flags.strict).await
}

/// An original as it is. One that is too large for the host comes from the bucket.
pub(crate) async fn whole<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    item: &Media,
    disposition: String,
    cache_control: &'static str,
    is_strict: bool,
) -> Result<Response<P::Body>, Failure> {
    let too_large = |max| u64::try_from(item.size).is_ok_and(|size| size > max);
    if head.method == Method::GET && service.config.max_body.is_some_and(too_large) {
        return from_the_store(service, cx, &item.key, &disposition, is_strict);
    }
    let presentation = Presentation {
        cache_control,
        content_type: None,
        disposition: Some(disposition),
        // The store's tag: whoever resumes a download must not get the rest of other bytes, whatever lies in the
        // bucket.
        tag: None,
        edge_cache: None,
    };
    object_response::serve(&service.objects, cx, head, &item.key, &presentation).await
}

/// An original in which nothing tells where it was taken, and by whom. One in which this cannot be had is a 404.
///
/// It is never a redirect to the bucket, where the whole file lies. A browser asks whether it is still the same before
/// it shows it: for who logs in otherwise, the same URL means the whole file.
async fn without_places<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    item: &Media,
    disposition: String,
) -> Result<Response<P::Body>, Failure> {
    let missing = || Problem::not_found("There is no such file.");
    let encoded = item.patches.as_deref();
    let patched = Patched::of(encoded).ok_or_else(missing)?;
    if u64::try_from(item.size).is_ok_and(|size| service.config.max_body.is_some_and(|max| size > max)) {
        return Err(missing().into());
    }
    let version = url_version(item.version.as_deref(), &item.updated_at);
    // The last bytes are a sum of the others, and the mark of the object.
    let check = encoded.and_then(<[u8]>::last_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let presentation = Presentation {
        cache_control: CHANGES,
        content_type: None,
        disposition: Some(disposition),
        tag: Some(format!("\"{version}-{check:016x}\"")),
        edge_cache: None,
    };
    let content_type = item.mime.as_deref().unwrap_or("application/octet-stream");
    patched::serve(&service.objects, cx, head, &item.key, &patched, &presentation, content_type).await
}

/// Sends the browser to the bucket for an original that is too large for the host. The URL there has no version.
fn from_the_store<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    key: &str,
    disposition: &str,
    is_strict: bool,
) -> Result<Response<P::Body>, Failure> {
    let window = Window::of(cx.facts.now, LONGEST_FILM);
    let (signed_at, life, kept) =
        if is_strict { (cx.facts.now, BRIEF_LIFE, 0) } else { (window.signed_at, window.life, BROWSER_MAX_AGE) };
    let presigner = service.objects.presigner(signed_at, life)?;
    let presigner =
        presigner.with_query("response-cache-control", CHANGES).with_query("response-content-disposition", disposition);
    let mut url = String::new();
    presigner.presign_into(&mut url, key);
    Ok(respond::redirect(&url, kept)?)
}

/// `Content-Disposition` with the name twice: in ASCII for old clients, and as it is (RFC 6266 section 4.3, RFC 8187).
pub(crate) fn disposition(kind: &str, filename: &str) -> String {
    let plain: String = filename
        .chars()
        .map(|c| if c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\' | '%' | '/') { c } else { '_' })
        .collect();
    // `percent_encode` keeps `/`, which must not be part of a file name in a download.
    let exact = percent_encode(&filename.replace('/', "_")).to_string();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_is_given_in_ascii_and_exactly() {
        assert_eq!(
            disposition("inline", "Tanz & Müller (1) 50%.jpg"),
            "inline; filename=\"Tanz & M_ller (1) 50_.jpg\"; filename*=UTF-8''Tanz%20%26%20M%C3%BCller%20%281%29%2050%25.jpg"
        );
        assert_eq!(
            disposition("attachment", "a\"\r\n/b"),
            "attachment; filename=\"a____b\"; filename*=UTF-8''a%22%0D%0A_b"
        );
    }
}
