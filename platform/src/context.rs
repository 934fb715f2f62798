//! The context of a request: the platform, the facts, and the record of what the request costs.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use crate::{
    EdgeCache, Error, Kind, Kv, KvKey, Pieces, Platform, Record, Row, Sql, Statement, StoreName, TRACEPARENT, Trace,
    Tries, Value,
};

/// The longest pause before the second try, in milliseconds.
const MAX_PAUSE_MS: u64 = 200;

/// The facts of a request that only the host knows.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Seconds since 1970 UTC.
    pub now: u64,
    /// Fresh randomness for this request alone.
    pub entropy: [u8; 32],
    /// Whether the client came over TLS, as the host itself knows it.
    pub https: bool,
    pub client: Option<IpAddr>,
}

impl Facts {
    /// Takes the scheme and the client's address from `X-Forwarded-Proto` and `X-Forwarded-For`. Call this only
    /// behind a proxy of the operator's own that writes both. `PLATFORM.md` says what known proxies write.
    pub fn believe_forwarded(&mut self, headers: &HeaderMap) {
        // The browser speaks to the outermost proxy, and the proxies behind it append. So the first entry is that of
        // the outermost. If it does not overwrite, the entry is the client's: it decides about cookies and headers of
        // answers to this client alone, and no page can send this field to another origin unasked.
        if let Some(proto) = entries(headers, "x-forwarded-proto").next() {
            self.https = proto.eq_ignore_ascii_case("https");
        }
        // Wrong passwords are counted by the address, so no client may choose it. The operator's own proxy wrote the
        // last entry, and the other entries may be the client's. Some proxies write a port too. Where an entry is no
        // address, nobody knows the client's, and it is not the proxy's.
        if let Some(entry) = entries(headers, "x-forwarded-for").last() {
            let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
            let client = entry.parse().ok().or_else(with_port);
            self.client = client.map(|client: IpAddr| client.to_canonical());
        }
    }
}

/// The entries of a field that is a list. Some proxies add a line instead of an entry.
fn entries<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| line.to_str().unwrap_or_default().split(',').map(str::trim))
}

/// The context that a service gets with each request. It counts the calls that pass through it.
pub struct Cx<'a, P: Platform> {
    platform: &'a P,
    pub facts: Facts,
    pub record: Record,
    request_id: String,
}

impl<'a, P: Platform> Cx<'a, P> {
    pub fn new(platform: &'a P, facts: Facts) -> Self {
        let request_id = facts.entropy[..8].iter().fold(String::with_capacity(16), |mut id, byte| {
            use std::fmt::Write as _;
            let _ = write!(id, "{byte:02x}");
            id
        });
        Self { platform, facts, record: Record::default(), request_id }
    }

    /// Sixteen hexadecimal digits, which stand in the log line, in `X-Request-Id` and in every problem body.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Randomness for the service. The bytes that the request id shows are not part of it.
    pub fn entropy(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.facts.entropy[16..]);
        bytes
    }

    pub fn kv(&self, store: StoreName) -> Result<Counted<'_, P::Kv>, Error> {
        Ok(Counted { inner: self.platform.kv(store)?, record: &self.record })
    }

    pub fn sql(&self) -> Result<Counted<'_, P::Sql>, Error> {
        Ok(Counted { inner: self.platform.sql()?, record: &self.record })
    }

    /// Runs one statement that only reads. Over a network it is sent a second time, as [`Cx::or_again`] says.
    pub async fn read_sql(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        let database = self.sql()?;
        let first = database.query(sql, parameters).await;
        if !database.is_remote() {
            return first;
        }
        self.or_again(first, || database.query(sql, parameters)).await
    }

    /// Makes the request a part of the trace that its headers name, if they name one.
    pub fn follow(&self, headers: &HeaderMap) {
        self.record.trace.set(Trace::of(headers));
    }

    /// The request with the name of the trace. No signature covers it: S3 wants `Host` and `x-amz-*` signed, and takes
    /// others as they come.
    fn traced(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        if let Some(parent) = self.record.trace.get().and_then(|trace| trace.parent(&self.request_id)) {
            request.headers_mut().insert(TRACEPARENT, parent);
        }
        request
    }

    /// See [`Platform::fetch`]. The request carries on the trace of the client's.
    pub async fn fetch(&self, request: Request<Bytes>) -> Result<Response<P::Body>, Error> {
        Record::count(&self.record.store_calls);
        self.platform.fetch(self.traced(request)).await
    }

    /// See [`Platform::kept`].
    pub fn kept(
        &self,
        wish: &EdgeCache,
        request: impl FnOnce() -> Option<Request<Bytes>>,
    ) -> Option<Response<P::Body>> {
        self.platform.kept(wish, request)
    }

    /// See [`Platform::fetch_all`]. The requests carry on the trace of the client's.
    pub async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<P::Body>, Error>> {
        for _ in &requests {
            Record::count(&self.record.store_calls);
        }
        self.platform.fetch_all(requests.into_iter().map(|request| self.traced(request)).collect()).await
    }

    /// The second try of an idempotent read. If the other side could not be reached in `first` or reported a failure,
    /// waits briefly and returns the result of `again`. There is no second try after a timeout, because the time is
    /// used up.
    pub async fn or_again<T, F: Future<Output = Result<T, Error>>>(
        &self,
        first: Result<T, Error>,
        again: impl FnOnce() -> F,
    ) -> Result<T, Error> {
        match first {
            Err(error) if error.is_transient() && error.kind() != Kind::Timeout => {
                self.record.note(&error);
                // Jitter, so that requests that failed together are not repeated together.
                let jitter = u64::from(self.facts.entropy[8]) * MAX_PAUSE_MS / 255;
                self.sleep(Duration::from_millis(jitter)).await;
                again().await
            }
            other => other,
        }
    }

    /// See [`Platform::stream`].
    pub async fn stream(&self, pieces: impl Pieces<P>) -> Result<P::Body, Error> {
        self.platform.stream(self.facts.now, pieces).await
    }

    /// See [`Platform::sleep`].
    pub async fn sleep(&self, duration: Duration) {
        self.platform.sleep(duration).await;
    }

    /// See [`Platform::compute`].
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        self.platform.compute(work).await
    }

    /// See [`Platform::begin_try`].
    pub async fn begin_try(&self, who: &KvKey) -> Result<Option<Tries>, Error> {
        self.platform.begin_try(who).await
    }

    /// See [`Platform::end_try`].
    pub async fn end_try(&self, who: &KvKey, number: u64, was_wrong: bool) -> Result<(), Error> {
        self.platform.end_try(who, number, was_wrong).await
    }
}

/// A store or database whose use is counted.
pub struct Counted<'a, T> {
    inner: T,
    record: &'a Record,
}

impl<K: Kv> Kv for Counted<'_, K> {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        Record::count(&self.record.kv_reads);
        self.inner.get(key).await
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        Record::count(&self.record.kv_writes);
        self.inner.put(key, value, ttl).await
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        Record::count(&self.record.kv_writes);
        self.inner.delete(key).await
    }
}

impl<S: Sql> Sql for Counted<'_, S> {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        Record::count(&self.record.sql_queries);
        self.inner.query(sql, parameters).await
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        Record::count(&self.record.sql_queries);
        self.inner.batch(statements).await
    }

    fn is_remote(&self) -> bool {
        self.inner.is_remote()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the services make of a request that arrives by plain HTTP from a proxy at 192.0.2.1.
    fn facts(lines: &[(&'static str, &'static str)]) -> (bool, Option<String>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let client = Some(IpAddr::from([192, 0, 2, 1]));
        let mut facts = Facts { now: 0, entropy: [0; 32], https: false, client };
        facts.believe_forwarded(&headers);
        (facts.https, facts.client.map(|client| client.to_string()))
    }

    #[test]
    fn the_scheme_is_that_of_the_proxy_that_the_browser_speaks_to() {
        let https = |lines: &[&'static str]| {
            facts(&lines.iter().map(|line| ("x-forwarded-proto", *line)).collect::<Vec<_>>()).0
        };
        // One entry, as nginx and Caddy write it.
        assert!(https(&["https"]) && https(&["HTTPS"]) && !https(&["http"]));
        // A second proxy that appends: to the line, or, as HAProxy does, in a line of its own.
        assert!(https(&["https,http"]) && https(&["https , http"]) && https(&["https", "http"]));
        assert!(!https(&["http,https"]) && !https(&["http", "https"]));
        assert!(
            !https(&[]) && !https(&[""]) && !https(&[",https"]) && !https(&["wss"]) && !https(&["\u{e9}", "https"])
        );
    }

    #[test]
    fn the_address_is_that_which_the_nearest_proxy_saw() {
        let client =
            |lines: &[&'static str]| facts(&lines.iter().map(|line| ("x-forwarded-for", *line)).collect::<Vec<_>>()).1;
        let some = |address: &str| Some(address.to_owned());
        assert_eq!(client(&[]), some("192.0.2.1"));
        assert_eq!(client(&["203.0.113.9"]), some("203.0.113.9"));
        // The first entries are forged: in the same line, and in a line of their own, as HAProxy leaves them.
        assert_eq!(client(&["6.6.6.6, 203.0.113.9"]), some("203.0.113.9"));
        assert_eq!(client(&["6.6.6.6", "203.0.113.9"]), some("203.0.113.9"));
        assert_eq!(client(&["203.0.113.9:4711"]), some("203.0.113.9"));
        assert_eq!(client(&["[2001:db8::1]:4711"]), some("2001:db8::1"));
        for unknown in ["unknown", "", "203.0.113.9, ", "\u{e9}"] {
            assert_eq!(client(&[unknown]), None, "{unknown}");
        }
    }
}
