//! The real Spin, with the repository's own manifest.

use std::{fs, net::SocketAddr, path::Path};

use tempfile::TempDir;

use crate::{EdgeGallery, Failure, Local, Options, hosts, programs::component};

impl Local {
    /// Starts the app of `spin.toml` with these variables. Its SQLite and its stores are below `data`.
    pub fn spin(variables: &[(String, String)], data: &Path, address: SocketAddr) -> Result<Self, Failure> {
        let manifest = hosts::spin_manifest("spin.toml", &["viewer-edge-spin", "video-edge-spin"], component)?;
        Self::spin_app(&manifest, variables, data, address)
    }

    /// The same with one program for all routes. The program gets all variables, and may send requests to this
    /// machine.
    pub fn spin_alone(
        service: &str,
        variables: &[(String, String)],
        data: &Path,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let names: Vec<String> = variables.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let lines = |line: &dyn Fn(&str) -> String| names.iter().map(|name| line(name)).collect::<String>();
        let manifest = format!(
            "spin_manifest_version = 2\n[application]\nname = \"test\"\nversion = \"0.0.0\"\n\
             [variables]\n{}[[trigger.http]]\nroute = \"/...\"\ncomponent = \"service\"\n\
             [component.service]\nsource = \"{}\"\nallowed_outbound_hosts = [\"http://127.0.0.1:*\"]\n\
             key_value_stores = [\"cache_version\", \"video_cache\"]\nsqlite_databases = [\"default\"]\n\
             [component.service.variables]\n{}",
            lines(&|name| format!("{name} = {{ required = true }}\n")),
            component(service)?.display(),
            lines(&|name| format!("{name} = \"{{{{ {name} }}}}\"\n")),
        );
        Self::spin_app(&manifest, variables, data, address)
    }

    fn spin_app(
        manifest: &str,
        variables: &[(String, String)],
        data: &Path,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let app = folder.path().join("spin.toml");
        fs::write(&app, manifest)?;
        let mut command = hosts::spin(&app, data, folder.path(), variables, address)?;
        Self::start(&mut command, folder, address)
    }
}

impl EdgeGallery<Local> {
    /// Both services in Spin on one address, with the catalogue in SQLite. Needs a Spin on this machine.
    pub fn start_in_spin(options: &Options) -> Result<Self, Failure> {
        Self::start_with(&Options { split: false, ..options.clone() }, true, |native, _, variables, address| {
            Local::spin(variables, native.data(), address)
        })
    }
}
