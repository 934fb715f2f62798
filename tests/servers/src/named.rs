//! Programs that no package client used here installs. They are used if this machine has them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::on_path;

/// 4.1 is the first version with `wasi:http@0.3.0`.
const SPIN: Named =
    Named { name: "spin", variable: "SPIN", version: (4, 1), from: "https://spinframework.dev/install" };
/// 3.1 is the first version that takes components of every `wasi:http@0.2`, and not only of 0.2.0 and 0.2.1.
const SPIN02: Named = Named { version: (3, 1), ..SPIN };
const WASMTIME: Named =
    Named { name: "wasmtime", variable: "WASMTIME", version: (48, 0), from: "https://wasmtime.dev" };

struct Named {
    name: &'static str,
    /// The environment variable that names the program.
    variable: &'static str,
    /// The oldest version that is accepted.
    version: (u32, u32),
    from: &'static str,
}

/// The path of a Spin that runs the components for `spin` (WASI 0.3) or `spin02`: `SPIN` names it, or it is on the
/// `PATH`. `Err` says how to get a version that is new enough.
pub fn spin(spin: &str) -> Result<PathBuf, String> {
    if spin == "spin02" { SPIN02.find() } else { SPIN.find() }
}

/// The path of Wasmtime's command line tool: `WASMTIME` names it, or it is on the `PATH`.
pub fn wasmtime() -> Result<PathBuf, String> {
    WASMTIME.find()
}

/// Whether tests of the components for `spin` or `spin02` are to run in Spin. They are if this machine has a Spin that
/// runs them, or if the environment names one, even one that cannot be used at all.
pub fn wants_spin(spin: &str) -> bool {
    self::spin(spin).is_ok() || (SPIN02.named().is_some() && SPIN02.find().is_err())
}

/// Whether tests are to run in Wasmtime, by the same rule.
pub fn wants_wasmtime() -> bool {
    WASMTIME.named().is_some() || WASMTIME.find().is_ok()
}

/// Adds the arguments that `wasmtime serve` needs for a component for `wasi` (0.3) or `wasi02`. The component gets an
/// environment, and nothing else of the machine.
pub fn wasmtime_serve(command: &mut Command, wasi: &str, address: &str, component: &Path) {
    command.args(["serve", "--addr", address, "-S", "cli,inherit-env"]);
    if wasi == "wasi" {
        command.args(["-S", "p3", "-W", "component-model-async"]);
    }
    command.arg(component);
}

impl Named {
    fn named(&self) -> Option<PathBuf> {
        env::var_os(self.variable).filter(|given| !given.is_empty()).map(PathBuf::from)
    }

    fn find(&self) -> Result<PathBuf, String> {
        let Self { name, variable, version: (major, minor), from } = self;
        let wanted = format!("{name} {major}.{minor} or newer");
        let found = self.named().or_else(|| on_path(name));
        let found =
            found.ok_or_else(|| format!("{name} is missing: get {wanted} ({from}), or name it with {variable}="))?;
        let said = Command::new(&found).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
        if self.is_new_enough(&String::from_utf8_lossy(&said)) {
            Ok(found)
        } else {
            Err(format!("{} is not {wanted} ({from})", found.display()))
        }
    }

    /// Whether a program that says this text is new enough. It is such as `name 4.1.0-pre0 (...)`.
    fn is_new_enough(&self, said: &str) -> bool {
        let version = || {
            let mut numbers = said.split_whitespace().nth(1)?.split('.').map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        };
        version().is_some_and(|version: (u32, u32)| version >= self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spin_gets_the_components_that_it_knows() {
        for (said, p3, p2) in [
            ("spin 2.7.0 (a111517 2024-07-30)", false, false),
            ("spin 3.0.0 (e3f5ee2 2024-11-07)", false, false),
            ("spin 3.1.0 (abcdef0 2024-12-18)", false, true),
            ("spin 4.0.2 (abcdef0 2026-06-23)", false, true),
            ("spin 4.1.0-pre0 (94a8fc8 2026-08-21)", true, true),
            ("spin 10.0.0", true, true),
            ("spin", false, false),
            ("", false, false),
        ] {
            assert_eq!((SPIN.is_new_enough(said), SPIN02.is_new_enough(said)), (p3, p2), "{said}");
        }
    }
}
