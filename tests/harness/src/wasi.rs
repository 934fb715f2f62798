//! The gallery on a WASI host: services in wasmtime, the store and the library in a native gallery beside them.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::Stdio,
};

use tempfile::TempDir;

use crate::{
    EdgeGallery, Failure, Options, Process, hosts,
    native::clean,
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
    /// Which programs they are, by the end of their names.
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
    process: Process,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl WasiHost {
    /// Starts the program `service` with this environment, at `address`, where port 0 takes a free one; one for Spin with a
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
        let mut command = hosts::wasi(wasi_host()?, &component(service)?, address);
        clean(&mut command);
        if let Some(database) = database {
            command.arg("--spin").arg(database);
        }
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(folder.path().join("stderr"))?);
        let mut process = Process::start(&mut command, service)?;
        let Some(ready) = process.first_line(&folder.path().join("log"))? else {
            let said = fs::read_to_string(folder.path().join("stderr"))?;
            return Err(format!("the WASI host did not start {service}: {}", said.trim()).into());
        };
        let ready: serde_json::Value = serde_json::from_str(&ready)?;
        let url = ready["listening"].as_str().ok_or("the WASI host did not say where it is")?.to_owned();
        Ok(Self { process, folder, url })
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
        self.process.id()
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

/// A running gallery on WASI hosts. All in one it reads the snapshot in the bucket; for Spin, SQLite.
pub type WasiGallery = EdgeGallery<WasiHost>;

impl WasiGallery {
    pub fn start(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, wasi == Wasi::Spin, |native, service, environment, address| {
            let database = (wasi == Wasi::Spin).then(|| native.data().join("gallery.db"));
            let service = format!("{service}-{}", wasi.suffix());
            WasiHost::start_with(options.host_arguments, &service, environment, database.as_deref(), address)
        })
    }

    /// Both services in one host on one address, as `spin.toml` has them: `/api/hls/...` to video-edge, all else to the viewer.
    pub fn start_on_spin(options: &Options) -> Result<Self, Failure> {
        let video = format!("/api/hls={}", component("video-edge-spin")?.display());
        let arguments = [options.host_arguments, &["--route", &video]].concat();
        Self::start_with(&Options { split: false, ..options.clone() }, true, |native, _, environment, address| {
            let database = native.data().join("gallery.db");
            WasiHost::start_with(&arguments, "viewer-edge-spin", environment, Some(&database), address)
        })
    }
}
