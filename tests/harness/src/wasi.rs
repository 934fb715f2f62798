//! The gallery on a WASI host: services in wasmtime, the store and the library in a native gallery beside them.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Failure, Gallery, Options, Sqld, free_address,
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
    /// Starts the entry crate `service` with this environment, at `address`, where port 0 takes a free one; one for Spin with a
    /// SQLite file.
    pub fn start(
        service: &str,
        environment: &[(String, String)],
        database: Option<&Path>,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        Self::start_with(&[], service, environment, database, address)
    }

    /// The same with more arguments for the host.
    pub fn start_with(
        arguments: &[&str],
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
            .args(arguments)
            .args(["--listen", &address.to_string()])
            .arg(component(service)?)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("stderr"))?)
            .spawn()?;
        let Some(ready) = first_line(&mut child, &folder.path().join("log")) else {
            let _ = child.kill();
            let _ = child.wait();
            let said = fs::read_to_string(folder.path().join("stderr"))?;
            return Err(format!("the WASI host did not start {service}: {}", said.trim()).into());
        };
        let ready: serde_json::Value = serde_json::from_str(&ready)?;
        let url = ready["listening"].as_str().ok_or("the WASI host did not say where it is")?.to_owned();
        Ok(Self { child, folder, url })
    }

    /// All log lines of the service so far.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// What the host, and a component that ends badly, wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("stderr"))?)
    }

    /// The instances that have ended so far. One without requests ends after a second.
    pub fn ended(&self) -> Result<Vec<Ended>, Failure> {
        let stderr = self.stderr()?;
        let lines = stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        Ok(lines
            .filter_map(|line| {
                Some(Ended {
                    requests: line["requests"].as_u64()?,
                    at_once: line["at_once"].as_u64()?,
                    pairs: line["pairs"].as_u64()?,
                    memory: line["memory"].as_u64()?,
                    trapped: line["trapped"].as_bool()?,
                })
            })
            .collect())
    }

    /// The process, for its memory.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

/// What was of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub requests: u64,
    /// The most requests that waited for an answer at once.
    pub at_once: u64,
    /// Of requests that waited for an answer at once.
    pub pairs: u64,
    /// The most linear memory, in bytes.
    pub memory: u64,
    pub trapped: bool,
}

impl Drop for WasiHost {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running gallery on WASI hosts. Ends when dropped.
pub struct WasiGallery {
    // Dropped in this order: the services before their store.
    pub services: Vec<WasiHost>,
    /// Has the store, the library and the catalogue. Serves the same gallery itself.
    pub native: Gallery,
    /// The catalogue's database, when split: else it is the snapshot in the bucket.
    pub sqld: Option<Sqld>,
    pub url: String,
    /// video-edge's, which is the gallery's unless split.
    pub video_url: String,
    /// When split: a second viewer, which hands `/api/hls/...` on to video-edge.
    pub routed_url: Option<String>,
}

impl WasiGallery {
    /// Starts one with the test library, or what `options` say: all in one on the snapshot in the bucket (for Spin, on SQLite), or, split, each
    /// service in a host of its own on a libSQL server.
    pub fn start(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        let (viewer, routed) = (free_address()?, free_address()?);
        let origins = format!("http://{viewer},http://localhost:{},http://{routed}", viewer.port());
        let sqld = if options.split { Some(Sqld::start(None)?) } else { None };
        let mut environment = options.environment.clone();
        environment.extend(sqld.iter().map(|sqld| ("SQL_URL".to_owned(), sqld.url.clone())));
        // For its store, which lets the pages of these origins read.
        environment.push(("ALLOWED_ORIGINS".to_owned(), origins.clone()));
        let native = Gallery::start(&Options { split: false, environment, ..options.clone() })?;
        let mut config = native.environment().to_vec();
        config.retain(|(name, _)| name != "ALLOWED_ORIGINS");
        config.push(("S3_ENDPOINT".to_owned(), native.store_url.clone()));
        let database = (wasi == Wasi::Spin).then(|| native.data().join("gallery.db"));
        let start = |service: &str, config: &[(String, String)], address| {
            let service = format!("{service}-{}", wasi.suffix());
            WasiHost::start_with(options.host_arguments, &service, config, database.as_deref(), address)
        };
        if sqld.is_none() {
            let service = start("all-in-one", &config, viewer)?;
            let url = service.url.clone();
            return Ok(Self { services: vec![service], native, sqld, video_url: url.clone(), routed_url: None, url });
        }
        let video = free_address()?;
        let mut one_domain = config.clone();
        one_domain.push(("VIDEO_ORIGIN".to_owned(), format!("http://{video}")));
        config.push(("VIDEO_API_BASE".to_owned(), format!("http://{video}")));
        config.push(("ALLOWED_ORIGINS".to_owned(), origins));
        let services = vec![
            start("viewer-edge", &config, viewer)?,
            start("video-edge", &config, video)?,
            start("viewer-edge", &one_domain, routed)?,
        ];
        let [url, video_url, routed_url] = [0, 1, 2].map(|index: usize| services[index].url.clone());
        Ok(Self { url, video_url, routed_url: Some(routed_url), services, native, sqld })
    }
}
