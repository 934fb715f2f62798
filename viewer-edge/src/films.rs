//! Films on the viewer's own domain: `/api/hls/...` and `/api/playback/report` are forwarded to video-edge, which
//! checks the session itself.

use bytes::Bytes;
use edge::{
    Failure, isolation,
    sessions::{self, Naming},
};
use gallery::playback;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};

use crate::ViewerEdge;

/// The headers of the request that video-edge reads. The session's cookie is written anew.
const READ: [HeaderName; 7] = [
    header::ACCEPT_ENCODING,
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
];

/// The longest report that video-edge takes, in bytes.
const MAX_REPORT: usize = 1024;

/// The value by which a forwarded request names its sender (RFC 9110 section 7.6.3). A request that arrives with this
/// value has gone in a circle.
const VIA: &str = "1.1 edge-gallery";

/// Forwards a request to video-edge, and returns its response with the body unread. Without `VIDEO_ORIGIN` this
/// service has no films, and answers 404.
pub(crate) async fn forward<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    body: Bytes,
) -> Result<Response<P::Body>, Failure> {
    let Some(origin) = &service.config.video_origin else {
        return Err(Problem::not_found("This service has no films; VIDEO_API_BASE says where they are.").into());
    };
    // The check is made here, because video-edge does not learn which page sent the request. A token in the path
    // needs no cookie, and no check.
    if token(head).is_none() {
        isolation::require(&service.config.cors, &head.method, &head.headers)?;
    }
    let failed = |words: String| Error::because(Kind::Unavailable, "films.forward", words);
    let own = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.split(',').any(|hop| hop.trim() == VIA));
    if head.headers.get_all(header::VIA).iter().any(own) {
        return Err(failed("VIDEO_ORIGIN leads back to a viewer".to_owned()).into());
    }
    let target = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let uri: Uri = format!("{origin}{}", service.config.base.path(target))
        .parse()
        .map_err(|_| Problem::bad_request("The path is no URL's."))?;
    let mut headers = HeaderMap::new();
    for name in READ {
        for value in head.headers.get_all(&name) {
            headers.append(&name, value.clone());
        }
    }
    // Video-edge gives the bytes of a segment to a page of another origin, where it leads others to the store. A report
    // is checked here, and video-edge would compare the page's origin with its own.
    if head.method.is_safe() {
        headers.extend(head.headers.get(header::ORIGIN).map(|page| (header::ORIGIN, page.clone())));
    }
    headers.insert(header::VIA, HeaderValue::from_static(VIA));
    let naming = Naming { https: cx.facts.https, base: &service.config.base };
    if let Some(cookie) = sessions::forward(&head.headers, naming, origin.starts_with("https:")) {
        headers.insert(header::COOKIE, cookie);
    }
    let send = || {
        let mut request = Request::new(body.clone());
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = headers.clone();
        cx.fetch(request)
    };
    let first = send().await;
    // What was taken once is not to be taken twice.
    let mut response = if head.method.is_safe() { cx.or_again(first, send).await? } else { first? };
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == Problem::MEDIA_TYPE);
    if response.status().is_server_error() && !is_problem {
        // A server before video-edge gave this answer. Its words are not for the client.
        return Err(failed(format!("VIDEO_ORIGIN answered {}", response.status().as_u16())).into());
    }
    // Only viewer-edge sets these headers, and says which pages may read what a cookie opens.
    let for_one = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_some_and(|origin| origin != "*");
    let own = [header::SET_COOKIE, header::STRICT_TRANSPORT_SECURITY, header::ACCESS_CONTROL_ALLOW_CREDENTIALS];
    for name in own.into_iter().chain(for_one.then_some(header::ACCESS_CONTROL_ALLOW_ORIGIN)) {
        response.headers_mut().remove(name);
    }
    Ok(response)
}

/// Forwards what a page reports of a film's playback.
pub(crate) async fn report<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    body: P::Body,
) -> Result<Response<P::Body>, Failure> {
    if token(head).is_none() {
        isolation::require_own_page(&service.config.cors, &head.headers)?;
    }
    let body = P::collect(body, MAX_REPORT).await.map_err(|error| match error.kind() {
        Kind::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A report is at most 1 KiB."),
        _ => Problem::bad_request("The body broke off."),
    })?;
    forward(service, cx, head, body).await
}

fn token(head: &request::Parts) -> Option<(&str, &str)> {
    head.uri.path().strip_prefix("/api/hls/").and_then(playback::split)
}
