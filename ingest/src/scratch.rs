//! The folders in which films are encoded. What a killed run leaves behind goes with the next, and a finished encode
//! stays until it is uploaded.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::sha256_of_bytes;

/// A folder that is written to: `edge-gallery-ingest-{process}-{random}`.
const OPEN: &str = "edge-gallery-ingest-";
/// A folder with a whole encode: `edge-gallery-film-{film}-{recipe}`.
const DONE: &str = "edge-gallery-film-";
/// In each folder. A run holds its lock for as long as it lives.
const LOCK: &str = "lock";
/// In a folder with a whole encode: its label.
const MARKER: &str = "done";
/// In place of an encode that is of no use: why.
const REFUSAL: &str = "refused";
const DAY: Duration = Duration::from_hours(24);
/// How long an encode is kept.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// Which film was encoded, and how.
pub struct Label {
    folder: String,
    text: String,
}

impl Label {
    /// `recipe` says everything that decides the bytes, besides the film.
    pub fn new(sha256: &str, recipe: &str) -> Self {
        let text = format!("{sha256}\n{recipe}");
        let short = |digest: &str| digest.chars().take(16).collect::<String>();
        Self { folder: format!("{DONE}{}-{}", short(sha256), short(&sha256_of_bytes(text.as_bytes()))), text }
    }
}

/// A folder of this run. It is removed when this value is dropped.
pub struct Scratch {
    path: PathBuf,
    keep: bool,
    #[allow(dead_code, reason = "it is held, not read")]
    lock: Option<File>,
}

impl Scratch {
    pub fn new(temp: &Path) -> io::Result<Self> {
        loop {
            let prefix = format!("{OPEN}{}-", std::process::id());
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
            let path = builder.prefix(&prefix).tempdir_in(temp)?.keep();
            let mut scratch = Self { path, keep: false, lock: None };
            let lock = File::create_new(scratch.path.join(LOCK))?;
            // Where there are no locks, the process in the name has to do.
            let held = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
            scratch.lock = Some(lock);
            // Between the two calls, another run may have taken the folder for one left behind.
            if !held && scratch.path.join(LOCK).exists() {
                return Ok(scratch);
            }
        }
    }

    /// What an earlier run has encoded and kept.
    pub fn kept(temp: &Path, label: &Label) -> Option<Self> {
        let path = temp.join(&label.folder);
        // Everybody may write in a temporary folder: one of that name may be another's.
        if !fs::symlink_metadata(&path).is_ok_and(|folder| is_ours(&folder) && is_closed(&folder)) {
            return None;
        }
        let Hold::Free(lock) = Hold::of(&path) else { return None };
        let scratch = Self { path, keep: false, lock: Some(lock) };
        let marker = scratch.path.join(MARKER);
        let is_same = fs::read(&marker).is_ok_and(|text| text == label.text.as_bytes());
        if is_same {
            // Its week begins anew.
            let _ = File::options().write(true).open(marker).and_then(|file| file.set_modified(SystemTime::now()));
        }
        is_same.then_some(scratch)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The encode is whole: a run that is killed from now on leaves it to the next. Without room for that, it is as
    /// good for this run.
    pub fn done(&mut self, label: &Label) {
        let marked = || {
            for file in fs::read_dir(&self.path)? {
                File::open(file?.path())?.sync_all()?;
            }
            fs::write(self.path.join(MARKER), &label.text)?;
            let path = self.path.with_file_name(&label.folder);
            fs::rename(&self.path, &path).map(|()| path)
        };
        if let Ok(path) = marked() {
            self.path = path;
        }
    }

    /// Leaves to the next run why this encode is of no use, in place of what was encoded.
    pub fn refuse(mut self, words: &str) {
        for file in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if ![LOCK, MARKER].iter().any(|kept| file.file_name() == *kept) {
                let _ = fs::remove_file(file.path());
            }
        }
        self.keep = self.path.join(MARKER).exists() && fs::write(self.path.join(REFUSAL), words).is_ok();
    }

    /// Why an earlier run could not use this encode.
    pub fn refusal(&self) -> Option<String> {
        fs::read_to_string(self.path.join(REFUSAL)).ok().filter(|words| !words.is_empty())
    }

    /// Whether a mebibyte more could be written.
    pub fn has_room(&self) -> bool {
        let path = self.path.join("room");
        let written = fs::write(&path, vec![1; 1 << 20]);
        let _ = fs::remove_file(path);
        !written.is_err_and(|error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }

    /// Leaves the folder to the next run, if its encode is whole.
    pub fn keep(mut self) {
        self.keep = self.path.join(MARKER).exists();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes the folders of runs that were killed, and encodes that nobody asked for in a week. `temp` is that of the
/// options.
pub fn sweep(temp: Option<&Path>) {
    let temp = temp.map_or_else(std::env::temp_dir, Path::to_owned);
    for entry in fs::read_dir(temp).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let (Some(name), Ok(folder)) = (name.to_str(), fs::symlink_metadata(&path)) else { continue };
        if is_ours(&folder) && is_left_behind(name, &path, &folder) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_left_behind(name: &str, path: &Path, folder: &Metadata) -> bool {
    if let Some(rest) = name.strip_prefix(OPEN) {
        return match Hold::of(path) {
            Hold::Free(_) => true,
            Hold::Held => false,
            Hold::Unknown => !lives(rest.split('-').next().unwrap_or_default()),
        };
    }
    if name.starts_with(DONE) {
        let since = fs::symlink_metadata(path.join(MARKER));
        return is_older(since.as_ref().unwrap_or(folder), KEPT) && !matches!(Hold::of(path), Hold::Held);
    }
    // Before 0.2.0 a folder had such a name, and no lock.
    let old = name.strip_prefix("ingest-").is_some_and(|rest| rest.len() == 6);
    old && is_older(folder, DAY) && holds_only_segments(path)
}

/// Whether a run holds the lock of a folder.
enum Hold {
    Free(File),
    Held,
    /// There is no lock, or the file system has none.
    Unknown,
}

impl Hold {
    fn of(folder: &Path) -> Self {
        let Ok(file) = OpenOptions::new().read(true).write(true).open(folder.join(LOCK)) else {
            return Self::Unknown;
        };
        match file.try_lock() {
            Ok(()) => Self::Free(file),
            Err(TryLockError::WouldBlock) => Self::Held,
            Err(TryLockError::Error(_)) => Self::Unknown,
        }
    }
}

/// Whether the process lives.
fn lives(process: &str) -> bool {
    #[cfg(unix)]
    {
        let process = process.parse().ok().and_then(rustix::process::Pid::from_raw);
        process.is_some_and(|process| {
            let sent = rustix::process::test_kill_process(process);
            sent != Err(rustix::io::Errno::SRCH)
        })
    }
    #[cfg(not(unix))]
    {
        !process.is_empty()
    }
}

/// Whether this is a folder of the user who runs this.
fn is_ours(folder: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let me = rustix::process::geteuid().as_raw();
        folder.is_dir() && folder.uid() == me
    }
    #[cfg(not(unix))]
    {
        folder.is_dir()
    }
}

/// Whether nobody else can write in the folder.
fn is_closed(folder: &Metadata) -> bool {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::mode(folder) & 0o022 == 0
    }
    #[cfg(not(unix))]
    {
        folder.is_dir()
    }
}

fn is_older(of: &Metadata, age: Duration) -> bool {
    of.modified().is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
}

fn holds_only_segments(folder: &Path) -> bool {
    let is_ours = |name: &Path| name.extension().is_some_and(|extension| extension == "ts" || extension == "m3u8");
    fs::read_dir(folder).is_ok_and(|mut files| files.all(|file| file.is_ok_and(|file| is_ours(&file.path()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(temp: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(temp).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn make(temp: &Path, name: &str, files: &[&str], age: Duration) -> PathBuf {
        let path = temp.join(name);
        fs::create_dir(&path).unwrap();
        let past = |path: &Path| File::open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
        for file in files {
            fs::write(path.join(file), file).unwrap();
            past(&path.join(file));
        }
        past(&path);
        path
    }

    #[test]
    fn a_folder_lives_as_long_as_its_run() {
        let temp = tempfile::tempdir().unwrap();
        let mine = Scratch::new(temp.path()).unwrap();
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(mine.path()).unwrap()) & 0o777, 0o700);
        fs::write(mine.path().join("360p_000.ts"), "segment").unwrap();
        // The lock of a killed run is nobody's.
        make(temp.path(), "edge-gallery-ingest-1-left", &[LOCK, "360p_000.ts"], Duration::ZERO);
        make(temp.path(), "edge-gallery-ingest-999999999-nolock", &["360p_000.ts"], Duration::ZERO);
        let lives = format!("edge-gallery-ingest-{}-made-just-now", std::process::id());
        make(temp.path(), &lives, &[], Duration::ZERO);
        make(temp.path(), "edge-gallery-other", &[LOCK], Duration::ZERO);
        sweep(Some(temp.path()));
        let mut left =
            vec![mine.path().file_name().unwrap().to_str().unwrap().to_owned(), lives, "edge-gallery-other".to_owned()];
        left.sort();
        assert_eq!(names(temp.path()), left);
        drop(mine);
        assert_eq!(names(temp.path()).len(), 2);
    }

    #[test]
    fn what_the_first_version_left_goes_after_a_day() {
        let temp = tempfile::tempdir().unwrap();
        let (old, young) = (2 * DAY, DAY / 2);
        make(temp.path(), "ingest-aB3dE5", &["720p_000.ts", "720p.m3u8"], old);
        make(temp.path(), "ingest-young1", &["720p_000.ts"], young);
        make(temp.path(), "ingest-other1", &["720p_000.ts", "notes.txt"], old);
        make(temp.path(), "ingest-of-mine", &["720p_000.ts"], old);
        sweep(Some(temp.path()));
        assert_eq!(names(temp.path()), ["ingest-of-mine", "ingest-other1", "ingest-young1"]);
    }

    #[test]
    fn a_whole_encode_is_kept_for_its_film_and_recipe() {
        let temp = tempfile::tempdir().unwrap();
        let sha256 = sha256_of_bytes(b"film");
        let label = Label::new(&sha256, "veryfast");
        assert!(Scratch::kept(temp.path(), &label).is_none());
        let mut folder = Scratch::new(temp.path()).unwrap();
        fs::write(folder.path().join("360p.m3u8"), "list").unwrap();
        folder.done(&label);
        assert!(names(temp.path())[0].starts_with(&format!("edge-gallery-film-{}-", &sha256[..16])));
        assert!(Scratch::kept(temp.path(), &label).is_none(), "a run has it");
        folder.keep();
        sweep(Some(temp.path()));
        assert!(Scratch::kept(temp.path(), &Label::new(&sha256, "slow")).is_none());
        let kept = Scratch::kept(temp.path(), &label).unwrap();
        assert_eq!(fs::read(kept.path().join("360p.m3u8")).unwrap(), b"list");
        drop(kept);
        assert_eq!(names(temp.path()), [""; 0]);

        // One of no use leaves its reason, and nothing else.
        let mut folder = Scratch::new(temp.path()).unwrap();
        fs::write(folder.path().join("360p.mp4"), "film").unwrap();
        folder.done(&label);
        folder.refuse("it is broken");
        let kept = Scratch::kept(temp.path(), &label).unwrap();
        assert_eq!(kept.refusal().as_deref(), Some("it is broken"));
        assert_eq!(names(kept.path()), [MARKER, LOCK, REFUSAL]);
        drop(kept);

        // One that is not whole is not kept, and none for longer than a week.
        Scratch::new(temp.path()).unwrap().keep();
        make(temp.path(), "edge-gallery-film-old-a", &[LOCK, MARKER], 8 * DAY);
        make(temp.path(), "edge-gallery-film-new-a", &[LOCK, MARKER], 6 * DAY);
        sweep(Some(temp.path()));
        assert_eq!(names(temp.path()), ["edge-gallery-film-new-a"]);
    }

    #[test]
    fn an_encode_that_is_asked_for_stays_another_week() {
        let temp = tempfile::tempdir().unwrap();
        let label = Label::new(&sha256_of_bytes(b"film"), "veryfast");
        let path = make(temp.path(), &label.folder, &[LOCK, REFUSAL], Duration::ZERO);
        let marker = path.join(MARKER);
        fs::write(&marker, &label.text).unwrap();
        let older = |by: Duration| {
            let time = marker.metadata().unwrap().modified().unwrap() - by;
            File::options().write(true).open(&marker).unwrap().set_modified(time).unwrap();
        };
        older(6 * DAY);
        Scratch::kept(temp.path(), &label).unwrap().keep();
        older(2 * DAY);
        sweep(Some(temp.path()));
        assert!(marker.exists());
        older(6 * DAY);
        sweep(Some(temp.path()));
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_in_which_others_can_write_is_left_alone() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let label = Label::new(&sha256_of_bytes(b"film"), "veryfast");
        let path = make(temp.path(), &label.folder, &[LOCK], Duration::ZERO);
        fs::write(path.join(MARKER), &label.text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Scratch::kept(temp.path(), &label).is_none());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(Scratch::kept(temp.path(), &label).is_some());
        // Nor is a link followed.
        let elsewhere = tempfile::tempdir().unwrap();
        make(elsewhere.path(), "folder", &[LOCK], Duration::ZERO);
        std::os::unix::fs::symlink(elsewhere.path().join("folder"), temp.path().join("edge-gallery-ingest-1-link"))
            .unwrap();
        sweep(Some(temp.path()));
        assert!(elsewhere.path().join("folder").join(LOCK).exists());
    }
}
