//! The services on an edge host of this machine, beside a bucket and a library.

use std::{
    fs::File,
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    Failure,
    process::{self, Running},
    workspace,
};

/// Where `fastly compute serve` listens by default, and where its manifests look for video-edge. WASI hosts take them too.
pub const VIEWER_PORT: u16 = 7676;
pub const VIDEO_PORT: u16 = 7677;
/// Where `spin up` listens by default.
pub const SPIN_PORT: u16 = 3000;
/// Where the manifests look for the bucket.
pub const STORE_PORT: u16 = 9000;
/// Where those of separate services look for the catalogue. All in one reads the snapshot in the bucket.
pub const SQL_PORT: u16 = 8081;

/// The origins that pages of services on an edge may have.
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

/// Servers that listen. They end when dropped.
pub struct Services {
    running: Vec<(Running, &'static str)>,
    pub url: String,
    pub video: Option<String>,
}

impl Services {
    /// Starts them: the gallery's first, video's own second if it has one. Their logs are in `data`.
    pub fn start(servers: Vec<Server>, data: &Path) -> Result<Self, Failure> {
        let mut urls = servers.iter().map(|server| format!("http://127.0.0.1:{}", server.port));
        let (url, video) = (urls.next().ok_or("there is no service to start")?, urls.next());
        drop(urls);
        let running = servers.into_iter().map(|server| listening(server, data)).collect::<Result<_, _>>()?;
        Ok(Self { running, url, video })
    }

    /// An error once one of them has ended.
    pub fn check(&mut self) -> Result<(), Failure> {
        for (running, name) in &mut self.running {
            if let Some(status) = running.ended()? {
                return Err(format!("{name} ended by itself ({status}); its log is in the data folder").into());
            }
        }
        Ok(())
    }
}

/// Starts a server and waits until it listens, or until someone asks us to stop.
fn listening(server: Server, data: &Path) -> Result<(Running, &'static str), Failure> {
    let Server { mut command, name, port } = server;
    if TcpStream::connect(("127.0.0.1", port)).is_ok() {
        return Err(format!("{name} needs port {port} of 127.0.0.1, where something listens already").into());
    }
    let path = data.join(format!("{name}.log"));
    let log = File::options().create(true).append(true).open(&path)?;
    // The manifests name files below the workspace.
    command.current_dir(workspace::root()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let mut running = Running::start(&mut command, name)?;
    while TcpStream::connect(("127.0.0.1", port)).is_err() && !process::stopped() {
        if let Some(status) = running.ended()? {
            return Err(format!("{name} ended by itself ({status}); see {}", path.display()).into());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok((running, name))
}
