//! The packages, their layers, and their dependencies on each other, from `cargo metadata`.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The layer of a package, by its folder. Each layer may use the layers before it, with the exceptions in
/// `tests/layering.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    Core,
    /// The traits that a host implements.
    Platform,
    /// Objects in a bucket, over any host.
    S3,
    /// Replacements for what a host may lack, used by adapters.
    Fallback,
    /// The code that both services share.
    Edge,
    Adapter,
    Service,
    /// A service joined to a host.
    Entry,
    /// The embedded store, ingest, the demo library, xtask, tests, benches: programs around the product.
    Tool,
}

impl Layer {
    /// The layer of a folder. The folder decides, so that the rules apply to a new package without a list.
    pub fn of(folder: &str) -> Self {
        let parts: Vec<&str> = folder.split('/').collect();
        match parts.as_slice() {
            ["core", ..] => Self::Core,
            ["platform"] => Self::Platform,
            ["platform", "s3"] => Self::S3,
            ["platform", "fallback" | "sqlite"] => Self::Fallback,
            ["edge"] => Self::Edge,
            ["platform", _] => Self::Adapter,
            ["viewer-edge" | "video-edge" | "all-in-one"] => Self::Service,
            ["entries", ..] | ["edge-gallery"] => Self::Entry,
            _ => Self::Tool,
        }
    }
}

/// A package of this workspace.
pub struct Package {
    pub name: String,
    /// The folder, from the workspace's root.
    pub folder: String,
    pub layer: Layer,
    /// Ordinary dependencies, including optional ones. Dependencies of tests are left out.
    pub dependencies: BTreeSet<String>,
    /// The dependencies that are packages of this workspace.
    pub ours: BTreeSet<String>,
    /// The root files of the package's library and programs. Tests, benches and examples are left out.
    pub crates: Vec<PathBuf>,
}

/// The root of the workspace that holds the package which cargo runs.
pub fn root() -> PathBuf {
    // The variable is read at run time, because clones that share a build folder share its programs.
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap_or(here).to_path_buf()
}

/// The metadata of cargo about the workspace in `folder`.
pub fn metadata(folder: &Path, more: &[&str]) -> Result<Value, Failure> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["metadata", "--format-version", "1", "--locked"]).args(more).current_dir(folder);
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The packages of a workspace, in the order of their folders. `metadata` may leave out the packages of dependencies.
pub fn packages(metadata: &Value) -> Vec<Package> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let root = text(&metadata["workspace_root"]);
    let members = list(&metadata["workspace_members"]);
    let packages: Vec<Value> =
        list(&metadata["packages"]).into_iter().filter(|package| members.contains(&package["id"])).collect();
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let mut all: Vec<Package> = packages
        .iter()
        .map(|package| {
            let manifest = text(&package["manifest_path"]);
            let folder = Path::new(&manifest).parent().and_then(|folder| folder.strip_prefix(&root).ok());
            let folder = folder.unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
            // Components are examples, so the packages that they join are dev-dependencies.
            let is_entry = Layer::of(&folder) == Layer::Entry;
            let ordinary = list(&package["dependencies"])
                .into_iter()
                .filter(|dependency| dependency["kind"].is_null() || is_entry && dependency["kind"] == "dev");
            let dependencies: BTreeSet<String> = ordinary.map(|dependency| text(&dependency["name"])).collect();
            let product = |target: &&Value| {
                let kinds = list(&target["kind"]);
                !kinds.iter().any(|kind| ["test", "bench", "example", "custom-build"].iter().any(|other| kind == other))
            };
            Package {
                name: text(&package["name"]),
                layer: Layer::of(&folder),
                folder,
                ours: dependencies.intersection(&names).cloned().collect(),
                dependencies,
                crates: list(&package["targets"])
                    .iter()
                    .filter(product)
                    .map(|target| text(&target["src_path"]).into())
                    .collect(),
            }
        })
        .collect();
    all.sort_by(|one, other| one.folder.cmp(&other.folder));
    all
}
