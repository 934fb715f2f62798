//! The check of all documentation. rustdoc reads and writes the search index of all crates again for each crate, one
//! after the other (<https://github.com/rust-lang/rust/issues/146895>), and nobody searches what is only checked.
//! So cargo starts this program in place of rustdoc, and each crate gets a folder of its own.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::{Failure, process::succeed, workspace::cargo};

/// Is set where this program stands for rustdoc.
const STAND_IN: &str = "XTASK_STANDS_FOR_RUSTDOC";

pub fn check() -> Result<(), Failure> {
    let mut doc = cargo();
    doc.args(["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"]);
    doc.env("RUSTDOCFLAGS", "-D warnings").env("RUSTDOC", env::current_exe()?).env(STAND_IN, "1");
    succeed(&mut doc, "cargo doc")
}

/// What rustdoc would have ended with, if this program was started in its place.
pub fn stand_in() -> Option<ExitCode> {
    env::var_os(STAND_IN)?;
    Some(match document(env::args_os().skip(1).collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "rustdoc could not be run: {failure}");
            ExitCode::FAILURE
        }
    })
}

fn document(mut arguments: Vec<OsString>) -> Result<bool, Failure> {
    let after = |name: &str| arguments.iter().position(|argument| argument == name).map(|at| at + 1);
    let found = after("-o").zip(after("--crate-name").and_then(|at| Some(arguments.get(at)?.clone())));
    let mut pages = None;
    if let Some((at, crate_name)) = found
        && let Some(out) = arguments.get_mut(at)
    {
        let shared = PathBuf::from(&*out);
        *out = shared.with_file_name("doc-each").join(&crate_name).into_os_string();
        pages = Some(shared.join(crate_name));
    }
    // rustup's own programs are beside each other.
    let rustdoc =
        env::var_os("CARGO").map_or_else(|| "rustdoc".into(), |cargo| Path::new(&cargo).with_file_name("rustdoc"));
    let is_done = Command::new(rustdoc).args(arguments).env_remove(STAND_IN).status()?.success();
    // By this page cargo knows the next time that the crate's documentation was made.
    if let Some(folder) = pages.filter(|_| is_done) {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("index.html"), "")?;
    }
    Ok(is_done)
}
