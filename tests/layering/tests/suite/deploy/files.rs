//! Names, ports and paths in the image, in compose, in the Caddyfile, in the settings and in SpinApp.

use std::{collections::BTreeSet, fs};

use layering::root;
use platform::config::{
    names::{self, is_secret},
    table::SETTINGS,
};
use serde_json::Value;

/// What systemd and others call the folder of secrets. It is no setting of the gallery.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join("deploy").join(path)).unwrap()
}

pub fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// Whether the native program reads a plain value of this name.
pub fn is_plain(name: &str) -> bool {
    !is_secret(name) && SETTINGS.iter().any(|setting| setting.name.text() == name)
}

/// The keys of an object.
fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

/// The instructions of the Containerfile, with continued lines joined.
fn instructions() -> Vec<(String, String)> {
    let text = read("Containerfile").replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(' ').unwrap()).map(|(word, rest)| (word.to_owned(), rest.to_owned())).collect()
}

fn instruction(word: &str) -> String {
    let found: Vec<_> = instructions().into_iter().filter(|(known, _)| known == word).map(|(_, rest)| rest).collect();
    assert_eq!(found.len(), 1, "{word}");
    found[0].clone()
}

/// A name of the image's environment.
fn of_image(name: &str) -> String {
    let all = instruction("ENV");
    let value = all.split_whitespace().find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    value.unwrap().to_owned()
}

/// A service of compose.
pub fn service(name: &str) -> Value {
    yaml(&read("compose.yaml"))["services"][name].clone()
}

#[test]
fn the_image_holds_one_program_and_runs_without_root() {
    assert_eq!(instructions()[0], ("FROM".to_owned(), "scratch".to_owned()));
    let user = instruction("USER");
    assert!(user.split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)), "{user}");
    assert_eq!(service("gallery")["user"], *user);
    for (name, _) in instruction("ENV").split_whitespace().map(|pair| pair.split_once('=').unwrap()) {
        assert!(is_plain(name) || name == "TMPDIR", "{name}");
    }
    // The folder of data is the one place that can be written, and belongs to the user.
    let data = of_image("GALLERY_DATA");
    assert_eq!([instruction("VOLUME"), of_image("TMPDIR")], [data.clone(), data.clone()]);
    let copies = instructions().into_iter().any(|(_, rest)| rest == format!("--chown={user} data {data}"));
    assert!(copies, "a new volume takes its owner from the folder in the image");
}

#[test]
fn ports_agree() {
    let listen = of_image("GALLERY_LISTEN");
    let (address, port) = listen.rsplit_once(':').unwrap();
    assert_eq!(address, "0.0.0.0");
    assert_eq!(instruction("EXPOSE"), port);
    assert_eq!(service("caddy")["environment"]["UPSTREAM"], format!("gallery:{port}"));
    // Without compose, Caddy is on the gallery's own machine.
    let here = names::GALLERY_LISTEN.default().unwrap();
    assert!(read("Caddyfile").contains(&format!("{{$UPSTREAM:{here}}}")));
    assert!(service("gallery").get("ports").is_none(), "Caddy is the only way in");
}

#[test]
fn compose_names_settings_secrets_and_the_question_of_the_image() {
    let compose = yaml(&read("compose.yaml"));
    let gallery = &compose["services"]["gallery"];
    for name in keys(&gallery["environment"]) {
        assert!(is_plain(name) || name == CREDENTIALS, "{name}");
    }
    assert_eq!(gallery["environment"]["TRUST_FORWARDED"], "true");
    // Each secret is a file of its name, and those that the services need are among them.
    let given = texts(&gallery["secrets"]);
    assert_eq!(keys(&compose["secrets"]), given.iter().copied().collect());
    for name in &given {
        assert!(is_secret(name), "{name}");
        assert_eq!(compose["secrets"][*name]["file"], format!("./secrets/{name}"));
    }
    let required = SETTINGS.iter().filter(|setting| setting.required && setting.is_secret());
    assert!(required.clone().count() > 2 && required.map(|it| it.name.text()).all(|name| given.contains(&name)));
    // The root is read-only, and the volume is where the image has it.
    assert_eq!(gallery["read_only"], true);
    assert_eq!(texts(&gallery["volumes"]), [format!("data:{}", of_image("GALLERY_DATA"))]);
    let asked = serde_json::to_string(&texts(&gallery["healthcheck"]["test"])[1..]).unwrap().replace(',', ", ");
    assert!(instruction("HEALTHCHECK").ends_with(&format!("CMD {asked}")), "{asked}");
}

/// Lines that are settings, whether they are switched on or not.
#[test]
fn the_file_of_settings_holds_plain_names_with_values_that_are_read() {
    let text = read("gallery.env");
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect();
    assert!(lines.len() > 8);
    for line in lines {
        let (name, value) = line.trim_start_matches('#').split_once('=').unwrap();
        assert!(is_plain(name) && !value.is_empty(), "{line}");
    }
}

#[test]
fn spinapp_sets_variables_of_the_manifest_and_stores_are_those_of_the_manifest() {
    let manifest: toml::Table = fs::read_to_string(root().join("spin.toml")).unwrap().parse().unwrap();
    let declared = manifest["variables"].as_table().unwrap();
    let app = yaml(&read("spin/spinapp.yaml"));
    assert_eq!([&app["apiVersion"], &app["kind"]], ["core.spinkube.dev/v1alpha1", "SpinApp"]);
    let variables = app["spec"]["variables"].as_array().unwrap();
    for variable in variables {
        let name = variable["name"].as_str().unwrap();
        assert!(declared.contains_key(name), "{name}");
        let key = &variable["valueFrom"]["secretKeyRef"]["key"];
        let (secret, upper) = (is_secret(&name.to_ascii_uppercase()), name.to_ascii_uppercase());
        assert_eq!(key.as_str(), secret.then_some(upper.as_str()), "{name}");
        assert_eq!(variable.get("value").is_some(), !secret, "{name}");
    }
    for (name, declared) in declared {
        let required = declared.get("required").is_some_and(|required| required.as_bool() == Some(true));
        assert!(!required || variables.iter().any(|given| given["name"] == **name), "{name} is required");
    }
    for path in ["liveness", "readiness"].map(|kind| app["spec"]["checks"][kind]["httpGet"]["path"].clone()) {
        assert!(["/healthz", "/readyz"].contains(&path.as_str().unwrap()));
    }

    let runtime: toml::Table = read("spin/runtime-config.toml").parse().unwrap();
    let of = |table: &toml::Table, key: &str| -> BTreeSet<String> {
        table[key].as_table().unwrap().keys().cloned().collect()
    };
    let older: toml::Table = std::fs::read_to_string(layering::root().join("spin.02.toml")).unwrap().parse().unwrap();
    let components = || [&manifest, &older].into_iter().flat_map(|of| of["component"].as_table().unwrap().values());
    for (asked, given) in [("key_value_stores", "key_value_store"), ("sqlite_databases", "sqlite_database")] {
        let asked = components().filter_map(|component| component.get(asked)?.as_array()).flatten();
        let asked: BTreeSet<String> = asked.map(|name| name.as_str().unwrap().to_owned()).collect();
        assert_eq!(of(&runtime, given), asked);
    }
    let kinds = |key: &str| -> BTreeSet<String> {
        let stores = runtime[key].as_table().unwrap().values();
        stores.map(|store| store["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("key_value_store"), ["redis".to_owned()].into());
    assert_eq!(kinds("sqlite_database"), ["libsql".to_owned()].into());
}

/// R2's own form and S3's say the same, and what README.md says.
#[test]
fn the_rules_of_the_bucket_say_the_same_in_both_forms() {
    let json = |path: &str| -> Value { serde_json::from_str(&read(path)).unwrap() };
    let (r2, s3) = (json("bucket/cors-r2.json"), json("bucket/cors-s3.json"));
    let (r2, s3) = (&r2["rules"][0], &s3["CORSRules"][0]);
    for (one, other) in [
        (&r2["allowed"]["origins"], &s3["AllowedOrigins"]),
        (&r2["allowed"]["methods"], &s3["AllowedMethods"]),
        (&r2["allowed"]["headers"], &s3["AllowedHeaders"]),
        (&r2["exposeHeaders"], &s3["ExposeHeaders"]),
        (&r2["maxAgeSeconds"], &s3["MaxAgeSeconds"]),
    ] {
        assert!(one == other && !one.is_null(), "{one} {other}");
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let start = readme.find("[{ \"AllowedOrigins\"").unwrap();
    let shown: Value = serde_json::from_str(&readme[start..start + readme[start..].find("```").unwrap()]).unwrap();
    for name in ["AllowedMethods", "AllowedHeaders", "ExposeHeaders"] {
        assert_eq!(shown[0][name], s3[name], "{name}");
    }
    let rules = json("bucket/lifecycle-s3.json")["Rules"].clone();
    let prefixes: Vec<_> = rules.as_array().unwrap().iter().map(|rule| &rule["Filter"]["Prefix"]).collect();
    assert_eq!(prefixes, ["", "downloads/", "kv/VIDEO_CACHE/"]);
    assert!(rules[0].get("Expiration").is_none(), "what is in the gallery does not expire");
}
