//! The bucket: requests with presigned URLs, tried again while trouble may pass, and uploads that are proved.

mod answer;
mod check;
mod kv;
mod lanes;
mod list;
mod parts;
mod proof;
mod range;
mod retry;
mod upload;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use platform_s3::Location;
use sigv4::{Method, Presigner, SigningKey};
use ureq::http::Response;
use ureq::{Agent, Body};

pub use check::{Probed, WRITTEN as CHECK, probe_bucket};
pub use kv::probe_kv;
#[allow(unused_imports)] // they belong to what a bucket can do
pub use list::Listed;
pub use parts::PartSizes;
pub use range::Piece;
pub use words::StoreError;

use crate::{Stop, proxy, tls};
use answer::Answer;
use retry::{Retry, Trouble};
use words::Words;

/// The life of an upload's URL in seconds. An upload must begin within this time, and may end later.
const EXPIRES: u32 = 3600;

/// The headers that are stored with an object.
#[derive(Clone, Copy)]
pub struct Headers {
    pub content_type: &'static str,
    pub cache_control: &'static str,
}

/// The bytes of an object.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    Bytes(&'a [u8]),
    File(&'a Path),
}

/// What the store says about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    pub cache_control: Option<String>,
    /// With its quotes.
    pub etag: Option<String>,
}

impl Head {
    /// Whether the object has these headers, and no others that change what a browser makes of it.
    pub fn has(&self, headers: &Headers) -> bool {
        self.content_type.as_deref() == Some(headers.content_type)
            && self.cache_control.as_deref() == Some(headers.cache_control)
            && self.content_encoding.is_none()
    }
}

/// A bucket, and connections to it that are kept open.
pub struct Bucket {
    agent: Agent,
    location: Location,
    words: Words,
    retry: Retry,
    stop: Stop,
    parts: PartSizes,
    /// The folder for notes about uploads in parts.
    notes: PathBuf,
    puts: AtomicU64,
    bytes: AtomicU64,
}

impl Bucket {
    /// At most `connections` requests are under way at once, and fewer while the store is busy. Nothing is sent yet.
    /// One object may cost `patience` before it counts as failed. When `stop` is requested, waits and uploads under
    /// way end with an error.
    pub fn new(
        location: &Location,
        certificates: &[Vec<u8>],
        connections: usize,
        patience: Duration,
        stop: Stop,
    ) -> Self {
        let agent = Agent::config_builder()
            .tls_config(tls::config(certificates))
            .proxy(proxy::to_origin(&location.origin()))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .user_agent(concat!("edge-gallery-ingest/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_per_write(Some(Duration::from_mins(1)))
            .timeout_recv_response(Some(Duration::from_mins(2)))
            // A body may take long on a slow line, which several share. It must not stand still.
            .timeout_per_read(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self {
            agent,
            words: Words { endpoint: location.origin(), bucket: location.name.clone() },
            location: location.clone(),
            retry: Retry::new(connections, patience, stop.clone()),
            stop,
            parts: PartSizes::default(),
            notes: std::env::temp_dir(),
            puts: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Uploads large files in parts of these sizes, with notes about them in a folder.
    pub fn in_parts(mut self, parts: PartSizes, notes: Option<&Path>) -> Self {
        self.parts = parts;
        self.notes = notes.map_or_else(std::env::temp_dir, Path::to_owned);
        self
    }

    /// Uploads one object, and counts it. Returns the tag that the store gave it.
    pub fn put(&self, key: &str, content: Content, headers: Headers) -> Result<Option<String>, StoreError> {
        let (size, tag) = self.upload(key, content, headers)?;
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(size, Ordering::Relaxed);
        Ok(tag)
    }

    /// Uploads an object that is not media, and does not count it.
    pub fn put_aside(&self, key: &str, bytes: &[u8], headers: Headers) -> Result<(), StoreError> {
        self.upload(key, Content::Bytes(bytes), headers).map(drop)
    }

    /// A whole object of at most `max` bytes; `None` if the object does not exist.
    pub fn get(&self, key: &str, max: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.persist(|| {
            let url = self.presign(Method::Get, key, &[])?;
            let answer = self.answer(self.agent.get(&url).call())?;
            match (answer.status, answer.code.as_str()) {
                (200, _) => self.read(answer, max).map(Some),
                // If the credentials may not list the bucket, a store answers "access denied" for an absent object.
                (404, "NoSuchKey" | "") | (403, "AccessDenied") => Ok(None),
                _ => Err(self.words.refused(&answer).into()),
            }
        })
    }

    /// What the store says about an object; `None` if the object does not exist.
    pub fn head(&self, key: &str) -> Result<Option<Head>, StoreError> {
        self.persist(|| {
            let url = self.presign(Method::Head, key, &[])?;
            let answer = self.answer(self.agent.head(&url).call())?;
            match answer.status {
                200 => {
                    let text = |name| answer.header(name).map(str::to_owned);
                    let size = answer.header("content-length").and_then(|length| length.parse().ok());
                    let head = |size| Head {
                        size,
                        content_type: text("content-type"),
                        content_encoding: text("content-encoding"),
                        cache_control: text("cache-control"),
                        etag: text("etag"),
                    };
                    let nameless = || StoreError::local(format!("the store does not say how large {key} is"));
                    size.map(|size| Some(head(size))).ok_or_else(|| nameless().into())
                }
                404 => Ok(None),
                // If the credentials may not list the bucket, this may be an absent object. The answer to a GET tells.
                403 => match self.piece(key, 0, 1)? {
                    None => Ok(None),
                    Some(_) => Err(self.words.refused(&answer).into()),
                },
                _ => Err(self.words.refused(&answer).into()),
            }
        })
    }

    /// Deletes an object. Deleting a missing object succeeds.
    pub fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.persist(|| {
            let url = self.presign(Method::Delete, key, &[])?;
            let answer = self.answer(self.agent.delete(&url).call())?;
            let is_gone = answer.is_success() || answer.code == "NoSuchKey";
            if is_gone { Ok(()) } else { Err(self.words.refused(&answer).into()) }
        })
    }

    /// The numbers of objects and bytes that were uploaded.
    pub fn uploaded(&self) -> (u64, u64) {
        (self.puts.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// A URL is signed anew for each attempt, because a long upload may outlive it.
    fn presign(&self, method: Method, key: &str, query: &[(&str, &str)]) -> Result<String, StoreError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let Location { bucket, credentials, .. } = &self.location;
        let signing_key = SigningKey::derive(credentials, bucket.region(), now);
        let mut presigner = Presigner::new(&signing_key, bucket, method, now, EXPIRES)
            .map_err(|error| StoreError::fatal(format!("the store's settings are not usable: {error}")))?;
        for (name, value) in query {
            presigner = presigner.with_query(name, value);
        }
        let mut url = String::new();
        presigner.presign_into(&mut url, key);
        Ok(url)
    }

    /// Tries `attempt` until it succeeds, fails for good, or the patience is used up.
    fn persist<T>(&self, attempt: impl FnMut() -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.retry.run(attempt, || self.answers())
    }

    /// An answer of the store, unless it tells of trouble that may pass.
    fn answer(&self, outcome: Result<Response<Body>, ureq::Error>) -> Result<Answer, Trouble> {
        let answer = Answer::of(outcome.map_err(|error| self.lost(&error))?);
        if !answer.may_pass() {
            return Ok(answer);
        }
        Err(Trouble::Passing {
            error: self.words.refused(&answer),
            after: answer.retry_after(SystemTime::now()),
            is_busy: answer.is_busy(),
        })
    }

    /// The body of an answer.
    fn read(&self, answer: Answer, max: u64) -> Result<Vec<u8>, Trouble> {
        answer.into_bytes(max).map_err(|error| self.lost(&error))
    }

    fn lost(&self, error: &ureq::Error) -> Trouble {
        let words = self.words.unreachable(error);
        if words::may_pass(error) {
            Trouble::Passing { error: words, after: None, is_busy: true }
        } else {
            Trouble::Lasting(words)
        }
    }
}
