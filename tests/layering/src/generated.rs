//! The files that are generated from the tree. `cargo xtask generate` writes them, and a test fails when they are out
//! of date.

use std::{fs, path::Path};

use platform::config::table;

use crate::{Failure, metadata, picture};

/// The generated files. Each has its path from the root, and its content.
pub fn generated(root: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    Ok(vec![("docs/architecture.svg", picture::svg(&metadata)), ("PLATFORM.md", platform(root)?)])
}

/// PLATFORM.md, with its table of configuration generated anew.
fn platform(root: &Path) -> Result<String, Failure> {
    const BEGIN: &str = "<!-- configuration: begin, written by cargo xtask generate -->\n";
    const END: &str = "<!-- configuration: end -->";
    let text = fs::read_to_string(root.join("PLATFORM.md"))?;
    let (before, rest) = text.split_once(BEGIN).ok_or("PLATFORM.md does not say where its configuration begins")?;
    let (_, after) = rest.split_once(END).ok_or("PLATFORM.md does not say where its configuration ends")?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table::markdown()))
}
