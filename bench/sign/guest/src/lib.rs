//! The same code on every target: figures to compare, and URLs which must be identical.

#[cfg(feature = "contenders")]
mod contenders;
#[cfg(feature = "contenders")]
pub mod measure;
pub mod ours;
pub mod playlist;
mod timing;
pub mod urls;
