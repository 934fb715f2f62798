//! The native host with its embedded store.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use platform::config::table::SETTINGS;
use tempfile::TempDir;

use crate::{Failure, Process, free_address, hosts, programs::gallery};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// How a gallery is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// video-edge on a port of its own.
    pub split: bool,
    /// The same, and the viewer forwards `/api/hls/...` to it, so that one domain serves all.
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

/// Takes from a program what a developer's shell may hold of the gallery's configuration.
pub(crate) fn clean(command: &mut Command) {
    for setting in SETTINGS {
        command.env_remove(setting.name.text());
    }
}

/// A verb of the program, with nothing of the shell's configuration.
pub fn command(verb: &str) -> Result<Command, Failure> {
    let mut command = Command::new(gallery()?);
    clean(&mut command);
    command.arg(verb);
    Ok(command)
}

/// Brings a folder in with the real program, under `environment`; gives what it printed.
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
    process: Process,
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
            crate::write_photos(&photos)?;
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
        })
    }

    /// Brings a folder in with the real program.
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
        self.process.id()
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
