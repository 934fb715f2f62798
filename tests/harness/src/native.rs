//! The native host with its embedded store.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::{Failure, free_address, program, write_photos};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// How a gallery is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// video-edge on a port of its own.
    pub split: bool,
    /// The same, and the viewer hands `/api/hls/...` on to it, so that one domain serves all.
    pub routed: bool,
    /// More environment, or other values than the usual ones.
    pub environment: Vec<(String, String)>,
    /// A folder to ingest instead of the small test library.
    pub library: Option<PathBuf>,
    /// A catalogue to begin with, as an earlier [`ingest`] left it. The file is copied.
    pub database: Option<PathBuf>,
    /// More arguments for the host's own program, where it is not ours.
    pub host_arguments: &'static [&'static str],
}

/// The embedded store's bucket and key, and the services' secret, unless [`Options::environment`] has others.
pub const ENVIRONMENT: [(&str, &str); 5] = [
    ("GALLERY_PASSWORD", PASSWORD),
    ("AUTH_SECRET", "a secret for tests, of more than thirty-two bytes"),
    ("R2_ACCESS_KEY_ID", "test-key-id"),
    ("R2_SECRET_ACCESS_KEY", "test-secret-access-key"),
    ("R2_BUCKET_NAME", "gallery"),
];

/// What the programs read too, and a developer's shell may hold.
pub(crate) const FOREIGN: [&str; 18] = [
    "ALLOWED_ORIGINS",
    "CATALOGUE",
    "GALLERY_DATA",
    "GALLERY_DATABASE",
    "GALLERY_LISTEN",
    "GALLERY_SPLIT",
    "GALLERY_STORE_LISTEN",
    "MAX_BODY_BYTES",
    "R2_ACCOUNT_ID",
    "R2_REGION",
    "R2_SESSION_TOKEN",
    "S3_ENDPOINT",
    "SQL_AUTH_TOKEN",
    "SQL_URL",
    "TRUST_FORWARDED",
    "VIDEO_API_BASE",
    "VIDEO_DELIVERY",
    "VIDEO_ORIGIN",
];

/// A program with nothing of the shell's configuration.
pub fn command(name: &str) -> Result<Command, Failure> {
    let mut command = Command::new(program(name)?);
    for name in FOREIGN {
        command.env_remove(name);
    }
    Ok(command)
}

/// Brings a folder in with the real ingest program, under `environment`; gives what it printed.
pub fn ingest(folder: &Path, more: &[&str], environment: &[(String, String)]) -> Result<String, Failure> {
    let environment = environment.iter().map(|(name, value)| (name, value));
    let output = command("ingest")?.arg(folder).args(more).envs(environment).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("ingest failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}

/// A running gallery with a library in it. Ends when dropped.
pub struct Gallery {
    child: Child,
    data: TempDir,
    environment: Vec<(String, String)>,
    /// `http://127.0.0.1:port`, likewise the others.
    pub url: String,
    /// video-edge's, which is the gallery's unless split.
    pub video_url: String,
    pub store_url: String,
    pub password: String,
}

impl Gallery {
    /// Starts a gallery and brings the test library in.
    pub fn start(options: &Options) -> Result<Self, Failure> {
        let gallery = Self::start_empty(options)?;
        let photos = gallery.data.path().join("photos");
        if options.library.is_none() {
            write_photos(&photos)?;
        }
        gallery.ingest(options.library.as_deref().unwrap_or(&photos), &["--demo-film"])?;
        Ok(gallery)
    }

    /// Starts a gallery without a library.
    pub fn start_empty(options: &Options) -> Result<Self, Failure> {
        let data = TempDir::new()?;
        let mut environment: Vec<(String, String)> =
            ENVIRONMENT.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (name, value) in &options.environment {
            environment.retain(|(known, _)| known != name);
            environment.push((name.clone(), value.clone()));
        }
        if let Some(database) = &options.database {
            fs::copy(database, data.path().join("gallery.db"))?;
        }
        let mut command = command("edge-gallery")?;
        command.args(["--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data.path());
        if options.routed {
            let video = free_address()?;
            command.args(["--split", &video.to_string()]).env("VIDEO_ORIGIN", format!("http://{video}"));
        } else if options.split {
            command.args(["--split", "127.0.0.1:0"]);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(data.path().join("stderr"))?).spawn()?;
        let ready = first_line(&mut child, &data.path().join("log"));
        let Some(ready) = ready else {
            let _ = child.kill();
            let _ = child.wait();
            let said = fs::read_to_string(data.path().join("stderr"))?;
            return Err(format!("the gallery did not start: {}", said.trim()).into());
        };
        let ready: serde_json::Value = serde_json::from_str(&ready)?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned);
        let url = text("gallery").ok_or("the gallery did not say where it is")?;
        Ok(Self {
            child,
            data,
            video_url: text("video").filter(|_| !options.routed).unwrap_or_else(|| url.clone()),
            store_url: text("store").or_else(|| value(&environment, "S3_ENDPOINT")).unwrap_or_default(),
            password: value(&environment, "GALLERY_PASSWORD").unwrap_or_default(),
            environment,
            url,
        })
    }

    /// Brings a folder in with the real ingest program.
    pub fn ingest(&self, folder: &Path, more: &[&str]) -> Result<String, Failure> {
        let mut environment = self.environment.clone();
        environment.push(("S3_ENDPOINT".to_owned(), self.store_url.clone()));
        environment
            .push(("GALLERY_DATABASE".to_owned(), self.data().join("gallery.db").to_string_lossy().into_owned()));
        ingest(folder, more, &environment)
    }

    /// What it was started with, its store's address aside.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The process, for what it uses.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Where it keeps everything.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All log lines so far.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.data.path().join("log"))?)
    }

    /// All it wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.data.path().join("stderr"))?)
    }
}

fn value(environment: &[(String, String)], name: &str) -> Option<String> {
    environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The first line of a process's output; the rest goes to a file.
pub(crate) fn first_line(child: &mut Child, log: &Path) -> Option<String> {
    let lines = child.stdout.take()?;
    let mut log = File::create(log).ok()?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(lines);
        let mut first = String::new();
        if lines.read_line(&mut first).is_ok_and(|length| length > 0) {
            let _ = send.send(first);
        }
        // Dropping the sender tells that there was no line.
        drop(send);
        let _ = std::io::copy(&mut lines, &mut log);
    });
    receive.recv_timeout(Duration::from_secs(30)).ok()
}

impl Drop for Gallery {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
