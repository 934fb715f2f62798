//! The seam between the services and the hosts.
//!
//! Four things cannot be functions: sending a request ([`Platform::fetch`]), key-value storage ([`Kv`]),
//! SQL ([`Sql`]), and the facts of a request ([`Facts`]). An adapter implements these and owns the accept
//! loop; a service is a [`Service`]; an entry joins one of each. Everything else is written once, here,
//! above the traits: objects in an S3 bucket ([`object`]), expiry above KV ([`expiring`]), KV in the
//! bucket ([`kv_objects`]), SQL over HTTP ([`sql_http`]), sessions
//! ([`auth`]), who may ask for what they open ([`isolation`]), the catalogue ([`catalogue`]), the record of what a request cost ([`record`]).
//!
//! Futures are not `Send`: every host runs a request on one thread.

#![allow(async_fn_in_trait)]

pub mod auth;
pub mod catalogue;
pub mod config;
pub mod context;
pub mod error;
pub mod expiring;
pub mod fetch;
pub mod flights;
pub mod isolation;
pub mod kv;
pub mod kv_objects;
mod listing;
#[cfg(feature = "memory")]
pub mod memory;
pub mod object;
pub mod object_response;
pub mod problem;
pub mod record;
pub mod remote;
pub mod respond;
pub mod service;
pub mod sql;
pub mod sql_http;

pub use catalogue::Catalogue;
pub use context::{Cx, Facts};
pub use error::{Error, Kind};
pub use fetch::{Keep, Platform, Timeouts};
pub use kv::{Kv, KvKey, StoreName};
pub use kv_objects::KvObjects;
pub use problem::Problem;
pub use record::{CacheOutcome, Record};
pub use remote::Remote;
pub use service::Service;
pub use sql::{Row, Sql, Statement, Value};
pub use sql_http::SqlHttp;
