//! A store with one object that never exists in full: a body is a list of places in the object. Objects may therefore
//! have any size, and a body is right if its places are right.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use platform::{Error, Kind, Kv, KvKey, Platform, StoreName};
use platform_fallback::SqlHttp;

/// Bytes `first` to `last` of a version of the object, or bytes that the service made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Made(Bytes),
    Stored { version: usize, first: u64, last: u64 },
}

#[derive(Clone, Debug, Default)]
pub struct Body(pub Vec<Piece>);

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() { Vec::new() } else { vec![Piece::Made(bytes)] })
    }
}

/// A version of the object.
#[derive(Clone, Debug)]
pub struct Version {
    pub size: u64,
    pub tag: &'static str,
    pub date: &'static str,
}

/// The manners of a store.
#[allow(clippy::struct_excessive_bools, reason = "each is a manner of its own")]
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// The second version replaces the first after so many requests.
    pub changes_after: Option<usize>,
    /// The number of the request that fails.
    pub fails_at: Option<usize>,
    pub knows_no_ranges: bool,
    pub knows_no_conditions: bool,
    /// A 416 does not state the size.
    pub hides_size: bool,
    /// A 304 has no tag.
    pub hides_tag: bool,
    /// The object is stored with this `Content-Encoding`.
    pub encoding: Option<&'static str>,
}

#[derive(Debug)]
pub struct Store {
    pub versions: [Version; 2],
    pub manners: Manners,
    pub requests: Cell<usize>,
    /// The `Range` of each request.
    pub asked: RefCell<Vec<Option<String>>>,
}

impl Store {
    pub fn new(versions: [Version; 2], manners: Manners) -> Self {
        Self { versions, manners, requests: Cell::new(0), asked: RefCell::default() }
    }

    fn answer(&self, request: &Request<Bytes>) -> Result<Response<Body>, Error> {
        let number = self.requests.get();
        self.requests.set(number + 1);
        let version = usize::from(self.manners.changes_after.is_some_and(|requests| number >= requests));
        let Version { size, tag, date } = &self.versions[version];
        let asked = |name| request.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap());
        self.asked.borrow_mut().push(asked(header::RANGE).map(str::to_owned));
        assert!(request.headers().get_all(header::RANGE).iter().count() <= 1, "two ranges");
        if self.manners.fails_at == Some(number) {
            return Err(Error::new(Kind::Unavailable, "test.store"));
        }
        let response = |status: StatusCode| {
            Response::builder().status(status).header(header::ETAG, *tag).header(header::LAST_MODIFIED, *date)
        };
        // As in S3's documentation: the condition on the tag alone counts, and it is checked before the range.
        if !self.manners.knows_no_conditions && asked(header::IF_MATCH).is_some_and(|wanted| wanted != *tag) {
            return Ok(Response::builder().status(StatusCode::PRECONDITION_FAILED).body(Body::default()).unwrap());
        }
        if !self.manners.knows_no_conditions
            && (asked(header::IF_NONE_MATCH) == Some(*tag) || asked(header::IF_MODIFIED_SINCE) == Some(*date))
        {
            let mut unchanged = response(StatusCode::NOT_MODIFIED).body(Body::default()).unwrap();
            if self.manners.hides_tag {
                unchanged.headers_mut().remove(header::ETAG);
            }
            return Ok(unchanged);
        }
        let place = asked(header::RANGE).filter(|_| !self.manners.knows_no_ranges).map(|range| place(range, *size));
        let (status, range) = match place {
            Some(None) => {
                let mut outside = Response::builder().status(StatusCode::RANGE_NOT_SATISFIABLE);
                if !self.manners.hides_size {
                    outside = outside.header(header::CONTENT_RANGE, format!("bytes */{size}"));
                }
                return Ok(outside.body(Body::default()).unwrap());
            }
            Some(Some((first, last))) => (StatusCode::PARTIAL_CONTENT, Some((first, last))),
            None => (StatusCode::OK, size.checked_sub(1).map(|last| (0, last))),
        };
        let length = range.map_or(0, |(first, last)| last - first + 1);
        let mut builder =
            response(status).header(header::CONTENT_LENGTH, length).header(header::CONTENT_TYPE, "video/mp4");
        if let (StatusCode::PARTIAL_CONTENT, Some((first, last))) = (status, range) {
            builder = builder.header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}"));
        }
        if let Some(encoding) = self.manners.encoding {
            builder = builder.header(header::CONTENT_ENCODING, encoding);
        }
        let pieces = range.map(|(first, last)| Piece::Stored { version, first, last }).into_iter().collect();
        let body = if request.method() == Method::HEAD { Body::default() } else { Body(pieces) };
        Ok(builder.body(body).unwrap())
    }
}

/// One range, as S3 reads it. `None` if the range lies outside the object.
fn place(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let number = |text: &str| text.parse::<u64>().unwrap();
    let end = size.checked_sub(1)?;
    match (first, last) {
        ("", length) => (number(length) > 0).then(|| (size.saturating_sub(number(length)), end)),
        (first, "") => (number(first) <= end).then(|| (number(first), end)),
        (first, last) => (number(first) <= end).then(|| (number(first), number(last).min(end))),
    }
}

impl Platform for Store {
    type Kv = NoKv;
    type Sql = SqlHttp<Self>;
    type Body = Body;

    fn kv(&self, _: StoreName) -> Result<NoKv, Error> {
        Err(Error::new(Kind::Denied, "kv.open"))
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        Err(Error::new(Kind::Denied, "sql.open"))
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        self.answer(&request)
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        let guarded = requests.iter().all(|request| request.headers().contains_key(header::IF_MATCH));
        assert!(guarded, "a part of whatever version");
        requests.iter().map(|request| self.answer(request)).collect()
    }

    async fn collect(_: Body, _: usize) -> Result<Bytes, Error> {
        Err(Error::new(Kind::Internal, "body.collect"))
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body(pieces.into_iter().flat_map(|body| body.0).collect())
    }

    async fn sleep(&self, _: Duration) {}
}

/// The platform of these tests has no KV.
pub enum NoKv {}

impl Kv for NoKv {
    async fn get(&self, _: &KvKey) -> Result<Option<Bytes>, Error> {
        match *self {}
    }

    async fn put(&self, _: &KvKey, _: Bytes, _: Option<Duration>) -> Result<(), Error> {
        match *self {}
    }

    async fn delete(&self, _: &KvKey) -> Result<(), Error> {
        match *self {}
    }
}
