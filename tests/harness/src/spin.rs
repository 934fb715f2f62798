//! The real Spin, with the repository's own manifests.

use std::{fs, net::SocketAddr, path::Path};

use tempfile::TempDir;

use crate::{EdgeGallery, Failure, Local, Options, Wasi, hosts, programs::component};

/// What the manifests give to a component.
const WITH_SQL: &str = r#"key_value_stores = ["cache_version", "video_cache"]
sqlite_databases = ["default"]"#;
const WITHOUT_SQL: &str = r#"key_value_stores = ["default"]"#;

impl Local {
    /// Starts the app of `spin.toml` or `spin.02.toml` with these variables. If it has SQLite, that is below `data`.
    pub fn spin(wasi: Wasi, variables: &[(String, String)], data: &Path, address: SocketAddr) -> Result<Self, Failure> {
        let name = if wasi == Wasi::Spin02 { "spin.02.toml" } else { "spin.toml" };
        let programs = ["viewer-edge", "video-edge"].map(|service| format!("{service}-{}", wasi.suffix()));
        let manifest = hosts::spin_manifest(name, &programs.each_ref().map(String::as_str), component)?;
        Self::spin_app(wasi, &manifest, variables, data, address)
    }

    /// The same with one program for all routes. The program gets all variables, and may send requests to this
    /// machine.
    pub fn spin_alone(
        wasi: Wasi,
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
             {}\n[component.service.variables]\n{}",
            lines(&|name| format!("{name} = {{ required = true }}\n")),
            component(&format!("{service}-{}", wasi.suffix()))?.display(),
            if wasi.has_sql() { WITH_SQL } else { WITHOUT_SQL },
            lines(&|name| format!("{name} = \"{{{{ {name} }}}}\"\n")),
        );
        Self::spin_app(wasi, &manifest, variables, data, address)
    }

    fn spin_app(
        wasi: Wasi,
        manifest: &str,
        variables: &[(String, String)],
        data: &Path,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let app = folder.path().join("spin.toml");
        fs::write(&app, manifest)?;
        let mut command = hosts::spin(wasi.suffix(), &app, data, folder.path(), variables, address)?;
        Self::start(&mut command, folder, address)
    }
}

impl EdgeGallery<Local> {
    /// Both services in Spin on one address, with the catalogue in SQLite, or in the bucket for `Spin02`. Needs a Spin
    /// on this machine.
    pub fn start_in_spin(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        Self::start_with(
            &Options { split: false, ..options.clone() },
            wasi.has_sql(),
            |native, _, variables, address| Local::spin(wasi, variables, native.data(), address),
        )
    }
}
