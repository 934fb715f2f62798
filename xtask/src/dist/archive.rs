//! Archives whose bytes depend on their content only, and checksums.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Failure, process::succeed, workspace};

/// The file of checksums, which says too that a folder was written here.
pub const SUMS: &str = "SHA256SUMS";

/// `NAME.tar.gz`, in which everything is below `NAME/`.
pub struct Archive {
    out: PathBuf,
    name: String,
    /// Seconds since 1970.
    moment: u64,
}

impl Archive {
    pub fn new(out: &Path, name: &str, moment: u64) -> Result<Self, Failure> {
        let archive = Self { out: out.to_path_buf(), name: name.to_owned(), moment };
        // A run that was stopped has left it.
        if archive.folder().exists() {
            fs::remove_dir_all(archive.folder())?;
        }
        fs::create_dir_all(archive.folder())?;
        Ok(archive)
    }

    /// The folder whose content will be in the archive.
    pub fn folder(&self) -> PathBuf {
        self.out.join(&self.name)
    }

    pub fn add(&self, from: &Path, name: &str, mode: u32) -> Result<(), Failure> {
        copy(from, &self.folder().join(name), mode)
    }

    /// Adds what git tracks below a folder of the workspace. Who deploys may keep secrets beside it.
    pub fn add_folder(&self, folder: &str) -> Result<(), Failure> {
        let root = workspace::root();
        let output = Command::new("git").args(["ls-files", "-z", folder]).current_dir(&root).output()?;
        let files = String::from_utf8(output.stdout)?;
        let files: Vec<&str> = files.split('\0').filter(|file| !file.is_empty()).collect();
        if files.is_empty() {
            return Err(format!("git tracks nothing in {folder}: build in a clone of the repository").into());
        }
        files.into_iter().try_for_each(|file| self.add(&root.join(file), file, 0o644))
    }

    /// Writes the context of an image: the program, the licences, and an empty folder for data.
    pub fn image(&self, out: &Path, processor: &str) -> Result<(), Failure> {
        let context = out.join("image").join(processor);
        fs::create_dir_all(context.join("data"))?;
        copy(&self.folder().join("edge-gallery"), &context.join("edge-gallery"), 0o755)?;
        for entry in fs::read_dir(self.folder().join("licences"))? {
            let entry = entry?;
            copy(&entry.path(), &context.join("licences").join(entry.file_name()), 0o644)?;
        }
        Ok(())
    }

    /// Packs the folder, and removes it.
    pub fn finish(self) -> Result<(), Failure> {
        let mut tar = Command::new("tar");
        tar.args(["--create", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
        tar.args(["--mode=u=rwX,go=rX", &format!("--mtime=@{}", self.moment), "--directory"]);
        let mut tar = tar.arg(&self.out).arg(&self.name).stdout(Stdio::piped()).spawn()?;
        let packed = fs::File::create(self.out.join(format!("{}.tar.gz", self.name)))?;
        // Without a name and a time in its header.
        let mut gzip = Command::new("gzip");
        gzip.args(["--no-name", "-9"]).stdin(tar.stdout.take().ok_or("tar says nothing")?).stdout(packed);
        succeed(&mut gzip, "gzip")?;
        if !tar.wait()?.success() {
            return Err("tar failed; GNU tar is needed".into());
        }
        Ok(fs::remove_dir_all(self.folder())?)
    }
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<(), Failure> {
    fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
    fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

/// Writes the checksum of each file in the folder. Those in folders below are copies of what is in an archive, and a
/// release, which has no folders, would lack them.
pub fn sums(out: &Path) -> Result<(), Failure> {
    let mut files: Vec<PathBuf> = fs::read_dir(out)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    files.retain(|file| file.is_file() && !file.ends_with(SUMS));
    files.sort();
    let names = files.iter().map(|file| file.strip_prefix(out)).collect::<Result<Vec<_>, _>>()?;
    let output = Command::new("sha256sum").args(names).current_dir(out).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("sha256sum failed".into());
    }
    Ok(fs::write(out.join(SUMS), output.stdout)?)
}

/// The licences of the gallery itself.
pub fn ours(out: &Path) -> Result<(), Failure> {
    ["LICENSE-MIT", "LICENSE-APACHE"]
        .into_iter()
        .try_for_each(|name| copy(&workspace::root().join(name), &out.join(name), 0o644))
}
