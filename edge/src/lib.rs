//! The code that both services share: who may enter, what a response looks like, the catalogue, the playlist cache.
//!
//! The crate is for services only. No adapter uses it, and it knows no host.

#![allow(async_fn_in_trait)]

pub mod answer;
mod base;
pub mod catalogue;
pub mod coding;
mod cors;
pub mod expiring;
mod failure;
pub mod isolation;
pub mod made;
pub mod object_response;
pub mod patched;
pub mod playlist_cache;
mod ready;
pub mod respond;
mod security;
pub mod sessions;
pub mod single_flight;

pub use answer::answer;
pub use base::{Base, Outside};
pub use catalogue::Catalogue;
pub use coding::Coding;
pub use cors::Cors;
pub use failure::Failure;
pub use gallery::digest::digest;
pub use ready::Readiness;
pub use sessions::{AuthSecret, Gate, Sessions, Viewer};
pub use single_flight::{Flight, SingleFlight};
