//! The workspace as cargo describes it. The rules about it are in `tests/`.

mod workspace;

pub use workspace::{Failure, Layer, Package, metadata, packages, root};
