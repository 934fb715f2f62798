//! WASI 0.3, for wasm32-wasip2: components that export `wasi:http/handler@0.3.0`.
//!
//! [`serve!`] makes a component of one [`Service`](platform::Service); [`Wasi`] is the [`Platform`] of one request.
//! `Wasi` needs only HTTP, clocks, randomness and an environment from a host: KV is in the bucket, and SQL is behind
//! HTTP. The code shared with adapters for hosts that have more is in [`body`], [`fetch`] and [`request`].

#![allow(async_fn_in_trait)]

pub mod body;
mod failure;
pub mod fetch;
mod log;
pub mod request;
mod serve;

pub use body::Body;
pub use serve::{PerInstance, Site, handle};
#[doc(hidden)]
pub use wasip3;

use std::{
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Pieces, Platform, StoreName};
use platform_fallback::{KvObjects, Remote, SqlHttp};

/// The platform of one request.
#[derive(Clone)]
pub struct Wasi {
    remote: Rc<Remote>,
    /// Seconds since 1970.
    now: u64,
}

impl Platform for Wasi {
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
        fetch::send_all(requests).await
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        body.collect(max).await
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body::join(pieces)
    }

    async fn stream(&self, _: u64, pieces: impl Pieces<Self>) -> Result<Body, Error> {
        let remote = Rc::clone(&self.remote);
        Ok(Body::made(move || Self { remote: Rc::clone(&remote), now: now() }, pieces))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// See [`Platform::sleep`].
pub async fn sleep(duration: Duration) {
    wasip3::clocks::monotonic_clock::wait_for(fetch::nanoseconds(duration)).await;
}
