//! WASI 0.2, for wasm32-wasip2: components that export `wasi:http/incoming-handler@0.2`.
//!
//! [`serve!`] makes a component of one [`Service`](platform::Service); [`Wasi02`] is the [`Platform`] of one request.
//! `Wasi02` needs only HTTP, clocks, randomness and an environment from a host: KV is in the bucket, and SQL is
//! behind HTTP. Host calls block. A request is sent before its answer is awaited, so futures that are joined send
//! theirs together, and so does [`Platform::fetch_all`].
//!
//! An adapter for a host that has more implements [`Host`], and shares [`fetch`], [`Body`] and [`sleep`].

#![allow(async_fn_in_trait)]

mod body;
mod failure;
pub mod fetch;
mod host;
mod request;
mod run;
mod serve;

pub use body::Body;
pub use host::Host;
#[doc(hidden)]
pub use platform_fallback::Remote;
pub use serve::{PerInstance, Site, handle};
#[doc(hidden)]
pub use wasip2;

use std::{
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Pieces, Platform, StoreName};
use platform_fallback::{KvObjects, SqlHttp};
use wasip2::clocks::monotonic_clock;

/// The platform of one request.
#[derive(Clone)]
pub struct Wasi02 {
    remote: Rc<Remote>,
    /// Seconds since 1970.
    now: u64,
}

impl Platform for Wasi02 {
    type Kv = KvObjects<Self>;
    type Sql = SqlHttp<Self>;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<KvObjects<Self>, Error> {
        Ok(self.remote.kv(self.clone(), store, self.now))
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        self.remote.sql(self.clone())
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        fetch::send(request).await
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        fetch::send_all(requests)
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        body.collect(max)
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body::join(pieces)
    }

    async fn stream(&self, _: u64, pieces: impl Pieces<Self>) -> Result<Body, Error> {
        let remote = Rc::clone(&self.remote);
        Ok(Body::made(move || Self { remote: Rc::clone(&remote), now: now() }, pieces))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration);
    }
}

/// See [`Platform::sleep`]. Everything in the instance waits.
pub fn sleep(duration: Duration) {
    monotonic_clock::subscribe_duration(fetch::nanoseconds(duration)).block();
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
