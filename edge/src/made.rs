//! A response that is put together here, with a length and a tag that are known before: ranges and conditions.

use gallery::{
    conditional::{Conditions, Validators},
    etag::ETag,
    range,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request};

use crate::{
    Failure,
    object_response::{Presentation, decided, presented, unsatisfiable, value},
};

/// What a request is answered with.
pub enum Wanted<B> {
    /// This, without any of the bytes.
    Answer(Response<B>),
    Part(Part),
}

/// A part of the bytes, or the whole.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    start: u64,
    end: u64,
    size: u64,
    is_whole: bool,
}

/// Evaluates the conditions and the range of a request for something of `size` bytes. The presentation has its tag.
/// Several ranges are answered with the whole, as RFC 9110 section 14.2 allows.
pub fn wanted<B: From<bytes::Bytes>>(
    head: &request::Parts,
    size: u64,
    presentation: &Presentation,
) -> Result<Wanted<B>, Failure> {
    let conditions = Conditions::of(&head.headers);
    let current = Validators { etag: presentation.tag.as_deref().and_then(ETag::parse), modified: None };
    if let Some(answer) = decided(conditions.verdict(current), &HeaderMap::new(), &conditions, presentation)? {
        return Ok(Wanted::Answer(answer));
    }
    let is_ranged = head.method == Method::GET && size > 0 && conditions.allow_range(current);
    let ranges = if is_ranged { range::of(&head.headers) } else { Vec::new() };
    let (start, end, is_whole) = match range::select(&ranges, size).as_slice() {
        [] if !ranges.is_empty() => return Err(unsatisfiable(size).into()),
        [(first, last)] => (*first, last + 1, false),
        _ => (0, size, true),
    };
    Ok(Wanted::Part(Part { start, end, size, is_whole }))
}

impl Part {
    /// From a byte up to another one, which is not included.
    pub const fn span(&self) -> (u64, u64) {
        (self.start, self.end)
    }

    /// The response with these bytes, or the response to a HEAD without them.
    pub fn present<B>(
        &self,
        body: B,
        content_type: &str,
        presentation: &Presentation,
    ) -> Result<Response<B>, platform::Error> {
        let mut known = HeaderMap::new();
        known.insert(header::CONTENT_TYPE, value(content_type)?);
        known.insert(header::CONTENT_LENGTH, HeaderValue::from(self.end - self.start));
        if !self.is_whole {
            let range = format!("bytes {}-{}/{}", self.start, self.end - 1, self.size);
            known.insert(header::CONTENT_RANGE, value(&range)?);
        }
        let mut response = Response::new(body);
        *response.status_mut() = if self.is_whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
        *response.headers_mut() = presented(&known, presentation);
        Ok(response)
    }
}
