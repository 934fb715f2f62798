//! The three servers, each with the same files.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use contract::{Call, Target};
use harness::{Failure, Gallery, Options, Process, free_address};
use tempfile::TempDir;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file for which the rows of the tables are requested: a photo of the test library, of some 1.9 MB.
pub const BIG: &str = "big.png";
/// The file whose throughput is measured.
pub const MEBIBYTE: &str = "mebibyte.jpg";

pub struct Servers {
    pub nginx: (Process, SocketAddr),
    pub serve_dir: (Process, SocketAddr),
    gallery: Gallery,
    ours: Target,
    /// The folder with the files that the other two servers serve.
    _folder: TempDir,
}

/// A server: the URL of its files, and its cookie.
pub struct Server<'a> {
    pub name: &'static str,
    base: String,
    /// `None` if the server needs no login.
    cookie: Option<&'a str>,
    pub process: u32,
}

impl Server<'_> {
    pub fn url(&self, file: &str) -> String {
        format!("{}/{file}", self.base)
    }

    pub fn get(&self, file: &str) -> Call<'static> {
        let call = Call::new(self.url(file));
        match self.cookie {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        }
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie
    }
}

impl Servers {
    pub fn start() -> Result<Self, Failure> {
        if std::env::var_os("GALLERY_PROGRAM").is_none() {
            return Err("GALLERY_PROGRAM names no release build; run `cargo xtask bench files`".into());
        }
        let folder = tempfile::tempdir()?;
        let files = folder.path().join("files");
        write(&files)?;
        let gallery = Gallery::start(&Options { library: Some(files.clone()), ..Options::default() })?;
        let ours = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
        Ok(Self { nginx: nginx(folder.path(), &files)?, serve_dir: serve_dir(&files)?, gallery, ours, _folder: folder })
    }

    /// The three servers, the gallery last.
    pub fn all(&self) -> Result<[Server<'_>; 3], Failure> {
        let other = |name, (process, address): &(Process, SocketAddr)| Server {
            name,
            base: format!("http://{address}"),
            cookie: None,
            process: process.id(),
        };
        Ok([
            other("nginx", &self.nginx),
            other("tower-http", &self.serve_dir),
            Server {
                name: "ours",
                base: format!("{}/api/file", self.gallery.url),
                cookie: Some(self.ours.cookie()?),
                process: self.gallery.process_id(),
            },
        ])
    }
}

/// Writes the files. They are dated an hour back: a date less than a second older than the answer is not a strong
/// validator (RFC 9110 section 8.8.2.2), and a server may refuse to compare it.
fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    // Programs that read JPEG stop at its end marker, so zeros may follow.
    let mut mebibyte = harness::photo("2025/06 Hochzeit/IMG_0042.jpg")?;
    mebibyte.resize(1 << 20, 0);
    for (name, bytes) in [(BIG, harness::photo(BIG)?), (MEBIBYTE, mebibyte)] {
        let path = folder.join(name);
        fs::write(&path, bytes)?;
        let hour_ago = SystemTime::now() - Duration::from_hours(1);
        fs::File::options().write(true).open(path)?.set_modified(hour_ago)?;
    }
    Ok(())
}

/// nginx, configured as in Debian where this matters: `sendfile`, an access log, one worker per core.
fn nginx(folder: &Path, files: &Path) -> Result<(Process, SocketAddr), Failure> {
    let address = free_address()?;
    let path = folder.join("nginx.conf");
    let (folder, files) = (folder.display(), files.display());
    // If the master runs as root, its workers run as another user, who may not read the folder.
    let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
    let config = format!(
        r#"
daemon off;
{user}
worker_processes auto;
pid "{folder}/nginx.pid";
error_log "{folder}/error.log";
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types {{ image/png png; image/jpeg jpg; }}
    default_type application/octet-stream;
    access_log "{folder}/access.log";
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    server {{ listen {address}; root "{files}"; keepalive_requests 1000000; }}
}}
"#
    );
    fs::write(&path, config)?;
    let program = std::env::var_os("NGINX_PROGRAM").unwrap_or_else(|| "nginx".into());
    let mut command = Command::new(program);
    command.arg("-e").arg(format!("{folder}/error.log")).arg("-c").arg(path);
    listening(&mut command, "nginx", address)
}

fn serve_dir(files: &Path) -> Result<(Process, SocketAddr), Failure> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve-dir").arg(files).env("LISTEN", address.to_string());
    listening(&mut command, "serve-dir", address)
}

/// Starts a server and waits until it listens.
fn listening(command: &mut Command, name: &str, address: SocketAddr) -> Result<(Process, SocketAddr), Failure> {
    command.stdin(Stdio::null());
    let started = Instant::now();
    let process = Process::listening(command, name, address, Path::new(""), || started.elapsed() > PATIENCE)?;
    Ok((process, address))
}
