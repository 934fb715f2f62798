//! Spin 3.1 and newer, SpinKube, and Akamai's functions: [`platform_wasi02`] with Spin's key-value store and variables
//! (`fermyon:spin@2.0.0`).
//!
//! [`serve!`] makes a component of one [`Service`](platform::Service); [`Spin02`] is the [`Platform`] of one request.
//! The catalogue is the snapshot in the bucket, or on a libSQL server behind HTTP. Spin's SQLite is not used, because
//! a component that imports it does not start in clouds without SQLite.

#![allow(async_fn_in_trait)]

#[allow(unsafe_code, clippy::same_length_and_capacity, reason = "the calls of the host are generated")]
mod bindings;
mod config;
mod kv;

pub use kv::Store;
#[doc(hidden)]
pub use platform_wasi02;

use std::{net::IpAddr, rc::Rc, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use platform::{
    Error, Pieces, Platform, StoreName,
    config::{ConfigError, Lookup},
    headers::told_address,
};
use platform_fallback::{Endpoint, SqlHttp};
use platform_wasi02::{Body, Host, fetch};

/// In this header Spin tells the client's address. It adds its own line after the client's.
const CLIENT: &str = "spin-client-addr";

/// Exports `$service` as the component's `wasi:http/incoming-handler`. `$make` makes the service from the
/// configuration.
///
/// If the configuration is not usable, each request gets a 503, and the log gets a line that says what is missing.
#[macro_export]
macro_rules! serve {
    ($service:ty, $make:expr) => {
        $crate::platform_wasi02::serve!(on $crate::Instance: $service, $make);
    };
}

/// What an instance keeps: the address of the catalogue's database, if it is on a server.
pub struct Instance {
    sql: Option<Arc<Endpoint>>,
}

impl Host for Instance {
    type Platform = Spin02;

    fn read<T>(f: impl FnOnce(&Lookup<'_>) -> Result<T, ConfigError>) -> Result<T, String> {
        config::read(f)
    }

    fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self { sql: Endpoint::load(lookup)?.map(Arc::new) })
    }

    fn platform(self: Rc<Self>, _: u64) -> Spin02 {
        Spin02(self)
    }

    fn client(headers: &HeaderMap) -> Option<IpAddr> {
        told_address(headers, CLIENT)
    }
}

/// The platform of one request.
#[derive(Clone)]
pub struct Spin02(Rc<Instance>);

impl Platform for Spin02 {
    type Kv = Store;
    type Sql = SqlHttp<Self>;
    type Body = Body;

    fn kv(&self, store: StoreName) -> Result<Store, Error> {
        Ok(Store::new(store))
    }

    fn sql(&self) -> Result<SqlHttp<Self>, Error> {
        SqlHttp::open(self.clone(), self.0.sql.as_ref())
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
        let spin = self.clone();
        Ok(Body::made(move || spin.clone(), pieces))
    }

    async fn sleep(&self, duration: Duration) {
        platform_wasi02::sleep(duration);
    }
}
