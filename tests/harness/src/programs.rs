//! The programs under test, built once by cargo.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::Failure;

/// Where the program `name` is. The first call builds all of them.
pub fn program(name: &str) -> Result<&'static Path, Failure> {
    static BUILT: OnceLock<Result<HashMap<String, PathBuf>, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|failure| failure.to_string()));
    let built = built.as_ref().map_err(|failure| Failure::from(failure.as_str()))?;
    built.get(name).map(PathBuf::as_path).ok_or_else(|| format!("cargo built no program {name}").into())
}

fn build() -> Result<HashMap<String, PathBuf>, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["build", "--quiet", "--bins", "--message-format=json-render-diagnostics"])
        .args(["--package", "edge-gallery", "--package", "ingest"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("building the programs under test failed".into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    Ok(messages
        .filter_map(|message| {
            let path = message["executable"].as_str()?;
            Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(path)))
        })
        .collect())
}
