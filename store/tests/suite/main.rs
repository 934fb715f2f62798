//! The tests of the crate from outside, in one program: each further program would be linked anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod agreement;
#[path = "../common/mod.rs"]
mod common;
mod keys;
mod lists;
mod opens;
mod pages;
mod reads;
mod serving;
mod signatures;
mod uploads;
mod writes;
