//! Processes that we start, and what they may use.

pub mod confine;
pub mod process;
