//! The files that are generated from the tree. `cargo xtask generate` writes them, and a test fails when they are out
//! of date.

use std::{fs, path::Path};

use platform::config::table;

use crate::{Failure, metadata, picture, problems};

/// The generated files. Each has its path from the root, and its content.
pub fn generated(root: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    Ok(vec![
        ("docs/architecture.svg", picture::svg(&metadata)),
        ("PLATFORM.md", platform(root)?),
        ("docs/COST.md", cost(root)?),
        ("viewer-edge/problems.html", problems::page(&fs::read_to_string(root.join("docs/PROBLEMS.md"))?)),
    ])
}

/// PLATFORM.md, with its table of configuration generated anew.
fn platform(root: &Path) -> Result<String, Failure> {
    between(&fs::read_to_string(root.join("PLATFORM.md"))?, "configuration", &table::markdown())
}

/// docs/COST.md, with its tables generated anew.
fn cost(root: &Path) -> Result<String, Failure> {
    let mut text = fs::read_to_string(root.join("docs/COST.md"))?;
    for (name, table) in cost::tables() {
        text = between(&text, name, &table)?;
    }
    Ok(text)
}

/// A document, with what stands between the marks of this name exchanged.
fn between(text: &str, name: &str, generated: &str) -> Result<String, Failure> {
    let begin = format!("<!-- {name}: begin, written by cargo xtask generate -->\n");
    let end = format!("<!-- {name}: end -->");
    let (before, rest) = text.split_once(&begin).ok_or_else(|| format!("no place says where {name} begins"))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| format!("no place says where {name} ends"))?;
    Ok(format!("{before}{begin}{generated}{end}{after}"))
}
