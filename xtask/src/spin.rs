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

const S3_ENDPOINT: &str = "S3_ENDPOINT";

/// The endpoint of a bucket on R2, unless the variables name another store. The manifest allows the components to call
/// the host of this variable only.
fn r2(variables: &[(String, String)]) -> Option<String> {
    let set = |name: &str| variables.iter().find(|(known, value)| known == name && !value.is_empty());
    let value = |name: &str| set(name).map(|(_, value)| value.as_str());
    let account = value("R2_ACCOUNT_ID").filter(|_| value(S3_ENDPOINT).is_none())?;
    let jurisdiction = value("R2_JURISDICTION").map(|name| [".", name].concat()).unwrap_or_default();
    Some(format!("https://{account}{jurisdiction}.r2.cloudflarestorage.com"))
}

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
    variables.extend(store.map(str::to_owned).or_else(|| r2(&variables)).map(|url| (S3_ENDPOINT.to_owned(), url)));
    let command = hosts::spin(spin, &root.join(manifest), data, data, &variables, local(SPIN_PORT))?;
    Ok(vec![Server { command, name: "spin", port: SPIN_PORT }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_on_r2_is_named_by_its_endpoint() {
        let endpoint = |variables: &[(&str, &str)]| {
            r2(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
        };
        let account = ("R2_ACCOUNT_ID", "0f");
        assert_eq!(endpoint(&[account]).as_deref(), Some("https://0f.r2.cloudflarestorage.com"));
        let europe = endpoint(&[account, ("R2_JURISDICTION", "eu")]);
        assert_eq!(europe.as_deref(), Some("https://0f.eu.r2.cloudflarestorage.com"));
        assert_eq!(endpoint(&[account, (S3_ENDPOINT, "http://127.0.0.1:9000")]), None);
        assert_eq!(endpoint(&[("R2_ACCOUNT_ID", "")]), None);
    }
}
