//! Fastly Compute on this machine: Viceroy, the services as they are deployed, and the files that they need.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use platform::config::names::SECRETS;
use servers::hosts;

use crate::{
    Failure,
    edge::{Server, VIDEO_PORT, VIEWER_PORT, local},
    page,
    secrets::Config,
    tools, wasm, workspace,
};

/// The file from which the manifests read secrets, below the workspace's root.
const SECRETS_FILE: &str = ".data/fastly-secrets.json";

/// The path of the local server, which is installed outside the tree if it is missing.
pub fn viceroy() -> Result<PathBuf, Failure> {
    if servers::viceroy::find().is_err() {
        let _ = writeln!(std::io::stdout(), "Installing Viceroy, Fastly's local server: some minutes, once.");
    }
    servers::viceroy::install_for_tests()
}

/// The same as its makers give it out, for what is measured.
pub fn optimised_viceroy() -> Result<PathBuf, Failure> {
    servers::viceroy::install()
}

/// The path of the Fastly CLI, which npm installs outside the tree if it is missing.
pub fn cli() -> Result<PathBuf, Failure> {
    tools::NPM.need()?;
    servers::fastly_cli::install()
}

/// Writes the secrets to the file that the manifests read. Only the owner may read the file.
pub fn write_secrets(config: &Config) -> Result<(), Failure> {
    let path = workspace::root().join(SECRETS_FILE);
    // A secret may be only in the caller's environment, and not in the configuration of the data folder.
    let value = |name: &str| config.get(name).cloned().or_else(|| std::env::var(name).ok());
    let secrets: serde_json::Map<String, serde_json::Value> =
        SECRETS.iter().filter_map(|name| Some((name.text().to_owned(), value(name.text())?.into()))).collect();
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).map_err(failed)?;
    file.write_all(serde_json::Value::Object(secrets).to_string().as_bytes()).map_err(failed)?;
    Ok(())
}

/// The servers that run the services in Viceroy, with the manifests of a deployment: one for both services, or, if
/// they are split, one for each.
pub fn servers(split: bool) -> Result<Vec<Server>, Failure> {
    viceroy()?;
    page::build()?;
    let server = |program: &str, manifest: &str, name, port: u16| -> Result<Server, Failure> {
        let command = hosts::fastly(Path::new(manifest), &wasm::build(program)?, local(port))?;
        Ok(Server { command, name, port })
    };
    if split {
        Ok(vec![
            server("viewer-edge-fastly", "fastly.toml", "viewer-edge-fastly", VIEWER_PORT)?,
            server("video-edge-fastly", "fastly.video.toml", "video-edge-fastly", VIDEO_PORT)?,
        ])
    } else {
        Ok(vec![server("all-in-one-fastly", "fastly.all.toml", "all-in-one-fastly", VIEWER_PORT)?])
    }
}
