//! The gallery page: its npm packages and Vite's build. Each is renewed only when something has changed.

use std::{fs, path::Path, process::Command, time::SystemTime};

use crate::{Failure, process::succeed, tools, workspace};

/// What the page is built from, below `web`.
const SOURCES: [&str; 11] = [
    "404.html",
    "build",
    "index.html",
    "package-lock.json",
    "package.json",
    "src",
    "tsconfig.base.json",
    "tsconfig.json",
    "tsconfig.worker.json",
    "vite.config.ts",
    "worker",
];

/// A command of npm in the page's folder.
pub fn npm(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(tools::NPM.need()?);
    command.current_dir(workspace::root().join("web")).args(arguments);
    Ok(command)
}

/// Installs the page's packages unless they are installed already.
pub fn install() -> Result<(), Failure> {
    let web = workspace::root().join("web");
    // npm writes this file last. If all packages are installed, it is newer than the lock file.
    let done = modified(&web.join("node_modules/.package-lock.json"));
    if done.is_some() && done >= modified(&web.join("package-lock.json")) {
        return Ok(());
    }
    succeed(&mut npm(&["ci", "--no-audit", "--no-fund"])?, "npm ci (web)")
}

/// Builds the page, unless its build is newer than all its sources.
pub fn build() -> Result<(), Failure> {
    let web = workspace::root().join("web");
    let built = modified(&web.join("dist/index.html"));
    let newest = SOURCES.iter().filter_map(|source| newest(&web.join(source))).max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    install()?;
    succeed(&mut npm(&["run", "--silent", "build"])?, "building the page")
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// The latest change in a file or anywhere in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = modified(path)?;
    let Ok(entries) = fs::read_dir(path) else { return Some(own) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).chain([own]).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_built_is_a_source() {
        /// What no build of the page reads.
        const OTHERS: [&str; 6] =
            ["bench", "browser", "dist", "node_modules", "tsconfig.tools.json", "vitest.config.ts"];
        for entry in fs::read_dir(workspace::root().join("web")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name.starts_with('.') || SOURCES.contains(&&*name) != OTHERS.contains(&&*name), "{name}");
        }
    }
}
