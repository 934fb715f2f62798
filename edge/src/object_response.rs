//! An object of the bucket as a response: ranges, conditions, and the headers of a private file.
//!
//! A request costs one GET to the store, and no HEAD before it. This module evaluates the client's conditions and
//! ranges itself, by the headers of the store's answer. The store is asked only for a part, with a hint that may
//! spare it the body. Bodies are forwarded unread.

use bytes::Bytes;
use gallery::{
    conditional::{Conditions, Validators, Verdict},
    etag::ETag,
    multipart::Frame,
    range::{self, ByteRange},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header, request};
use platform::{Cx, EdgeCache, Error, Kind, Platform, Problem, headers::declared_length};
use platform_s3::Objects;

use crate::{Failure, respond};

/// How an object is presented to the client.
#[derive(Clone)]
pub struct Presentation {
    pub cache_control: &'static str,
    /// The type of the content if it is known. It replaces the type that the store gives.
    pub content_type: Option<&'static str>,
    pub disposition: Option<String>,
    /// The object's tag, in quotes, if the service knows which bytes the URL means. It stands for the store's tag, and
    /// conditions that name tags are decided without the store.
    pub tag: Option<String>,
    /// Set if the host may keep the object in its edge cache. It is not set for originals, which are large and seldom
    /// read twice.
    pub edge_cache: Option<EdgeCache>,
}

/// The types that a browser may show in the page. Any other type, above all SVG and HTML, is a download.
const SHOWN: [&str; 11] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/heic",
    "image/heif",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "application/pdf",
];

/// The type that is sent for all other types.
const DOWNLOAD: &str = "application/octet-stream";

/// The headers of the store's answer that reach the client.
const FORWARDED: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::ETAG, header::LAST_MODIFIED, header::CONTENT_TYPE];

/// The most headers that a response usually has in the end, so that their table need not grow.
const HEADERS: usize = 16;

/// How often an object is requested within one request of a client, not counting the further parts of several ranges.
/// Nearly always once. It is three times if the first of several ranges is refused, and as often again if the object
/// is replaced at that moment.
const TRIES: usize = 6;

/// Serves an object that is in the bucket by what the catalogue says.
pub async fn serve<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    object_key: &str,
    presentation: &Presentation,
) -> Result<Response<P::Body>, Failure> {
    let found = find(objects, cx, head, object_key, presentation).await?;
    Ok(found.ok_or_else(|| Problem::not_found("The file is in the catalogue but not in the bucket."))?)
}

/// Serves an object, if it is in the bucket.
pub async fn find<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    object_key: &str,
    presentation: &Presentation,
) -> Result<Option<Response<P::Body>>, Failure> {
    let object = Object { objects, cx, key: object_key, presentation };
    let conditions = Conditions::of(&head.headers);
    let verdict = presentation.verdict(&conditions, &head.headers);
    if let Some(answer) = decided(verdict, &HeaderMap::new(), &conditions, presentation)? {
        return Ok(Some(answer));
    }
    // The store does not know a tag of ours.
    let hint = conditions.hint().filter(|(name, _)| presentation.tag.is_none() || name != header::IF_NONE_MATCH);
    // Section 14.2: a range has a meaning only with GET.
    let mut ranges = if head.method == Method::GET { range::of(&head.headers) } else { Vec::new() };
    let mut asked = ranges.first().copied();
    for _ in 0..TRIES {
        let answer = object.read(&head.method, asked, hint.clone()).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => {}
            StatusCode::NOT_MODIFIED => {
                return Ok(Some(not_modified(answer.headers(), &conditions, presentation)));
            }
            StatusCode::NOT_FOUND => return Ok(None),
            StatusCode::RANGE_NOT_SATISFIABLE if asked.is_some() => {
                // A store need not state the size with a 416. It also sends no tag, which is needed for conditions
                // that take precedence.
                let size = size_outside(answer.headers()).filter(|size| *size > 0);
                if let Some(size) = size.filter(|_| ranges.len() == 1 && conditions.is_empty()) {
                    return Err(unsatisfiable(size).into());
                }
                asked = None;
                continue;
            }
            status => return Err(unusable(&format!("the store answered {}", status.as_u16()))),
        }
        let current = presentation.validators(answer.headers());
        let verdict = conditions.verdict(current);
        if let Some(answer) = decided(verdict, answer.headers(), &conditions, presentation)? {
            return Ok(Some(answer));
        }
        let in_hand = Span::of(&answer).ok_or_else(|| unusable("a part without its place"))?;
        // A store that does not know ranges sends the whole object. An empty file has no part, so a client that
        // always sends a range gets the whole file.
        let whole_for_part = asked.is_some() && !in_hand.is_part;
        if ranges.is_empty() || whole_for_part || in_hand.size == 0 || !conditions.allow_range(current) {
            if !in_hand.is_part {
                return Ok(Some(present(answer, presentation)));
            }
            (ranges, asked) = (Vec::new(), None);
            continue;
        }
        match range::select(&ranges, in_hand.size).as_slice() {
            [] => return Err(unsatisfiable(in_hand.size).into()),
            [part] if in_hand.is(*part) => return Ok(Some(present(answer, presentation))),
            [(first, last)] => asked = Some(ByteRange::Closed(*first, *last)),
            parts => {
                if let Some(response) = object.several(answer, in_hand, parts).await? {
                    return Ok(Some(response));
                }
                (ranges, asked) = (Vec::new(), None);
            }
        }
    }
    Err(unusable("the store contradicts itself"))
}

impl Presentation {
    fn own_tag(&self) -> Option<ETag<'_>> {
        self.tag.as_deref().and_then(ETag::parse)
    }

    /// What can be said before the store is asked. A date needs the store.
    fn verdict(&self, conditions: &Conditions<'_>, request: &HeaderMap) -> Verdict {
        let tag = self.own_tag().filter(|_| !request.contains_key(header::IF_UNMODIFIED_SINCE));
        tag.map_or(Verdict::Proceed, |tag| conditions.verdict(Validators { etag: Some(tag), modified: None }))
    }

    /// The validators of the object, of which the store gave these headers.
    fn validators<'a>(&'a self, upstream: &'a HeaderMap) -> Validators<'a> {
        let theirs = Validators::of(upstream);
        Validators { etag: self.own_tag().or(theirs.etag), modified: theirs.modified }
    }

    /// Puts the own tag in the place of the store's.
    fn set_tag(&self, headers: &mut HeaderMap) {
        if let Some(tag) = self.own_tag().and_then(|tag| HeaderValue::from_str(tag.quoted).ok()) {
            headers.insert(header::ETAG, tag);
        }
    }
}

/// The part of an object that an answer holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Span {
    first: u64,
    last: u64,
    size: u64,
    is_part: bool,
}

impl Span {
    /// `None` if the answer is a part and does not say which part it is.
    fn of<B>(answer: &Response<B>) -> Option<Self> {
        if answer.status() != StatusCode::PARTIAL_CONTENT {
            let size = declared_length(answer.headers()).unwrap_or_default();
            return Some(Self { first: 0, last: size.saturating_sub(1), size, is_part: false });
        }
        let (part, size) = content_range(answer.headers())?.split_once('/')?;
        let (first, last) = part.split_once('-')?;
        Some(Self { first: first.parse().ok()?, last: last.parse().ok()?, size: size.parse().ok()?, is_part: true })
    }

    fn is(self, (first, last): (u64, u64)) -> bool {
        self.is_part && (self.first, self.last) == (first, last)
    }
}

/// An object, and the request for which it is served.
struct Object<'a, P: Platform> {
    objects: &'a Objects,
    cx: &'a Cx<'a, P>,
    key: &'a str,
    presentation: &'a Presentation,
}

impl<P: Platform> Object<'_, P> {
    async fn read(
        &self,
        method: &Method,
        range: Option<ByteRange>,
        hint: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Response<P::Body>, Failure> {
        let method = if method == Method::HEAD { Method::HEAD } else { Method::GET };
        let mut headers: HeaderMap = hint.into_iter().collect();
        if let Some(range) = range {
            headers.insert(header::RANGE, value(&range.to_string())?);
        }
        let edge_cache = self.presentation.edge_cache.as_ref();
        Ok(self.objects.read(self.cx, &method, self.key, &headers, edge_cache).await?)
    }

    /// Several parts as one response. `None` if the whole object must be sent instead: the whole is shorter, or the
    /// object has no strong tag by which its parts belong together, or it is stored encoded, or it has changed.
    ///
    /// The part in hand is used if it is one of the parts. The other parts are requested at once, on condition that
    /// they are of the same version, and the host joins them.
    async fn several(
        &self,
        answer: Response<P::Body>,
        in_hand: Span,
        parts: &[(u64, u64)],
    ) -> Result<Option<Response<P::Body>>, Failure> {
        let (head, body) = answer.into_parts();
        let is_strong = Validators::of(&head.headers).etag.is_some_and(|tag| !tag.weak);
        let Some(tag) = head.headers.get(header::ETAG).filter(|_| is_strong) else { return Ok(None) };
        let mut headers = presented(&head.headers, self.presentation);
        // The header would speak of the multipart body, which is not encoded.
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Ok(None);
        }
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or(DOWNLOAD);
        let frame = Frame::new(parts, in_hand.size, content_type, u128::from_be_bytes(self.cx.entropy()));
        if frame.length > in_hand.size {
            return Ok(None);
        }
        // If the part in hand is not one of the parts, it is dropped before they are requested.
        let mut body = parts.iter().any(|part| in_hand.is(*part)).then_some(body);
        let missing: Vec<_> = parts.iter().filter(|part| !in_hand.is(**part)).collect();
        let mut requests = Vec::with_capacity(missing.len());
        for (first, last) in &missing {
            let range = value(&ByteRange::Closed(*first, *last).to_string())?;
            requests.push(HeaderMap::from_iter([(header::RANGE, range), (header::IF_MATCH, tag.clone())]));
        }
        let others = self.objects.read_parts(self.cx, self.key, &requests).await?;
        let is_wanted = |(other, part): (&Response<P::Body>, &&(u64, u64))| {
            let span = Span::of(other).filter(|span| span.is(**part) && span.size == in_hand.size);
            span.is_some() && other.headers().get(header::ETAG) == Some(tag)
        };
        if !others.iter().zip(&missing).all(is_wanted) {
            return Ok(None);
        }
        let mut others = others.into_iter().map(Response::into_body);
        let mut delimiters = frame.delimiters.into_iter().map(|text| P::Body::from(Bytes::from(text)));
        let mut pieces = Vec::with_capacity(2 * parts.len() + 1);
        for part in parts {
            pieces.extend(delimiters.next());
            pieces.extend(if in_hand.is(*part) { body.take() } else { others.next() });
        }
        pieces.extend(delimiters);
        headers.remove(header::CONTENT_RANGE);
        headers.insert(header::CONTENT_TYPE, value(&frame.content_type)?);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(frame.length));
        let mut response = Response::new(P::join(pieces));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        *response.headers_mut() = headers;
        Ok(Some(response))
    }
}

pub(crate) fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|error| Error::because(Kind::Internal, "object.read", error))
}

pub(crate) fn unusable(words: &str) -> Failure {
    Error::because(Kind::Invalid, "object.read", words.to_owned()).into()
}

pub(crate) fn content_range(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")
}

/// The size that a 416 states.
fn size_outside(headers: &HeaderMap) -> Option<u64> {
    content_range(headers)?.strip_prefix("*/")?.parse().ok()
}

/// The answer that conditions call for instead of the object, if they do.
pub(crate) fn decided<B: From<Bytes>>(
    verdict: Verdict,
    upstream: &HeaderMap,
    conditions: &Conditions<'_>,
    presentation: &Presentation,
) -> Result<Option<Response<B>>, Problem> {
    match verdict {
        Verdict::Proceed => Ok(None),
        Verdict::NotModified => Ok(Some(not_modified(upstream, conditions, presentation))),
        Verdict::Failed => Err(Problem::precondition_failed()),
    }
}

fn not_modified<B: From<Bytes>>(
    upstream: &HeaderMap,
    conditions: &Conditions<'_>,
    presentation: &Presentation,
) -> Response<B> {
    let mut response = respond::empty(StatusCode::NOT_MODIFIED);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.reserve(HEADERS);
    // A store may leave the tag out of its 304. The tag in the request is then the current one.
    headers.extend(
        conditions.hint().filter(|(name, _)| name == header::IF_NONE_MATCH).map(|(_, tag)| (header::ETAG, tag)),
    );
    for name in [header::ETAG, header::LAST_MODIFIED] {
        if let Some(value) = upstream.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    presentation.set_tag(headers);
    respond::set(headers, header::CACHE_CONTROL, presentation.cache_control);
    response
}

fn present<B>(answer: Response<B>, presentation: &Presentation) -> Response<B> {
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(body);
    *response.status_mut() = parts.status;
    *response.headers_mut() = presented(&parts.headers, presentation);
    response
}

/// The headers of the store's answer as the client gets them.
pub(crate) fn presented(upstream: &HeaderMap, presentation: &Presentation) -> HeaderMap {
    let forwarded = FORWARDED.into_iter().filter_map(|name| Some((name.clone(), upstream.get(name)?.clone())));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.extend(forwarded);
    presentation.set_tag(&mut headers);
    respond::set(&mut headers, header::CACHE_CONTROL, presentation.cache_control);
    respond::set(&mut headers, header::ACCEPT_RANGES, "bytes");
    if let Some(encoding) = upstream.get(header::CONTENT_ENCODING).and_then(encoding) {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    if let Some(content_type) = presentation.content_type {
        respond::set(&mut headers, header::CONTENT_TYPE, content_type);
    }
    let shown = presentation.content_type.is_some()
        || headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| SHOWN.contains(&value.to_ascii_lowercase().as_str()));
    if !shown {
        respond::set(&mut headers, header::CONTENT_TYPE, DOWNLOAD);
    }
    if let Some(disposition) = &presentation.disposition {
        let disposition = if shown { disposition.clone() } else { disposition.replacen("inline", "attachment", 1) };
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
    }
    headers
}

/// The encoding in which the bytes arrive. `aws-chunked`, which comes first in the list, tells only how an upload was
/// sent, and some stores keep it.
fn encoding(stored: &HeaderValue) -> Option<HeaderValue> {
    let list = stored.to_str().ok()?;
    let list = list.strip_prefix("aws-chunked").map_or(list, |rest| rest.trim_start_matches([',', ' ']));
    if matches!(list, "" | "identity") { None } else { HeaderValue::from_str(list).ok() }
}

pub(crate) fn unsatisfiable(size: u64) -> Problem {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "The range lies outside the file; Content-Range tells its size.",
    );
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => problem.with(header::CONTENT_RANGE, value),
        Err(_) => problem,
    }
}
