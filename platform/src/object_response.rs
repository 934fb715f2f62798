//! An object of the bucket as a response: ranges, conditions, and the headers of a private file.
//!
//! One conditional GET upstream and no HEAD before it. The body is handed on unread.

use gallery::{
    etag::{Condition, ETag},
    range::{self, ByteRange},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header, request};

use crate::{Cx, Keep, Platform, Problem, object::Objects, respond};

/// How an object is shown.
pub struct Presentation {
    pub cache_control: &'static str,
    /// Instead of the store's word, where we know it.
    pub content_type: Option<&'static str>,
    pub disposition: Option<String>,
    /// The size the catalogue knows, for a 416 whose store does not tell it.
    pub catalogue_size: Option<u64>,
    /// Whether the host may keep it near. Not for originals: they are large, and seldom seen twice.
    pub keep: Option<Keep>,
}

/// What a browser may show in place. Anything else, SVG and HTML first of all, is a download.
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

/// What of the store's headers reaches the client.
const KEPT: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::ETAG, header::LAST_MODIFIED, header::CONTENT_TYPE];

pub async fn serve<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    object_key: &str,
    presentation: &Presentation,
) -> Result<Response<P::Body>, Problem> {
    let method = if head.method == Method::HEAD { Method::HEAD } else { Method::GET };
    let asked = Asked::of(head);
    let upstream = asked.upstream_headers();
    let keep = presentation.keep.as_ref();
    let mut answer = objects.read(cx, &method, object_key, &upstream, keep).await.map_err(|error| cx.failed(&error))?;
    let part_is_off = answer.status() == StatusCode::PRECONDITION_FAILED && asked.tag_of_part().is_some();
    if asked.range.is_some() && (part_is_off || asked.is_another_object(answer.headers())) {
        // The object has changed since the client got its part: it gets the whole (RFC 9110 section 13.1.5).
        let mut whole = upstream.clone();
        whole.remove(header::RANGE);
        if asked.tag_of_part().is_some() {
            whole.remove(header::IF_MATCH);
        }
        answer = objects.read(cx, &method, object_key, &whole, keep).await.map_err(|error| cx.failed(&error))?;
    }
    match answer.status() {
        StatusCode::NOT_FOUND => return Err(Problem::not_found("The file is in the catalogue but not in the bucket.")),
        StatusCode::PRECONDITION_FAILED => return Err(changed()),
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED
            if asked.is_not_allowed(answer.headers()) =>
        {
            return Err(changed());
        }
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(unsatisfiable(answer.headers(), presentation)),
        _ => {}
    }
    let not_modified = answer.status() == StatusCode::NOT_MODIFIED || asked.has(answer.headers());
    let mut headers = HeaderMap::new();
    for name in KEPT {
        if let Some(value) = answer.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if not_modified {
        // A store may leave the tag out of its 304; then the one it was asked about is the current one.
        if let (false, Some(tag)) = (headers.contains_key(header::ETAG), upstream.get(header::IF_NONE_MATCH)) {
            headers.insert(header::ETAG, tag.clone());
        }
        for name in [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::CONTENT_TYPE] {
            headers.remove(name);
        }
        respond::set(&mut headers, header::CACHE_CONTROL, presentation.cache_control);
        let mut response = respond::empty(StatusCode::NOT_MODIFIED);
        *response.headers_mut() = headers;
        return Ok(response);
    }
    present(&mut headers, presentation);
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(body);
    *response.status_mut() = parts.status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn changed() -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "The file has changed.")
}

fn present(headers: &mut HeaderMap, presentation: &Presentation) {
    respond::set(headers, header::CACHE_CONTROL, presentation.cache_control);
    respond::set(headers, header::ACCEPT_RANGES, "bytes");
    if let Some(content_type) = presentation.content_type {
        respond::set(headers, header::CONTENT_TYPE, content_type);
    }
    let shown = presentation.content_type.is_some()
        || headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| SHOWN.contains(&value.to_ascii_lowercase().as_str()));
    if !shown {
        respond::set(headers, header::CONTENT_TYPE, "application/octet-stream");
    }
    if let Some(disposition) = &presentation.disposition {
        let disposition = if shown { disposition.clone() } else { disposition.replacen("inline", "attachment", 1) };
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
    }
}

fn unsatisfiable(upstream: &HeaderMap, presentation: &Presentation) -> Problem {
    let told = upstream.get(header::CONTENT_RANGE).filter(|value| value.as_bytes().starts_with(b"bytes */")).cloned();
    let known = presentation.catalogue_size.and_then(|size| HeaderValue::from_str(&format!("bytes */{size}")).ok());
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "The range lies outside the file; Content-Range tells its size.",
    );
    match told.or(known) {
        Some(value) => problem.with(header::CONTENT_RANGE, value),
        None => problem,
    }
}

/// The client's conditions, read once.
struct Asked<'a> {
    /// One range, to be honoured. Several are answered with the whole file, which RFC 9110 section 14.2 allows.
    range: Option<ByteRange>,
    /// What `If-Range` says the client's part is of: a tag or a date.
    if_range: Option<&'a str>,
    if_match: Option<Condition<'a>>,
    if_unmodified_since: Option<&'a HeaderValue>,
    if_none_match: Option<Condition<'a>>,
    if_modified_since: Option<&'a HeaderValue>,
}

impl<'a> Asked<'a> {
    fn of(head: &'a request::Parts) -> Self {
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
        let (if_match, if_none_match) = (text(header::IF_MATCH), text(header::IF_NONE_MATCH));
        let range = if head.method == Method::GET { text(header::RANGE).and_then(range::parse) } else { None };
        let range = range.filter(|ranges| ranges.len() == 1).map(|ranges| ranges[0]);
        let if_range = text(header::IF_RANGE).map(str::trim);
        // A weak tag never matches strongly (section 13.1.5): the range is off.
        let range = range.filter(|_| !if_range.is_some_and(|tag| tag.starts_with("W/")));
        Self {
            range,
            if_range: range.and(if_range),
            // Sections 13.1.3 and 13.1.4: a date is ignored beside a tag.
            if_unmodified_since: if_match.map_or_else(|| head.headers.get(header::IF_UNMODIFIED_SINCE), |_| None),
            if_match: if_match.and_then(Condition::parse),
            if_modified_since: if_none_match.map_or_else(|| head.headers.get(header::IF_MODIFIED_SINCE), |_| None),
            if_none_match: if_none_match.and_then(Condition::parse),
        }
    }

    /// What the store is asked. It compares one tag or one date itself, so that a 304 costs no bytes.
    fn upstream_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        if let Some(range) = self.range {
            put(header::RANGE, &range.to_string());
            if let Some(tag) = self.tag_of_part() {
                put(header::IF_MATCH, tag);
            }
        }
        if let Some(Condition::Tags(tags)) = &self.if_match
            && let [ETag { weak: false, quoted }] = tags.as_slice()
        {
            put(header::IF_MATCH, quoted);
        }
        if let Some(Condition::Tags(tags)) = &self.if_none_match
            && let [tag] = tags.as_slice()
        {
            put(header::IF_NONE_MATCH, tag.quoted);
        }
        for (name, date) in [
            (header::IF_MODIFIED_SINCE, self.if_modified_since),
            (header::IF_UNMODIFIED_SINCE, self.if_unmodified_since),
        ] {
            if let Some(date) = date {
                headers.insert(name, date.clone());
            }
        }
        headers
    }

    /// The tag of `If-Range`, where the store can compare it: it has one `If-Match`, and the client's own goes first.
    fn tag_of_part(&self) -> Option<&'a str> {
        self.if_range.filter(|text| self.if_match.is_none() && ETag::parse(text).is_some())
    }

    /// Whether a part came of another object than `If-Range` says, where the store could not tell.
    /// A date must match to the letter.
    fn is_another_object(&self, headers: &HeaderMap) -> bool {
        let Some(wanted) = self.if_range.filter(|_| self.tag_of_part().is_none()) else { return false };
        match ETag::parse(wanted) {
            Some(tag) => current_tag(headers).is_none_or(|current| !tag.strong_eq(current)),
            None => headers.get(header::LAST_MODIFIED).is_none_or(|date| date.as_bytes() != wanted.as_bytes()),
        }
    }

    /// Whether `If-Match` rules the object out, where the store could not tell: lists of tags, and weak ones, which
    /// never match strongly (section 13.1.1).
    fn is_not_allowed(&self, headers: &HeaderMap) -> bool {
        let Some(Condition::Tags(allowed)) = &self.if_match else { return false };
        current_tag(headers).is_some_and(|current| !allowed.iter().any(|tag| tag.strong_eq(current)))
    }

    /// Whether the client has this object already, where the store could not tell or was not asked: lists of tags, `*`,
    /// and a date that is the object's to the letter.
    fn has(&self, headers: &HeaderMap) -> bool {
        match (&self.if_none_match, current_tag(headers)) {
            (Some(condition), Some(current)) => condition.matches_weakly(current),
            (Some(Condition::Any), None) => true,
            (Some(_), None) => false,
            (None, _) => self.if_modified_since.is_some_and(|date| headers.get(header::LAST_MODIFIED) == Some(date)),
        }
    }
}

fn current_tag(headers: &HeaderMap) -> Option<ETag<'_>> {
    headers.get(header::ETAG).and_then(|value| value.to_str().ok()).and_then(ETag::parse)
}
