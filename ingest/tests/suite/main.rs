//! The tests of the crate from outside, in one program: each further program would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may")]

mod adopt;
mod checksums;
#[path = "../common/mod.rs"]
mod common;
mod dates;
mod demo;
mod faults;
mod formats;
mod identity;
mod kv_rights;
mod large;
mod lost;
mod packs;
mod photos;
mod privacy;
mod proof;
mod renditions;
mod taking_out;
mod views;
