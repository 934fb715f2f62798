//! Both services on a platform that fails by a seed.
//!
//! A seed decides what fails, how, and when: the KV store, the bucket, the database, the clock, the client; and in which
//! order several requests at once go on. Whatever it decides, no client sees a wrong byte, another's right, or the words
//! of what failed; and once nothing fails any more, all is as it should be. Every run of a seed is the same.

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
