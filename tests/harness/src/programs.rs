//! The programs under test: those that `cargo xtask test` has built and names, else built once by cargo.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::Failure;

/// Programs by name, or why there are none.
type Built = OnceLock<Result<HashMap<String, PathBuf>, String>>;

/// The programs, and the variables that name them. Building them apart from the tests would give some of their
/// dependencies other features, and so build those twice.
const PROGRAMS: [(&str, &str); 2] = [("edge-gallery", "GALLERY_PROGRAM"), ("ingest", "INGEST_PROGRAM")];
/// Named by WASI_HOST_PROGRAM, and apart from those: only its own tests should wait until wasmtime is built.
const WASI_HOST: &str = "wasi-host";
/// The entry crates for Fastly.
const FASTLY: [&str; 5] =
    ["viewer-edge-fastly", "video-edge-fastly", "all-in-one-fastly", "floor-fastly", "conformance-fastly"];

/// Where the program `name` is. The first call builds those that the environment does not name.
pub fn program(name: &str) -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    find(&BUILT, name, || {
        let named = PROGRAMS.iter().map(|(name, variable)| Some(((*name).to_owned(), env::var_os(variable)?.into())));
        named.collect::<Option<_>>().map_or_else(|| build(&["--bins"], PROGRAMS.map(|(name, _)| name).as_slice()), Ok)
    })
}

/// Where the entry crate `name` for Fastly is: in the folder that `FASTLY_PROGRAMS` names, as it is deployed, else the first
/// call builds all of them.
pub fn wasm(name: &str) -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    find(&BUILT, name, || match env::var_os("FASTLY_PROGRAMS") {
        Some(folder) => Ok(in_folder(Path::new(&folder), &FASTLY, str::to_owned)),
        None => build(&["--bins", "--profile", "fastly", "--target", "wasm32-wasip1"], &FASTLY),
    })
}

/// The entry crates for WASI hosts.
const COMPONENTS: [&str; 18] = [
    "viewer-edge-wasi",
    "video-edge-wasi",
    "all-in-one-wasi",
    "viewer-edge-wasi02",
    "video-edge-wasi02",
    "all-in-one-wasi02",
    "viewer-edge-wasi02-keyvalue",
    "video-edge-wasi02-keyvalue",
    "all-in-one-wasi02-keyvalue",
    "viewer-edge-spin",
    "video-edge-spin",
    "all-in-one-spin",
    "conformance-wasi",
    "conformance-wasi02",
    "conformance-wasi02-keyvalue",
    "conformance-spin",
    "floor-wasi",
    "floor-wasi02",
];

/// Where the component `name` is: in the folder that `WASI_COMPONENTS` names, as it is deployed, else the first call builds all
/// of them.
pub fn component(name: &str) -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    find(&BUILT, name, || match env::var_os("WASI_COMPONENTS") {
        Some(folder) => Ok(in_folder(Path::new(&folder), &COMPONENTS, |name| name.replace('-', "_"))),
        None => build(&["--lib", "--profile", "wasm", "--target", "wasm32-wasip2"], &COMPONENTS),
    })
}

fn in_folder(folder: &Path, names: &[&str], file: impl Fn(&str) -> String) -> HashMap<String, PathBuf> {
    names.iter().map(|name| ((*name).to_owned(), folder.join(file(name)).with_extension("wasm"))).collect()
}

/// Where the WASI host is.
pub(crate) fn wasi_host() -> Result<&'static Path, Failure> {
    static BUILT: Built = OnceLock::new();
    find(&BUILT, WASI_HOST, || match env::var_os("WASI_HOST_PROGRAM") {
        Some(path) => Ok(HashMap::from([(WASI_HOST.to_owned(), path.into())])),
        None => build(&["--bins"], &[WASI_HOST]),
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
    // What cargo told the test about itself would make it build some dependencies (ring) anew.
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
                // A component. As a library its name is that of a Rust module.
                "cdylib" => Some((name.replace('_', "-"), PathBuf::from(message["filenames"][0].as_str()?))),
                _ => None,
            }
        })
        .collect())
}
