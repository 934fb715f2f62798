//! What is in a program: the packages that cargo links into it, those of npm that are in the page, and what the
//! compiler adds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    Failure,
    workspace::{self, cargo},
};

/// What `web/` uses and no browser gets.
const TOOLS_OF_THE_PAGE: [&str; 6] = ["@types/node", "axe-core", "playwright-core", "typescript", "vite", "vitest"];

/// The name of Rust's own library.
pub const RUST: &str = "rust-std";

/// A package in a program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
    pub authors: Vec<String>,
    pub repository: Option<String>,
    /// The package's folder on this machine.
    pub folder: PathBuf,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A crate of this workspace.
    Ours,
    /// crates.io, and the SHA-256 of the crate in hexadecimal.
    Cargo(String),
    Npm,
    /// Comes with the compiler.
    Compiler,
}

impl Package {
    /// The name by which others refer to it: a package URL (<https://github.com/package-url/purl-spec>) if there is
    /// one.
    pub fn reference(&self) -> String {
        let Self { name, version, .. } = self;
        match self.origin {
            Origin::Cargo(_) => format!("pkg:cargo/{name}@{version}"),
            Origin::Npm => format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
            Origin::Ours | Origin::Compiler => format!("{name}@{version}"),
        }
    }
}

/// What is in some programs.
pub struct Inside {
    pub packages: BTreeSet<Package>,
    /// For each reference, those of the packages that it uses.
    pub uses: BTreeMap<String, BTreeSet<String>>,
}

impl Inside {
    /// The native program.
    pub fn native(target: &str) -> Result<Self, Failure> {
        let mut inside = Self::of(&[("edge-gallery".to_owned(), target, "normal")])?;
        let zig = servers::zig::zig()?;
        let version = format!("of Zig {}", servers::zig::version());
        inside.packages.insert(compiler("musl", &version, "MIT", zig.join("lib/libc/musl")));
        Ok(inside)
    }

    /// All programs for edges. Components are examples, so that what they use are dependencies of tests to cargo.
    pub fn components() -> Result<Self, Failure> {
        let entries = workspace::entries()?;
        let of = |entries: workspace::Entries| {
            let fastly = entries.host == "fastly";
            let target = if fastly { "wasm32-wasip1" } else { "wasm32-wasip2" };
            (entries.package, target, if fastly { "normal" } else { "normal,dev" })
        };
        Self::of(&entries.into_iter().map(of).collect::<Vec<_>>())
    }

    /// What packages link, for a target, by these kinds of dependencies.
    fn of(programs: &[(String, &str, &str)]) -> Result<Self, Failure> {
        let root = workspace::root();
        let metadata = layering::metadata(&root, &[])?;
        let checksums = checksums(&fs::read_to_string(root.join("Cargo.lock"))?);
        let mut linked = BTreeSet::new();
        for (package, target, kinds) in programs {
            let mut tree = cargo();
            tree.args(["tree", "--locked", "--prefix", "none", "--format", "{p}", "--package", package]);
            let output = tree.args(["--target", target, "--edges", kinds]).output()?;
            if !output.status.success() {
                return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
            }
            linked.extend(String::from_utf8_lossy(&output.stdout).lines().filter_map(named));
        }
        let mut by_id = BTreeMap::new();
        for package in metadata["packages"].as_array().into_iter().flatten() {
            let package_of = from_cargo(package, &checksums).ok_or("cargo metadata has a package without a name")?;
            if linked.contains(&(package_of.name.clone(), package_of.version.clone())) {
                by_id.insert(package["id"].as_str().unwrap_or_default().to_owned(), package_of);
            }
        }
        let mut uses = BTreeMap::new();
        for node in metadata["resolve"]["nodes"].as_array().into_iter().flatten() {
            let Some(package) = node["id"].as_str().and_then(|id| by_id.get(id)) else { continue };
            let used = node["dependencies"].as_array().into_iter().flatten().filter_map(|id| by_id.get(id.as_str()?));
            uses.insert(package.reference(), used.map(Package::reference).collect());
        }
        let mut packages: BTreeSet<Package> = by_id.into_values().collect();
        packages.extend(page(&root)?);
        let rustc = Command::new("rustc").args(["--version"]).current_dir(&root).output()?;
        let version = String::from_utf8_lossy(&rustc.stdout).split(' ').nth(1).unwrap_or_default().to_owned();
        packages.insert(compiler(RUST, &version, "MIT OR Apache-2.0", licences_of_rust()?));
        Ok(Self { packages, uses })
    }
}

/// Name and version in a line of cargo tree: `serde v1.0.0 (proc-macro) (*)`.
fn named(line: &str) -> Option<(String, String)> {
    let mut words = line.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
}

fn from_cargo(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Option<Package> {
    let text = |name: &str| package[name].as_str().map(str::to_owned);
    let (name, version) = (text("name")?, text("version")?);
    let checksum = checksums.get(&(name.clone(), version.clone()));
    Some(Package {
        // Older packages write a slash for OR.
        licence: text("license").unwrap_or_default().replace('/', " OR ").replace("  ", " "),
        authors: package["authors"].as_array()?.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect(),
        repository: text("repository"),
        folder: Path::new(package["manifest_path"].as_str()?).parent()?.to_path_buf(),
        origin: checksum.map_or(Origin::Ours, |checksum| Origin::Cargo(checksum.clone())),
        name,
        version,
    })
}

/// The checksums of Cargo.lock, by name and version. A crate of this workspace has none.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
        Some(line.trim_matches('"').to_owned())
    };
    let blocks = lock.split("[[package]]").skip(1);
    blocks.filter_map(|it| Some(((value(it, "name")?, value(it, "version")?), value(it, "checksum")?))).collect()
}

/// The packages of npm whose code may be in the page.
fn page(root: &Path) -> Result<Vec<Package>, Failure> {
    let read = |path: &Path| -> Result<Value, Failure> { Ok(serde_json::from_str(&fs::read_to_string(path)?)?) };
    let web = root.join("web");
    let manifest = read(&web.join("package.json"))?;
    let all = ["dependencies", "devDependencies"].iter().filter_map(|kind| manifest[kind].as_object()).flatten();
    let mut names: Vec<String> = all.map(|(name, _)| name.clone()).collect();
    names.retain(|name| !TOOLS_OF_THE_PAGE.contains(&name.as_str()));
    let mut found = Vec::new();
    // What a package depends on itself is in the page too.
    while let Some(name) = names.get(found.len()).cloned() {
        let folder = web.join("node_modules").join(&name);
        let package = read(&folder.join("package.json"))?;
        for (more, _) in package["dependencies"].as_object().into_iter().flatten() {
            if !names.contains(more) {
                names.push(more.clone());
            }
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        found.push(Package {
            name,
            version: text(&package["version"]).ok_or("a package of npm has no version")?,
            licence: text(&package["license"]).unwrap_or_default(),
            authors: text(&package["author"]).or_else(|| text(&package["author"]["name"])).into_iter().collect(),
            repository: text(&package["repository"]["url"]).or_else(|| text(&package["repository"])),
            folder,
            origin: Origin::Npm,
        });
    }
    Ok(found)
}

fn compiler(name: &str, version: &str, licence: &str, folder: PathBuf) -> Package {
    Package {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.to_owned(),
        authors: Vec::new(),
        repository: (name == RUST).then(|| "https://github.com/rust-lang/rust".to_owned()),
        folder,
        origin: Origin::Compiler,
    }
}

/// The folder of texts that comes with the compiler.
fn licences_of_rust() -> Result<PathBuf, Failure> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace::root()).output()?;
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("share/doc/rust"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_names_a_package() {
        let of = |line| named(line).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(of("serde_derive v1.0.2 (proc-macro) (*)").as_deref(), Some("serde_derive 1.0.2"));
        assert_eq!(of("edge-gallery v0.1.0 (/somewhere)").as_deref(), Some("edge-gallery 0.1.0"));
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_crate_of_the_registry_has_a_checksum_and_ours_has_none() {
        let lock = "version = 4\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"bytes\"\n\
                    version = \"1.0.0\"\nsource = \"registry\"\nchecksum = \"ab12\"\ndependencies = [\n \"x\",\n]\n";
        let found = checksums(lock);
        assert_eq!(found.len(), 1);
        assert_eq!(found[&("bytes".to_owned(), "1.0.0".to_owned())], "ab12");
    }

    #[test]
    fn old_expressions_are_read_as_spdx_has_them() {
        for (written, read) in [("MIT/Apache-2.0", "MIT OR Apache-2.0"), ("MIT / Zlib", "MIT OR Zlib")] {
            let package = serde_json::json!({
                "name": "x", "version": "1.0.0", "license": written, "authors": [], "repository": null,
                "manifest_path": "/x/Cargo.toml",
            });
            assert_eq!(from_cargo(&package, &BTreeMap::new()).unwrap().licence, read);
        }
    }
}
