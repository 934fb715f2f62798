//! Outgoing requests through the traits of `platform`. The requests block, and this program has threads for them.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, Platform, StoreName};
use platform_fallback::SqlHttp;
use ureq::Agent;
use ureq::http::{Request, Response};

use crate::{proxy, tls};

/// The longest body that is read, in bytes: it is more than any caller here collects.
const MAX_BODY: u64 = 64 << 20;

/// A platform that can only send requests.
#[derive(Clone)]
pub struct Outbound(Agent);

impl Outbound {
    pub fn new(certificates: &[Vec<u8>]) -> Self {
        let agent = Agent::config_builder()
            .tls_config(tls::config(certificates))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("edge-gallery-ingest/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_per_read(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self(agent)
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let (head, body) = request.into_parts();
        let proxy = proxy::to(&head.uri);
        let request = Request::from_parts(head, &body[..]);
        let request = self.0.configure_request(request).proxy(proxy).build();
        let mut response = self.0.run(request).map_err(failure)?;
        let body = response.body_mut().with_config().limit(MAX_BODY).read_to_vec().map_err(failure)?;
        Ok(response.map(|_| body.into()))
    }
}

/// Uses only texts that cannot hold anything of the request.
fn failure(error: ureq::Error) -> Error {
    let (kind, words) = match error {
        ureq::Error::Timeout(_) => (Kind::Timeout, "it did not answer in time".to_owned()),
        ureq::Error::BodyExceedsLimit(_) => (Kind::TooLarge, "its answer is too long".to_owned()),
        ureq::Error::Io(error) => (Kind::Unavailable, error.to_string()),
        ureq::Error::HostNotFound => (Kind::Unavailable, "no such host".to_owned()),
        ureq::Error::Rustls(error) => (Kind::Unavailable, error.to_string()),
        _ => (Kind::Unavailable, "the connection failed".to_owned()),
    };
    Error::because(kind, "fetch", words)
}

/// Runs a future over [`Outbound`], which never waits.
pub fn finish<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::new(Kind::Internal, "fetch")),
    }
}

impl Platform for Outbound {
    type Kv = NoKv;
    type Sql = SqlHttp<Self>;
    type Body = Bytes;

    fn kv(&self, _: StoreName) -> Result<NoKv, Error> {
        Err(Error::new(Kind::Denied, "kv.open"))
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        Err(Error::new(Kind::Denied, "sql.open"))
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        self.send(request)
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Bytes>, Error>> {
        requests.into_iter().map(|request| self.send(request)).collect()
    }

    async fn collect(body: Bytes, max: usize) -> Result<Bytes, Error> {
        if body.len() > max { Err(Error::new(Kind::TooLarge, "body.collect")) } else { Ok(body) }
    }

    fn join(pieces: Vec<Bytes>) -> Bytes {
        pieces.concat().into()
    }

    async fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// [`Outbound`] has no KV.
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
