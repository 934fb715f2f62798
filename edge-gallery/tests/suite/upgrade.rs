//! Data folders of earlier versions: each comes through with every row. `fixtures/VERSION` holds what that version
//! wrote.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::complete::{COMPLETE, PASSWORD};
use serde_json::Value;

/// A gallery on a data folder. Ends when dropped.
struct Gallery {
    child: Child,
    url: String,
    cookie: String,
}

impl Gallery {
    fn on(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_edge-gallery"))
            .env_clear()
            .envs(COMPLETE)
            .args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut ready).unwrap();
        // The log that follows must go somewhere.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let url = ready["gallery"].as_str().unwrap().to_owned();
        let login = serde_json::json!({ "password": PASSWORD }).to_string();
        let answer = ureq::post(format!("{url}/login")).header("content-type", "application/json").send(login).unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { child, url, cookie }
    }

    fn get(&self, path: &str) -> Value {
        let answer = ureq::get(format!("{}{path}", self.url)).header("cookie", &self.cookie).call();
        serde_json::from_str(&answer.unwrap().into_body().read_to_string().unwrap()).unwrap()
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The columns of 0.1.0, which come first.
const COLUMNS: usize = 28;

fn rows(database: &Path) -> Vec<Vec<rusqlite::types::Value>> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut statement = connection.prepare("SELECT * FROM media ORDER BY key").unwrap();
    let rows = statement.query_map([], |row| (0..COLUMNS).map(|column| row.get(column)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_folder_of_0_1_0_is_opened_and_served_whole() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/0.1.0");
    let data = tempfile::tempdir().unwrap();
    for name in ["gallery.db", "kv.db"] {
        fs::copy(from.join(name), data.path().join(name)).unwrap();
    }
    let before = rows(&data.path().join("gallery.db"));
    assert_eq!(before.len(), 9);
    let gallery = Gallery::on(data.path());
    let listed = gallery.get("/api/media");
    let mut keys: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    let text = |row: &[rusqlite::types::Value]| match &row[0] {
        rusqlite::types::Value::Text(key) => key.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(keys, before.iter().map(|row| text(row)).collect::<Vec<_>>());
    let version = gallery.get("/api/cache-version");
    drop(gallery);
    assert_eq!(rows(&data.path().join("gallery.db")), before, "no row has changed");
    let steps = "SELECT max(version) FROM schema_steps";
    let version_of = |path: &Path| -> i64 {
        rusqlite::Connection::open(path).unwrap().query_row(steps, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(version_of(&data.path().join("gallery.db")), i64::try_from(gallery::schema::VERSION).unwrap());

    // `thumbnail_version` stands in the old KV store. Without it, clients are told another version.
    fs::remove_file(data.path().join("kv.db")).unwrap();
    for name in ["kv.db-wal", "kv.db-shm", "kv.id"] {
        let _ = fs::remove_file(data.path().join(name));
    }
    assert_ne!(Gallery::on(data.path()).get("/api/cache-version"), version);
}
