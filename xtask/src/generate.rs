//! `cargo xtask generate`: the files that are generated from the tree.

use std::{fs, io::Write as _};

use crate::{Failure, workspace};

pub fn run() -> Result<(), Failure> {
    let root = workspace::root();
    for (path, text) in layering::generated(&root)? {
        fs::write(root.join(path), text).map_err(|error| format!("{path}: {error}"))?;
        let _ = writeln!(std::io::stdout(), "{path}");
    }
    Ok(())
}
