//! The program as one static file, by cargo-zigbuild: for musl, which needs nothing of the system.

use std::path::PathBuf;

use servers::zig;

use crate::{
    Failure, tools,
    workspace::{self, command, programs},
};

pub fn build(target: &str) -> Result<PathBuf, Failure> {
    tools::need_target(target)?;
    let zig = zig::zig()?;
    let mut build = command(zig::zigbuild()?.as_os_str());
    build.args(["zigbuild", "--quiet", "--locked", "--profile", "dist", "--target", target]);
    build.args(["--package", "edge-gallery", "--bin", "edge-gallery"]);
    let paths = workspace::remapped()?;
    let flags: Vec<String> = paths.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}")).collect();
    build.args(["--config", &format!("target.{target}.rustflags={flags:?}")]);
    // C files name themselves in assertions.
    let c_flags: Vec<String> = paths.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")).collect();
    build.env(format!("CFLAGS_{}", target.replace('-', "_")), format!("-g0 {}", c_flags.join(" ")));
    build.env("CARGO_ZIGBUILD_ZIG_PATH", zig.join("zig"));
    Ok(programs(&mut build)?.path("edge-gallery")?.to_path_buf())
}
