//! How programs made by others are installed, and how these programs and the gallery's own hosts are started: for
//! builds, tests and the local stack.
//!
//! Ordinary package clients install the programs made by others, which are kept outside the tree.

pub mod audit;
pub mod binaryen;
mod cargo;
pub mod fastly_cli;
pub mod hosts;
pub mod mdbook;
pub mod named;
pub mod node;
mod npm;
mod ports;
mod process;
pub mod robin;
pub mod rotating;
pub mod sqld;
pub mod viceroy;
pub mod zig;

use std::{env, path::PathBuf};

pub use ports::free_address;
pub use process::{Process, to_files};
pub use robin::RoundRobin;
pub use sqld::Sqld;

/// A failure, as one line that says what to do.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The folder of installed programs: `EDGE_GALLERY_CACHE`, or otherwise a folder in the user's cache.
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
