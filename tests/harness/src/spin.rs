//! Spin itself, with the repository's own manifest.

use std::{fs, net::SocketAddr, path::Path, process::Command};

use tempfile::TempDir;

use crate::{EdgeGallery, Failure, Local, Options, programs::component};

impl Local {
    /// Starts the app of `spin.toml` with these variables, its SQLite and its stores below `data`.
    pub fn spin(variables: &[(String, String)], data: &Path, address: SocketAddr) -> Result<Self, Failure> {
        let mut manifest = from_repository("spin.toml")?;
        for service in ["viewer-edge-spin", "video-edge-spin"] {
            let (from, to) = (format!("\"bin/{service}.wasm\""), format!("\"{}\"", component(service)?.display()));
            if !manifest.contains(&from) {
                return Err(format!("spin.toml has no component {from}").into());
            }
            manifest = manifest.replace(&from, &to);
        }
        Self::spin_app(&manifest, variables, data, address)
    }

    /// The same with one entry crate for all routes, which is given all of the variables and may call this machine.
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
        let stores = from_repository("runtime-config.toml")?.replace("\".data/", &format!("\"{}/", data.display()));
        let [app, runtime] = ["spin.toml", "runtime-config.toml"].map(|name| folder.path().join(name));
        fs::write(&app, manifest)?;
        fs::write(&runtime, stores)?;
        let mut command = Command::new(servers::named::spin()?);
        command.args(["up", "--listen", &address.to_string(), "--from"]).arg(app);
        command.arg("--runtime-config-file").arg(runtime).arg("--state-dir").arg(folder.path().join("state"));
        command.envs(variables.iter().map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value)));
        Self::start(&mut command, folder, address)
    }
}

fn from_repository(name: &str) -> Result<String, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

impl EdgeGallery<Local> {
    /// Both services in Spin on one address, with the catalogue in SQLite. Needs a Spin on this machine.
    pub fn start_in_spin(options: &Options) -> Result<Self, Failure> {
        Self::start_with(&Options { split: false, ..options.clone() }, true, |native, _, variables, address| {
            Local::spin(variables, native.data(), address)
        })
    }
}
