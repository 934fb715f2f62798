//! A folder in which the Fastly CLI works with a manifest of the repository. The CLI has a home folder of its own and
//! no network, so it changes nothing of the person who runs the tests, and asks nobody for newer versions.

use std::{
    env, fs,
    net::SocketAddr,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use platform::config::names::is_secret;
use serde_json::{Map, Value};
use servers::{fastly_cli, viceroy};
use tempfile::TempDir;

use crate::{Failure, Local, programs::wasm};

/// A proxy at which nobody listens. The CLI asks no proxy for addresses of this machine.
const NO_NETWORK: &str = "http://127.0.0.1:1";

/// One of the three manifests, in a folder of its own.
pub struct Project {
    folder: TempDir,
    /// What `--env` names. Empty: `fastly.toml`.
    environment: &'static str,
}

impl Project {
    /// What `--env` names for each manifest, and the program that the manifest builds.
    pub const ALL: [(&'static str, &'static str); 3] =
        [("", "viewer-edge-fastly"), ("video", "video-edge-fastly"), ("all", "all-in-one-fastly")];

    /// A folder with the manifest of a program, in which these texts are replaced: the addresses of the stack.
    ///
    /// The manifest's own script would build the program once more. In its place stands a script that copies the
    /// program under test, which was built by the same task. The manifest must have had the script that builds it.
    pub fn new(program: &str, replace: &[(&str, &str)]) -> Result<Self, Failure> {
        let known = Self::ALL.into_iter().find(|(_, known)| *known == program);
        let (environment, program) = known.ok_or_else(|| format!("no manifest builds {program}"))?;
        let folder = TempDir::new()?;
        let project = Self { folder, environment };
        let name = project.manifest();
        let mut text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&name))?;
        let built = wasm(program)?;
        let own = format!("build = \"cargo xtask wasm {program} bin/main.wasm\"");
        if !text.contains(&own) {
            return Err(format!("{name} has no script {own}").into());
        }
        text = text.replace(&own, &format!("build = \"cp '{}' bin/main.wasm\"", built.display()));
        for (from, to) in replace {
            text = text.replace(from, to);
        }
        fs::write(project.path(&name), text)?;
        fs::create_dir(project.path("home"))?;
        Ok(project)
    }

    /// The name of the manifest.
    pub fn manifest(&self) -> String {
        if self.environment.is_empty() { "fastly.toml".to_owned() } else { format!("fastly.{}.toml", self.environment) }
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The words after `fastly` that run a subcommand of `compute` with the manifest.
    pub fn words<'a>(&'a self, subcommand: &[&'a str]) -> Vec<&'a str> {
        let mut words = vec!["compute"];
        words.extend(subcommand);
        if !self.environment.is_empty() {
            words.extend(["--env", self.environment]);
        }
        words
    }

    /// Lets a command work in the folder as the CLI does, with nothing of this process's environment but the `PATH`.
    pub fn prepare(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.path("home"));
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("HTTP_PROXY", NO_NETWORK).env("HTTPS_PROXY", NO_NETWORK);
        // Otherwise the CLI waits five seconds, so that somebody reads what it collects.
        command.env("FASTLY_WASM_METADATA_DISABLE", "true");
    }

    /// Runs a subcommand of `compute` that asks nothing, and returns what it printed.
    pub fn run(&self, subcommand: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new(fastly_cli::find()?);
        self.prepare(&mut command);
        command.args(self.words(subcommand)).arg("--non-interactive").stdin(Stdio::null());
        let output = command.output()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            Err(format!("{}: fastly compute {}: {said}", self.manifest(), subcommand.join(" ")).into())
        }
    }

    /// The package that the CLI wrote, the only one: a path in the folder.
    pub fn package(&self) -> Result<String, Failure> {
        let entries: Vec<_> = fs::read_dir(self.path("pkg"))?.flatten().map(|entry| entry.file_name()).collect();
        let [package] = entries.as_slice() else { return Err(format!("packages: {entries:?}").into()) };
        Ok(format!("pkg/{}", package.to_string_lossy()))
    }

    /// Builds, and serves what was built at `address`, with these secrets. The CLI's Viceroy ends with the CLI.
    pub fn serve(self, config: &[(String, String)], address: SocketAddr) -> Result<Local, Failure> {
        let secrets: Map<String, Value> = config
            .iter()
            .filter(|(name, _)| is_secret(name))
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        fs::create_dir(self.path(".data"))?;
        fs::write(self.path(".data/fastly-secrets.json"), Value::Object(secrets).to_string())?;
        self.run(&["build"])?;
        let mut command = Command::new(fastly_cli::find()?);
        self.prepare(&mut command);
        let address_here = address.to_string();
        command.args(self.words(&["serve", "--skip-build", "--non-interactive", "--addr", &address_here]));
        command.arg("--viceroy-path").arg(viceroy::find()?).process_group(0);
        Local::start(&mut command, self.folder, address)
    }
}
