//! The native host: hyper on one current-thread runtime per core, SQLite, KV on disk.
//!
//! [`Host`] owns the accept loop and serves one [`Service`](platform::Service) per listener; [`Native`] is the
//! [`Platform`] on which the services run. Each worker thread has its own service, its own connection to the database
//! and its own outgoing connections, so a request takes no lock.

#![allow(async_fn_in_trait)]

mod body;
mod clock;
mod compute;
mod config;
mod crowd;
mod edge_cache;
mod entropy;
mod error;
mod fetch;
mod flow;
mod host;
mod http1;
mod http2;
mod kv;
mod log;
mod names;
mod observer;
mod patience;
mod processor;
mod recent;
mod request;
mod shared;
mod sql;
mod stream;
mod tls;
mod tries;
pub mod trust;
mod whole;
mod wire;
mod worker;

use std::{
    path::Path,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream::unfold;
use http::{Request, Response};
use platform::{EdgeCache, Error, Kind, KvKey, Pieces, Platform, StoreName, Tries};
use tokio::task::JoinSet;

pub use body::Body;
pub use config::{Config, unreadable, variable};
pub use crowd::{Crowd, Seat};
pub use error::HostError;
pub use host::{Host, Options};
pub use kv::{
    FILE as KV_FILE, MAX_VALUE_BYTES, Store, clear as clear_kv, is_in_bucket as has_kv_in_bucket,
    put_if_absent as put_kv_if_absent,
};
pub use names::HostNames;
pub use observer::{Ended, Observer};
pub use shared::Shared;
pub use sql::{Database, Place};
pub use tls::Tls;

/// The platform of one worker thread. Cheap to clone.
///
/// Its futures run inside a [`tokio::task::LocalSet`] on a runtime with I/O and time, and nowhere else.
#[derive(Clone)]
pub struct Native(Rc<Parts>);

struct Parts {
    stores: kv::Stores,
    database: sql::Held,
    client: Rc<fetch::Client>,
    shared: Arc<Shared>,
}

impl Native {
    /// The platform of the only worker of a process. See [`Native::open_sharing`].
    pub fn open(data_dir: &Path, database: Option<&Place>) -> Result<Self, HostError> {
        Self::open_sharing(data_dir, database, &Shared::new(data_dir, shared::DEFAULT_CACHE_BYTES)?)
    }

    /// Opens the database and the stores of `shared`, whose folder is `data_dir`. A database file gets its schema.
    /// Without `database`, the database is a file in `data_dir` too.
    ///
    /// A store that cannot be opened does not keep the host from starting: calls to the store give `Unavailable`.
    pub fn open_sharing(data_dir: &Path, database: Option<&Place>, shared: &Arc<Shared>) -> Result<Self, HostError> {
        let database = database.cloned().unwrap_or_else(|| Place::File(data_dir.join("gallery.db")));
        Ok(Self(Rc::new(Parts {
            stores: kv::Stores::open(&shared.kv),
            database: sql::Held::open(&database)?,
            client: Rc::new(fetch::Client::new()?),
            shared: Arc::clone(shared),
        })))
    }
}

impl Platform for Native {
    type Kv = Store;
    type Sql = Database;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Ok(self.0.stores.store(self, store))
    }

    fn sql(&self) -> Result<Database, Error> {
        Ok(self.0.database.database(self))
    }

    async fn fetch(&self, mut request: Request<Bytes>) -> Result<Response<Body>, Error> {
        let send = |request| fetch::send(&self.0.client, request);
        match (request.extensions_mut().remove::<EdgeCache>(), &self.0.shared.memory) {
            (Some(wish), Some(memory)) => memory.through(request, &wish, send).await,
            _ => send(request).await,
        }
    }

    fn kept(&self, wish: &EdgeCache, request: impl FnOnce() -> Option<Request<Bytes>>) -> Option<Response<Body>> {
        self.0.shared.memory.as_ref()?.find(&request()?, wish)
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        let mut answers: Vec<_> = requests.iter().map(|_| Err(Error::new(Kind::Internal, "fetch.all"))).collect();
        // When the client leaves, the set is dropped, and the requests are cancelled with it.
        let mut sent = JoinSet::new();
        for (index, request) in requests.into_iter().enumerate() {
            let native = self.clone();
            sent.spawn_local(async move { (index, native.fetch(request).await) });
        }
        while let Some(joined) = sent.join_next().await {
            if let Ok((index, answer)) = joined {
                answers[index] = answer;
            }
        }
        answers
    }

    async fn collect(body: Body, max: usize) -> Result<Bytes, Error> {
        body.collect(max).await
    }

    fn join(pieces: Vec<Body>) -> Body {
        Body::join(pieces)
    }

    async fn stream(&self, _: u64, pieces: impl Pieces<Self>) -> Result<Body, Error> {
        let begin = (self.clone(), pieces);
        Ok(Body::made(unfold(begin, |(native, mut pieces)| async {
            let piece = pieces.next(&native, request::now()).await?;
            Some((piece, (native, pieces)))
        })))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        self.0.shared.pool.run(work).await
    }

    async fn begin_try(&self, who: &KvKey) -> Result<Option<Tries>, Error> {
        Ok(Some(self.0.shared.tries.begin(who.as_str(), Instant::now())))
    }

    async fn end_try(&self, who: &KvKey, number: u64, was_wrong: bool) -> Result<(), Error> {
        self.0.shared.tries.end(who.as_str(), number, was_wrong);
        Ok(())
    }
}
