//! `edge-gallery check`: every kind of trouble is found, named once, and no value is shown.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::complete::{COMPLETE, SECRET};

const ORIGIN: &str = "https://gallery.example";

/// The exit code, and what is printed.
fn check(environment: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    let Output { status, stdout, stderr } =
        command.env_clear().envs(environment.iter().copied()).arg("check").args(arguments).output().unwrap();
    let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    assert!(!said.contains(SECRET) && !said.contains("test-secret-access-key"), "{said}");
    (status.code().unwrap(), said)
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = COMPLETE.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

#[test]
fn a_good_configuration_has_nothing_to_mend() {
    let data = tempfile::tempdir().unwrap();
    let (code, said) = check(&with(&[("GALLERY_DATA", data.path().to_str().unwrap())]), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("gallery.db will be made") && said.ends_with("0 problems, 0 warnings\n"), "{said}");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0, "nothing is made");
}

#[test]
fn all_that_is_missing_or_unreadable_is_named_at_once() {
    let (code, said) = check(&[("VIDEO_DELIVERY", "pigeon"), ("S3_ENDPOINT", "nonsense")], &["--offline"]);
    assert_eq!(code, 2);
    for (name, _) in COMPLETE {
        assert!(said.contains(&format!("problem  {name} is not set")), "{name}: {said}");
    }
    assert!(said.contains("problem  VIDEO_DELIVERY must name presign"), "{said}");
    assert!(said.contains("problem  S3_ENDPOINT must be a URL"), "{said}");
    assert!(!said.contains("pigeon") && !said.contains("nonsense"), "{said}");
    assert!(said.ends_with("7 problems, 0 warnings\n"), "{said}");
}

/// What stops `serve` stops here too, however many things are wrong at once.
#[test]
fn each_wrong_name_is_the_one_that_is_named() {
    let wrong = [
        ("R2_BUCKET_NAME", "Bad/Bucket"),
        ("R2_ACCOUNT_ID", "0123abc"),
        ("VIDEO_DELIVERY", "pigeon"),
        ("ALLOWED_ORIGINS", "x"),
        ("GALLERY_LISTEN", "nonsense"),
        ("TRUST_FORWARDED", "yes"),
        ("CACHE_BYTES", "128 MiB"),
        ("GALLERY_KV", "redis"),
    ];
    let (code, said) = check(&with(&wrong), &["--offline"]);
    assert_eq!(code, 2);
    let names = [
        "R2_BUCKET_NAME",
        "VIDEO_DELIVERY",
        "ALLOWED_ORIGINS",
        "GALLERY_LISTEN",
        "TRUST_FORWARDED",
        "CACHE_BYTES",
        "GALLERY_KV",
    ];
    for name in names {
        assert_eq!(said.matches(&format!("problem  {name} ")).count(), 1, "{name}: {said}");
    }
    assert!(said.ends_with("7 problems, 0 warnings\n"), "{said}");
    // An embedded store has an address, and no host name of its own.
    let (code, said) = check(&with(&[("S3_URL_STYLE", "virtual-host")]), &["--offline"]);
    assert_eq!(code, 2, "{said}");
    // Empty is missing.
    assert_eq!(
        check(&with(&[("GALLERY_LISTEN", ""), ("GALLERY_SPLIT", ""), ("S3_ENDPOINT", "")]), &["--offline"]).0,
        0
    );
}

#[test]
fn a_misspelt_name_is_named_with_the_nearest() {
    let misspelt = [("R2_BUKET", "b"), ("AUTH_SECERT", "x"), ("GALLERY_TRUST_FORWARDED", "true"), ("S3_BUCKET", "x")];
    let (code, said) = check(&with(&misspelt), &["--offline"]);
    assert_eq!(code, 2);
    assert!(said.contains("R2_BUKET is not a name of ours: R2_BUCKET_NAME is"), "{said}");
    assert!(said.contains("AUTH_SECERT is not a name of ours: AUTH_SECRET is"), "{said}");
    assert!(said.contains("problem  GALLERY_TRUST_FORWARDED is not a name of ours: TRUST_FORWARDED is"), "{said}");
    // It begins as ours do, and may be another program's.
    assert!(said.contains("warning  S3_BUCKET is not a name of ours") && said.contains("3 problems"), "{said}");
    assert_eq!(check(&with(&[("LANG", "C"), ("AWS_REGION", "x")]), &["--offline"]).0, 0);
}

#[test]
fn what_is_weak_is_named() {
    for (name, value) in [
        ("GALLERY_PASSWORD", "tulips"),
        ("GALLERY_PASSWORD", "Password"),
        ("AUTH_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("AUTH_SECRET_PREVIOUS", "abababababababababababababababababab"),
    ] {
        let (code, said) = check(&with(&[(name, value)]), &["--offline"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(&format!("problem  {name} is easy to guess")) && !said.contains(value), "{said}");
        assert_eq!(check(&with(&[(name, value), ("GALLERY_LOCAL", "true")]), &["--offline"]).0, 0, "{name}");
    }
    let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let (code, said) = check(&with(&[("GALLERY_PASSWORD", bcrypt)]), &["--offline"]);
    assert!(code == 2 && said.contains("hashes of bcrypt and scrypt are not known"), "{said}");
}

#[test]
fn json_is_one_line() {
    let (code, said) = check(&with(&[("R2_BUKET", "b")]), &["--offline", "--json"]);
    assert_eq!((code, said.lines().count()), (2, 1));
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let finding = &report["findings"][0];
    assert_eq!((&finding["weight"], &finding["about"]), (&"problem".into(), &"R2_BUKET".into()), "{said}");
}

/// The repository's own, with what `cargo xtask stack` puts beside them.
#[test]
fn manifests_are_read_as_their_hosts_would() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".data")).unwrap();
    let secrets: serde_json::Value =
        COMPLETE[..4].iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value))).collect();
    fs::write(folder.path().join(".data/fastly-secrets.json"), secrets.to_string()).unwrap();
    let variables = COMPLETE.map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value));
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    for name in [
        "fastly.toml",
        "fastly.video.toml",
        "fastly.all.toml",
        "spin.toml",
        "spin.all.toml",
        "spin.02.toml",
        "spin.02.all.toml",
    ] {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let path = folder.path().join(name);
        fs::write(&path, &text).unwrap();
        let (code, said) = check(&variables, &["--offline", path.to_str().unwrap()]);
        assert_eq!(code, 0, "{name}: {said}");

        // A misspelt name, in each place that the manifest has for names.
        for (from, to) in [("R2_BUCKET_NAME", "R2_BUKET"), ("r2_bucket_name =", "r2_buket =")] {
            fs::write(&path, text.replace(from, to)).unwrap();
            let (code, said) = check(&variables, &["--offline", path.to_str().unwrap()]);
            if text.contains(from) {
                assert_eq!(code, 2, "{name}: {said}");
                assert!(said.contains("R2_BUKET is not known: R2_BUCKET_NAME is"), "{name}: {said}");
            }
        }
    }
    let secret = fs::read_to_string(root.join("fastly.toml")).unwrap();
    let path = folder.path().join("fastly.toml");
    fs::write(&path, secret.replace("R2_BUCKET_NAME = \"gallery\"", "AUTH_SECRET = \"gallery\"")).unwrap();
    let (code, said) = check(&[], &["--offline", path.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(said.contains("AUTH_SECRET is a secret: it belongs into the Secret Store"), "{said}");
}

/// As in a fresh clone, before the first deployment. Fastly asks for the secrets then.
#[test]
fn a_manifest_of_fastly_needs_no_local_secrets() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().unwrap();
    for name in ["fastly.toml", "fastly.video.toml", "fastly.all.toml"] {
        let path = folder.path().join(name);
        fs::copy(root.join(name), &path).unwrap();
        let (code, said) = check(&[], &["--offline", path.to_str().unwrap()]);
        assert_eq!(code, 0, "{name}: {said}");
        assert!(said.contains("AUTH_SECRET was not looked at: there is no "), "{name}: {said}");
    }
}

#[test]
fn a_file_that_is_no_manifest_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.toml", "x = 1\n"), ("b.toml", "not [toml"), ("absent.toml", "")] {
        let path = folder.path().join(name);
        if !text.is_empty() {
            fs::write(&path, text).unwrap();
        }
        let (code, said) = check(&[], &[path.to_str().unwrap()]);
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
        assert!(said.contains(name), "{said}");
    }
}

fn store(folder: &Path) -> store::Running {
    let config = store::Config {
        root: folder.join("store"),
        bucket: "gallery".into(),
        access_key_id: "test-key-id".into(),
        secret_access_key: "test-secret-access-key".into(),
        region: "auto".into(),
        allowed_origins: vec![ORIGIN.to_owned()],
    };
    store::spawn(config, ([127, 0, 0, 1], 0).into()).unwrap()
}

#[test]
fn the_bucket_is_asked_as_we_and_as_a_page_would() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (endpoint, data) = (format!("http://{}", store.addr()), folder.path().to_str().unwrap());
    let base = [("S3_ENDPOINT", endpoint.as_str()), ("GALLERY_DATA", data)];
    let of = |more: &[(&'static str, &'static str)], arguments: &[&str]| {
        check(&with(&[&base[..], more].concat()), arguments)
    };
    let (code, said) = of(&[], &["--origin", ORIGIN]);
    assert_eq!(code, 0, "{said}");
    for words in
        ["bucket gallery at http://127.0.0.1", "CORS pages of https://gallery.example may read", "clock agrees"]
    {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(of(&[("ALLOWED_ORIGINS", ORIGIN)], &[]).0, 0, "the page's origin is among the configuration");

    let (code, said) = of(&[], &["--origin", "https://other.example"]);
    assert_eq!(code, 2);
    assert!(said.contains("problem  CORS pages of https://other.example may not read"), "{said}");
    assert!(!said.contains("KV"), "{said}");
    let (code, said) = of(&[("GALLERY_KV", "bucket")], &["--origin", ORIGIN]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("ok       KV the key may list, write, read and delete below kv/"), "{said}");
    let (code, said) = of(&[("R2_SECRET_ACCESS_KEY", "another")], &["--origin", ORIGIN]);
    assert_eq!(code, 2);
    assert!(said.contains("problem  bucket") && said.contains("check R2_SECRET_ACCESS_KEY"), "{said}");
    let (code, said) = of(&[("R2_BUCKET_NAME", "other")], &["--origin", ORIGIN]);
    assert_eq!(code, 2);
    assert!(said.contains("has no bucket other"), "{said}");
    let (code, said) = of(&[], &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("warning  CORS pages of http://127.0.0.1:8080 may not read"), "{said}");
    assert_eq!(
        of(&[("VIDEO_DELIVERY", "proxy")], &["--origin", "https://other.example"]).0,
        0,
        "films pass through us"
    );
    drop(store);
    let (code, said) = of(&[], &["--origin", ORIGIN]);
    assert_eq!(code, 2);
    assert!(said.contains("is not reachable") && !said.contains("X-Amz"), "{said}");
}

#[test]
fn a_database_that_cannot_be_used_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let of = |sql: &str| {
        let _ = fs::remove_file(&path);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let (code, said) = check(&with(&[("GALLERY_DATABASE", path.to_str().unwrap())]), &[]);
        assert_eq!(fs::read(&path).unwrap(), before);
        (code, said)
    };
    let (code, said) = of("CREATE TABLE orders (id)");
    assert_eq!(code, 2);
    assert!(said.contains("problem  database") && said.contains("it is not a gallery's"), "{said}");
    let (code, said) = of("CREATE TABLE schema_steps (version, applied_at); INSERT INTO schema_steps VALUES (99, '')");
    assert_eq!(code, 2);
    assert!(said.contains("its schema has version 99"), "{said}");
    let (code, said) = of("CREATE TABLE media (key, date_taken, uploaded_at, hls_qualities)");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("its schema has version 0, and the next start brings it to"), "{said}");
    fs::write(&path, "this is no database, however long it may be, and SQLite says so when it reads it").unwrap();
    let (code, said) = check(&with(&[("GALLERY_DATABASE", path.to_str().unwrap())]), &[]);
    assert_eq!(code, 2);
    assert!(said.contains("not a database"), "{said}");
}

/// A store behind a certificate authority of its own.
#[test]
fn a_private_authority_is_trusted_when_its_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (server, authority) = crate::tls::Server::start();
    let file = folder.path().join("ca.pem");
    fs::write(&file, authority).unwrap();
    let (endpoint, data) = (format!("https://localhost:{}", server.port), folder.path().to_str().unwrap());
    let base = [("S3_ENDPOINT", endpoint.as_str()), ("GALLERY_DATA", data)];
    let (code, said) = check(&with(&base), &["--origin", ORIGIN]);
    assert_eq!((code, server.requests()), (2, 0), "{said}");
    assert!(said.contains("is not reachable"), "{said}");
    let named = [&base[..], &[("SSL_CERT_FILE", file.to_str().unwrap())]].concat();
    let (code, said) = check(&with(&named), &["--origin", ORIGIN]);
    assert_eq!(code, 0, "{said}");
    assert!(server.requests() > 0 && said.contains("ok       bucket"), "{said}");

    fs::write(&file, "nothing").unwrap();
    let (code, said) = check(&with(&named), &["--origin", ORIGIN]);
    assert_eq!(code, 2);
    assert!(said.contains("SSL_CERT_FILE cannot be used"), "{said}");
}
