//! `GET|HEAD /api/file/:key`: originals, with ranges and conditions.

use gallery::{MediaKey, key::percent_encode};
use http::{Response, request};
use platform::{
    Cx, Platform, Problem,
    object_response::{self, Presentation},
    respond,
};

use crate::ViewerEdge;

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    encoded: &str,
) -> Result<Response<P::Body>, Problem> {
    let key =
        MediaKey::from_path(encoded).map_err(|_| Problem::bad_request("The key in the path is not a valid key."))?;
    let download = respond::query(head.uri.query(), "download")?.is_some();
    let item = service.catalogue.item(cx, &service.objects, &key).await.map_err(|error| cx.failed(&error))?;
    let item = item.ok_or_else(|| Problem::not_found("There is no such file."))?;
    let presentation = Presentation {
        cache_control: "private, max-age=3600",
        content_type: None,
        disposition: Some(disposition(if download { "attachment" } else { "inline" }, &item.filename)),
        keep: None,
    };
    object_response::serve(&service.objects, cx, head, key.as_str(), &presentation).await
}

/// `Content-Disposition` with the name twice: in ASCII for old clients, and as it is (RFC 6266 section 4.3, RFC 8187).
fn disposition(kind: &str, filename: &str) -> String {
    let plain: String = filename
        .chars()
        .map(|c| if c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\' | '%' | '/') { c } else { '_' })
        .collect();
    // `percent_encode` keeps `/`, which no file name may carry into a download.
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
