//! Spin 4.1 and newer: what [`platform_wasi`] is, with Spin's own key-value stores, SQLite and variables.
//!
//! [`serve!`] makes a component of one [`Service`](platform::Service); [`Spin`] is the [`Platform`] of one request.

#![allow(async_fn_in_trait)]

mod config;
mod kv;
mod serve;
mod sql;

pub use kv::Store;
#[doc(hidden)]
pub use platform_wasi::wasip3;
pub use platform_wasi::{Body, Kept};
pub use serve::{Site, handle};
pub use sql::Database;

use std::{rc::Rc, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Platform, SqlHttp, StoreName, sql_http::Endpoint};
use platform_wasi::fetch;

/// What an instance keeps between requests. Nothing of a request.
struct Instance {
    /// The catalogue's database, where it is behind HTTP.
    endpoint: Option<Arc<Endpoint>>,
    connection: sql::Kept,
}

/// The platform of one request.
#[derive(Clone)]
pub struct Spin(Rc<Instance>);

impl Platform for Spin {
    type Kv = Store;
    type Sql = Database;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Ok(Store::new(store))
    }

    fn sql(&self) -> Result<Database, Error> {
        Ok(match &self.0.endpoint {
            Some(endpoint) => Database::behind_http(SqlHttp::new(self.clone(), Arc::clone(endpoint))),
            None => Database::own(&self.0),
        })
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

    async fn sleep(&self, duration: Duration) {
        platform_wasi::sleep(duration).await;
    }
}
