//! Fastly's local server, Viceroy.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::{Failure, Local, hosts, programs::wasm};

impl Local {
    /// Starts the program `service` with this configuration and empty KV stores in Viceroy, at `address`.
    pub fn viceroy(service: &str, config: &[(String, String)], address: SocketAddr) -> Result<Self, Failure> {
        Self::viceroy_with(&[], service, config, address)
    }

    /// The same with more arguments: `-v` makes Viceroy log the URL of each request, and how much of the guest's
    /// memory the request took.
    pub fn viceroy_with(
        arguments: &[&str],
        service: &str,
        config: &[(String, String)],
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let manifest = manifest(folder.path(), config)?;
        let mut command = hosts::fastly(&manifest, &wasm(service)?, address)?;
        command.args(arguments);
        Self::start(&mut command, folder, address)
    }
}

/// Writes a manifest for the local server, and the files to which it refers.
fn manifest(folder: &Path, config: &[(String, String)]) -> Result<PathBuf, Failure> {
    let (secrets, plain): (Vec<_>, Vec<_>) =
        config.iter().partition(|(name, _)| platform::config::names::is_secret(name));
    let store = |file: &str, values: Vec<&(String, String)>| -> Result<String, Failure> {
        let path = folder.join(file);
        let values: Map<String, Value> =
            values.into_iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        fs::write(&path, Value::Object(values).to_string())?;
        // A JSON string is also a TOML string.
        Ok(format!("format = \"json\"\nfile = {}\n", Value::from(path.to_string_lossy())))
    };
    let text = format!(
        "manifest_version = 3\nname = \"test\"\nlanguage = \"rust\"\n\n\
         [local_server.config_stores.gallery_config]\n{}\n\
         [local_server.secret_stores.gallery_secrets]\n{}\n\
         [local_server.kv_stores]\nCACHE_VERSION = []\nVIDEO_CACHE = []\n",
        store("config.json", plain)?,
        store("secrets.json", secrets)?,
    );
    let path = folder.join("fastly.toml");
    fs::write(&path, text)?;
    Ok(path)
}
