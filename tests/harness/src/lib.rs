//! Starts and stops real hosts for tests, development and CI.
//!
//! Each host is a process with a data folder of its own, on free ports. The process ends when its handle is dropped.

mod adapters;
mod cli;
mod edge;
mod exchange;
mod fastly;
mod large;
mod library;
mod local;
mod native;
mod node;
mod old;
mod package;
mod programs;
pub mod relay;
mod spin;
mod viceroy;
mod wasi;
mod wasmtime;

pub use adapters::{adapters, each_has_a_run};
pub use cli::Project;
pub use edge::EdgeGallery;
pub use fastly::FastlyGallery;
pub use large::LargeObject;
pub use library::{BIG_BYTES, LIVE, PHOTOS, PLACED, photo, write_photos};
pub use local::Local;
pub use native::{ENVIRONMENT, Gallery, Operator, Options, command, ingest};
pub use package::package;
pub use programs::{component, gallery, wasm};
pub use servers::{
    Process, RoundRobin, Sqld, fastly_cli::find as fastly_cli, free_address, hosts, named, node::program as node, sqld,
    viceroy::find as viceroy,
};
pub use wasi::{Ended, Wasi, WasiGallery, WasiHost};

/// What went wrong while starting a host.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
