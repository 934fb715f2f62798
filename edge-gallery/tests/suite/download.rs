//! `edge-gallery download` takes a gallery home: what was cut goes on, and what has changed is never mixed.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use crate::complete::COMPLETE;
use tempfile::TempDir;

/// A gallery with three photos.
struct Gallery {
    serving: Child,
    folder: TempDir,
    url: String,
    store: String,
}

impl Drop for Gallery {
    fn drop(&mut self) {
        let _ = self.serving.kill();
        let _ = self.serving.wait();
    }
}

/// The names and the bytes of the three files in a ZIP.
fn files(zip: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    let mut read = |number| {
        let mut entry = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    };
    let mut files: Vec<_> = (0..3).map(&mut read).collect();
    files.sort();
    files
}

fn sorted(bytes: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all: Vec<_> = bytes.into_iter().collect();
    all.sort();
    all
}

const NAMES: [&str; 3] = ["% é (1).jpg", "a.jpg", "b/a.jpg"];

fn write(photos: &Path, name: &str, side: u32) {
    let [.., high, low] = side.to_be_bytes();
    let path = photos.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    image::RgbImage::from_pixel(side, 200, image::Rgb([high, low, 7])).save(path).unwrap();
}

/// A gallery that serves, its URL, and that of its store.
fn serve(folder: &Path) -> (Child, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(COMPLETE).stdout(Stdio::piped());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]);
    let mut serving = command.arg(folder).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    let text = |name: &str| ready[name].as_str().unwrap().to_owned();
    (serving, text("gallery"), text("store"))
}

impl Gallery {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (serving, url, store) = serve(folder.path());
        let gallery = Self { serving, folder, url, store };
        for (number, name) in NAMES.iter().enumerate() {
            write(&gallery.photos(), name, 300 + 10 * u32::try_from(number).unwrap());
        }
        gallery.ingest();
        gallery
    }

    /// Stops the gallery for what is done to its store meanwhile.
    fn stopped<T>(&mut self, work: impl FnOnce(&rusqlite::Connection) -> T) -> T {
        self.serving.kill().unwrap();
        self.serving.wait().unwrap();
        let index = self.folder.path().join("store/gallery/index.sqlite");
        let done = work(&rusqlite::Connection::open(index).unwrap());
        (self.serving, self.url, self.store) = serve(self.folder.path());
        done
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        let command = command.env_clear().envs(COMPLETE).env("S3_ENDPOINT", &self.store).args(arguments);
        command.env("GALLERY_DATA", self.folder.path()).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn ingest(&self) {
        self.done(&["ingest", self.photos().to_str().unwrap(), "--quiet"]);
    }

    fn download(&self, more: &[&str]) -> String {
        self.done(&[&["download", "--quiet", &self.url, self.home().to_str().unwrap()], more].concat())
    }

    fn zip(&self) -> PathBuf {
        self.home().join("Gallery.zip")
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.zip())
    }

    fn wanted(&self) -> Vec<Vec<u8>> {
        NAMES.iter().map(|name| fs::read(self.photos().join(name)).unwrap()).collect()
    }

    /// Whether a ZIP holds what is in this gallery.
    fn is_in(&self, zip: &Path) -> bool {
        sorted(files(zip).into_iter().map(|(_, bytes)| bytes)) == sorted(self.wanted())
    }

    fn has_all(&self) {
        assert!(self.is_in(&self.zip()), "other bytes");
        let left: Vec<_> = fs::read_dir(self.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["Gallery.zip"], "nothing else is left");
    }

    /// As if the download had been cut after so many bytes.
    fn cut(&self, length: usize) {
        let whole = fs::read(self.zip()).unwrap();
        let answer = ureq::head(self.zip_url()).call().unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap();
        fs::write(self.home().join("Gallery.zip.part"), &whole[..length]).unwrap();
        fs::write(self.home().join("Gallery.zip.part.tag"), tag).unwrap();
        fs::remove_file(self.zip()).unwrap();
    }

    /// A URL of the ZIP, as a page gets it.
    fn zip_url(&self) -> String {
        self.url_of(&self.prepared(&serde_json::json!({ "view": "everything" })))
    }

    fn url_of(&self, told: &serde_json::Value) -> String {
        format!("{}{}", self.url, told["url"].as_str().unwrap())
    }

    /// What the gallery answers to a page that asks for a download.
    fn prepared(&self, wanted: &serde_json::Value) -> serde_json::Value {
        let login = serde_json::json!({ "password": crate::complete::PASSWORD });
        let answer = ureq::post(format!("{}/login", self.url)).send_json(login).unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = ureq::post(format!("{}/api/download", self.url)).header("cookie", cookie);
        request.send_json(wanted).unwrap().body_mut().read_json().unwrap()
    }
}

#[test]
fn everything_comes_home_once() {
    let gallery = Gallery::start();
    gallery.download(&[]);
    gallery.has_all();
    let names: Vec<_> = gallery.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["% é (1).jpg", "a (2).jpg", "a.jpg"]);
    let modified = || fs::metadata(gallery.zip()).unwrap().modified().unwrap();
    let before = modified();
    gallery.download(&[]);
    assert_eq!(modified(), before, "what is whole is not fetched again");
    gallery.download(&["--screen"]);
    let extension = |(name, _): &(String, _)| name.rsplit_once('.').unwrap().1.to_owned();
    let screen = files(&gallery.home().join("Gallery (screen).zip"));
    assert!(screen.iter().map(extension).all(|extension| extension == "webp"));
    assert_eq!(modified(), before, "the originals stay");
}

#[test]
fn what_was_cut_goes_on() {
    let gallery = Gallery::start();
    gallery.download(&[]);
    let length = fs::read(gallery.zip()).unwrap().len();
    for cut in [1, 30, length / 2, length - 1, length] {
        gallery.cut(cut);
        gallery.download(&[]);
        gallery.has_all();
    }
    // A part of something else is not taken for a beginning.
    gallery.cut(length / 2);
    fs::write(gallery.home().join("Gallery.zip.part.tag"), "\"another\"").unwrap();
    gallery.download(&[]);
    gallery.has_all();
    // Nor is a damaged one for whole: the command says so, and begins anew.
    gallery.cut(length / 2);
    let part = gallery.home().join("Gallery.zip.part");
    let mut damaged = fs::read(&part).unwrap();
    damaged[100] ^= 1;
    fs::write(&part, damaged).unwrap();
    let output = gallery.run(&["download", "--quiet", &gallery.url, gallery.home().to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("damaged"), "{said}");
    gallery.download(&[]);
    gallery.has_all();
}

#[test]
fn a_change_ends_a_download_and_nothing_is_mixed() {
    let gallery = Gallery::start();
    gallery.download(&[]);
    let length = fs::read(gallery.zip()).unwrap().len();
    gallery.cut(length / 2);
    let old = gallery.zip_url();
    let get = |range: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(&old).header("range", range).call().unwrap().status().as_u16()
    };
    assert_eq!(get("bytes=0-99"), 206);
    // All photos are replaced, with others of their names.
    for (number, name) in NAMES.iter().enumerate() {
        write(&gallery.photos(), name, 500 + 10 * u32::try_from(number).unwrap());
    }
    gallery.ingest();
    let began = std::time::Instant::now();
    while get("bytes=100-199") != 412 {
        assert!(began.elapsed().as_secs() < 30, "the old download goes on");
    }
    // The headers at its end are of nothing that has changed.
    assert_eq!(get("bytes=-22"), 206);
    gallery.download(&[]);
    gallery.has_all();
    // What is hidden is in no download, also not in one that has begun.
    let url = gallery.zip_url();
    gallery.done(&["hide", "a.jpg"]);
    let whole = || ureq::get(&url).call().and_then(|mut answer| answer.body_mut().read_to_vec());
    let began = std::time::Instant::now();
    while whole().is_ok() {
        assert!(began.elapsed().as_secs() < 30, "a hidden photo is given out");
    }
}

/// The ZIP of before has the same length, and so has the one of now.
#[test]
fn a_photo_of_the_same_length_is_fetched_anew() {
    let gallery = Gallery::start();
    gallery.download(&[]);
    let length = || fs::metadata(gallery.zip()).unwrap().len();
    let (before, path) = (length(), gallery.photos().join("a.jpg"));
    let mut photo = fs::read(&path).unwrap();
    // Behind the end of the picture.
    photo.extend(b"one");
    fs::write(&path, &photo).unwrap();
    gallery.ingest();
    gallery.download(&[]);
    assert_eq!(length(), before + 3);
    photo.splice(photo.len() - 3.., *b"two");
    fs::write(&path, &photo).unwrap();
    gallery.ingest();
    gallery.download(&[]);
    assert_eq!(length(), before + 3);
    gallery.has_all();
}

#[test]
fn what_came_from_another_gallery_stays() {
    let (one, other) = (Gallery::start(), Gallery::start());
    for (number, name) in NAMES.iter().enumerate() {
        write(&other.photos(), name, 500 + 10 * u32::try_from(number).unwrap());
    }
    other.ingest();
    one.download(&[]);
    let (home, second) = (one.home(), one.home().join("Gallery (2).zip"));
    let from_other = || other.done(&["download", "--quiet", &other.url, home.to_str().unwrap()]);
    // The second run finds what the first one wrote.
    for _ in 0..2 {
        from_other();
        assert!(one.is_in(&one.zip()) && other.is_in(&second));
        assert_eq!(fs::read_dir(&home).unwrap().count(), 2);
    }
    // A part stays, too.
    fs::remove_file(&second).unwrap();
    let half = fs::metadata(one.zip()).unwrap().len() / 2;
    one.cut(usize::try_from(half).unwrap());
    let note = home.join("Gallery.zip.part.tag");
    let tag = fs::read_to_string(&note).unwrap();
    fs::write(&note, format!("{tag}\n{}", one.url)).unwrap();
    from_other();
    assert_eq!(fs::metadata(home.join("Gallery.zip.part")).unwrap().len(), half);
    one.download(&[]);
    assert!(other.is_in(&one.zip()) && one.is_in(&second));
    assert_eq!(fs::read_dir(&home).unwrap().count(), 2);
}

/// The items of the download are the same, and so are its bytes.
#[test]
fn a_change_beside_a_download_does_not_end_it() {
    let gallery = Gallery::start();
    let [everything, some] = [serde_json::json!({ "view": "everything" }), serde_json::json!({ "keys": ["a.jpg"] })];
    let tag = |url: &str| ureq::head(url).call().unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let before = tag(&gallery.url_of(&gallery.prepared(&some)));
    write(&gallery.photos(), "new.jpg", 700);
    gallery.ingest();
    let began = std::time::Instant::now();
    while gallery.prepared(&everything)["count"] != 4 {
        assert!(began.elapsed().as_secs() < 30, "the new photo does not come");
    }
    let url = gallery.url_of(&gallery.prepared(&some));
    assert_eq!(tag(&url), before);
    let rest = ureq::get(&url).header("range", "bytes=100-").header("if-range", &before).call().unwrap();
    assert_eq!(rest.status().as_u16(), 206);
    write(&gallery.photos(), "a.jpg", 720);
    gallery.ingest();
    while tag(&gallery.url_of(&gallery.prepared(&some))) == before {
        assert!(began.elapsed().as_secs() < 30, "other bytes have the same tag");
    }
}

#[test]
fn what_no_token_opens_any_more_is_deleted_by_doctor() {
    let mut gallery = Gallery::start();
    gallery.zip_url();
    gallery.done(&["hide", "a.jpg"]);
    gallery.zip_url();
    let kept = |index: &rusqlite::Connection| {
        let mut select = index.prepare("SELECT key FROM object WHERE CAST(key AS TEXT) LIKE 'downloads/%'").unwrap();
        let keys = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        keys.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let mut aged = |seconds: u32| {
        let both = gallery.stopped(|index| {
            let both = kept(index);
            let aged = "UPDATE object SET modified = modified - ?1 WHERE key = ?2";
            assert_eq!(index.execute(aged, rusqlite::params![seconds, both[0]]).unwrap(), 1);
            both
        });
        gallery.done(&["doctor"]);
        (both, gallery.stopped(kept))
    };
    let (both, left) = aged(3 * 86_400 - 600);
    assert_eq!(both.len(), 2);
    assert_eq!(left, both, "a token may open it");
    let (_, left) = aged(1200);
    assert_eq!(left, both[1..]);
}

#[test]
fn what_is_wrong_is_said() {
    let gallery = Gallery::start();
    let home = gallery.home();
    let refused = |url: &str, environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        command.env_clear().envs(environment.iter().copied()).stdin(Stdio::null());
        let output = command.args(["download", "--quiet", url]).arg(&home).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let password = [("GALLERY_PASSWORD", crate::complete::PASSWORD)];
    assert!(refused(&gallery.url, &[]).contains("set GALLERY_PASSWORD"));
    assert!(refused(&gallery.url, &[("GALLERY_PASSWORD", "wrong")]).contains("not the password"));
    assert!(refused(&format!("{}/l/AAAAAAAAAAAAAAAAAAAAAA", gallery.url), &password).contains("ended"));
    assert!(refused(&format!("{}/api/download/~x/a.zip", gallery.url), &[]).contains("nothing here"));
    assert!(refused("ftp://127.0.0.1/", &[]).contains("https://"));
    assert!(refused("http://127.0.0.1:1/", &password).contains("does not answer"));
}
