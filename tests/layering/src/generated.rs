//! The files that are made from the tree. `cargo xtask generate` writes them; a test says when it was forgotten.

use std::path::Path;

use crate::{Failure, metadata, picture};

/// Each with its path from the root, and what it should hold.
pub fn generated(root: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    Ok(vec![("docs/architecture.svg", picture::svg(&metadata))])
}
