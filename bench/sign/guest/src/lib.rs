//! The same code on every target: figures to compare, and URLs which must be identical.

mod contenders;
pub mod measure;
pub mod playlist;
pub mod urls;
