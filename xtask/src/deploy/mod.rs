//! `cargo xtask deploy`: the files of `deploy/`, asked of the programs that read them, and the image run.
//!
//! This is not a part of `test`: it needs programs that no other task needs, and a kernel that runs containers.

mod bans;
mod calls;
mod image;
mod proxy;
mod units;

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::{
    Failure,
    tools::{self, Tool},
    workspace,
};

/// The processor of this machine, as the folders of `dist` and of images name it.
const HERE: (&str, &str) = if cfg!(target_arch = "aarch64") { ("aarch64", "arm64") } else { ("x86_64", "amd64") };

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder that `cargo xtask dist` wrote: the program in it is run
    #[arg(default_value = "dist")]
    dist: PathBuf,
}

/// What the checks have in common.
struct Bench {
    /// Goes with the bench.
    scratch: TempDir,
    /// The files that are checked.
    deploy: PathBuf,
    /// The context of the image. The program is in it.
    context: PathBuf,
}

impl Bench {
    fn program(&self) -> PathBuf {
        self.context.join("edge-gallery")
    }

    /// A new folder.
    fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.scratch.path().join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// Returns what is told of a success.
type Check = fn(&Bench) -> Result<String, Failure>;

/// Settings that a gallery needs, for one that is only run here.
const SETTINGS: [(&str, &str); 5] = [
    ("GALLERY_PASSWORD", "tulips and rain on a tin roof"),
    ("AUTH_SECRET", "a secret that is only used in this check"),
    ("R2_ACCESS_KEY_ID", "key-of-this-check"),
    ("R2_SECRET_ACCESS_KEY", "secret-of-this-check"),
    ("R2_BUCKET_NAME", "gallery"),
];

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let context = env::current_dir()?.join(&arguments.dist).join("image").join(HERE.1);
    if !context.join("edge-gallery").is_file() {
        let (dist, part) = (arguments.dist.display(), HERE.0);
        return Err(format!("{dist} holds no program: cargo xtask dist {dist} --only {part}").into());
    }
    let bench = Bench { scratch: TempDir::new()?, deploy: workspace::root().join("deploy"), context };
    let checks: [(&str, Check); 6] = [
        ("units of systemd", units::check),
        ("system calls of the program", calls::check),
        ("fail2ban", bans::check),
        ("compose", compose),
        ("bodies through Caddy", proxy::check),
        ("image, behind Caddy", image::check),
    ];
    // All are tried, so that one run says all that is missing.
    let mut failed = Vec::new();
    for (name, check) in checks {
        let (verdict, words) = match check(&bench) {
            Ok(figure) => ("ok", figure),
            Err(error) => {
                failed.push(name);
                ("FAILED", error.to_string())
            }
        };
        let _ = writeln!(std::io::stdout(), "{verdict:6} {name}: {words}");
    }
    let _ =
        writeln!(std::io::stdout(), "not run: Spin with Redis and libSQL, SpinKube, certificates from an authority");
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", ")).into()) }
}

const COMPOSE: Tool =
    Tool { names: &["docker-compose"], debian: "docker-compose", otherwise: "install docker-compose" };

/// The schema of compose accepts the file, and wants to know the domain.
fn compose(bench: &Bench) -> Result<String, Failure> {
    let program = COMPOSE.need()?;
    let read = |file: &Path, domain: Option<&str>| -> Result<Output, Failure> {
        let mut command = Command::new(&program);
        command.arg("--file").arg(file).args(["config", "--quiet"]).env_remove("DOMAIN");
        Ok(command.envs(domain.map(|domain| ("DOMAIN", domain))).stdin(Stdio::null()).output()?)
    };
    let file = bench.deploy.join("compose.yaml");
    passed(&read(&file, Some("gallery.example"))?, "docker-compose config")?;
    let (folder, text) = (bench.folder("compose")?, fs::read_to_string(&file)?);
    fs::copy(bench.deploy.join("gallery.env"), folder.join("gallery.env"))?;
    let misspelt = folder.join("misspelt.yaml");
    fs::write(&misspelt, text.replace("read_only", "readonly"))?;
    if read(&file, None)?.status.success() || read(&misspelt, Some("gallery.example"))?.status.success() {
        return Err("docker-compose takes a file that is wrong".into());
    }
    Ok("its schema is kept".to_owned())
}

/// The standard output of a command that must succeed.
fn said(command: &mut Command, what: &str) -> Result<String, Failure> {
    passed(&command.stdin(Stdio::null()).output().map_err(|error| format!("{what}: {error}"))?, what)
}

fn passed(output: &Output, what: &str) -> Result<String, Failure> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    Err(format!("{what} ({}): {out} {err}", output.status).into())
}

/// The answer to a request by curl: head and body. curl waits until the server listens.
fn curl(arguments: &[&str]) -> Result<String, Failure> {
    let mut curl = Command::new(tools::CURL.need()?);
    curl.args(["--silent", "--show-error", "--include", "--insecure", "--max-time", "30"]);
    curl.args(["--retry", "20", "--retry-connrefused", "--retry-delay", "1"]);
    said(curl.args(arguments), "curl")
}

/// A port that nothing listens on.
fn free_port() -> Result<u16, Failure> {
    Ok(servers::free_address()?.port())
}
