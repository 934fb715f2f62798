//! A platform on which anything may fail, as a seed decides.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::poll_fn,
    path::Path,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use platform::{Error, Kind, Kv, KvKey, Platform, Row, Sql, Statement, StoreName, Value};
use platform_memory::MemorySql;

use crate::{
    library::{Library, Object, UPSTREAM_WORDS},
    random::Random,
};

/// The decisions of a seed about a run.
pub struct Fate {
    pub random: Random,
    /// Whether anything may fail at the moment.
    pub on: Cell<bool>,
    /// One operation in so many fails.
    kv: usize,
    store: usize,
    sql: usize,
    /// The current version of every object.
    pub version: Cell<usize>,
    /// Whether the store has answered 404 for an object that exists.
    pub lied: Cell<bool>,
    /// The number of requests for objects so far.
    pub fetches: Cell<usize>,
}

impl Fate {
    pub fn new(seed: u64) -> Self {
        let random = Random::new(seed);
        let often = |random: &Random| random.of(&[2, 4, 8, 16, 1_000_000]);
        let (kv, store, sql) = (often(&random), often(&random), often(&random));
        let [on, lied] = [true, false].map(Cell::new);
        Self { random, on, kv, store, sql, version: Cell::new(0), lied, fetches: Cell::new(0) }
    }

    fn strikes(&self, once_in: usize) -> bool {
        self.on.get() && self.random.once_in(once_in)
    }
}

/// The values that each key of each store has held, oldest first. `None` stands for a deletion.
pub type History = HashMap<(StoreName, String), Vec<Option<Bytes>>>;

/// The platform of one run. Requests share it.
#[derive(Clone)]
pub struct Faulty {
    pub library: Rc<Library>,
    pub fate: Rc<Fate>,
    pub kv: Rc<RefCell<History>>,
}

/// Lets other requests go on. Every operation is thus a point at which another request may take its turn, or a client
/// may leave.
async fn pause() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A body, and whether it breaks off after its bytes.
#[derive(Debug)]
pub struct Body {
    pub bytes: Bytes,
    pub broken: bool,
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, broken: false }
    }
}

impl Platform for Faulty {
    type Kv = FaultyKv;
    type Sql = FaultySql;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<FaultyKv, Error> {
        if self.fate.strikes(self.fate.kv * 8) {
            return Err(Error::new(Kind::Denied, "seeds.kv.open"));
        }
        Ok(FaultyKv { store, of: self.clone() })
    }

    fn sql(&self) -> Result<FaultySql, Error> {
        Ok(FaultySql { inner: self.library.memory.sql()?, of: self.clone() })
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        pause().await;
        self.answer(&request)
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        pause().await;
        requests.iter().map(|request| self.answer(request)).collect()
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        pause().await;
        if body.bytes.len() > max {
            return Err(Error::new(Kind::TooLarge, "body.collect"));
        }
        if body.broken { Err(Error::new(Kind::Unavailable, "body.read")) } else { Ok(body.bytes) }
    }

    fn join(pieces: Vec<Body>) -> Body {
        let mut bytes = Vec::new();
        for piece in pieces {
            bytes.extend_from_slice(&piece.bytes);
            if piece.broken {
                return Body { bytes: bytes.into(), broken: true };
            }
        }
        Body::from(Bytes::from(bytes))
    }

    async fn sleep(&self, _: Duration) {
        pause().await;
    }
}

impl Faulty {
    fn answer(&self, request: &Request<Bytes>) -> Result<Response<Body>, Error> {
        let fate = &self.fate;
        fate.fetches.set(fate.fetches.get() + 1);
        if fate.on.get() && fate.random.once_in(40) {
            fate.version.set(1);
        }
        let Some(key) = request.uri().path().strip_prefix("/gallery/") else { return Ok(self.listing()) };
        let key = gallery::key::percent_decode(key).unwrap();
        if !fate.strikes(fate.store) {
            return Ok(self.stored(&key, request));
        }
        let playlist = Path::new(&key).extension().is_some_and(|it| it == "m3u8") || key.starts_with("catalogue/");
        match fate.random.below(9) {
            0 => Err(Error::because(
                fate.random.of(&[Kind::Unavailable, Kind::Timeout, Kind::Denied]),
                "seeds.fetch",
                UPSTREAM_WORDS,
            )),
            1 => {
                fate.lied.set(true);
                Ok(words(StatusCode::NOT_FOUND))
            }
            2 | 3 => Ok(words(fate.random.of(&[403, 429, 500, 502, 503]).try_into().unwrap())),
            4 if playlist => Ok(words(StatusCode::OK)),
            // The body breaks off: at its first byte, somewhere in it, or before its last byte.
            5..=7 => {
                let mut response = self.stored(&key, request);
                let body = response.body_mut();
                if !body.bytes.is_empty() {
                    body.bytes.truncate(fate.random.below(body.bytes.len()));
                    body.broken = true;
                }
                Ok(response)
            }
            // The body ends early, and its Content-Length agrees with it. Only the content shows that it is cut.
            8 if playlist => {
                let mut response = self.stored(&key, request);
                let body = response.body_mut();
                let kept = fate.random.below(body.bytes.len().max(1));
                body.bytes.truncate(kept);
                response.headers_mut().insert(header::CONTENT_LENGTH, kept.into());
                Ok(response)
            }
            _ => Ok(words(StatusCode::SERVICE_UNAVAILABLE)),
        }
    }

    /// The answer to `ListObjectsV2`, with all objects.
    fn listing(&self) -> Response<Body> {
        let mut keys: Vec<_> = self.library.objects.iter().collect();
        keys.sort_by_key(|(key, _)| *key);
        let entry = |(key, object): &(&String, &Object)| {
            format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", object.versions[0].len())
        };
        let entries = keys.iter().map(entry).collect::<Vec<_>>().concat();
        let text = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>");
        Response::new(Body::from(Bytes::from(text)))
    }

    /// The answer of an S3 store, which understands one tag or date, and one range.
    fn stored(&self, key: &str, request: &Request<Bytes>) -> Response<Body> {
        let version = self.fate.version.get();
        let Some(object) = self.library.objects.get(key) else { return words(StatusCode::NOT_FOUND) };
        let (bytes, tag) = (&object.versions[version], Object::tag(version));
        let asked = |name| request.headers().get(name).map(|value| value.to_str().unwrap());
        if asked(header::IF_MATCH).is_some_and(|wanted| wanted != tag) {
            return words(StatusCode::PRECONDITION_FAILED);
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, tag.parse().unwrap());
        headers.insert(header::LAST_MODIFIED, "Sat, 14 Jun 2025 12:00:00 GMT".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "image/jpeg".parse().unwrap());
        let (status, body) = if asked(header::IF_NONE_MATCH) == Some(tag) {
            (StatusCode::NOT_MODIFIED, Bytes::new())
        } else if let Some(range) = asked(header::RANGE) {
            let range = gallery::range::parse(range).unwrap();
            let Some((first, last)) = range[0].resolve(bytes.len() as u64) else {
                return words(StatusCode::RANGE_NOT_SATISFIABLE);
            };
            headers.insert(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", bytes.len()).parse().unwrap());
            let [first, end] = [first, last + 1].map(|place| usize::try_from(place).unwrap());
            (StatusCode::PARTIAL_CONTENT, bytes.slice(first..end))
        } else {
            (StatusCode::OK, bytes.clone())
        };
        if status != StatusCode::NOT_MODIFIED {
            headers.insert(header::CONTENT_LENGTH, body.len().into());
        }
        let body = if request.method() == Method::HEAD { Bytes::new() } else { body };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// An answer with the store's own words.
fn words(status: StatusCode) -> Response<Body> {
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{UPSTREAM_WORDS}</Code></Error>");
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/xml")
        .header(header::CONTENT_LENGTH, text.len())
        .body(Body::from(Bytes::from(text)))
        .unwrap()
}

/// See [`Faulty`].
pub struct FaultyKv {
    store: StoreName,
    of: Faulty,
}

impl FaultyKv {
    fn error(&self, operation: &'static str) -> Error {
        let kinds = [Kind::Unavailable, Kind::Timeout, Kind::Throttled, Kind::Denied];
        Error::because(self.of.fate.random.of(&kinds), operation, UPSTREAM_WORDS)
    }
}

impl Kv for FaultyKv {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        pause().await;
        let fate = &self.of.fate;
        let held = self.of.kv.borrow();
        let history = held.get(&(self.store, key.as_str().to_owned()));
        let now = history.and_then(|values| values.last().cloned().flatten());
        if !fate.strikes(fate.kv) {
            return Ok(now);
        }
        match fate.random.below(6) {
            0 => Ok(None),
            1 => Ok(Some(Bytes::copy_from_slice(&fate.random.bytes::<40>()))),
            2 => Ok(now.map(|value| value.slice(..fate.random.below(value.len().max(1)).min(value.len())))),
            3 => Ok(now.map(|value| {
                let mut value = value.to_vec();
                if !value.is_empty() {
                    let place = fate.random.below(value.len());
                    value[place] ^= 1 << fate.random.below(8);
                }
                value.into()
            })),
            // An older value of the key. This never happens to the auth version, because a store may return an older
            // value of it for a while anyway.
            4 if self.store == StoreName::VideoCache => {
                Ok(history.and_then(|values| values[fate.random.below(values.len())].clone()))
            }
            _ => Err(self.error("seeds.kv.get")),
        }
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        pause().await;
        let fate = &self.of.fate;
        if fate.strikes(fate.kv) {
            // The write is lost, with or without an error.
            return if fate.random.once_in(2) { Ok(()) } else { Err(self.error("seeds.kv.put")) };
        }
        let at = (self.store, key.as_str().to_owned());
        self.of.kv.borrow_mut().entry(at).or_default().push(Some(value));
        Ok(())
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        pause().await;
        self.of.kv.borrow_mut().entry((self.store, key.as_str().to_owned())).or_default().push(None);
        Ok(())
    }
}

/// See [`Faulty`].
pub struct FaultySql {
    inner: MemorySql,
    of: Faulty,
}

impl FaultySql {
    fn fault(&self) -> Option<Result<Vec<Row>, Error>> {
        let fate = &self.of.fate;
        if !fate.strikes(fate.sql) {
            return None;
        }
        Some(match fate.random.below(3) {
            0 => Ok(vec![Row(vec![Value::Null; 17])]),
            1 => Ok(vec![Row(vec![Value::Text("x".repeat(1000)); 17])]),
            _ => {
                let kinds = [Kind::Unavailable, Kind::Timeout, Kind::Invalid, Kind::TooLarge];
                Err(Error::because(fate.random.of(&kinds), "seeds.sql", UPSTREAM_WORDS))
            }
        })
    }
}

impl Sql for FaultySql {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        pause().await;
        match self.fault() {
            Some(fault) => fault,
            None => self.inner.query(sql, parameters).await,
        }
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        pause().await;
        match self.fault() {
            Some(fault) => fault.map(|rows| vec![rows; statements.len()]),
            None => self.inner.batch(statements).await,
        }
    }
}
