//! Fastly Compute on this machine: Viceroy, the services as they are deployed, and what they need beside them.

use std::{
    fs,
    io::Write as _,
    net::TcpStream,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    Failure,
    process::{self, Running},
    secrets::Config,
    tools,
    workspace::{self, cargo},
};

/// Where `fastly compute serve` listens by default, and where the manifests look for video-edge.
pub const VIEWER_PORT: u16 = 7676;
pub const VIDEO_PORT: u16 = 7677;
/// Where the manifests look for the bucket.
pub const STORE_PORT: u16 = 9000;
/// Where those of the separate services look for the catalogue. All in one reads the snapshot in the bucket.
pub const SQL_PORT: u16 = 8081;
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

/// Builds an entry crate as it is deployed, and tells where it is: a module for Fastly, a component for the others.
pub fn build(package: &str) -> Result<PathBuf, Failure> {
    let target = if package.ends_with("-fastly") { "wasm32-wasip1" } else { "wasm32-wasip2" };
    tools::need_target(target)?;
    let mut command = cargo();
    command.args(["build", "--profile", "wasm", "--target", target, "--package", package]);
    Ok(workspace::programs(&mut command)?.path(package)?.to_path_buf())
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

/// The services in Viceroy, under the manifests they are deployed with.
pub struct Services {
    running: Vec<Running>,
    pub url: String,
    pub video: Option<String>,
}

impl Services {
    pub fn start(split: bool, data: &Path) -> Result<Self, Failure> {
        let viceroy = viceroy()?;
        let start = |package: &str, manifest: &str, name: &'static str, port: u16| -> Result<Running, Failure> {
            let wasm = build(package)?;
            let log = fs::File::options().create(true).append(true).open(data.join(format!("{package}.log")))?;
            let mut command = Command::new(&viceroy);
            // The manifest names files below the workspace.
            command.current_dir(workspace::root()).args(["-C", manifest, "--addr", &format!("127.0.0.1:{port}")]);
            command.arg(wasm).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
            let mut running = Running::start(&mut command, name)?;
            while TcpStream::connect(("127.0.0.1", port)).is_err() && !process::stopped() {
                if let Some(status) = running.ended()? {
                    let log = data.join(format!("{package}.log"));
                    return Err(format!("{name} ended by itself ({status}); see {}", log.display()).into());
                }
                thread::sleep(Duration::from_millis(100));
            }
            Ok(running)
        };
        let url = format!("http://127.0.0.1:{VIEWER_PORT}");
        if !split {
            let running = vec![start("all-in-one-fastly", "fastly.all.toml", "Viceroy", VIEWER_PORT)?];
            return Ok(Self { running, url, video: None });
        }
        let running = vec![
            start("viewer-edge-fastly", "fastly.toml", "Viceroy (viewer)", VIEWER_PORT)?,
            start("video-edge-fastly", "fastly.video.toml", "Viceroy (video)", VIDEO_PORT)?,
        ];
        Ok(Self { running, url, video: Some(format!("http://127.0.0.1:{VIDEO_PORT}")) })
    }

    /// Whether one of them has ended.
    pub fn ended(&mut self) -> Result<bool, Failure> {
        for running in &mut self.running {
            if running.ended()?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Builds an entry crate, the page in it, and copies it where the Fastly CLI wants it.
pub fn wasm(package: &str, out: &Path) -> Result<(), Failure> {
    crate::page::build()?;
    let built = build(package)?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(built, out).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
    Ok(())
}

/// Prints the size of each service, the page left out, beside its budget.
pub fn size() -> Result<(), Failure> {
    /// Bytes. An empty handler is 436 kB, 610 kB once it sends requests.
    const BUDGETS: [(&str, u64); 2] = [("viewer-edge-fastly", 1_100_000), ("video-edge-fastly", 900_000)];
    for (package, budget) in BUDGETS {
        let page = if package == "viewer-edge-fastly" { page_bytes()? } else { 0 };
        let size = fs::metadata(build(package)?)?.len().saturating_sub(page);
        let verdict = if size <= budget { "within" } else { "OVER" };
        let _ = writeln!(std::io::stdout(), "{package:20} {size:>9} bytes, {verdict} {budget} (page: {page})");
    }
    let size = fs::metadata(build("all-in-one-fastly")?)?.len();
    let _ = writeln!(std::io::stdout(), "{:20} {size:>9} bytes", "all-in-one-fastly");
    Ok(())
}

/// What the page takes in the program: its files, each with its compressed forms.
fn page_bytes() -> Result<u64, Failure> {
    fn of(folder: &Path) -> std::io::Result<u64> {
        fs::read_dir(folder)?.try_fold(0, |sum, entry| {
            let entry = entry?;
            Ok(sum + if entry.file_type()?.is_dir() { of(&entry.path())? } else { entry.metadata()?.len() })
        })
    }
    let dist = workspace::root().join("web/dist");
    if dist.join("index.html").exists() { Ok(of(&dist)?) } else { Ok(0) }
}
