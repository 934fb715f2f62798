//! Both services in Spin, on one address.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use servers::named;

use crate::{
    Failure,
    edge::{SPIN_PORT, Server},
    secrets::Config,
    wasm, workspace,
};

/// Where it is; else how to get it, and what runs the same services without it.
fn find() -> Result<PathBuf, Failure> {
    let hint = "Without it, `cargo xtask up --on wasi` runs the services on a WASI host that cargo builds";
    named::spin().map_err(|why| format!("{why}. {hint}").into())
}

/// `spin up` on the manifest, its stores and its SQLite below `data`, where ingest has written the catalogue.
pub fn servers(data: &Path, config: &Config, store: Option<&str>) -> Result<Vec<Server>, Failure> {
    let spin = find()?;
    for component in ["viewer-edge-spin", "video-edge-spin"] {
        wasm::write(component, &workspace::root().join("bin").join(component).with_extension("wasm"))?;
    }
    // That of the repository is for the default data folder.
    let runtime_config = data.join("runtime-config.toml");
    let text = fs::read_to_string(workspace::root().join("runtime-config.toml"))?;
    fs::write(&runtime_config, text.replace("\".data/", &format!("\"{}/", data.display())))?;
    let mut command = Command::new(spin);
    command.args(["up", "--from", "spin.toml", "--listen", &format!("127.0.0.1:{SPIN_PORT}")]);
    command.arg("--runtime-config-file").arg(&runtime_config).arg("--state-dir").arg(data.join("spin"));
    for (name, value) in config {
        command.env(format!("SPIN_VARIABLE_{name}"), value);
    }
    command.envs(store.map(|store| ("SPIN_VARIABLE_S3_ENDPOINT", store)));
    Ok(vec![Server { command, name: "spin", port: SPIN_PORT }])
}
