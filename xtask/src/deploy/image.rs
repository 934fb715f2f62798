//! The image: built by buildah, run by podman as compose would run it, and looked at through Caddy.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use super::{Bench, SETTINGS, curl, free_port, proxy::Caddy, said};
use crate::{Failure, tools::Tool, workspace};

const BUILDAH: Tool = Tool { names: &["buildah"], debian: "buildah", otherwise: "install buildah" };
const PODMAN: Tool = Tool { names: &["podman"], debian: "podman", otherwise: "install podman" };
/// crun, which podman prefers, runs nothing where both versions of cgroups are mounted.
const RUNC: Tool = Tool { names: &["runc"], debian: "runc", otherwise: "install runc" };
const IMAGE: &str = "localhost/edge-gallery:check";
/// What the Containerfile says.
const USER: u32 = 65532;

/// A store of images and containers that goes with the bench.
struct Store(PathBuf);

impl Store {
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg("--root").arg(self.0.join("storage")).arg("--runroot").arg(self.0.join("run"));
        command.args(["--storage-driver", "vfs"]);
        command
    }

    fn podman(&self) -> Result<Command, Failure> {
        let mut podman = self.command(&PODMAN.need()?);
        podman.args(["--cgroup-manager", "cgroupfs", "--runtime"]).arg(RUNC.need()?);
        Ok(podman)
    }
}

/// A container that is removed with its volumes when this value is dropped.
struct Container<'a> {
    store: &'a Store,
    id: String,
}

impl Container<'_> {
    fn podman(&self, arguments: &[&str]) -> Result<String, Failure> {
        said(self.store.podman()?.args(arguments), &format!("podman {}", arguments.join(" ")))
    }

    fn exec(&self, arguments: &[&str]) -> Result<String, Failure> {
        self.podman(&[&["exec", &self.id, "/edge-gallery"], arguments].concat())
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        let _ = self.podman(&["rm", "--force", "--volumes", &self.id]);
    }
}

pub fn check(bench: &Bench) -> Result<String, Failure> {
    let store = Store(bench.folder("containers")?);
    let mut build = store.command(&BUILDAH.need()?);
    build.args(["build", "--isolation", "chroot", "--format", "docker", "--timestamp", "0", "--tag", IMAGE, "--file"]);
    said(build.arg(bench.deploy.join("Containerfile")).arg(&bench.context), "buildah build")?;
    let size: u64 =
        said(store.podman()?.args(["image", "inspect", "--format", "{{.Size}}", IMAGE]), "podman image inspect")?
            .parse()?;

    let (port, started) = (free_port()?, Instant::now());
    let container = run(bench, &store, port)?;
    let address = ([127, 0, 0, 1], port).into();
    let caddy = Caddy::start(bench, address)?;
    let (page, took) = (curl(&[&format!("{}/", caddy.url)])?, started.elapsed());
    if !page.starts_with("HTTP/2 200") || !page.to_lowercase().contains("<!doctype html") {
        return Err(format!("no page: {}", page.lines().next().unwrap_or_default()).into());
    }
    container.exec(&["health", "--ready"])?;
    container.exec(&["ingest", "/photos"])?;
    guest(bench, &caddy)?;
    of_data(&container)?;
    // What is not the volume cannot be written: the folder of licences stands for the rest of the root.
    if container.exec(&["serve", "--data", "/licences/data"]).is_ok() {
        return Err("the root can be written".into());
    }
    container.podman(&["stop", "--time", "75", &container.id])?;
    let code = container.podman(&["wait", &container.id])?;
    if code != "0" {
        return Err(format!("it ended with {code} when it was stopped").into());
    }
    let (mebibytes, tenths) = (size >> 20, ((size % (1 << 20)) * 10) >> 20);
    Ok(format!(
        "{mebibytes}.{tenths} MiB; {} ms from start to the first page; read-only, user {USER}, no capability",
        took.as_millis()
    ))
}

/// Runs the image as compose.yaml would, but in the network of this machine: compose needs bridges.
fn run<'a>(bench: &Bench, store: &'a Store, port: u16) -> Result<Container<'a>, Failure> {
    let secrets = bench.folder("secrets")?;
    for (name, value) in SETTINGS.iter().filter(|(name, _)| *name != "R2_BUCKET_NAME") {
        let file = secrets.join(name);
        fs::write(&file, format!("{value}\n"))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444))?;
    }
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o755))?;
    let mut run = store.podman()?;
    run.args(["run", "--detach", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all"]);
    run.args(["--security-opt", "no-new-privileges", "--network", "host", "--no-healthcheck"]);
    // podman asks for more than every user may have.
    run.args(["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096", "--volume", "data-of-check:/data"]);
    run.arg("--volume").arg(format!("{}:/run/secrets:ro", secrets.display()));
    run.arg("--volume").arg(format!("{}:/photos:ro", workspace::root().join("docs/screenshots").display()));
    for (name, value) in [
        ("CREDENTIALS_DIRECTORY", "/run/secrets".to_owned()),
        ("R2_BUCKET_NAME", "gallery".to_owned()),
        ("GALLERY_LISTEN", format!("127.0.0.1:{port}")),
        ("GALLERY_STORE_LISTEN", format!("127.0.0.1:{}", free_port()?)),
        ("TRUST_FORWARDED", "true".to_owned()),
        ("ALLOWED_HOSTS", "localhost".to_owned()),
        ("LOG_CLIENT", "whole".to_owned()),
    ] {
        run.args(["--env", &format!("{name}={value}")]);
    }
    let id = said(run.arg(IMAGE), "podman run")?;
    Ok(Container { store, id })
}

/// A guest logs in and sees a picture.
fn guest(bench: &Bench, caddy: &Caddy) -> Result<(), Failure> {
    let cookies = bench.scratch.path().join("cookies").to_string_lossy().into_owned();
    let login = serde_json::json!({ "password": SETTINGS[0].1 }).to_string();
    let forged = ["--header", "X-Forwarded-For: 192.0.2.7", "--header", "content-type: application/json"];
    let answer =
        curl(&[&forged[..], &["--cookie-jar", &cookies, "--data", &login, &format!("{}/login", caddy.url)]].concat())?;
    if !answer.contains("__Host-session=") || !answer.to_lowercase().contains("strict-transport-security") {
        return Err(format!("no session over TLS: {answer}").into());
    }
    let picture = bench.scratch.path().join("picture").to_string_lossy().into_owned();
    let path = format!("{}/api/file/grid.png", caddy.url);
    let head = curl(&["--cookie", &cookies, "--dump-header", "-", "--no-include", "--output", &picture, &path])?;
    let original = fs::read(workspace::root().join("docs/screenshots/grid.png"))?;
    if !head.starts_with("HTTP/2 200") || fs::read(picture)? != original {
        return Err(format!("another picture came back: {head}").into());
    }
    Ok(())
}

/// The data belongs to the image's user, and the log names the client that Caddy saw.
fn of_data(container: &Container<'_>) -> Result<(), Failure> {
    let folder = container.podman(&["volume", "inspect", "--format", "{{.Mountpoint}}", "data-of-check"])?;
    for name in ["kv.db", "gallery.db", "store"] {
        let found = fs::metadata(Path::new(&folder).join(name))?;
        if found.uid() != USER || found.mode() & 0o077 != 0 {
            return Err(format!("{name} belongs to {}, and has the mode {:o}", found.uid(), found.mode()).into());
        }
    }
    let log = container.podman(&["logs", &container.id])?;
    if log.contains("192.0.2.7") || !log.contains("\"client\":\"127.0.0.1\"") {
        return Err("the log believes a client that claims to be another".into());
    }
    Ok(())
}
