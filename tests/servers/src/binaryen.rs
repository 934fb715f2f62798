//! Binaryen's `wasm-opt`, which makes programs for wasm smaller. It is installed once from npm, and run by Node.

use std::path::PathBuf;

use crate::{Failure, cache, npm};

/// The version that the builds and the tests use.
const VERSION: &str = "132.0.0";

/// The path of `wasm-opt`, which npm installs if it is missing.
pub fn wasm_opt() -> Result<PathBuf, Failure> {
    let folder = cache().join(format!("binaryen-{VERSION}"));
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    npm::have(&program, &folder, &format!("binaryen@{VERSION}"))
}
