//! The native host: hyper on one current-thread runtime per core, SQLite, KV on disk.
//!
//! [`Host`] owns the accept loop and serves one [`Service`](platform::Service) per listener; [`Native`] is the
//! [`Platform`] on which the services run. Each worker thread has its own service, its own connection to the database
//! and its own outgoing connections, so a request takes no lock.

#![allow(async_fn_in_trait)]

mod body;
mod config;
mod error;
mod fetch;
mod host;
mod kv;
mod log;
mod patience;
mod request;
mod sql;
pub mod trust;
mod wire;
mod worker;

use std::{path::Path, rc::Rc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Kind, Platform, StoreName};
use tokio::task::JoinSet;

pub use body::Body;
pub use config::Config;
pub use error::HostError;
pub use host::{Host, Options};
pub use kv::{MAX_VALUE_BYTES, Store, clear as clear_kv};
pub use sql::{Database, Place};

/// The platform of one worker thread. Cheap to clone.
///
/// Its futures run inside a [`tokio::task::LocalSet`] on a runtime with I/O and time, and nowhere else.
#[derive(Clone)]
pub struct Native(Rc<Parts>);

struct Parts {
    kv: Rc<kv::File>,
    database: sql::Held,
    client: Rc<fetch::Client>,
}

impl Native {
    /// Opens the database and the stores in `data_dir`, which is made if it is missing. A database file gets its
    /// schema. Without `database`, the database is a file in `data_dir` too.
    ///
    /// A store that cannot be opened does not keep the host from starting: calls to the store give `Unavailable`.
    pub fn open(data_dir: &Path, database: Option<&Place>) -> Result<Self, HostError> {
        std::fs::create_dir_all(data_dir)
            .map_err(|error| HostError::new(format!("cannot make the folder {}", data_dir.display()), error))?;
        let database = database.cloned().unwrap_or_else(|| Place::File(data_dir.join("gallery.db")));
        Ok(Self(Rc::new(Parts {
            kv: Rc::new(kv::File::new(data_dir.join("kv.db"))),
            database: sql::Held::open(&database)?,
            client: Rc::new(fetch::Client::new()?),
        })))
    }
}

impl Platform for Native {
    type Kv = Store;
    type Sql = Database;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Ok(Store::new(store, Rc::clone(&self.0.kv)))
    }

    fn sql(&self) -> Result<Database, Error> {
        Ok(self.0.database.database(self))
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Body>, Error> {
        fetch::send(&self.0.client, request).await
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
        let mut answers: Vec<_> = requests.iter().map(|_| Err(Error::new(Kind::Internal, "fetch.all"))).collect();
        // When the client leaves, the set is dropped, and the requests are cancelled with it.
        let mut sent = JoinSet::new();
        for (index, request) in requests.into_iter().enumerate() {
            let client = Rc::clone(&self.0.client);
            sent.spawn_local(async move { (index, fetch::send(&client, request).await) });
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

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
