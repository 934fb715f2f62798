//! Uploads to the bucket: presigned PUTs that stream from disk.

use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use platform_s3::Location;
use sigv4::{Method, Presigner, SigningKey};
use ureq::http::Response;
use ureq::{Agent, Body, SendBody};

use crate::{Stop, tls};

/// The life of an upload's URL in seconds. An upload must begin within this time, and may end later.
const EXPIRES: u32 = 3600;
/// The largest object that one PUT may carry on both S3 and R2. S3 allows 5 GiB, and R2 5 MiB less.
pub const MAX_OBJECT: u64 = (5 << 30) - (5 << 20);

/// The key of an object that never exists.
const CHECKED: &str = "_metadata/ingest-check";

/// What a bucket says about itself.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The store answers "access denied" to what is missing: the key may not list, or may do nothing at all.
    pub is_hidden: bool,
    /// `Access-Control-Allow-Origin`.
    pub allowed_origin: Option<String>,
    /// `Date`.
    pub date: Option<String>,
}

/// Asks a bucket for an object that does not exist, as a page of `origin` would. The error says what to do.
pub fn probe_bucket(location: &Location, certificates: &[Vec<u8>], origin: &str) -> Result<Probed, String> {
    let bucket = Bucket::new(location, certificates, 1, Stop::default());
    bucket.probe(origin).map_err(|error| error.to_string())
}

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

/// Why the store refused an upload or a read.
#[derive(Clone, Debug)]
pub struct StoreError {
    /// Whether every further request would fail in the same way.
    pub fatal: bool,
    message: String,
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// A failure that concerns one object only.
    pub fn local(message: String) -> Self {
        Self { fatal: false, message }
    }
}

/// A bucket, and connections to it that are kept open.
pub struct Bucket {
    agent: Agent,
    location: Location,
    endpoint: String,
    stop: Stop,
    puts: AtomicU64,
    bytes: AtomicU64,
}

impl Bucket {
    /// `connections` connections are kept open for reuse. Nothing is sent yet. When `stop` is requested, an upload
    /// under way ends with an error.
    pub fn new(location: &Location, certificates: &[Vec<u8>], connections: usize, stop: Stop) -> Self {
        let agent = Agent::config_builder()
            .tls_config(tls::config(certificates))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .user_agent(concat!("edge-gallery-ingest/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_per_write(Some(Duration::from_mins(1)))
            .timeout_recv_response(Some(Duration::from_mins(2)))
            .timeout_recv_body(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self {
            agent,
            endpoint: location.origin(),
            location: location.clone(),
            stop,
            puts: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Asks for an object that does not exist. The answer shows whether the store, the bucket and the access key
    /// exist.
    pub fn check(&self) -> Result<(), StoreError> {
        let url = self.presign(Method::Get, CHECKED)?;
        let mut response = self.twice(|| self.agent.get(&url).call())?;
        match (response.status().as_u16(), error_code(&mut response).as_str()) {
            // If the credentials may not list the bucket, a store answers "access denied" for an absent object.
            (200 | 206, _) | (404, "NoSuchKey" | "") | (403, "AccessDenied") => Ok(()),
            (status, code) => Err(self.refused(status, code)),
        }
    }

    /// Makes the same request as a page of `origin` would. Returns what the answer says to browsers, and its date.
    fn probe(&self, origin: &str) -> Result<Probed, StoreError> {
        self.check()?;
        let url = self.presign(Method::Get, CHECKED)?;
        let response = self.twice(|| self.agent.get(&url).header("origin", origin).call())?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Probed {
            is_hidden: response.status() == 403,
            allowed_origin: header("access-control-allow-origin"),
            date: header("date"),
        })
    }

    /// Uploads one object, and counts it.
    pub fn put(&self, key: &str, content: Content, headers: Headers) -> Result<(), StoreError> {
        let size = self.send(key, content, headers)?;
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(size, Ordering::Relaxed);
        Ok(())
    }

    /// Uploads an object that is not media, and does not count it.
    pub fn put_aside(&self, key: &str, bytes: &[u8], headers: Headers) -> Result<(), StoreError> {
        self.send(key, Content::Bytes(bytes), headers).map(drop)
    }

    /// Uploads one object; after a server error or a lost connection once more. Returns its size in bytes.
    fn send(&self, key: &str, content: Content, headers: Headers) -> Result<u64, StoreError> {
        let size = match content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File(path) => path.metadata().map_err(unreadable)?.len(),
        };
        if size > MAX_OBJECT {
            return Err(local("larger than the 5 GiB one upload may carry".to_owned()));
        }
        let mut response = self.twice(|| {
            // The URL is signed anew for each attempt, because a long upload may have outlived its URL.
            let url = self.presign(Method::Put, key).map_err(|error| ureq::Error::Other(Box::new(error)))?;
            let request = self
                .agent
                .put(&url)
                .header("content-type", headers.content_type)
                .header("cache-control", headers.cache_control);
            match content {
                Content::Bytes(bytes) => request.send(bytes),
                Content::File(path) => {
                    let mut file = Stoppable { file: File::open(path)?.take(size), stop: &self.stop };
                    // With a length, the body is not sent in chunks, which stores do not accept.
                    request.header("content-length", size.to_string()).send(SendBody::from_reader(&mut file))
                }
            }
        })?;
        if response.status().is_success() {
            return Ok(size);
        }
        let code = error_code(&mut response);
        Err(self.refused(response.status().as_u16(), &code))
    }

    /// A whole object of at most `max` bytes; `None` if the object does not exist.
    pub fn get(&self, key: &str, max: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let url = self.presign(Method::Get, key)?;
        let mut response = self.twice(|| self.agent.get(&url).call())?;
        match (response.status().as_u16(), error_code(&mut response).as_str()) {
            (200, _) => {
                let bytes = response.body_mut().with_config().limit(max).read_to_vec();
                bytes.map(Some).map_err(|error| self.unreachable(&error))
            }
            // The same statuses as in `check`.
            (404, "NoSuchKey" | "") | (403, "AccessDenied") => Ok(None),
            (status, code) => Err(self.refused(status, code)),
        }
    }

    /// Deletes an object. Deleting a missing object succeeds.
    pub fn delete(&self, key: &str) -> Result<(), StoreError> {
        let url = self.presign(Method::Delete, key)?;
        let mut response = self.twice(|| self.agent.delete(&url).call())?;
        let code = error_code(&mut response);
        if response.status().is_success() || code == "NoSuchKey" {
            return Ok(());
        }
        Err(self.refused(response.status().as_u16(), &code))
    }

    /// The numbers of objects and bytes that were uploaded.
    pub fn uploaded(&self) -> (u64, u64) {
        (self.puts.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    fn presign(&self, method: Method, key: &str) -> Result<String, StoreError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let Location { bucket, credentials, .. } = &self.location;
        let signing_key = SigningKey::derive(credentials, bucket.region(), now);
        let presigner = Presigner::new(&signing_key, bucket, method, now, EXPIRES)
            .map_err(|error| fatal(format!("the store's settings are not usable: {error}")))?;
        let mut url = String::new();
        presigner.presign_into(&mut url, key);
        Ok(url)
    }

    /// Sends a request. If it fails in a way that may pass, sends it once more after a pause.
    fn twice(&self, send: impl Fn() -> Result<Response<Body>, ureq::Error>) -> Result<Response<Body>, StoreError> {
        let first = send();
        let again = match &first {
            Ok(response) => response.status().is_server_error() || response.status().as_u16() == 429,
            Err(error) => may_pass(error),
        };
        if !again || self.stop.is_requested() {
            return first.map_err(|error| self.unreachable(&error));
        }
        drop(first);
        std::thread::sleep(pause());
        send().map_err(|error| self.unreachable(&error))
    }

    fn unreachable(&self, error: &ureq::Error) -> StoreError {
        // Only texts that cannot hold the URL of the request, because its query is a credential.
        let reason = match error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::Timeout(_) => "it did not answer in time".to_owned(),
            ureq::Error::HostNotFound => "no such host".to_owned(),
            ureq::Error::Rustls(error) => error.to_string(),
            ureq::Error::Tls(error) => (*error).to_owned(),
            _ => "the connection failed".to_owned(),
        };
        StoreError {
            fatal: false,
            message: format!(
                "{} is not reachable ({reason}): check S3_ENDPOINT or R2_ACCOUNT_ID, and the network",
                self.endpoint
            ),
        }
    }

    fn refused(&self, status: u16, code: &str) -> StoreError {
        let (endpoint, name) = (&self.endpoint, &self.location.name);
        match (status, code) {
            (403, "RequestTimeTooSkewed") => fatal(format!("{endpoint} says this computer's clock is wrong: set it")),
            (401 | 403, _) => fatal(format!(
                "{endpoint} refused the access key{}: check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and R2_REGION, and that the key may read and write {name}",
                parenthesis(code),
            )),
            (404, _) => fatal(format!("{endpoint} has no bucket {name}: create it, or check R2_BUCKET_NAME")),
            (301 | 307 | 308, _) => {
                fatal(format!("{endpoint} is not where {name} lies: check S3_ENDPOINT and R2_REGION"))
            }
            (507, _) => fatal(format!("{endpoint} is full")),
            _ => local(format!("{endpoint} answered {status}{}: try again later", parenthesis(code))),
        }
    }
}

/// A file whose reads fail once the run is to stop.
struct Stoppable<'a> {
    file: std::io::Take<File>,
    stop: &'a Stop,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.stop.is_requested() {
            return Err(std::io::Error::other("interrupted"));
        }
        self.file.read(buffer)
    }
}

fn fatal(message: String) -> StoreError {
    StoreError { fatal: true, message }
}

fn local(message: String) -> StoreError {
    StoreError::local(message)
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn unreadable(error: std::io::Error) -> StoreError {
    local(format!("cannot be read: {error}"))
}

fn parenthesis(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(" ({code})") }
}

fn may_pass(error: &ureq::Error) -> bool {
    match error {
        // Failures of this side: the file is gone, or the settings are wrong.
        ureq::Error::Io(error) => {
            !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied)
        }
        ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => true,
        _ => false,
    }
}

/// 0.3 to 1.3 seconds: uploads that failed together are not repeated together.
fn pause() -> Duration {
    Duration::from_millis(300 + RandomState::new().hash_one(0u8) % 1000)
}

/// The `<Code>` of an S3 error body, if it looks like one.
fn error_code(response: &mut Response<Body>) -> String {
    if response.status().is_success() {
        return String::new();
    }
    let body = response.body_mut().with_config().limit(64 << 10).read_to_string().unwrap_or_default();
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map(|(code, _)| code)
        .filter(|code| code.len() < 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .unwrap_or_default()
        .to_owned()
}
