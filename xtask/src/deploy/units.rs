//! systemd's own opinion of the units: whether it understands them, and how exposed they are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Bench, said};
use crate::{Failure, tools::Tool};

pub const SYSTEMD: Tool =
    Tool { names: &["systemd-analyze"], debian: "systemd", otherwise: "this needs a Linux with systemd" };
/// The highest exposure that is accepted, in tenths. systemd calls up to 2 "OK". A unit without any setting has 9.6.
const EXPOSURE: &str = "12";
const UNITS: [&str; 2] = ["edge-gallery.service", "edge-gallery-ingest@srv-photos.service"];

pub fn check(bench: &Bench) -> Result<String, Failure> {
    let systemd = SYSTEMD.need()?;
    let root = root(bench)?;
    let verify = |root: &Path| -> Result<String, Failure> {
        // It says what it does not understand, and succeeds.
        let mut verify = Command::new(&systemd);
        let output = verify.arg("verify").arg("--root").arg(root).args(UNITS).output()?;
        Ok(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    };
    let objections = verify(&root)?;
    if !objections.is_empty() {
        return Err(objections.into());
    }
    let unit = root.join("etc/systemd/system").join(UNITS[0]);
    let text = fs::read_to_string(&unit)?;
    fs::write(&unit, text.replace("ProtectSystem", "ProtectSysten"))?;
    if !verify(&root)?.contains("ProtectSysten") {
        return Err("systemd-analyze verify does not see a misspelt name".into());
    }
    fs::write(&unit, text)?;
    let mut figures = Vec::new();
    for name in UNITS {
        let mut security = Command::new(&systemd);
        security.args(["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE, "--root"]).arg(&root);
        let told = said(security.arg(name), &format!("{name} is more exposed than {EXPOSURE} tenths"))?;
        let figure = told.lines().last().and_then(|line| line.split_once(": ")).map(|(_, figure)| figure.to_owned());
        figures.push(format!("{name} {}", figure.ok_or("systemd-analyze tells no exposure")?));
    }
    Ok(format!("exposure: {}", figures.join(", ")))
}

/// A root of a system in which the units and the program are where they say.
fn root(bench: &Bench) -> Result<PathBuf, Failure> {
    let root = bench.folder("root")?;
    let (units, programs) = (root.join("etc/systemd/system"), root.join("usr/local/bin"));
    for folder in [&units, &programs, &root.join("usr/lib/systemd"), &root.join("srv/photos")] {
        fs::create_dir_all(folder)?;
    }
    for entry in fs::read_dir(bench.deploy.join("systemd"))? {
        let entry = entry?;
        fs::copy(entry.path(), units.join(entry.file_name()))?;
    }
    fs::copy(bench.program(), programs.join("edge-gallery"))?;
    // The targets that they name.
    let mut copy = Command::new("cp");
    said(copy.args(["--archive", "/usr/lib/systemd/system"]).arg(root.join("usr/lib/systemd")), "cp")?;
    Ok(root)
}
