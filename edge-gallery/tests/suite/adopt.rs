//! `edge-gallery adopt` says what it would do, does it, keeps the values of the old KV namespace, and may be killed.

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use crate::common::{
    Gallery,
    gate::refusing,
    jpeg::{encode, quarters},
};
use image::ImageFormat;

const ITEMS: u32 = 120;
const KILLS: u32 = 20;

/// A bucket of photos with thumbnails, and a dump with a row for each and one more.
fn filled() -> (Gallery, PathBuf) {
    let gallery = Gallery::new();
    let mut sql =
        String::from("CREATE TABLE media (key TEXT PRIMARY KEY, filename TEXT, type TEXT, created_at TEXT);\n");
    for number in 0..ITEMS {
        let key = format!("{}-% \u{e9} ({number}).jpg", 1_758_739_736_000_u64 + u64::from(number));
        gallery.put(&key, &encode(&quarters(40 + number, 30), ImageFormat::Jpeg));
        gallery.put(&format!("thumbnails/small/{key}"), &encode(&quarters(15, 10), ImageFormat::WebP));
        sql += &["INSERT INTO media VALUES('", &key, "','x.jpg','image','2025-09-24T18:48:56.033Z');\n"].concat();
    }
    sql += "INSERT INTO media VALUES('gone.jpg','gone.jpg','image','2025-09-24T18:48:56.033Z');\n";
    let dump = gallery.folder.path().join("dump.sql");
    fs::write(&dump, sql).unwrap();
    (gallery, dump)
}

fn adopt(gallery: &Gallery, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(gallery.store.environment())
        .env("GALLERY_DATA", data)
        .args(["adopt", "--quiet", "--time-zone", "UTC"])
        .args(arguments);
    command
}

fn said(Output { status, stdout, stderr }: Output) -> (i32, String) {
    (status.code().unwrap(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn rows(data: &Path) -> Vec<String> {
    crate::common::sql(
        &data.join("gallery.db"),
        "SELECT json_array(key, filename, size, uploaded_at, date_taken, width, height, thumbnail_small, metadata, \
         version, taken_at, thumbhash, created_at) FROM media ORDER BY key",
    )
}

#[test]
fn it_says_what_it_would_do_and_does_it() {
    let (gallery, dump) = filled();
    let kv = gallery.folder.path().join("kv.json");
    fs::write(&kv, r#"[{"key":"auth_version","value":"3"},{"key":"signing-key:x","value":"c2VjcmV0"}]"#).unwrap();
    let data = gallery.folder.path().join("data");
    let arguments = ["--dump", dump.to_str().unwrap(), "--kv", kv.to_str().unwrap()];
    let run = |more: &[&str]| said(adopt(&gallery, &data, &[&arguments[..], more].concat()).output().unwrap());

    let (code, words) = run(&[]);
    assert_eq!(code, 2, "{words}");
    assert!(words.contains("missing: gone.jpg: ") && words.contains(&format!("{ITEMS} mended")), "{words}");
    assert!(words.contains("--yes does it") && words.contains("auth_version (3) would go into"), "{words}");
    assert!(!words.contains("c2VjcmV0"), "a cached key is nobody's business");
    assert!(!data.join("gallery.db").exists() && gallery.keys("catalogue/").is_empty());

    let (code, words) = run(&["--yes"]);
    assert_eq!(code, 2, "{words}");
    assert_eq!(rows(&data).len(), usize::try_from(ITEMS).unwrap());
    assert_eq!(gallery.object("kv/CACHE_VERSION/auth_version").unwrap().bytes, b"3");
    let kept = "SELECT CAST(value AS TEXT) FROM kv WHERE store = 'CACHE_VERSION' AND key = 'auth_version'";
    assert_eq!(crate::common::sql::<String>(&data.join("kv.db"), kept), ["3"]);

    // Where the native host keeps its stores in the bucket, it gets no file.
    let elsewhere = gallery.folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut in_bucket = adopt(&gallery, &elsewhere, &[&arguments[..], &["--yes", "--rebuild"]].concat());
    let (_, words) = said(in_bucket.env("GALLERY_KV", "bucket").output().unwrap());
    assert!(words.contains("there is a value in the bucket's KV;") && !elsewhere.join("kv.db").exists(), "{words}");

    // What an operator has changed since then stays.
    fs::write(&kv, r#"{"auth_version":"4"}"#).unwrap();
    let (_, words) = run(&["--yes", "--json"]);
    let report: serde_json::Value = serde_json::from_str(words.lines().next().unwrap()).unwrap();
    assert_eq!((&report["unchanged"], &report["missing"][0]), (&ITEMS.into(), &"gone.jpg".into()));
    assert_eq!(gallery.object("kv/CACHE_VERSION/auth_version").unwrap().bytes, b"3");

    let (code, words) = said(adopt(&gallery, &data, &["--dump", "/nowhere.sql"]).output().unwrap());
    assert_eq!((code, words.lines().count()), (1, 1), "{words}");
    assert!(words.contains("/nowhere.sql cannot be read"), "{words}");
}

#[test]
fn what_was_taken_over_is_told_whatever_becomes_of_the_pictures() {
    let (gallery, dump) = filled();
    let kv = gallery.folder.path().join("kv.json");
    fs::write(&kv, r#"{"auth_version":"3"}"#).unwrap();
    let data = gallery.folder.path().join("data");
    let store = refusing(&gallery.store, "PUT /media/renditions/", 403, "AccessDenied");
    let arguments = ["--yes", "--renditions", "--json", "--dump", dump.to_str().unwrap(), "--kv", kv.to_str().unwrap()];
    let (code, words) = said(adopt(&gallery, &data, &arguments).envs(store.environment()).output().unwrap());
    assert!(code == 1 && words.contains("denies access"), "{words}");
    let report: serde_json::Value = serde_json::from_str(words.lines().next().unwrap()).unwrap();
    assert_eq!((&report["mended"], &report["missing"][0]), (&ITEMS.into(), &"gone.jpg".into()));
    assert_eq!(gallery.object("kv/CACHE_VERSION/auth_version").unwrap().bytes, b"3");
}

#[test]
fn killed_again_and_again_it_comes_to_the_same() {
    let (gallery, dump) = filled();
    let [whole, killed] = ["whole", "killed"].map(|name| gallery.folder.path().join(name));
    // The second of the two makes the catalogue anew.
    let arguments = ["--yes", "--rebuild", "--dump", dump.to_str().unwrap()];
    adopt(&gallery, &whole, &arguments).output().unwrap();
    let mut random = RandomState::new().hash_one(0);
    for _ in 0..KILLS {
        let mut child =
            adopt(&gallery, &killed, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        random = RandomState::new().hash_one(random);
        thread::sleep(Duration::from_millis(random % 120));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, words) = said(adopt(&gallery, &killed, &arguments).output().unwrap());
    assert_eq!(code, 2, "{words}");
    assert_eq!(rows(&killed), rows(&whole));
    assert_eq!(rows(&killed).len(), usize::try_from(ITEMS).unwrap());
}
