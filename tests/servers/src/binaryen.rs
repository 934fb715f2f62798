//! Binaryen's `wasm-opt`, which makes programs for wasm smaller. Installed once from npm, run by Node.

use std::path::PathBuf;

use crate::{Failure, cache, npm};

/// Built and tested with.
const VERSION: &str = "132.0.0";

/// Where it is; installed by npm if it is missing.
pub fn wasm_opt() -> Result<PathBuf, Failure> {
    let folder = cache().join(format!("binaryen-{VERSION}"));
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    npm::have(&program, &folder, &format!("binaryen@{VERSION}"))
}
