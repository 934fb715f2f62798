//! The tests of the whole tree in one program: each further program would be linked anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod cycles;
mod deploy;
mod generated;
mod layering;
mod licences;
mod links;
mod manifests;
mod picture;
mod problems;
mod prose;
