//! Reading, listing and presigning objects.

use std::{cell::RefCell, collections::HashMap, time::UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use sigv4::{Bucket, Credentials, HeaderRequest, Payload, Presigner, SigningKey, sign_headers};

use platform::{Cx, EdgeCache, Error, Kind, Platform, headers::declared_length};

use crate::{Location, listing, refusal::refusal};

/// A bucket, and the credentials for it. The signing key of the day is kept in memory, and nowhere else.
pub struct Objects {
    bucket: Bucket,
    /// The bucket in URLs for browsers.
    public: Bucket,
    credentials: Credentials,
    key: RefCell<Option<SigningKey>>,
}

impl Objects {
    pub fn new(location: Location) -> Self {
        let Location { bucket, public, credentials, .. } = location;
        let public = public.unwrap_or_else(|| bucket.clone());
        Self { bucket, public, credentials, key: RefCell::new(None) }
    }

    /// Runs `f` with the signing key of `now`'s day, and derives the key anew when the day has changed.
    fn with_key<T>(&self, now: u64, f: impl FnOnce(&SigningKey) -> T) -> T {
        let mut held = self.key.borrow_mut();
        match &mut *held {
            Some(key) if key.valid_for(&self.credentials, self.bucket.region(), now) => f(key),
            held => f(held.insert(SigningKey::derive(&self.credentials, self.bucket.region(), now))),
        }
    }

    /// A signer of URLs. Anyone who has such a URL may read its object, from `now` on for `expires` seconds.
    pub fn presigner(&self, now: u64, expires: u32) -> Result<Presigner, Error> {
        self.with_key(now, |key| Presigner::new(key, &self.public, sigv4::Method::Get, now, expires))
            .map_err(|error| Error::because(Kind::Internal, "object.presign", error))
    }

    /// Sixteen hexadecimal digits that change when the bucket's address for browsers, or its credentials change. The
    /// digits are part of a signature, so they reveal no more than any presigned URL does.
    pub fn fingerprint(&self) -> String {
        let key = SigningKey::derive(&self.credentials, self.bucket.region(), 0);
        let mut url = String::new();
        if let Ok(presigner) = Presigner::new(&key, &self.public, sigv4::Method::Get, 0, 1) {
            presigner.presign_into(&mut url, "fingerprint");
        }
        url.split_off(url.len().saturating_sub(16))
    }

    /// GET or HEAD of an object. `headers` may hold `Range` and conditions, which are sent as they are.
    ///
    /// - 200, 206, 304, 404, 412 and 416 are answers. Every other status is an error.
    /// - The request is sent a second time, after a short pause, if the store could not be reached or reported a
    ///   failure. There is no second try after a timeout, and none once a head has arrived.
    /// - With `edge_cache`, a 200 or the 206 to a `Range` may come from the host's edge cache.
    pub async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        method: &Method,
        key: &str,
        headers: &HeaderMap,
        edge_cache: Option<&EdgeCache>,
    ) -> Result<Response<P::Body>, Error> {
        let first = self.read_once(cx, method, key, headers, edge_cache).await;
        cx.or_again(first, || self.read_once(cx, method, key, headers, edge_cache)).await
    }

    /// GETs of several parts of an object, one for each of `headers`, see [`read_all`](Self::read_all).
    pub async fn read_parts<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        key: &str,
        headers: &[HeaderMap],
    ) -> Result<Vec<Response<P::Body>>, Error> {
        let all: Vec<_> = headers.iter().map(|headers| (key.to_owned(), headers.clone())).collect();
        self.read_all(cx, &all, None).await
    }

    /// Several GETs. All that the host does not keep are sent before the first answer is awaited. Answers, errors and
    /// the second try are those of [`read`](Self::read).
    pub async fn read_all<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        all: &[(String, HeaderMap)],
        edge_cache: Option<&EdgeCache>,
    ) -> Result<Vec<Response<P::Body>>, Error> {
        let (mut found, mut requests) = (Vec::with_capacity(all.len()), Vec::new());
        for (key, headers) in all {
            let kept = self.kept(cx, &Method::GET, key, headers, edge_cache);
            if kept.is_none() {
                requests.push(self.request(sigv4::Method::Get, key, headers, edge_cache, cx.facts.now)?);
            }
            found.push(kept);
        }
        let mut sent = cx.fetch_all(requests).await.into_iter();
        let mut answers = Vec::with_capacity(all.len());
        for (kept, (key, headers)) in found.into_iter().zip(all) {
            let first = match kept.map(Ok).or_else(|| sent.next()) {
                Some(Ok(response)) => accepted::<P>(response).await,
                Some(Err(error)) => Err(error),
                None => Err(Error::new(Kind::Internal, "object.read")),
            };
            let again = || self.read_once(cx, &Method::GET, key, headers, edge_cache);
            answers.push(cx.or_again(first, again).await?);
        }
        Ok(answers)
    }

    async fn read_once<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        method: &Method,
        key: &str,
        headers: &HeaderMap,
        edge_cache: Option<&EdgeCache>,
    ) -> Result<Response<P::Body>, Error> {
        if let Some(kept) = self.kept(cx, method, key, headers, edge_cache) {
            return accepted::<P>(kept).await;
        }
        let method = if method == Method::HEAD { sigv4::Method::Head } else { sigv4::Method::Get };
        accepted::<P>(cx.fetch(self.request(method, key, headers, edge_cache, cx.facts.now)?).await?).await
    }

    fn request(
        &self,
        method: sigv4::Method,
        key: &str,
        headers: &HeaderMap,
        edge_cache: Option<&EdgeCache>,
        now: u64,
    ) -> Result<Request<Bytes>, Error> {
        let mut request = self.signed(&bodiless(method, key, &[]), headers, Bytes::new(), now)?;
        if let Some(edge_cache) = edge_cache {
            request.extensions_mut().insert(edge_cache.clone());
        }
        Ok(request)
    }

    /// What the host keeps under this wish. It is looked for before the request is signed, which takes more time.
    fn kept<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        method: &Method,
        key: &str,
        headers: &HeaderMap,
        edge_cache: Option<&EdgeCache>,
    ) -> Option<Response<P::Body>> {
        cx.kept(edge_cache?, || self.unsigned(method, key, headers))
    }

    /// The request without a signature.
    fn unsigned(&self, method: &Method, key: &str, headers: &HeaderMap) -> Option<Request<Bytes>> {
        let mut url = String::new();
        self.bucket.object_url_into(&mut url, key);
        let mut request = Request::builder().method(method).uri(url).body(Bytes::new()).ok()?;
        *request.headers_mut() = headers.clone();
        Some(request)
    }

    /// A signed request. The headers in `more` are sent, but not signed.
    pub fn signed(
        &self,
        unsigned: &HeaderRequest<'_>,
        more: &HeaderMap,
        body: Bytes,
        now: u64,
    ) -> Result<Request<Bytes>, Error> {
        let signed = self
            .with_key(now, |signing_key| sign_headers(signing_key, &self.bucket, unsigned, now))
            .map_err(|error| Error::because(Kind::Internal, "object.sign", error))?;
        let internal = |error: http::Error| Error::because(Kind::Internal, "object.request", error);
        let mut request =
            Request::builder().method(unsigned.method.as_str()).uri(signed.url).body(body).map_err(internal)?;
        request.headers_mut().extend(more.clone());
        for (name, value) in unsigned.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| internal(error.into()))?;
            request.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|error| internal(error.into()))?);
        }
        for (name, value) in signed.headers {
            let mut value = HeaderValue::from_str(&value).map_err(|error| internal(error.into()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    /// Asks for the first byte of an object once. How the store refuses, if it does not answer as a store does, whether
    /// or not the object exists; and the time of the store's answer, in seconds since 1970.
    ///
    /// A HEAD would not do: the answer to it does not say whether the object is missing or the whole bucket.
    pub async fn reach<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        key: &str,
    ) -> Result<(Result<(), Error>, Option<u64>), Error> {
        let first_byte = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static("bytes=0-0"))]);
        let response = cx.fetch(self.request(sigv4::Method::Get, key, &first_byte, None, cx.facts.now)?).await?;
        let date =
            response.headers().get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let date = date.and_then(|date| Some(date.duration_since(UNIX_EPOCH).ok()?.as_secs()));
        let answer = match response.status() {
            // The body is dropped unread: a store that knows no ranges sends the whole object.
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Ok(()),
            status => {
                let error = refusal::<P>("object.reach", response).await;
                let is_bucket_there = status == StatusCode::NOT_FOUND && error.code() != Some("NoSuchBucket");
                if is_bucket_there { Ok(()) } else { Err(error) }
            }
        };
        Ok((answer, date))
    }

    /// A whole object of at most `max` bytes; `None` if the object does not exist.
    pub async fn get<P: Platform>(&self, cx: &Cx<'_, P>, key: &str, max: usize) -> Result<Option<Bytes>, Error> {
        let response = self.read(cx, &Method::GET, key, &HeaderMap::new(), None).await?;
        match response.status() {
            StatusCode::OK => {
                let declared = declared_length(response.headers());
                let body = P::collect(response.into_body(), max).await?;
                if declared.is_some_and(|length| length != body.len() as u64) {
                    return Err(Error::because(Kind::Unavailable, "object.get", "the body is shorter than declared"));
                }
                Ok(Some(body))
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refusal::<P>("object.get", response).await),
        }
    }

    /// Writes an object, once, and returns the tag that the store gives it. The last write wins.
    pub async fn put<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        key: &str,
        content_type: &str,
        bytes: Bytes,
    ) -> Result<Option<HeaderValue>, Error> {
        let unsigned = HeaderRequest {
            method: sigv4::Method::Put,
            object_key: key,
            query: &[],
            headers: &[("content-type", content_type)],
            payload: Payload::of(&bytes),
        };
        let response = cx.fetch(self.signed(&unsigned, &HeaderMap::new(), bytes, cx.facts.now)?).await?;
        match response.status() {
            status if status.is_success() => Ok(response.headers().get(header::ETAG).cloned()),
            _ => Err(refusal::<P>("object.put", response).await),
        }
    }

    /// The sizes of all objects whose key begins with `prefix`, by key. At most `MAX_PAGES` pages of a thousand.
    pub async fn list<P: Platform>(&self, cx: &Cx<'_, P>, prefix: &str) -> Result<HashMap<String, u64>, Error> {
        let mut sizes = HashMap::new();
        let mut continuation: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = vec![("list-type", "2"), ("prefix", prefix)];
            if let Some(token) = &continuation {
                query.push(("continuation-token", token));
            }
            let unsigned = bodiless(sigv4::Method::Get, "", &query);
            let request = self.signed(&unsigned, &HeaderMap::new(), Bytes::new(), cx.facts.now)?;
            let response = cx.fetch(request).await?;
            if response.status() != StatusCode::OK {
                return Err(refusal::<P>("object.list", response).await);
            }
            let body = P::collect(response.into_body(), MAX_LISTING).await?;
            let page = std::str::from_utf8(&body).ok().and_then(listing::parse);
            let page = page.ok_or(Error::because(Kind::Invalid, "object.list", "the answer is no listing"))?;
            sizes.extend(page.objects);
            match page.next {
                Some(next) => continuation = Some(next),
                None => return Ok(sizes),
            }
        }
        Err(Error::new(Kind::TooLarge, "object.list"))
    }
}

/// A request without a body, which is yet to be signed.
pub const fn bodiless<'a>(
    method: sigv4::Method,
    object_key: &'a str,
    query: &'a [(&'a str, &'a str)],
) -> HeaderRequest<'a> {
    HeaderRequest { method, object_key, query, headers: &[], payload: Payload::Empty }
}

/// The responses that [`Objects::read`] accepts as answers.
async fn accepted<P: Platform>(response: Response<P::Body>) -> Result<Response<P::Body>, Error> {
    match response.status() {
        StatusCode::OK
        | StatusCode::PARTIAL_CONTENT
        | StatusCode::NOT_MODIFIED
        | StatusCode::NOT_FOUND
        | StatusCode::PRECONDITION_FAILED
        | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
        // Boxed, so that the future of a read has no room for what is rare.
        _ => Err(Box::pin(refusal::<P>("object.read", response)).await),
    }
}

/// The most pages of a listing that are read: ten thousand segments.
const MAX_PAGES: usize = 10;
/// The largest page of a listing, in bytes.
const MAX_LISTING: usize = 4 * 1024 * 1024;
