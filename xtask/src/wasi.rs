//! The services as components, for WASI hosts and Spin.

use std::path::{Path, PathBuf};

use crate::{
    Failure, tools,
    workspace::{self, cargo},
};

const SERVICES: [&str; 4] = ["viewer-edge", "video-edge", "all-in-one", "conformance"];
const HOSTS: [&str; 3] = ["wasi", "wasi02", "spin"];

/// Builds all of them as they are deployed, and tells the folder they are in.
pub fn components() -> Result<PathBuf, Failure> {
    tools::need_target("wasm32-wasip2")?;
    let mut command = cargo();
    command.args(["build", "--quiet", "--profile", "wasm", "--target", "wasm32-wasip2"]);
    for (service, host) in SERVICES.iter().flat_map(|service| HOSTS.map(|host| (service, host))) {
        command.args(["--package", &format!("{service}-{host}")]);
    }
    let built = workspace::programs(&mut command)?;
    let folder = built.path("all-in-one-wasi")?.parent();
    Ok(folder.unwrap_or(Path::new(".")).to_path_buf())
}
