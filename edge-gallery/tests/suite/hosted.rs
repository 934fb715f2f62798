//! The program as a container and as systemd run it: secrets in files, and its own question whether it runs.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use crate::complete::COMPLETE;

const PROGRAM: &str = env!("CARGO_BIN_EXE_edge-gallery");

/// A program that serves. It ends with the test.
struct Serving {
    child: Child,
    gallery: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &Path, environment: &[(&str, &str)]) -> Serving {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(environment.iter().copied());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    Serving { child, gallery: ready["gallery"].as_str().unwrap().to_owned() }
}

/// Exit code and message of `health`.
fn health(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(environment.iter().copied()).arg("health").args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(stdout.is_empty());
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_gallery_that_runs_says_so_and_one_that_does_not_is_named() {
    let data = tempfile::tempdir().unwrap();
    let serving = serve(data.path(), &COMPLETE);
    let gallery = serving.gallery.clone();
    let listen = ("GALLERY_LISTEN", gallery.strip_prefix("http://").unwrap());
    for arguments in [&[][..], &["--ready"], &["--url", &serving.gallery], &["--ready", "--url", &serving.gallery]] {
        assert_eq!(health(arguments, &[listen]), (Some(0), String::new()), "{arguments:?}");
    }
    // The identity of `kv.db` is lost: the program runs, and is not ready.
    fs::write(data.path().join("kv.id"), "another").unwrap();
    let not_ready = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        let (code, said) = health(&["--ready"], &[listen]);
        (code == Some(1)).then_some(said)
    });
    let said = not_ready.unwrap();
    assert!(said.contains("answers 503") && said.contains("kv") && said.lines().count() == 1, "{said}");
    assert_eq!(health(&[], &[listen]).0, Some(0));
    drop(serving);
    let (code, said) = health(&[], &[listen]);
    assert!(code == Some(1) && said.contains(listen.1) && said.lines().count() == 1, "{said}");
}

#[test]
fn it_asks_itself_by_an_address_that_its_certificate_does_not_name() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["gallery.example".to_owned()]).unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = [("GALLERY_TLS_CERT", certificate.to_str().unwrap()), ("GALLERY_TLS_KEY", key.to_str().unwrap())];
    let serving = serve(&folder.path().join("data"), &[&COMPLETE[..], &tls].concat());
    let listen = ("GALLERY_LISTEN", serving.gallery.strip_prefix("https://").unwrap());
    assert_eq!(health(&["--ready"], &[listen, tls[0]]), (Some(0), String::new()));
    // A gallery elsewhere has to show a certificate that is trusted.
    assert_eq!(health(&["--url", &serving.gallery], &[]).0, Some(1));
}

#[test]
fn secrets_may_be_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    fs::create_dir(&secrets).unwrap();
    let (plain, secret): (Vec<_>, Vec<_>) = COMPLETE.into_iter().partition(|(name, _)| *name == "R2_BUCKET_NAME");
    for (name, value) in secret {
        fs::write(secrets.join(name), format!("{value}\n")).unwrap();
    }
    let credentials = ("CREDENTIALS_DIRECTORY", secrets.to_str().unwrap());
    let environment = [&plain[..], &[credentials]].concat();
    let data = folder.path().join("data");
    let serving = serve(&data, &environment);
    let login = serde_json::json!({ "password": crate::complete::PASSWORD }).to_string();
    let ask = ureq::post(format!("{}/login", serving.gallery)).header("content-type", "application/json");
    assert_eq!(ask.send(login).unwrap().status(), 200);
    // Other verbs read them there too.
    for arguments in [&["link", "add", "guests", "--data"][..], &["doctor", "--data"]] {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(environment.iter().copied()).args(arguments).arg(&data);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut check = Command::new(PROGRAM);
    check.env_clear().envs(environment.iter().copied()).args(["check", "--offline"]).current_dir(folder.path());
    let said = check.output().unwrap();
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stdout));
    // A variable goes before a file.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut weak = Command::new(PROGRAM);
    weak.env_clear().envs(environment.iter().copied()).env("AUTH_SECRET", "short").args(["serve", "--listen", &port]);
    let refused = weak.arg("--data").arg(folder.path().join("other")).output().unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("AUTH_SECRET"));
}
