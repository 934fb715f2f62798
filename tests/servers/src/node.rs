//! Node as a host of components for WASI 0.2: the programs of `platform/node`, and the packages of npm that they use.
//! The packages are installed once, as the lock file says, and kept outside the tree.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Failure, cache, npm};

const PACKAGE: &str = include_str!("../../../platform/node/package.json");
const LOCK: &str = include_str!("../../../platform/node/package-lock.json");
const PROGRAMS: [(&str, &str); 7] = [
    ("guest.mjs", include_str!("../../../platform/node/guest.mjs")),
    ("instance.mjs", include_str!("../../../platform/node/instance.mjs")),
    ("load.mjs", include_str!("../../../platform/node/load.mjs")),
    ("pool.mjs", include_str!("../../../platform/node/pool.mjs")),
    ("serve.mjs", include_str!("../../../platform/node/serve.mjs")),
    ("transpile.mjs", include_str!("../../../platform/node/transpile.mjs")),
    ("wasi.mjs", include_str!("../../../platform/node/wasi.mjs")),
];

/// The path of the program that serves a component, with its packages beside it. npm installs them if they are
/// missing. The error says in one line what is missing.
pub fn program() -> Result<PathBuf, Failure> {
    let packages = cache().join(format!("node-{}", name_of(&[("package.json", PACKAGE), ("package-lock.json", LOCK)])));
    if !packages.is_dir() {
        npm::install_locked(&packages, PACKAGE, LOCK)?;
    }
    // Clones with other programs may share the packages, which Node looks for in the folders above a program.
    let folder = packages.join(name_of(&PROGRAMS));
    if !folder.is_dir() {
        let fresh = TempDir::new_in(&packages)?;
        for (name, text) in PROGRAMS {
            fs::write(fresh.path().join(name), text)?;
        }
        let fresh = fresh.keep();
        // Another process may have been faster.
        if fs::rename(&fresh, &folder).is_err() {
            let _ = fs::remove_dir_all(fresh);
        }
    }
    Ok(folder.join("serve.mjs"))
}

/// A command that serves a component at `address`. The component gets the command's environment.
pub fn serve(component: &Path, address: SocketAddr) -> Result<Command, Failure> {
    let mut command = Command::new("node");
    command.arg(program()?).arg(component).args(["--listen", &address.to_string()]);
    Ok(command)
}

/// A name for a folder with these files.
fn name_of(files: &[(&str, &str)]) -> String {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
