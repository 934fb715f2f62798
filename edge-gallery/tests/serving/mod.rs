//! A gallery that serves, for the tests of what it tells.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use super::complete::{COMPLETE, PASSWORD};

pub struct Serving {
    child: Child,
    /// Whoever drops it ends the log.
    log: BufReader<ChildStdout>,
    pub ready: Value,
    agent: ureq::Agent,
    _data: TempDir,
}

impl Serving {
    /// A gallery with its own store and without items, on free ports.
    pub fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = command(data.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        log.read_line(&mut ready).unwrap();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        Self { child, log, ready: serde_json::from_str(&ready).unwrap(), agent, _data: data }
    }

    pub fn url(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// The status, the media type and the body of a GET.
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
        let mut request = self.agent.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.call().unwrap();
        let media_type = answer.headers().get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), media_type, answer.body_mut().read_to_string().unwrap())
    }

    /// The status of a POST with this JSON.
    pub fn post(&self, url: &str, body: &Value) -> u16 {
        let request = self.agent.post(url).header("content-type", "application/json");
        request.send(body.to_string()).unwrap().status().as_u16()
    }

    /// A login with the right password, and a logout.
    #[allow(dead_code, reason = "not every test has sessions")]
    pub fn come_and_go(&self) {
        let gallery = self.url("gallery");
        let login = serde_json::json!({ "password": PASSWORD }).to_string();
        let request = self.agent.post(format!("{gallery}/login")).header("content-type", "application/json");
        let answer = request.send(login).unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let answer = self.agent.post(format!("{gallery}/logout")).header("cookie", cookie).send_empty().unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// The metrics, as soon as `is_there` finds in them what it waits for: a request is counted when its answer has
    /// been sent, which its client may know before.
    pub fn metrics(&self, is_there: impl Fn(&str) -> bool) -> String {
        let since = Instant::now();
        loop {
            let (status, _, text) = self.get(self.url("metrics"), &[]);
            assert_eq!(status, 200);
            if is_there(&text) {
                return text;
            }
            assert!(since.elapsed() < Duration::from_secs(10), "{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The next line of the log.
    #[allow(dead_code, reason = "not every test reads the log")]
    pub fn line(&mut self) -> Value {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(COMPLETE).args(["serve", "--data"]).arg(data);
    command.args(["--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    command
}
