//! The workspace as cargo describes it, and the files that are generated from this description. The rules for the
//! workspace are in `tests/`.

mod generated;
pub mod handbook;
mod picture;
pub mod problems;
mod workspace;

pub use generated::generated;
pub use picture::svg;
pub use workspace::{Failure, Layer, Package, metadata, packages, root};
