//! The traits between the services and the hosts.
//!
//! Four things cannot be functions: sending a request ([`Platform::fetch`]), key-value storage ([`Kv`]), SQL
//! ([`Sql`]), and the facts of a request ([`Facts`]). An adapter implements these four and owns the accept loop. A
//! service is a [`Service`]. An entry joins one service to one adapter.
//!
//! This crate holds the traits, and what services and adapters both use: errors, the context of a request, the record
//! of what a request cost, problem bodies, the look-up of configuration. Code above the traits has crates of its own:
//! objects in a bucket (`platform-s3`), KV in the bucket and SQL over HTTP (`platform-fallback`, for adapters), and
//! the code that both services share (`edge`, for services).
//!
//! Futures are not `Send`, because every host runs a request on one thread.

#![allow(async_fn_in_trait)]

pub mod config;
pub mod context;
pub mod error;
pub mod fetch;
pub mod headers;
pub mod kv;
pub mod log_client;
pub mod problem;
mod problem_type;
pub mod record;
pub mod service;
pub mod sql;
mod trace;

pub use context::{Cx, Facts};
pub use error::{Error, Kind};
pub use fetch::{AHEAD, EdgeCache, Pieces, Platform, Timeouts, Tries};
pub use kv::{Kv, KvKey, StoreName};
pub use log_client::LogClient;
pub use problem::Problem;
pub use problem_type::ProblemType;
pub use record::{CacheOutcome, Record};
pub use service::Service;
pub use sql::{Row, Sql, Statement, Value};
pub use trace::{TRACEPARENT, Trace};
