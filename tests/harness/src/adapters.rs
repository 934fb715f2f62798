//! The adapters, by their folders. No adapter may be without a run of its own.

use std::{collections::BTreeSet, fs, path::Path};

use crate::Failure;

/// Folders that hold code above the traits, and no adapter.
const ROOMS: [&str; 4] = ["fallback", "memory", "s3", "sqlite"];

/// The adapters right below `platform/`: `fastly`, `native` and so on.
pub fn adapters() -> Result<BTreeSet<String>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platform");
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let crates = entries.into_iter().filter(|entry| entry.path().join("Cargo.toml").exists());
    let names = crates.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let adapters: BTreeSet<String> = names.filter(|name| !ROOMS.contains(&name.as_str())).collect();
    if adapters.is_empty() { Err("there is no adapter below platform/".into()) } else { Ok(adapters) }
}

/// Checks that each host of `wanted` has a test among `tests`, which are named `host::case`. The error names the
/// hosts without one.
pub fn each_has_a_run<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
    tests: impl IntoIterator<Item = &'a str>,
) -> Result<(), Failure> {
    let run: BTreeSet<&str> = tests.into_iter().filter_map(|name| Some(name.split_once("::")?.0)).collect();
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !run.contains(name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no run in: {}", missing.join(", ")).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_without_a_run_is_named() {
        let tests = ["native::files::head", "wasi-split::files::head", "wasi::files::head"];
        assert!(each_has_a_run(["native", "wasi"], tests).is_ok());
        let error = each_has_a_run(["native", "wasi02", "fastly"], tests).unwrap_err();
        assert_eq!(error.to_string(), "no run in: wasi02, fastly");
    }

    #[test]
    fn platform_is_where_they_are() {
        let adapters = adapters().unwrap();
        assert!(adapters.contains("native") && !adapters.contains("src") && !adapters.contains("s3"), "{adapters:?}");
    }
}
