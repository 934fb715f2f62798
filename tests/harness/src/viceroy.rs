//! Fastly's local server, Viceroy, with one of our services in it.

use std::{
    env, fs,
    fs::File,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::{Failure, programs::wasm, sqld::cache};

/// The version that `cargo xtask` installs.
const VERSION: &str = "0.22.0";
/// How long it may take to compile a service, on a machine that does other things too.
const START: Duration = Duration::from_mins(2);

/// What the services read from the Secret Store; all else comes from the Config Store.
const SECRETS: [&str; 6] = [
    "GALLERY_PASSWORD",
    "AUTH_SECRET",
    "R2_ACCESS_KEY_ID",
    "R2_SECRET_ACCESS_KEY",
    "R2_SESSION_TOKEN",
    "SQL_AUTH_TOKEN",
];

/// Where it is: what `VICEROY` says, else where `cargo xtask` puts it, else on `PATH`.
///
/// `Err` says how to get it. A `VICEROY` that leads nowhere is an error of its own: whoever sets it wants it used.
pub fn viceroy() -> Result<PathBuf, String> {
    if let Some(given) = env::var_os("VICEROY").filter(|given| !given.is_empty()) {
        let given = PathBuf::from(given);
        return if given.is_file() { Ok(given) } else { Err(format!("VICEROY={} is no file", given.display())) };
    }
    let kept = cache().join(format!("viceroy-{VERSION}/bin/viceroy"));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::iter::once(kept).chain(env::split_paths(&path).map(|folder| folder.join("viceroy")));
    candidates.find(|candidate| candidate.is_file()).ok_or_else(|| {
        format!(
            "Viceroy is missing: cargo xtask test installs it, or cargo install viceroy --version {VERSION} --locked"
        )
    })
}

/// One service in one Viceroy. Ends when dropped.
pub struct Viceroy {
    child: Child,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Viceroy {
    /// Starts the entry crate `service` with this configuration and empty KV stores, at `address`.
    pub fn start(service: &str, config: &[(String, String)], address: SocketAddr) -> Result<Self, Failure> {
        Self::start_with(&[], service, config, address)
    }

    /// The same with more arguments: `-v` makes it log each request's URL, and what it took of the guest's memory.
    pub fn start_with(
        arguments: &[&str],
        service: &str,
        config: &[(String, String)],
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let manifest = manifest(folder.path(), config)?;
        let log = File::create(folder.path().join("log"))?;
        let mut child = Command::new(viceroy()?)
            .args(arguments)
            .arg("-C")
            .arg(manifest)
            .args(["--addr", &address.to_string()])
            .arg(wasm(service)?)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(File::create(folder.path().join("stderr"))?)
            .spawn()?;
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if child.try_wait()?.is_some() || started.elapsed() > START {
                let _ = child.kill();
                let _ = child.wait();
                let said = fs::read_to_string(folder.path().join("stderr"))?;
                return Err(format!("Viceroy did not start {service}: {}", said.trim()).into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { child, folder, url: format!("http://{address}") })
    }

    /// All log lines so far: what the service wrote, and what Viceroy says of each request.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// The process, for its memory.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Viceroy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on just now.
pub fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Writes a manifest for the local server, and what it refers to.
fn manifest(folder: &Path, config: &[(String, String)]) -> Result<PathBuf, Failure> {
    let (secrets, plain): (Vec<_>, Vec<_>) = config.iter().partition(|(name, _)| SECRETS.contains(&name.as_str()));
    let store = |file: &str, values: Vec<&(String, String)>| -> Result<String, Failure> {
        let path = folder.join(file);
        let values: Map<String, Value> =
            values.into_iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        fs::write(&path, Value::Object(values).to_string())?;
        // A JSON string is a TOML string too.
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
