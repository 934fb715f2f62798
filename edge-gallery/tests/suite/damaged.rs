//! A catalogue's file that is damaged while the program serves it, and put right.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::complete::{COMPLETE, PASSWORD};

struct Gallery(Child);

impl Drop for Gallery {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The statuses of requests on connections of their own, which go to all workers in turn.
fn statuses(url: &str, cookie: &str) -> Vec<u16> {
    let ask = |number: usize| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = agent.get(format!("{url}/api/media/absent-{number}.jpg")).header("cookie", cookie).call();
        answer.map_or(0, |answer| answer.status().as_u16())
    };
    (0..32).map(ask).collect()
}

#[test]
fn every_worker_serves_it_again_within_two_seconds() {
    let data = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/0.1.0/gallery.db");
    let path = data.path().join("gallery.db");
    fs::copy(from, &path).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(COMPLETE).args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0"]);
    let mut child = command.arg("--data").arg(data.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let _gallery = Gallery(child);
    let mut ready = String::new();
    output.read_line(&mut ready).unwrap();
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    let url = ready["gallery"].as_str().unwrap().to_owned();
    let login = serde_json::json!({ "password": PASSWORD }).to_string();
    let answer = ureq::post(format!("{url}/login")).header("content-type", "application/json").send(login).unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(statuses(&url, &cookie).iter().all(|status| *status == 404));

    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(connection);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, vec![b'?'; whole.len()]).unwrap();
    let damaged = Instant::now();
    let mut seen = Vec::new();
    while damaged.elapsed() < Duration::from_secs(3) {
        seen.extend(statuses(&url, &cookie));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(seen.iter().all(|status| [404, 502, 503].contains(status)), "{seen:?}");

    fs::write(&path, &whole).unwrap();
    let restored = Instant::now();
    while statuses(&url, &cookie).iter().any(|status| *status != 404) {
        assert!(restored.elapsed() < Duration::from_secs(2), "{:?}", statuses(&url, &cookie));
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut ready = ureq::get(format!("{url}/readyz")).call();
    while ready.is_err() {
        // An answer serves everybody for five seconds.
        assert!(restored.elapsed() < Duration::from_secs(8), "{ready:?}");
        std::thread::sleep(Duration::from_millis(200));
        ready = ureq::get(format!("{url}/readyz")).call();
    }
}
