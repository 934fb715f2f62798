//! Both services in Spin, on one address.

use std::path::Path;

use platform::config::table::SETTINGS;
use servers::{hosts, named};

use crate::{
    Failure,
    edge::{SPIN_PORT, Server, local},
    secrets::Config,
    wasm, workspace,
};

/// The server that runs `spin up` with the manifest that the installed Spin takes. For Spin 4.1 and newer, the stores
/// and the SQLite are below `data`, where ingest has written the catalogue. Older ones read the snapshot in the bucket.
pub fn servers(data: &Path, config: &Config, store: Option<&str>) -> Result<Vec<Server>, Failure> {
    // Spin is looked for before anything is built for it.
    let hint = "Without it, `cargo xtask up --on wasi` runs the services on a WASI host that cargo builds";
    let (spin, manifest) = if named::spin("spin").is_ok() { ("spin", "spin.toml") } else { ("spin02", "spin.02.toml") };
    named::spin(spin).map_err(|why| format!("{why}. {hint}"))?;
    let root = workspace::root();
    for service in ["viewer-edge", "video-edge"] {
        let program = format!("{service}-{spin}");
        wasm::write(&program, &root.join("bin").join(&program).with_extension("wasm"))?;
    }
    // What the caller's environment says, and what the data folder keeps.
    let given = SETTINGS.iter().filter_map(|it| Some((it.name.text().to_owned(), std::env::var(it.name.text()).ok()?)));
    let mut variables: Vec<(String, String)> = given.chain(config.clone()).collect();
    variables.extend(store.map(|store| ("S3_ENDPOINT".to_owned(), store.to_owned())));
    let command = hosts::spin(spin, &root.join(manifest), data, data, &variables, local(SPIN_PORT))?;
    Ok(vec![Server { command, name: "spin", port: SPIN_PORT }])
}
