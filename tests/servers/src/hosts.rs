//! How each host is started, for tests and for `cargo xtask up`.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{Failure, Process, named, viceroy};

/// The first line that the native gallery prints.
#[derive(Clone, Debug, Deserialize)]
pub struct Ready {
    /// A URL such as `http://127.0.0.1:port`. The other URLs have the same form.
    pub gallery: String,
    /// The URL of video-edge, if it has its own.
    pub video: Option<String>,
    /// The URL of the embedded store, if it is used.
    pub store: Option<String>,
}

/// Starts `edge-gallery serve` by a command that has its arguments, and reads the addresses on which it listens. Its
/// log is appended to `log`.
pub fn native(command: &mut Command, log: &Path) -> Result<(Process, Ready), Failure> {
    let mut process = Process::start(command.stdout(Stdio::piped()), "the gallery")?;
    // The gallery has printed the reason to standard error.
    let first = process.first_line(log)?.ok_or("the gallery did not start")?;
    Ok((process, serde_json::from_str(&first)?))
}

/// A command that runs a program in Fastly's local server, with a manifest.
pub fn fastly(manifest: &Path, program: &Path, address: SocketAddr) -> Result<Command, Failure> {
    let mut command = Command::new(viceroy::find()?);
    command.arg("-C").arg(manifest).args(["--addr", &address.to_string()]).arg(program);
    Ok(command)
}

/// A command that runs `wasmtime serve` with a component for `wasi` (0.3) or `wasi02`, which gets the command's
/// environment.
pub fn wasmtime(wasi: &str, component: &Path, address: SocketAddr) -> Result<Command, Failure> {
    let mut command = Command::new(named::wasmtime()?);
    named::wasmtime_serve(&mut command, wasi, &address.to_string(), component);
    Ok(command)
}

/// A command that runs the WASI host of cargo's making with a component, which gets the command's environment. Compiled
/// components are kept beside the host.
pub fn wasi(host: &Path, component: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(host);
    command.args(["--listen", &address.to_string()]);
    command.arg("--cache").arg(host.with_file_name("compiled-components")).arg(component);
    command
}

/// A command that runs `spin up` with a manifest for `spin` (WASI 0.3) or `spin02`. For `spin`, the stores and the
/// SQLite are below `data`. All other files that Spin writes are in `folder`, with the one store of `spin02`.
pub fn spin(
    spin: &str,
    manifest: &Path,
    data: &Path,
    folder: &Path,
    variables: &[(String, String)],
    address: SocketAddr,
) -> Result<Command, Failure> {
    let mut command = Command::new(named::spin(spin)?);
    command.args(["up", "--listen", &address.to_string(), "--from"]).arg(manifest);
    command.arg("--state-dir").arg(folder.join("spin"));
    if spin == "spin" {
        let runtime_config = folder.join("runtime-config.toml");
        // The file in the repository is for the default data folder.
        let text = from_repository("runtime-config.toml")?.replace("\".data/", &format!("\"{}/", data.display()));
        fs::write(&runtime_config, text)?;
        command.arg("--runtime-config-file").arg(runtime_config);
    }
    command.envs(variables.iter().map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value)));
    Ok(command)
}

/// A manifest of the repository with these components instead of `bin/NAME.wasm`.
pub fn spin_manifest(
    name: &str,
    programs: &[&str],
    find: impl Fn(&str) -> Result<PathBuf, Failure>,
) -> Result<String, Failure> {
    let mut manifest = from_repository(name)?;
    for program in programs {
        let from = format!("\"bin/{program}.wasm\"");
        if !manifest.contains(&from) {
            return Err(format!("{name} has no component {from}").into());
        }
        manifest = manifest.replace(&from, &format!("\"{}\"", find(program)?.display()));
    }
    Ok(manifest)
}

fn from_repository(name: &str) -> Result<String, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}
