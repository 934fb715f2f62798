//! Spin 4.1 and newer: [`platform_wasi`] with Spin's own key-value stores, SQLite and variables.
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
pub use platform_wasi::{Body, PerInstance};
pub use serve::{Site, handle};
pub use sql::Database;

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Pieces, Platform, StoreName};
use platform_wasi::fetch;

/// The platform of one request. Holds what an instance keeps: a connection to the database, and nothing of a request.
#[derive(Clone)]
pub struct Spin(Rc<sql::Shared>);

impl Platform for Spin {
    type Kv = Store;
    type Sql = Database;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Ok(Store::new(store))
    }

    fn sql(&self) -> Result<Database, Error> {
        Ok(Database(Rc::clone(&self.0)))
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
        let spin = self.clone();
        Ok(Body::made(move || spin.clone(), pieces))
    }

    async fn sleep(&self, duration: Duration) {
        platform_wasi::sleep(duration).await;
    }
}
