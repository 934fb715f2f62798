//! WASI 0.2, for wasm32-wasip2: components that export `wasi:http/incoming-handler@0.2`.
//!
//! [`serve!`] makes a component of one [`Service`](platform::Service); [`Wasi02`] is the [`Platform`] of one request.
//! It asks a host for HTTP, clocks, randomness and an environment, and for nothing else: KV is in the bucket, SQL behind HTTP.
//! A component that is made with [`Keyvalue`] asks for stores too.
//! Host calls block, so a future is always ready at its first poll, and only [`Platform::fetch_all`] does things at the same time.

#![allow(async_fn_in_trait)]

mod body;
mod failure;
mod fetch;
mod keyvalue;
mod request;
mod serve;

pub use body::Body;
pub use keyvalue::Keyvalue;
pub use serve::{Kept, Site, handle};
#[doc(hidden)]
pub use wasip2;

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Kv, KvObjects, Platform, Remote, SqlHttp, StoreName};
use wasip2::clocks::monotonic_clock;

/// The platform of one request.
#[derive(Clone)]
pub struct Wasi02<K = InBucket> {
    remote: Rc<Remote>,
    stores: K,
    /// Seconds since 1970.
    now: u64,
}

/// Where a request finds stores.
pub trait Stores: Clone + Default {
    type Kv: Kv;

    /// See [`Platform::kv`].
    fn open(&self, wasi: &Wasi02<Self>, name: StoreName) -> Result<Self::Kv, Error>;
}

/// In the bucket: any host has that.
#[derive(Clone, Default)]
pub struct InBucket;

impl Stores for InBucket {
    type Kv = KvObjects<Wasi02>;

    fn open(&self, wasi: &Wasi02, name: StoreName) -> Result<Self::Kv, Error> {
        Ok(wasi.remote.kv(wasi.clone(), name, wasi.now))
    }
}

impl<K: Stores> Platform for Wasi02<K> {
    type Kv = K::Kv;
    type Sql = SqlHttp<Self>;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<K::Kv, Error> {
        self.stores.open(self, store)
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        self.remote.sql(self.clone())
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        fetch::send(request)?.wait()
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        let sent: Vec<_> = requests.into_iter().map(fetch::send).collect();
        sent.into_iter().map(|sent| sent?.wait()).collect()
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        body.collect(max)
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body::join(pieces)
    }

    async fn sleep(&self, duration: Duration) {
        monotonic_clock::subscribe_duration(fetch::nanoseconds(duration)).block();
    }
}
