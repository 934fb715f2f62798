//! The workspace as cargo describes it, and what is made from that. The rules about it are in `tests/`.

mod generated;
mod picture;
mod workspace;

pub use generated::generated;
pub use picture::svg;
pub use workspace::{Failure, Layer, Package, metadata, packages, root};
