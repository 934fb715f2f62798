//! Fastly Compute, for wasm32-wasip1.
//!
//! [`serve()`] owns the accept loop and runs one [`Service`](platform::Service) in a reusable sandbox; [`Fastly`] is
//! the [`Platform`] of one request. Host calls block, so a future is always ready at its first poll, and only
//! [`Platform::fetch_all`] does several things at the same time.

#![allow(async_fn_in_trait)]

mod backend;
mod body;
mod config;
mod fetch;
mod instance;
mod kv;
mod log;
mod pop;
mod request;
mod serve;

pub use body::Body;
pub use kv::Store;
pub use serve::serve;

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use fastly::erl::{CounterDuration, RateCounter};
use http::{Request, Response};
use platform::{Error, Kind, KvKey, Platform, StoreName, Tries};
use platform_fallback::SqlHttp;

use instance::Instance;
use pop::Pop;

/// The rate counter of wrong passwords.
const LOGINS: &str = "logins";

/// The platform of one request. When it is dropped, the claims of the request in its POP end too.
#[derive(Clone)]
pub struct Fastly {
    instance: Rc<Instance>,
    pop: Rc<Pop>,
}

impl Fastly {
    fn new(instance: &Rc<Instance>) -> Self {
        Self { instance: Rc::clone(instance), pop: Rc::default() }
    }
}

impl Platform for Fastly {
    type Kv = Store;
    type Sql = SqlHttp<Self>;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Store::open(store, &self.instance, &self.pop)
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        SqlHttp::open(self.clone(), self.instance.sql.as_ref())
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        fetch::one(self, request)
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        fetch::all(self, requests)
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        body.collect(max)
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body::join(pieces)
    }

    async fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    /// A rate counter counts for one POP, and about a minute
    /// (<https://www.fastly.com/documentation/guides/concepts/rate-limiting/>). A try blocks
    /// its instance, so the pending ones of others are not known.
    async fn begin_try(&self, who: &KvKey) -> Result<Option<Tries>, Error> {
        let count = RateCounter::open(LOGINS).lookup_count(who.as_str(), CounterDuration::SixtySecs);
        let count = count.map_err(|error| Error::because(Kind::Unavailable, "tries.begin", error))?;
        Ok(Some(Tries { wrong: count, pending: 1, left: Tries::SECONDS, number: 0 }))
    }

    async fn end_try(&self, who: &KvKey, _number: u64, was_wrong: bool) -> Result<(), Error> {
        if !was_wrong {
            return Ok(());
        }
        let counted = RateCounter::open(LOGINS).increment(who.as_str(), 1);
        counted.map_err(|error| Error::because(Kind::Unavailable, "tries.end", error))
    }
}
