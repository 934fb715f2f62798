//! The services on an edge host of this machine, beside a bucket and a library.

use std::{
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
};

use servers::{Process, to_files};

use crate::{Failure, process, workspace};

/// The port on which `fastly compute serve` listens by default. The next port is the one at which its manifests look
/// for video-edge. WASI hosts use the same ports.
pub const VIEWER_PORT: u16 = 7676;
pub const VIDEO_PORT: u16 = 7677;
/// The port on which `spin up` listens by default.
pub const SPIN_PORT: u16 = 3000;
/// The port at which the manifests look for the bucket.
pub const STORE_PORT: u16 = 9000;
/// The port at which the manifests of separate services look for the catalogue. The manifest of both services in one
/// uses the snapshot in the bucket.
pub const SQL_PORT: u16 = 8081;

/// A port of this machine.
pub fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// The origins that the page may have when the services run on an edge host.
pub fn origins() -> String {
    let of = |port| ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{port}"));
    [VIEWER_PORT, SPIN_PORT].map(of).concat().join(",")
}

/// A server to start.
pub struct Server {
    pub command: Command,
    pub name: &'static str,
    pub port: u16,
}

/// Servers that listen. They end when they are dropped.
pub struct Services {
    running: Vec<(Process, &'static str)>,
    pub url: String,
    pub video: Option<String>,
}

impl Services {
    /// Starts the servers: the gallery's first, and video-edge's second if it has its own. Their logs are in `data`.
    pub fn start(servers: Vec<Server>, data: &Path) -> Result<Self, Failure> {
        let mut urls = servers.iter().map(|server| format!("http://{}", local(server.port)));
        let (url, video) = (urls.next().ok_or("there is no service to start")?, urls.next());
        drop(urls);
        let running = servers.into_iter().map(|server| listening(server, data)).collect::<Result<_, _>>()?;
        Ok(Self { running, url, video })
    }

    /// An error if one of the servers has ended.
    pub fn check(&mut self) -> Result<(), Failure> {
        for (running, name) in &mut self.running {
            if let Some(status) = running.ended()? {
                return Err(format!("{name} ended by itself ({status}); its log is in the data folder").into());
            }
        }
        Ok(())
    }
}

/// Starts a server and waits until it listens, or until this program is asked to stop.
fn listening(server: Server, data: &Path) -> Result<(Process, &'static str), Failure> {
    let Server { mut command, name, port } = server;
    let address = local(port);
    if TcpStream::connect(address).is_ok() {
        return Err(format!("{name} needs {address}, where something listens already").into());
    }
    let log = data.join(format!("{name}.log"));
    to_files(&mut command, &log, &log)?;
    // The paths in the manifests start at the workspace's root.
    command.current_dir(workspace::root());
    Ok((Process::listening(&mut command, name, address, &log, process::stopped)?, name))
}
