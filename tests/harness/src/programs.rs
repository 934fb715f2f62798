//! The programs under test. `cargo xtask test` has built them and names them in the environment. Otherwise cargo
//! builds them once.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::Failure;

/// The programs by name, or why they could not be built.
type Built = OnceLock<Result<HashMap<String, PathBuf>, String>>;

/// The path of the program `edge-gallery`: `GALLERY_PROGRAM` names it, or the first call builds it. If it is built
/// apart from the tests, some of its dependencies have other features, and are built twice.
pub fn gallery() -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    named(&BUILT, "edge-gallery", "GALLERY_PROGRAM")
}

/// The path of the WASI host: `WASI_HOST_PROGRAM` names it, or the first call builds it. It is built apart from the
/// gallery, so that only its own tests wait until wasmtime is built.
pub(crate) fn wasi_host() -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    named(&BUILT, "wasi-host", "WASI_HOST_PROGRAM")
}

/// The path of the program `name` for Fastly, as it is deployed: it is in the folder that `FASTLY_PROGRAMS` names, or
/// the first call builds all of these programs.
pub fn wasm(name: &str) -> Result<PathBuf, Failure> {
    static BUILT: Built = OnceLock::new();
    in_folder("FASTLY_PROGRAMS", name).map_or_else(
        || {
            let build = || build(&["--bins", "--profile", "fastly", "--target", "wasm32-wasip1"], &["entries-fastly"]);
            find(&BUILT, name, build).map(Path::to_path_buf)
        },
        Ok,
    )
}

/// The path of the component `name`, as it is deployed: it is in the folder that `WASI_COMPONENTS` names, or the
/// first call builds all components.
pub fn component(name: &str) -> Result<PathBuf, Failure> {
    static BUILT: Built = OnceLock::new();
    in_folder("WASI_COMPONENTS", name).map_or_else(
        || {
            let packages = ["entries-wasi", "entries-wasi02", "entries-spin", "entries-spin02"];
            let build = || build(&["--examples", "--profile", "wasm", "--target", "wasm32-wasip2"], &packages);
            find(&BUILT, name, build).map(Path::to_path_buf)
        },
        Ok,
    )
}

fn in_folder(variable: &str, name: &str) -> Option<PathBuf> {
    Some(Path::new(&env::var_os(variable)?).join(name).with_extension("wasm"))
}

fn named(built: &'static Built, name: &str, variable: &str) -> Result<&'static Path, Failure> {
    find(built, name, || match env::var_os(variable) {
        Some(path) => Ok(HashMap::from([(name.to_owned(), path.into())])),
        None => build(&["--bins"], &[name]),
    })
}

fn find(
    built: &'static Built,
    name: &str,
    build: impl FnOnce() -> Result<HashMap<String, PathBuf>, Failure>,
) -> Result<&'static Path, Failure> {
    let built = built.get_or_init(|| build().map_err(|failure| failure.to_string()));
    let built = built.as_ref().map_err(|failure| Failure::from(failure.as_str()))?;
    built.get(name).map(PathBuf::as_path).ok_or_else(|| format!("cargo built no program {name}").into())
}

fn build(how: &[&str], packages: &[&str]) -> Result<HashMap<String, PathBuf>, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The variables that cargo set for the test would make cargo build some dependencies (ring) anew.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            cargo.env_remove(name);
        }
    }
    let output = cargo
        .current_dir(root)
        .args(["build", "--quiet", "--message-format=json-render-diagnostics"])
        .args(how)
        .args(packages.iter().flat_map(|name| ["--package", name]))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("building the programs under test failed".into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    Ok(messages
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?;
            match message["target"]["kind"][0].as_str()? {
                "bin" => Some((name.to_owned(), PathBuf::from(message["executable"].as_str()?))),
                // The components are examples.
                "example" => Some((name.to_owned(), PathBuf::from(message["filenames"][0].as_str()?))),
                _ => None,
            }
        })
        .collect())
}
