//! The gallery on a WASI host: services in wasmtime, the store and the library in a native gallery beside them.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    EdgeGallery, Failure, Options,
    native::{FOREIGN, first_line},
    programs::{component, wasi_host},
};

/// Which WASI the components are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wasi {
    /// `wasi:http/handler@0.3.0`.
    P3,
    /// `wasi:http/incoming-handler@0.2`.
    P2,
    /// 0.3, with Spin's own imports: KV in memory, and the catalogue in the native gallery's SQLite file.
    Spin,
}

impl Wasi {
    /// Which of the entry crates they are, by the end of its name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::P3 => "wasi",
            Self::P2 => "wasi02",
            Self::Spin => "spin",
        }
    }
}

/// One service in one host. Ends when dropped.
pub struct WasiHost {
    child: Child,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl WasiHost {
    /// Starts the entry crate `service` with this environment, at `address`; one for Spin with a SQLite file.
    pub fn start(
        service: &str,
        environment: &[(String, String)],
        database: Option<&Path>,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let mut command = Command::new(wasi_host()?);
        for name in FOREIGN {
            command.env_remove(name);
        }
        if let Some(database) = database {
            command.arg("--spin").arg(database);
        }
        let mut child = command
            .args(["--listen", &address.to_string()])
            .arg(component(service)?)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("stderr"))?)
            .spawn()?;
        if first_line(&mut child, &folder.path().join("log")).is_none() {
            let _ = child.kill();
            let _ = child.wait();
            let said = fs::read_to_string(folder.path().join("stderr"))?;
            return Err(format!("the WASI host did not start {service}: {}", said.trim()).into());
        }
        Ok(Self { child, folder, url: format!("http://{address}") })
    }

    /// All log lines of the service so far.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// The process, for its memory.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for WasiHost {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running gallery on WASI hosts. All in one it reads the snapshot in the bucket; for Spin, SQLite.
pub type WasiGallery = EdgeGallery<WasiHost>;

impl WasiGallery {
    pub fn start(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, |native, service, environment, address| {
            let database = (wasi == Wasi::Spin).then(|| native.data().join("gallery.db"));
            WasiHost::start(&format!("{service}-{}", wasi.suffix()), environment, database.as_deref(), address)
        })
    }
}
