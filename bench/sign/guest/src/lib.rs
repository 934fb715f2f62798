//! The same code on every target: it gives figures to compare, and URLs that must be identical.

#[cfg(feature = "contenders")]
mod contenders;
#[cfg(feature = "contenders")]
pub mod measure;
pub mod ours;
pub mod playlist;
mod timing;
pub mod urls;
