//! The native host with its embedded store.

mod template;

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use platform::config::table::SETTINGS;
use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};
use tempfile::TempDir;

use crate::{Failure, Process, free_address, hosts, programs::gallery};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// How a gallery is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether video-edge has a port of its own.
    pub split: bool,
    /// Whether, in addition, viewer-edge forwards `/api/hls/...` to video-edge, so that one domain serves all.
    pub routed: bool,
    /// More variables of the environment, or other values for the usual ones.
    pub environment: Vec<(String, String)>,
    /// A folder to ingest instead of the test library.
    pub library: Option<PathBuf>,
    /// A catalogue to begin with, as an earlier [`ingest`] left it. The file is copied.
    pub database: Option<PathBuf>,
    /// Whether the library has [`Gallery::links`].
    pub links: bool,
    /// More arguments for the program of the host, if it is not one of the gallery's own programs.
    pub host_arguments: &'static [&'static str],
}

/// The bucket and the credentials of the embedded store, and the secrets of the services, unless
/// [`Options::environment`] has others.
pub const ENVIRONMENT: [(&str, &str); 5] = [
    ("GALLERY_PASSWORD", PASSWORD),
    ("AUTH_SECRET", "a secret for tests, of more than thirty-two bytes"),
    ("R2_ACCESS_KEY_ID", "test-key-id"),
    ("R2_SECRET_ACCESS_KEY", "test-secret-access-key"),
    ("R2_BUCKET_NAME", "gallery"),
];

/// Removes from a program's environment everything of the gallery's configuration that a developer's shell may hold.
pub(crate) fn clean(command: &mut Command) {
    for setting in SETTINGS {
        command.env_remove(setting.name.text());
    }
}

/// A command for a verb of the program, without the configuration of the shell.
pub fn command(verb: &str) -> Result<Command, Failure> {
    let mut command = Command::new(gallery()?);
    clean(&mut command);
    command.arg(verb);
    Ok(command)
}

/// Ingests a folder with the real program, under `environment`. Returns the program's output.
pub fn ingest(folder: &Path, more: &[&str], environment: &[(String, String)]) -> Result<String, Failure> {
    let environment = environment.iter().map(|(name, value)| (name, value));
    let output = command("ingest")?.arg(folder).args(more).envs(environment).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("ingest failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}

/// A running gallery with a library in it. It ends when it is dropped.
pub struct Gallery {
    process: Process,
    data: TempDir,
    environment: Vec<(String, String)>,
    /// A URL such as `http://127.0.0.1:port`. The other URLs have the same form.
    pub url: String,
    /// The URL of video-edge. It is the gallery's URL unless the services are split.
    pub video_url: String,
    pub store_url: String,
    pub password: String,
    /// The secret parts of links: to photos; to films, without originals, with the password of the gallery and strict;
    /// to the album of the folder 2025; and to everything, which has ended.
    pub links: Vec<String>,
}

impl Gallery {
    /// Starts a gallery with the test library, which is copied where a copy is as good, or with the library of the
    /// options.
    pub fn start(options: &Options) -> Result<Self, Failure> {
        if template::fits(options) {
            let data = TempDir::new()?;
            let links = template::copy_to(data.path(), options.links)?;
            return Ok(Self { links, ..Self::start_in(data, options)? });
        }
        let mut gallery = Self::start_empty(options)?;
        gallery.fill(options)?;
        Ok(gallery)
    }

    /// Ingests the library, and makes its links.
    fn fill(&mut self, options: &Options) -> Result<(), Failure> {
        let photos = self.data().join("photos");
        if options.library.is_none() {
            crate::write_photos(&photos)?;
        }
        self.ingest(options.library.as_deref().unwrap_or(&photos), &["--demo-film"])?;
        if options.links { self.add_links() } else { Ok(()) }
    }

    /// Starts a gallery without a library.
    pub fn start_empty(options: &Options) -> Result<Self, Failure> {
        Self::start_in(TempDir::new()?, options)
    }

    /// Starts a gallery in a data folder, with what is there.
    fn start_in(data: TempDir, options: &Options) -> Result<Self, Failure> {
        let mut environment: Vec<(String, String)> =
            ENVIRONMENT.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (name, value) in &options.environment {
            environment.retain(|(known, _)| known != name);
            environment.push((name.clone(), value.clone()));
        }
        if let Some(database) = &options.database {
            fs::copy(database, data.path().join("gallery.db"))?;
        }
        let mut command = command("serve")?;
        command.args(["--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data.path());
        if options.routed {
            let video = free_address()?;
            command.args(["--split", &video.to_string()]).env("VIDEO_ORIGIN", format!("http://{video}"));
        } else if options.split {
            command.args(["--split", "127.0.0.1:0"]);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.stderr(File::create(data.path().join("stderr"))?);
        let started = hosts::native(&mut command, &data.path().join("log"));
        let (process, ready) = started.map_err(|failure| {
            let said = fs::read_to_string(data.path().join("stderr")).unwrap_or_default();
            format!("{failure}: {}", said.trim())
        })?;
        let url = ready.gallery;
        Ok(Self {
            process,
            data,
            video_url: ready.video.filter(|_| !options.routed).unwrap_or_else(|| url.clone()),
            store_url: ready.store.or_else(|| value(&environment, "S3_ENDPOINT")).unwrap_or_default(),
            password: value(&environment, "GALLERY_PASSWORD").unwrap_or_default(),
            environment,
            url,
            links: Vec::new(),
        })
    }

    fn add_links(&mut self) -> Result<(), Failure> {
        let password = self.password.clone();
        for (label, more, input) in [
            ("photos", &["--view", "photos", "--places"][..], ""),
            ("films", &["--view", "films", "--no-originals", "--strict", "--password"], password.as_str()),
            ("album", &["--view", "2025"], ""),
            ("ended", &[], ""),
            ("looking", &["--no-download"], ""),
        ] {
            let url = self.run("link", &[&["add", label], more].concat(), input)?;
            let (_, token) = url.trim().rsplit_once('/').ok_or("link add printed no URL")?;
            self.links.push(token.to_owned());
        }
        self.run("link", &["end", "ended"], "").map(drop)
    }

    /// Runs a verb of the program on the gallery, and returns what it prints.
    pub fn run(&self, verb: &str, arguments: &[&str], input: &str) -> Result<String, Failure> {
        self.operator().run(verb, arguments, input)
    }

    /// Who runs the gallery.
    pub fn operator(&self) -> Operator {
        let mut environment = self.environment.clone();
        environment.push(("S3_ENDPOINT".to_owned(), self.store_url.clone()));
        let database = self.data().join("gallery.db").to_string_lossy().into_owned();
        environment.push(("GALLERY_DATABASE".to_owned(), database));
        Operator { environment }
    }

    /// Ingests a folder with the real program.
    pub fn ingest(&self, folder: &Path, more: &[&str]) -> Result<String, Failure> {
        ingest(folder, more, &self.operator().environment)
    }

    /// The environment with which the gallery was started, without the address of its store.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The process id, by which a test reads what the process uses.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The gallery's data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All log lines so far.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.data.path().join("log"))?)
    }

    /// Everything that the gallery wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.data.path().join("stderr"))?)
    }
}

/// Who runs a gallery, with what its programs need to know. The gallery may run on any host.
#[derive(Clone, Debug)]
pub struct Operator {
    environment: Vec<(String, String)>,
}

impl Operator {
    /// Runs a verb of the program on the gallery, and returns what it prints.
    pub fn run(&self, verb: &str, arguments: &[&str], input: &str) -> Result<String, Failure> {
        let mut command = self.command(verb)?;
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(format!("{verb} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
    }

    /// A command for a verb of the program on the gallery.
    pub fn command(&self, verb: &str) -> Result<Command, Failure> {
        let mut command = command(verb)?;
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Writes an object into the gallery's store, past the gallery.
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let value = |name| self.value(name).unwrap_or_default();
        let credentials = Credentials::new(value("R2_ACCESS_KEY_ID"), value("R2_SECRET_ACCESS_KEY"));
        let bucket = Bucket::new(value("S3_ENDPOINT"), UrlStyle::Path, value("R2_BUCKET_NAME"), "auto")?;
        let signing = SigningKey::derive(&credentials, bucket.region(), now);
        let mut url = String::new();
        Presigner::new(&signing, &bucket, Method::Put, now, 60)?.presign_into(&mut url, key);
        ureq::put(&url).send(bytes)?;
        Ok(())
    }

    /// A value of the services' configuration.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn value(environment: &[(String, String)], name: &str) -> Option<String> {
    environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}
