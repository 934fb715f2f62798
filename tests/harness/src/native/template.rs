//! The test library as ingest left it, beside the program. An ingest takes seconds of processor time, so each build of
//! the program does one, and galleries begin with copies of what it wrote.

use std::{
    env,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use platform::config::{
    names,
    table::{Reader, SETTINGS},
};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Gallery, Options};
use crate::{Failure, programs::gallery};

/// What is copied of a data folder. The log of the database is there only if it was not closed in order.
const KEPT: [&str; 4] = ["gallery.db", "gallery.db-wal", "photos", "store"];
/// The file of a template with the secret parts of its links, a line each.
const LINKS: &str = "links";
/// The file whose lock is the right to make, remove and copy templates.
const TURN: &str = "turn";
/// How long a template is used, in seconds. Its links end after 90 days.
const MONTH: u64 = 30 * 24 * 60 * 60;

/// Whether a gallery can begin with a copy: ingest would write the same for it.
pub fn fits(options: &Options) -> bool {
    options.library.is_none()
        && options.database.is_none()
        && options.environment.iter().all(|(name, _)| is_without_effect(name))
}

/// Whether a variable is for the services alone, so that nothing of a template depends on it.
fn is_without_effect(name: &str) -> bool {
    // Links are signed with the secret, and one has the password. Where the catalogue is a snapshot, a real ingest
    // shows that services see what is published while they run.
    let others = [names::AUTH_SECRET, names::CATALOGUE, names::GALLERY_PASSWORD];
    let is_for_services =
        SETTINGS.iter().any(|setting| setting.name.text() == name && !setting.is_read_by(Reader::Ingest));
    is_for_services && others.iter().all(|other| other.text() != name)
}

/// Copies the library into a new data folder, with or without links. Returns the secret parts of the links.
pub fn copy_to(data: &Path, links: bool) -> Result<Vec<String>, Failure> {
    let templates = Templates::open()?;
    lay(&templates.find(links)?, data)
}

/// The folder of the templates, while no other program may touch it.
struct Templates {
    folder: PathBuf,
    /// With what the names of all templates of today begin.
    name: String,
    _turn: File,
}

impl Templates {
    /// Waits for its turn.
    fn open() -> Result<Self, Failure> {
        let program = gallery()?;
        let folder = program.with_file_name("test-libraries");
        fs::create_dir_all(&folder)?;
        let turn = File::options().create(true).append(true).open(folder.join(TURN))?;
        turn.lock()?;
        Ok(Self { name: name(program)?, folder, _turn: turn })
    }

    /// A template, which is made if it is missing.
    fn find(&self, links: bool) -> Result<PathBuf, Failure> {
        let path = self.folder.join(if links { format!("{}-links", self.name) } else { self.name.clone() });
        if !path.exists() {
            self.tidy()?;
            self.make(links, &path)?;
        }
        Ok(path)
    }

    fn make(&self, links: bool, path: &Path) -> Result<(), Failure> {
        let (data, options) = (TempDir::new()?, Options::default());
        let gallery = if links {
            // They come into a copy of the library without them, so that there is still one ingest.
            lay(&self.find(false)?, data.path())?;
            let mut gallery = Gallery::start_in(data, &options)?;
            gallery.add_links()?;
            gallery
        } else {
            let mut gallery = Gallery::start_in(data, &options)?;
            gallery.fill(&options)?;
            gallery
        };
        let Gallery { process, data, links: secrets, .. } = gallery;
        // It ends, and with it all changes of its files.
        drop(process);
        // Under its name the template is whole. What a killed run leaves has another name.
        let new = TempDir::new_in(&self.folder)?;
        copy_kept(data.path(), new.path())?;
        fs::write(new.path().join(LINKS), secrets.join("\n"))?;
        fs::rename(new.keep(), path)?;
        Ok(())
    }

    /// Removes the templates of other builds, and what killed runs left.
    fn tidy(&self) -> Result<(), Failure> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if name != TURN && !name.to_string_lossy().starts_with(&self.name) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// A name that depends on everything that decides what is in a template.
fn name(program: &Path) -> Result<String, Failure> {
    let built = fs::metadata(program)?;
    let mut hasher = DefaultHasher::new();
    (built.modified()?, built.len()).hash(&mut hasher);
    // How the library is drawn, and how it is brought into the gallery.
    (include_str!("../library.rs"), include_bytes!("../../fixtures/clip.mp4")).hash(&mut hasher);
    (include_str!("../native.rs"), include_str!("template.rs")).hash(&mut hasher);
    // Ingest looks for ffmpeg on the one, and dates items by the other.
    ["PATH", "TZ"].map(env::var_os).hash(&mut hasher);
    (SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / MONTH).hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

/// Copies a template into a data folder. Returns the secret parts of its links.
fn lay(template: &Path, data: &Path) -> Result<Vec<String>, Failure> {
    copy_kept(template, data)?;
    // Where a library lay is the only path in the catalogue. From another place, ingest would take the photos of this
    // folder for those of another library.
    let root = data.join("photos").canonicalize()?.to_string_lossy().into_owned();
    let database = Connection::open(data.join("gallery.db"))?;
    if database.execute("UPDATE libraries SET root = ?1", [root])? != 1 {
        return Err("the catalogue of the test library is not that of one library".into());
    }
    Ok(fs::read_to_string(template.join(LINKS))?.lines().map(str::to_owned).collect())
}

fn copy_kept(from: &Path, to: &Path) -> Result<(), Failure> {
    for name in KEPT {
        let path = from.join(name);
        if path.exists() {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// Copies a file or a folder. Rights stay, because `serve` says what others can read, and so do the times of files, by
/// which ingest knows them.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let found = fs::metadata(from)?;
    if !found.is_dir() {
        fs::copy(from, to)?;
        File::options().append(true).open(to)?.set_modified(found.modified()?)?;
        return Ok(());
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(fs::set_permissions(to, found.permissions())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ingest_reads_is_not_served_from_a_copy() {
        let with = |name: &str| {
            let environment = vec![(name.to_owned(), "a value".to_owned())];
            fits(&Options { environment, ..Options::default() })
        };
        assert!(fits(&Options { split: true, links: true, ..Options::default() }));
        assert!(!fits(&Options { library: Some("library".into()), ..Options::default() }));
        assert!(!fits(&Options { database: Some("gallery.db".into()), ..Options::default() }));
        for name in ["ALLOWED_ORIGINS", "BASE_PATH", "MAX_FETCHES", "TRUST_FORWARDED", "VIDEO_DELIVERY"] {
            assert!(with(name), "{name}");
        }
        let changing = ["AUTH_SECRET", "CATALOGUE", "GALLERY_KV", "GALLERY_PASSWORD", "R2_BUCKET_NAME", "S3_ENDPOINT"];
        for name in changing.into_iter().chain(["SQL_URL", "TZ"]) {
            assert!(!with(name), "{name}");
        }
    }
}
