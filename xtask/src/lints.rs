//! Lints and the check of all documentation, made while the crates of the workspace are built.
//!
//! `cargo clippy` and `cargo doc` want every dependency once more, checked instead of compiled. That takes six minutes
//! of a bare machine's time, for nothing that the build does not make too. So cargo starts this program in place of
//! rustc for each crate of the workspace, and it starts rustc, clippy and rustdoc on what is there.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::{
    Failure,
    process::succeed,
    workspace::{self, cargo},
};

/// Is set where this program stands for rustc.
const STAND_IN: &str = "XTASK_STANDS_FOR_RUSTC";

/// Makes a command of cargo lint and document the crates of the workspace that it builds. Commands with and without
/// this share what they build of dependencies, and nothing else.
pub fn with(cargo: &mut Command) -> Result<&mut Command, Failure> {
    Ok(cargo.env("RUSTC_WORKSPACE_WRAPPER", itself()?).env(STAND_IN, "1"))
}

/// A copy of this program, which stays as it is when the program is built anew during a run. For another name, cargo
/// builds the crates of the workspace anew, so the name changes with all that says how they are linted.
fn itself() -> Result<PathBuf, Failure> {
    let mut lints = DefaultHasher::new();
    (include_str!("lints.rs"), fs::read(workspace::root().join("clippy.toml"))?).hash(&mut lints);
    let program = env::current_exe()?;
    let copy = program.with_file_name(format!("xtask-{:016x}", lints.finish()));
    if !copy.exists() {
        let part = copy.with_extension(std::process::id().to_string());
        fs::copy(program, &part)?;
        fs::rename(part, &copy)?;
    }
    Ok(copy)
}

/// Lints the programs for other hosts. They do not link here, so nothing else builds them for this machine.
pub fn check_entries() -> Result<(), Failure> {
    let mut check = cargo();
    check.args(["check", "--quiet", "--all-targets"]);
    check.args(workspace::entries()?.iter().flat_map(|entries| ["--package", &entries.package]));
    succeed(with(&mut check)?, "cargo check of the entries")
}

/// What rustc would have ended with, if this program was started in its place.
pub fn stand_in() -> Option<ExitCode> {
    env::var_os(STAND_IN)?;
    let all: Vec<OsString> = env::args_os().skip(1).collect();
    Some(match run(&all) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "rustc could not be run: {failure}");
            ExitCode::FAILURE
        }
    })
}

/// The first of `all` is the path of rustc.
fn run(all: &[OsString]) -> Result<bool, Failure> {
    let (rustc, arguments) = all.split_first().ok_or("cargo named no rustc")?;
    let is_built = command(rustc).args(arguments).status()?.success();
    // Cargo and the build scripts of dependencies also ask what rustc can do. These are no crates that are built.
    let Some(unit) = Unit::of(arguments).filter(|_| is_built) else { return Ok(is_built) };
    // Where nothing is linked, what others need of the crate is checked only, and the crate itself is linted elsewhere.
    if !unit.is_linked() && env::var_os("CARGO_PRIMARY_PACKAGE").is_none() {
        return Ok(true);
    }
    let mut clippy = command(&beside_cargo("clippy-driver"));
    clippy.arg(rustc).args(unit.lints()).env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    if !succeeds(clippy)? {
        return Ok(false);
    }
    if !unit.is_documented() {
        return Ok(true);
    }
    fs::create_dir_all(unit.pages())?;
    let mut rustdoc = command(&beside_cargo("rustdoc"));
    rustdoc.args(unit.documentation());
    succeeds(rustdoc)
}

fn succeeds(mut command: Command) -> Result<bool, Failure> {
    let status = command.status();
    Ok(status.map_err(|error| format!("{}: {error}", command.get_program().display()))?.success())
}

fn command(program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.env_remove(STAND_IN);
    command
}

/// rustup's own programs are beside each other.
fn beside_cargo(name: &str) -> OsString {
    env::var_os("CARGO").map_or_else(|| name.into(), |cargo| Path::new(&cargo).with_file_name(name).into_os_string())
}

/// A crate, as cargo describes it to rustc.
struct Unit<'a> {
    arguments: &'a [OsString],
    name: &'a OsStr,
    /// The folder into which it is built.
    out: &'a Path,
    is_test: bool,
    is_build_script: bool,
}

impl<'a> Unit<'a> {
    fn of(arguments: &'a [OsString]) -> Option<Self> {
        let name = after(arguments, "--crate-name")?;
        Some(Self {
            arguments,
            name,
            out: Path::new(after(arguments, "--out-dir")?),
            // A test without a harness has this setting instead.
            is_test: arguments.iter().any(|argument| argument == "--test")
                || arguments.windows(2).any(|pair| pair[0] == "--cfg" && pair[1] == "test"),
            is_build_script: name == "build_script_build",
        })
    }

    fn is_linked(&self) -> bool {
        let kinds = self.arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix("--emit="));
        kinds.flat_map(|kinds| kinds.split(',')).any(|kind| kind == "link")
    }

    /// Of this program, only the tests are built here.
    fn is_documented(&self) -> bool {
        !self.is_build_script && (!self.is_test || self.name == env!("CARGO_CRATE_NAME"))
    }

    /// A folder beside that of the build.
    fn beside(&self, name: &str) -> PathBuf {
        self.out.with_file_name(name)
    }

    /// The folder of the crate's pages. rustdoc reads and writes the search index of all crates in a folder again for
    /// each crate (<https://github.com/rust-lang/rust/issues/146895>), and nobody searches what is only checked.
    fn pages(&self) -> PathBuf {
        let mut name = self.name.to_owned();
        if let Some(kind) = after(self.arguments, "--crate-type") {
            name.push("-");
            name.push(kind);
        }
        self.beside("doc-each").join(name)
    }

    /// What clippy is told: the same, but nothing is compiled, and cargo hears of no file.
    fn lints(&self) -> Vec<OsString> {
        let mut lints = Vec::with_capacity(self.arguments.len());
        let mut before: &OsStr = OsStr::new("");
        for argument in self.arguments {
            let text = argument.to_string_lossy();
            lints.push(if before == "--out-dir" {
                self.beside("lints").into_os_string()
            } else if text.starts_with("--emit=") {
                "--emit=metadata".into()
            } else if let Some(kinds) = text.strip_prefix("--json=") {
                without_files(kinds)
            } else if let Some(folder) = text.strip_prefix("incremental=") {
                format!("incremental={folder}-lints").into()
            } else {
                argument.clone()
            });
            before = argument;
        }
        lints
    }

    /// What rustdoc is told: what the crate is, and where its dependencies are.
    fn documentation(&self) -> Vec<OsString> {
        const WITH_VALUE: [&str; 9] = [
            "--crate-name",
            "--crate-type",
            "--edition",
            "--cfg",
            "--check-cfg",
            "--extern",
            "-L",
            "--target",
            "--diagnostic-width",
        ];
        const WHOLE: [&str; 4] = ["--edition=", "--error-format=", "--cap-lints=", "--diagnostic-width="];
        let mut documentation: Vec<OsString> = Vec::with_capacity(self.arguments.len());
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy();
            if WITH_VALUE.contains(&text.as_ref()) {
                documentation.push(argument.clone());
                documentation.extend(arguments.next().cloned());
            } else if let Some(kinds) = text.strip_prefix("--json=") {
                documentation.push(without_files(kinds));
            } else if WHOLE.iter().any(|begin| text.starts_with(begin)) || is_source(argument) {
                documentation.push(argument.clone());
            }
        }
        documentation.extend(["--document-private-items", "-D", "warnings", "-o"].map(OsString::from));
        documentation.push(self.pages().into_os_string());
        documentation
    }
}

/// The argument that follows this one.
fn after<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).map(OsString::as_os_str)
}

/// What is to be told in JSON, without the files that were written: cargo would go on with them.
fn without_files(kinds: &str) -> OsString {
    let kinds: Vec<&str> = kinds.split(',').filter(|kind| kind.starts_with("diagnostic")).collect();
    format!("--json={}", kinds.join(",")).into()
}

fn is_source(argument: &OsStr) -> bool {
    let path = Path::new(argument);
    path.extension().is_some_and(|extension| extension == "rs") && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSTC: [&str; 20] = [
        "--crate-name",
        "gallery",
        "--edition=2024",
        "core/gallery/src/lib.rs",
        "--error-format=json",
        "--json=diagnostic-rendered-ansi,artifacts,future-incompat",
        "--crate-type",
        "lib",
        "--emit=dep-info,metadata,link",
        "-C",
        "incremental=/t/debug/incremental",
        "--deny=unsafe_code",
        "--warn=clippy::pedantic",
        "--check-cfg",
        "cfg(docsrs,test)",
        "--out-dir",
        "/t/debug/deps",
        "-L",
        "dependency=/t/debug/deps",
        "--cfg=x",
    ];

    #[test]
    fn clippy_compiles_nothing_and_tells_of_no_file() {
        let arguments = RUSTC.map(OsString::from);
        let unit = Unit::of(&arguments).unwrap();
        let lints = unit.lints();
        assert_eq!(lints.len(), RUSTC.len());
        for (index, other) in [
            (5, "--json=diagnostic-rendered-ansi"),
            (8, "--emit=metadata"),
            (10, "incremental=/t/debug/incremental-lints"),
            (16, "/t/debug/lints"),
        ] {
            assert_eq!(lints[index], other);
        }
        assert_eq!(lints[11..=14], arguments[11..=14]);
    }

    #[test]
    fn rustdoc_is_told_what_the_crate_is() {
        let arguments = RUSTC.map(OsString::from);
        let unit = Unit::of(&arguments).unwrap();
        let documentation = unit.documentation();
        assert_eq!(
            documentation,
            [
                "--crate-name",
                "gallery",
                "--edition=2024",
                "--error-format=json",
                "--json=diagnostic-rendered-ansi",
                "--crate-type",
                "lib",
                "--check-cfg",
                "cfg(docsrs,test)",
                "-L",
                "dependency=/t/debug/deps",
                "--document-private-items",
                "-D",
                "warnings",
                "-o",
                "/t/debug/doc-each/gallery-lib",
            ]
        );
        assert!(unit.is_documented() && unit.is_linked());
    }

    #[test]
    fn what_is_no_crate_is_no_unit() {
        for asked in [&["-vV"][..], &["-", "--crate-name", "___", "--print=file-names"]] {
            let arguments: Vec<OsString> = asked.iter().map(OsString::from).collect();
            assert!(Unit::of(&arguments).is_none());
        }
    }
}
