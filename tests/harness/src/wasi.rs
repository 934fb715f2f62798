//! The gallery on a WASI host: the services run in wasmtime. A native gallery beside them has the store and the
//! library.

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

/// The version of WASI for which a component is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wasi {
    /// `wasi:http/handler@0.3.0`.
    P3,
    /// `wasi:http/incoming-handler@0.2`.
    P2,
    /// WASI 0.3 with Spin's own imports. KV is in memory, and the catalogue is in the native gallery's SQLite file.
    Spin,
    /// WASI 0.2 with what Spin had before 4.1. KV is in memory.
    Spin02,
}

impl Wasi {
    /// The end of the names of these programs.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::P3 => "wasi",
            Self::P2 => "wasi02",
            Self::Spin => "spin",
            Self::Spin02 => "spin02",
        }
    }

    /// Whether programs need Spin's own imports.
    pub const fn is_spin(self) -> bool {
        matches!(self, Self::Spin | Self::Spin02)
    }

    /// Whether the host has a database for the catalogue. Otherwise the catalogue is the snapshot in the bucket, or on
    /// a libSQL server.
    pub const fn has_sql(self) -> bool {
        matches!(self, Self::Spin)
    }
}

/// One service in one host. It ends when it is dropped.
pub struct WasiHost {
    process: Process,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl WasiHost {
    /// Starts the program `service` with this environment, at `address`. Port 0 takes a free port. A program for Spin
    /// gets the SQLite file.
    pub fn start(
        service: &str,
        environment: &[(String, String)],
        database: Option<&Path>,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        Self::start_with(&[], service, environment, database, address)
    }

    /// The same, with more arguments for the host.
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

    /// Everything that the host wrote to stderr so far, including the failures of components.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("stderr"))?)
    }

    /// The instances that have ended so far. An instance without requests ends after a second.
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

    /// The process id, by which a test reads the memory.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

/// The facts of an instance that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub requests: u64,
    /// The most requests that waited for an answer at once.
    pub at_once: u64,
    /// The number of pairs of requests that waited for an answer at the same time.
    pub pairs: u64,
    /// The most linear memory, in bytes.
    pub memory: u64,
    pub trapped: bool,
}

/// A running gallery on WASI hosts. With both services in one program, it reads the snapshot in the bucket, or SQLite
/// on Spin.
pub type WasiGallery = EdgeGallery<WasiHost>;

impl WasiGallery {
    pub fn start(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, wasi.has_sql(), |native, service, environment, address| {
            let database = wasi.is_spin().then(|| native.data().join("gallery.db"));
            let service = format!("{service}-{}", wasi.suffix());
            WasiHost::start_with(options.host_arguments, &service, environment, database.as_deref(), address)
        })
    }

    /// Both services in one host on one address, as in `spin.toml` and `spin.02.toml`: `/api/hls/...` and
    /// `/api/playback/report` go to video-edge, all other paths to viewer-edge.
    pub fn start_on_spin(wasi: Wasi, options: &Options) -> Result<Self, Failure> {
        let [viewer, video] = ["viewer-edge", "video-edge"].map(|service| format!("{service}-{}", wasi.suffix()));
        let video = component(&video)?;
        let routes = ["/api/hls", "/api/playback/report"].map(|path| format!("{path}={}", video.display()));
        let arguments = [options.host_arguments, &["--route", &routes[0], "--route", &routes[1]]].concat();
        Self::start_with(&Options { split: false, ..options.clone() }, true, |native, _, environment, address| {
            let database = native.data().join("gallery.db");
            WasiHost::start_with(&arguments, &viewer, environment, Some(&database), address)
        })
    }
}
