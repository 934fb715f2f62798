//! Fastly's local server, Viceroy, with one of our services in it.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::{Failure, programs::wasm};

/// How long it may take to compile a service, on a machine that does other things too.
const START: Duration = Duration::from_mins(2);

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
        let mut child = Command::new(servers::viceroy::find()?)
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

    /// All it wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("stderr"))?)
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
    let (secrets, plain): (Vec<_>, Vec<_>) =
        config.iter().partition(|(name, _)| platform::config::SECRETS.contains(&name.as_str()));
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
