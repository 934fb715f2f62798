//! How programs of others and our own hosts are had and started: for builds, tests and the local stack.
//!
//! What is not ours is installed by ordinary package clients and kept outside the tree.

pub mod audit;
pub mod binaryen;
mod cargo;
pub mod hosts;
pub mod named;
mod npm;
mod process;
pub mod sqld;
pub mod viceroy;

use std::{env, path::PathBuf};

pub use process::{Process, to_files};
pub use sqld::Sqld;

/// What went wrong, in one line that says what to do.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where they are kept: `EDGE_GALLERY_CACHE`, else a folder in the user's cache.
pub fn cache() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("EDGE_GALLERY_CACHE").unwrap_or_else(|| {
        let user = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
        user.unwrap_or_else(env::temp_dir).join("edge-gallery")
    })
}

/// The program of this name that a shell would run.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
