//! Both services on a platform that fails by a seed.
//!
//! A seed decides what fails, how, and when: the KV store, the bucket, the database, the clock, the client. It also
//! decides the order in which several requests go on. Whatever the seed decides, no client sees a wrong byte, gets
//! the rights of another client, or reads the words of what failed. Once nothing fails any more, everything works
//! again. Every run of a seed is the same.

#![allow(async_fn_in_trait)]
#![allow(clippy::unwrap_used, reason = "what is made up here is well-formed")]

mod ask;
mod check;
mod faulty;
mod library;
mod random;
mod run;

pub use library::Library;
pub use run::{Tally, run};
