//! What a fresh clone need not build again.
//!
//! Cargo sees by the time of a file whether the file has changed, and in a fresh clone all times are new. So a run of
//! CI gives each file the time at which its content came into the folder of builds. What was built there since is
//! built from this content, unless something else has built there between two runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsStr,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{Failure, workspace};

/// The page is built into this folder. Its files are not tracked, and programs hold them.
const PAGE: &str = "web/dist";

/// The times of files, and where they are kept.
pub struct Times {
    root: PathBuf,
    list: PathBuf,
    kept: Kept,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// When the last run ended. All times are since 1970.
    sealed: Duration,
    /// By the path in the workspace: the content, and since when it is there.
    files: BTreeMap<PathBuf, (u64, Duration)>,
}

impl Times {
    /// Gives all tracked files their times. Only CI has a folder of builds for itself.
    pub fn of_ci() -> Result<Option<Self>, Failure> {
        if env::var_os("CI").is_none_or(|ci| ci != "true") {
            return Ok(None);
        }
        let program = env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("this program is in no folder of builds")?;
        let root = workspace::root();
        let output = Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output()?;
        let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let tracked: BTreeSet<_> = names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect();
        let mut times = Self::open(root, target);
        times.keep(&tracked, |path| !path.starts_with(PAGE))?;
        Ok(Some(times))
    }

    /// The times that are kept beside what was built, if it is known from what it was built.
    fn open(root: PathBuf, target: &Path) -> Self {
        let list = target.join("times.json");
        let kept = read(&list).filter(|kept| newest_build(target) <= kept.sealed);
        Self { root, list, kept: kept.unwrap_or_default() }
    }

    /// Gives the files of the page their times.
    pub fn page(&mut self) -> Result<(), Failure> {
        let mut files = BTreeSet::new();
        walk(&self.root, Path::new(PAGE), &mut files)?;
        self.keep(&files, |path| path.starts_with(PAGE))
    }

    /// Notes that what is built by now is built from these files, unless another run has begun since.
    pub fn seal(&mut self) -> Result<(), Failure> {
        if read(&self.list).is_some_and(|kept| kept.sealed > self.kept.sealed) {
            return Ok(fs::remove_file(&self.list)?);
        }
        self.kept.sealed = now();
        let part = self.list.with_extension(std::process::id().to_string());
        fs::write(&part, serde_json::to_vec(&self.kept)?)?;
        Ok(fs::rename(part, &self.list)?)
    }

    /// Gives `files` their times, which are all of their kind.
    fn keep(&mut self, files: &BTreeSet<PathBuf>, are_of_kind: impl Fn(&Path) -> bool) -> Result<(), Failure> {
        self.kept.files.retain(|path, _| files.contains(path) || !are_of_kind(path));
        for path in files {
            let at = self.root.join(path);
            let content = content(&self.root, &at)?;
            let known = self.kept.files.get(path).filter(|(known, _)| *known == content);
            let since = known.map_or_else(now, |(_, since)| *since);
            self.kept.files.insert(path.clone(), (content, since));
            File::open(&at)?.set_modified(SystemTime::UNIX_EPOCH + since)?;
        }
        // If the run is killed, what it has built is newer than this.
        self.seal()
    }
}

fn read(list: &Path) -> Option<Kept> {
    serde_json::from_slice(&fs::read(list).ok()?).ok()
}

fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A sum of a file's bytes, or of a folder's names.
fn content(root: &Path, at: &Path) -> io::Result<u64> {
    let mut sum = DefaultHasher::new();
    if at.is_dir() {
        let names = fs::read_dir(at)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<BTreeSet<_>>>()?;
        names.hash(&mut sum);
        return Ok(sum.finish());
    }
    let bytes = fs::read(at)?;
    let is_code = at.extension().is_some_and(|extension| extension == "rs");
    // What is built from it holds the path of the clone, and cargo does not see that another clone has another one.
    if is_code && bytes.windows(PLACE.len()).any(|part| part == PLACE) {
        root.hash(&mut sum);
    }
    bytes.hash(&mut sum);
    Ok(sum.finish())
}

const PLACE: &[u8] = b"CARGO_MANIFEST_DIR";

/// A folder and all that is in it.
fn walk(root: &Path, path: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    if root.join(path).is_dir() {
        for entry in fs::read_dir(root.join(path))? {
            walk(root, &path.join(entry?.file_name()), files)?;
        }
    }
    files.insert(path.to_owned());
    Ok(())
}

/// When cargo last began to build something. In `up` it has just built this program, and nothing else is built there.
fn newest_build(target: &Path) -> Duration {
    let folders = |of: &Path| fs::read_dir(of).into_iter().flatten().flatten().map(|entry| entry.path());
    let profiles = folders(target).chain(folders(target).flat_map(|triple| folders(&triple).collect::<Vec<_>>()));
    let units = profiles.filter(|profile| !profile.ends_with("up")).map(|profile| profile.join(".fingerprint"));
    let begun = units.flat_map(|units| folders(&units).collect::<Vec<_>>()).filter_map(|unit| {
        let modified = fs::metadata(unit.join("invoked.timestamp")).ok()?.modified().ok()?;
        modified.duration_since(SystemTime::UNIX_EPOCH).ok()
    });
    begun.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than a step of the clock that the times of files come from.
    const STEP: Duration = Duration::from_millis(20);

    fn time(path: &Path) -> SystemTime {
        fs::metadata(path).unwrap().modified().unwrap()
    }

    /// A clone of two files, kept beside the builds in `target`. Returns the time of each.
    fn run(target: &Path, texts: [&str; 2]) -> [SystemTime; 2] {
        let clone = tempfile::tempdir().unwrap();
        let names = ["a.rs", "b.rs"].map(PathBuf::from);
        for (name, text) in names.iter().zip(texts) {
            fs::write(clone.path().join(name), text).unwrap();
        }
        let mut times = Times::open(clone.path().to_owned(), target);
        times.keep(&names.clone().into(), |_| true).unwrap();
        let begun = target.join("debug/.fingerprint/gallery");
        fs::create_dir_all(&begun).unwrap();
        fs::write(begun.join("invoked.timestamp"), "").unwrap();
        std::thread::sleep(STEP);
        times.seal().unwrap();
        names.map(|name| time(&clone.path().join(name)))
    }

    #[test]
    fn content_that_was_there_keeps_its_time() {
        let target = tempfile::tempdir().unwrap();
        let first = run(target.path(), ["a", "b"]);
        assert_eq!(run(target.path(), ["a", "b"]), first);
        let second = run(target.path(), ["a", "c"]);
        assert!(second[0] == first[0] && second[1] > first[1]);
        // What was built in between is of other content.
        let third = run(target.path(), ["a", "b"]);
        assert!(third[0] == first[0] && third[1] > second[1]);
    }

    #[test]
    fn what_holds_the_path_of_a_clone_is_new_in_another() {
        let target = tempfile::tempdir().unwrap();
        let text = r#"env!("CARGO_MANIFEST_DIR")"#;
        let first = run(target.path(), [text, "b"]);
        let second = run(target.path(), [text, "b"]);
        assert!(second[0] > first[0] && second[1] == first[1]);
    }

    #[test]
    fn nothing_is_known_if_another_has_built_there() {
        let target = tempfile::tempdir().unwrap();
        let first = run(target.path(), ["a", "b"]);
        std::thread::sleep(STEP);
        fs::write(target.path().join("debug/.fingerprint/gallery/invoked.timestamp"), "").unwrap();
        let second = run(target.path(), ["a", "b"]);
        assert!(second[0] > first[0] && second[1] > first[1]);
    }

    #[test]
    fn a_run_that_was_killed_is_another() {
        let target = tempfile::tempdir().unwrap();
        let first = run(target.path(), ["a", "b"]);
        let clone = tempfile::tempdir().unwrap();
        fs::write(clone.path().join("a.rs"), "c").unwrap();
        let files = [PathBuf::from("a.rs")].into();
        Times::open(clone.path().to_owned(), target.path()).keep(&files, |_| true).unwrap();
        std::thread::sleep(STEP);
        fs::write(target.path().join("debug/.fingerprint/gallery/invoked.timestamp"), "").unwrap();
        let second = run(target.path(), ["a", "b"]);
        assert!(second[0] > first[0] && second[1] > first[1]);
    }
}
