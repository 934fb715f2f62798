//! Fastly Compute on this machine: Viceroy, the services as they are deployed, and what they need beside them.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Failure,
    edge::{Server, VIDEO_PORT, VIEWER_PORT},
    page,
    secrets::Config,
    wasm, workspace,
};

/// What the manifests read secrets from, below the workspace.
const SECRETS: &str = ".data/fastly-secrets.json";
/// The secrets among the local gallery's configuration.
const SECRET_NAMES: [&str; 4] = ["GALLERY_PASSWORD", "AUTH_SECRET", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"];

/// The local server; installed, outside the tree, if it is missing.
pub fn viceroy() -> Result<PathBuf, Failure> {
    if servers::viceroy::find().is_err() {
        let _ = writeln!(std::io::stdout(), "Installing Viceroy, Fastly's local server: some minutes, once.");
    }
    servers::viceroy::install()
}

/// Writes the secrets where the manifests look for them, readable by their owner only.
pub fn write_secrets(config: &Config) -> Result<(), Failure> {
    let path = workspace::root().join(SECRETS);
    let secrets: serde_json::Map<String, serde_json::Value> = SECRET_NAMES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), config.get(name)?.as_str().into())))
        .collect();
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).map_err(failed)?;
    file.write_all(serde_json::Value::Object(secrets).to_string().as_bytes()).map_err(failed)?;
    Ok(())
}

/// Viceroy for the services, under the manifests they are deployed with: all in one, or, split, one for each.
pub fn servers(split: bool) -> Result<Vec<Server>, Failure> {
    let viceroy = viceroy()?;
    page::build()?;
    let server = |package: &str, manifest: &str, name, port: u16| -> Result<Server, Failure> {
        let mut command = Command::new(&viceroy);
        command.args(["-C", manifest, "--addr", &format!("127.0.0.1:{port}")]).arg(wasm::build(package)?);
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
