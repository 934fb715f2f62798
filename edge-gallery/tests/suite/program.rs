//! The program as a person starts and stops it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use crate::complete::{COMPLETE, SECRET};
use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto::ring, pki_types::CertificateDer};

/// The program with an environment of its own and free ports.
fn program(data: &std::path::Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(environment.iter().copied());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data);
    command
}

/// The message of a start that must fail. It is one line, and holds no secret.
fn refusal(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty());
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("edge-gallery: "), "{said}");
    assert!(!said.contains(SECRET) && !said.contains("test-secret-access-key"), "{said}");
    said
}

#[test]
fn what_is_missing_is_named() {
    let data = tempfile::tempdir().unwrap();
    for (name, _) in COMPLETE {
        let rest: Vec<_> = COMPLETE.into_iter().filter(|(other, _)| *other != name).collect();
        let said = refusal(&mut program(data.path(), &rest));
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
}

#[test]
fn a_store_without_its_index_is_named_and_keeps_its_bytes() {
    let data = tempfile::tempdir().unwrap();
    let (_, bucket) = COMPLETE.into_iter().find(|(name, _)| *name == "R2_BUCKET_NAME").unwrap();
    let bytes = data.path().join("store").join(bucket).join("objects/0123456789abcdef0123456789abcdef");
    std::fs::create_dir_all(bytes.parent().unwrap()).unwrap();
    std::fs::write(&bytes, "the only original").unwrap();
    let Output { status, stderr, .. } = program(data.path(), &COMPLETE).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("index.sqlite is missing or empty") && said.contains("from a copy"), "{said}");
    assert!(bytes.exists());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _held = TcpListener::bind(taken).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command
        .env_clear()
        .envs(COMPLETE)
        .args(["serve", "--listen"])
        .arg(taken.to_string())
        .arg("--data")
        .arg(data.path());
    let said = refusal(&mut command);
    assert!(said.contains(&taken.to_string()) && said.contains("choose another port"), "{said}");
}

/// Every way to be given a database that is not ours to use: one line, exit code 1, and the file stays as it was.
#[test]
fn a_database_that_is_not_ours_or_is_newer_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    for (sql, words) in [
        ("CREATE TABLE orders (id)", "it is not a gallery's"),
        ("CREATE TABLE schema_steps (version, applied_at); INSERT INTO schema_steps VALUES (99, '')", "version 99"),
    ] {
        let _ = std::fs::remove_file(&path);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = std::fs::read(&path).unwrap();
        let database = ("GALLERY_DATABASE", path.to_str().unwrap());
        let environment: Vec<_> = COMPLETE.into_iter().chain([database]).collect();
        let said = refusal(&mut program(&folder.path().join("data"), &environment));
        assert!(said.contains(words) && said.contains("other.db"), "{said}");

        let mut ingest = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        ingest.env_clear().envs(environment).env("S3_ENDPOINT", "http://127.0.0.1:1").arg("ingest").arg(folder.path());
        let said = refusal(&mut ingest);
        assert!(said.contains(words) && said.contains("other.db"), "{said}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_verb_or_flag_that_does_not_exist_is_answered_with_the_nearest() {
    for (arguments, nearest) in [
        (&["sevre"][..], "serve"),
        (&["chekc"], "check"),
        (&["serve", "--lisen", "x"], "--listen"),
        (&["ingest", "--jsn"], "--json"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_edge-gallery")).env_clear().args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("similar") && said.contains(nearest), "{said}");
    }
}

#[test]
fn a_password_becomes_a_hash_that_opens_with_it() {
    use std::io::Write as _;
    for (password, is_weak) in [("tulips and rain \u{1f327}", false), ("tulips", true)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        command.arg("password").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (hash, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert!(status.success(), "{said}");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && hash.lines().count() == 1, "{hash}");
        assert_eq!(said.contains("weak"), is_weak, "{said}");
        let parsed = gallery::password::Password::parse(hash.trim()).unwrap();
        assert!(parsed.matches(password).unwrap() && !parsed.matches("another").unwrap());
    }
    let mut empty = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    assert!(refusal(empty.arg("password").stdin(Stdio::null())).contains("empty"));
}

#[test]
fn each_verb_has_a_manual_page() {
    for (verb, flag) in [("serve", "listen"), ("ingest", "mirror"), ("check", "offline")] {
        let output = Command::new(env!("CARGO_BIN_EXE_edge-gallery")).args(["man", verb]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains(flag), "{said}");
    }
    let mut unknown = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    assert!(refusal(unknown.args(["man", "pigeon"])).contains("no verb pigeon"));
}

#[test]
fn completions_and_the_manual_page_name_every_verb() {
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_edge-gallery")).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        for verb in ["serve", "ingest", "check", "password"] {
            assert!(said.contains(verb), "{arguments:?}: {verb}");
        }
    }
}

#[test]
fn sigterm_ends_it_cleanly_and_the_next_start_finds_its_data() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut child = program(data.path(), &COMPLETE).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut ready).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["event"], "ready");
        for name in ["gallery", "store"] {
            assert!(ready[name].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
        }
        terminate(&child);
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
    }
}

#[test]
fn stores_in_the_bucket_make_no_file_and_what_ended_in_one_is_told() {
    let data = tempfile::tempdir().unwrap();
    let environment = [&COMPLETE[..], &[("GALLERY_KV", "bucket")]].concat();
    for is_left in [false, true] {
        if is_left {
            std::fs::write(data.path().join("kv.db"), "of an earlier run").unwrap();
        }
        let mut child =
            program(data.path(), &environment).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        terminate(&child);
        assert!(child.wait().unwrap().success());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said.contains("run edge-gallery session end --all"), is_left, "{said}");
        assert!(!data.path().join("kv.id").exists());
        assert_eq!(data.path().join("kv.db").exists(), is_left);
    }
    let said = refusal(&mut program(data.path(), &[&COMPLETE[..], &[("GALLERY_KV", "redis")]].concat()));
    assert!(said.contains("GALLERY_KV must be file or bucket"), "{said}");
}

#[test]
fn whoever_listens_beyond_this_machine_is_told_what_that_needs() {
    for (more, told) in [
        (&[][..], &["plain HTTP", "TRUST_FORWARDED=true", "pass through the gallery", "STORE_PUBLIC_URL"][..]),
        (&[("TRUST_FORWARDED", "true"), ("VIDEO_DELIVERY", "presign")], &["may need: set STORE_PUBLIC_URL"]),
        (&[("TRUST_FORWARDED", "true"), ("STORE_PUBLIC_URL", "https://store.example")], &[]),
    ] {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        command.env_clear().envs(COMPLETE).envs(more.iter().copied());
        command.args(["serve", "--listen", "0.0.0.0:0", "--store-listen", "0.0.0.0:0", "--data"]).arg(data.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut ready).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        assert!(ready["store"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
        terminate(&child);
        assert!(child.wait().unwrap().success());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(told.iter().all(|words| said.contains(words)), "{said}");
        assert_eq!(said.is_empty(), told.is_empty(), "{said}");
    }
}

#[test]
fn the_document_lists_every_verb() {
    let help = Command::new(env!("CARGO_BIN_EXE_edge-gallery")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, verbs) = help.split_once("Commands:\n").unwrap();
    let (verbs, _) = verbs.split_once("\n\n").unwrap();
    let names = verbs.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).filter(|it| *it != "help").collect();
    assert!(names.len() > 15, "{help}");
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../PLATFORM.md")).unwrap();
    let (_, table) = document.split_once("## The program `edge-gallery`\n").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    for name in names {
        let is_there = [format!("`{name}`"), format!("`{name} ")].iter().any(|cell| table.contains(cell));
        assert!(is_there, "PLATFORM.md does not say what {name} does");
    }
}

/// Starts the program, and returns what its first line says.
fn started(command: &mut Command) -> (Child, serde_json::Value) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    (child, serde_json::from_str(&ready).unwrap())
}

#[test]
fn other_verbs_find_its_store_on_whatever_port_it_listens() {
    let data = tempfile::tempdir().unwrap();
    let (mut child, _) = started(&mut program(data.path(), &COMPLETE));
    let link = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        command.env_clear().envs(COMPLETE).arg("link").args(arguments).arg("--data").arg(data.path());
        command.output().unwrap()
    };
    // A link whose cards cannot be written is none.
    assert!(!link(&["add", "cards", "--sheet", "/no/such/folder/cards.html"]).status.success());
    // Nor are there cards of a link that is none.
    let cards = data.path().join("cards.html");
    assert!(!link(&["add", "cards", "--view", "no album", "--sheet", cards.to_str().unwrap()]).status.success());
    assert!(!cards.exists());
    // What is printed there already may be the only copy of another link.
    std::fs::write(&cards, "cards of another link").unwrap();
    assert!(!link(&["add", "cards", "--view", "no album", "--sheet", cards.to_str().unwrap()]).status.success());
    assert_eq!(std::fs::read_to_string(&cards).unwrap(), "cards of another link");
    assert!(link(&["list"]).stdout.is_empty());
    let Output { status, stdout, stderr } = link(&["add", "guests"]);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    assert!(String::from_utf8(stdout).unwrap().contains("/l/"));
    terminate(&child);
    assert!(child.wait().unwrap().success());
    assert!(!data.path().join("store.url").exists());
}

/// Nobody knows by which name browsers on other machines reach video-edge.
#[test]
fn films_go_through_the_gallery_where_video_edge_listens_everywhere() {
    for (split, status) in [("0.0.0.0:0", "401"), ("127.0.0.1:0", "404")] {
        let data = tempfile::tempdir().unwrap();
        let (mut child, ready) = started(program(data.path(), &COMPLETE).args(["--split", split]));
        let address = ready["gallery"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = "GET /api/hls/playlist?key=x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{split}: {answer}");
        terminate(&child);
        child.wait().unwrap();
    }
}

#[test]
fn requests_under_way_finish_after_sigterm_and_other_host_names_are_not_served() {
    use std::io::Write as _;
    let data = tempfile::tempdir().unwrap();
    let mut command = program(data.path(), &COMPLETE);
    command.env("ALLOWED_HOSTS", "gallery.example").env("SHUTDOWN_GRACE", "20");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut ready).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    let address = ready["gallery"].as_str().unwrap().trim_start_matches("http://").to_owned();
    let ask = |request: &str| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    for (name, status) in [("gallery.example", "200"), ("localhost", "200"), ("evil.example", "421")] {
        let mut answer = String::new();
        ask(&format!("GET /healthz HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"))
            .read_to_string(&mut answer)
            .unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {answer}");
    }
    // A login whose body comes slowly is under way.
    let body = format!("{{\"password\":\"{}\"}}", crate::complete::PASSWORD);
    let head = "Host: localhost\r\nConnection: close\r\nContent-Type: application/json";
    let mut slow = ask(&format!("POST /login HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n", body.len()));
    std::thread::sleep(std::time::Duration::from_millis(500));
    terminate(&child);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(std::net::TcpStream::connect(&address).is_err(), "still accepting");
    slow.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(child.wait().unwrap().success());
    let seen = std::fs::read_to_string(data.path().join("clock")).unwrap();
    assert!(seen.trim().parse::<u64>().is_ok(), "{seen}");
}

#[test]
fn with_a_certificate_it_speaks_tls_and_cookies_are_secure() {
    let data = tempfile::tempdir().unwrap();
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| data.path().join(name));
    std::fs::write(&certificate, cert.pem()).unwrap();
    let mut alone = program(&data.path().join("data"), &COMPLETE);
    assert!(refusal(alone.env("GALLERY_TLS_CERT", &certificate)).contains("GALLERY_TLS_KEY"));
    let mut without = program(&data.path().join("data"), &COMPLETE);
    let said = refusal(without.arg("--tls-cert").arg(&certificate).arg("--tls-key").arg(&key));
    assert!(said.contains("key.pem cannot be used"), "{said}");
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();

    let mut command = program(&data.path().join("data"), &COMPLETE);
    command.arg("--tls-cert").arg(&certificate).arg("--tls-key").arg(&key);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut ready).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    let url = ready["gallery"].as_str().unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{ready}");
    let trusted = ureq::tls::Certificate::from_pem(cert.pem().as_bytes()).unwrap().to_owned();
    let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::new_with_certs(&[trusted])).build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let login = serde_json::json!({ "password": crate::complete::PASSWORD }).to_string();
    let answer = agent.post(format!("{url}/login")).header("content-type", "application/json").send(login).unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("Secure"), "{cookie}");
    assert!(answer.headers().contains_key("strict-transport-security"));
    let address = url.strip_prefix("https://").unwrap();
    for (offered, chosen) in [(&["h2", "http/1.1"][..], Some("h2")), (&["http/1.1"], Some("http/1.1")), (&[], None)] {
        assert_eq!(negotiated(address, cert.der().clone(), offered).as_deref(), chosen, "{offered:?}");
    }
    terminate(&child);
    assert!(child.wait().unwrap().success());
}

/// The protocol that a client and the program at `address` agree on (ALPN).
fn negotiated(address: &str, trusted: CertificateDer<'static>, offered: &[&str]) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    let mut client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    client.complete_io(&mut TcpStream::connect(address).unwrap()).unwrap();
    client.alpn_protocol().map(|name| String::from_utf8(name.to_vec()).unwrap())
}

fn terminate(child: &Child) {
    let status = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}
