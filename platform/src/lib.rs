//! The seam between the services and the hosts.
//!
//! Four things cannot be functions: sending a request ([`Platform::fetch`]), key-value storage ([`Kv`]), SQL ([`Sql`]),
//! and the facts of a request ([`Facts`]). An adapter implements these and owns the accept loop. A service is a
//! [`Service`]. An entry joins one of each.
//!
//! This crate holds the traits and what both sides speak: errors, the context of a request, the record of what it cost,
//! problem bodies, the look-up of configuration. What is built above the traits has crates of its own: objects in a
//! bucket (`platform-s3`), KV in the bucket and SQL over HTTP (`platform-fallback`, for adapters), and what both
//! services share (`edge`, for services).
//!
//! Futures are not `Send`: every host runs a request on one thread.

#![allow(async_fn_in_trait)]

pub mod config;
pub mod context;
pub mod error;
pub mod fetch;
pub mod headers;
pub mod kv;
pub mod problem;
pub mod record;
pub mod service;
pub mod sql;

pub use context::{Cx, Facts};
pub use error::{Error, Kind};
pub use fetch::{EdgeCache, Platform, Timeouts};
pub use kv::{Kv, KvKey, StoreName};
pub use problem::Problem;
pub use record::{CacheOutcome, Record};
pub use service::Service;
pub use sql::{Row, Sql, Statement, Value};
