//! The tests of the program from outside, in one program: each further program would be linked anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod adopt;
mod check;
#[path = "../../../ingest/tests/common/mod.rs"]
mod common;
#[path = "../complete/mod.rs"]
mod complete;
mod cost;
mod damaged;
mod download;
mod gone;
mod hosted;
mod ingest;
mod interrupted;
mod killed;
mod metrics;
mod private;
mod program;
#[path = "../serving/mod.rs"]
mod serving;
mod stats;
#[path = "../tls/mod.rs"]
mod tls;
mod upgrade;
