//! The manifests of Fastly and Spin agree with the table of configuration: no name is misspelt, and none is missing.

use std::{collections::BTreeSet, fs};

use layering::root;
use platform::{
    StoreName,
    config::{
        names::{S3_ENDPOINT, SECRETS, is_secret},
        table::{Reader, SETTINGS, Setting},
    },
};
use toml::{Table, Value};

/// Names that Spin 4.1 does not need: `runtime-config.toml` can make its SQLite a libSQL server.
const NOT_ON_SPIN: &[&str] = &["SQL_URL", "SQL_AUTH_TOKEN"];

fn manifest(name: &str) -> Table {
    fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
}

/// The names in the table at a path of keys.
fn names(table: &Table, keys: &[&str]) -> BTreeSet<String> {
    let at = keys.iter().try_fold(table, |table, key| table.get(*key)?.as_table());
    at.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The settings that a host of these services reads.
fn settings(readers: &[Reader]) -> Vec<&'static Setting> {
    SETTINGS.iter().filter(|setting| readers.iter().any(|reader| setting.is_read_by(*reader))).collect()
}

#[test]
fn fastly_knows_what_its_services_read_and_asks_for_what_they_need() {
    let films = manifest("fastly.video.toml");
    let of_films = [["config_stores", "gallery_config", "items"], ["secret_stores", "gallery_secrets", "entries"]]
        .map(|[kind, store, what]| names(&films, &["setup", kind, store, what]));
    for (file, services) in [
        ("fastly.toml", &[Reader::Viewer, Reader::Fastly][..]),
        ("fastly.video.toml", &[Reader::Video, Reader::Fastly]),
        ("fastly.all.toml", &[Reader::Viewer, Reader::Video, Reader::Fastly]),
    ] {
        let manifest = manifest(file);
        let asked = names(&manifest, &["setup", "config_stores", "gallery_config", "items"]);
        let local = names(&manifest, &["local_server", "config_stores", "gallery_config", "contents"]);
        let secrets = names(&manifest, &["setup", "secret_stores", "gallery_secrets", "entries"]);
        let known = settings(services);
        let is_read = |name: &String| known.iter().any(|setting| setting.name.text() == name);
        for name in asked.iter().chain(&local) {
            assert!(is_read(name) && !is_secret(name), "{file}: {name} in the Config Store");
        }
        for name in &secrets {
            assert!(is_read(name) && is_secret(name), "{file}: {name} in the Secret Store");
        }
        for setting in known.iter().filter(|setting| setting.required) {
            let name = setting.name.text();
            // The viewer is linked to the stores that the films have filled. Fastly refuses a secret that exists.
            let asks = |set: &[&BTreeSet<String>]| set.iter().filter(|names| names.contains(name)).count();
            let elsewhere = if file == "fastly.toml" { asks(&[&of_films[0], &of_films[1]]) } else { 0 };
            assert_eq!(asks(&[&asked, &secrets]) + elsewhere, 1, "{file}: how often [setup] asks for {name}");
        }
    }
}

/// The CLI writes `example` for an item without an answer, if the manifest has no value. So `[setup]` asks only for
/// what a service cannot do without: what is required, and where the store is.
#[test]
fn fastly_asks_for_nothing_that_may_stay_empty() {
    for (file, more) in [
        ("fastly.toml", &["MAX_FETCHES", "MAX_SECONDS", "VIDEO_ORIGIN"][..]),
        ("fastly.video.toml", &[]),
        ("fastly.all.toml", &["MAX_FETCHES", "MAX_SECONDS"]),
    ] {
        let manifest = manifest(file);
        let items = &manifest["setup"]["config_stores"]["gallery_config"]["items"];
        for (name, item) in items.as_table().unwrap() {
            let required = SETTINGS.iter().any(|setting| setting.name.text() == name && setting.required);
            assert!(required || name == S3_ENDPOINT.text() || more.contains(&name.as_str()), "{file}: {name}");
            let words = item["description"].as_str().unwrap();
            assert!(!words.contains("empty"), "{file}: the CLI takes no empty {name}");
        }
        let asks = items.get(S3_ENDPOINT.text()).is_some();
        assert_eq!(asks, file != "fastly.toml", "{file}: [setup] asks where the store is");
        let secrets = names(&manifest, &["setup", "secret_stores", "gallery_secrets", "entries"]);
        for name in secrets {
            let required = SETTINGS.iter().any(|setting| setting.name.text() == name && setting.required);
            assert!(required, "{file}: the CLI takes no empty {name}");
        }
    }
}

/// What is made at the first deployment has the names that the adapter opens, and those that the local server has.
#[test]
fn fastly_makes_the_stores_and_backends_that_the_adapter_opens() {
    let adapter = |file: &str| fs::read_to_string(root().join("platform/fastly/src").join(file)).unwrap();
    let (config, backend) = (adapter("config.rs"), adapter("backend.rs"));
    let (_, known) = backend.split_once("const CONFIGURED: [&str; 3] = [").unwrap();
    let known = known.split_once(']').unwrap().0;
    let known: BTreeSet<String> = known.split(", ").map(|name| name.trim_matches('"').to_owned()).collect();
    let (cache_version, video_cache) = (StoreName::CacheVersion.name(), StoreName::VideoCache.name());
    for (file, kv, backends) in [
        ("fastly.toml", &[cache_version][..], &["s3", "video"][..]),
        ("fastly.video.toml", &[cache_version, video_cache], &["s3"]),
        ("fastly.all.toml", &[cache_version, video_cache], &["s3"]),
    ] {
        let manifest = manifest(file);
        let both = |kind: &str| ["setup", "local_server"].map(|part| names(&manifest, &[part, kind]));
        for (kind, name, constant) in
            [("config_stores", "gallery_config", "CONFIG_STORE"), ("secret_stores", "gallery_secrets", "SECRET_STORE")]
        {
            assert!(config.contains(&format!("const {constant}: &str = \"{name}\";")), "the adapter opens {name}");
            for stores in both(kind) {
                assert_eq!(stores, BTreeSet::from([name.to_owned()]), "{file}: {kind}");
            }
        }
        for stores in both("kv_stores") {
            assert!(stores.iter().eq(kv), "{file}: KV Stores: {stores:?}");
        }
        let [made, local] = both("backends");
        assert!(made.iter().eq(backends), "{file}: backends: {made:?}");
        assert!(made.is_subset(&local) && local.is_subset(&known), "{file}: {local:?}, and {known:?} are known");
    }
}

/// A secret without a line, switched on or off, cannot be given there, and nothing would say so.
#[test]
fn units_and_compose_have_a_line_for_each_secret() {
    for (file, not_read) in [
        ("compose.yaml", &[][..]),
        ("systemd/edge-gallery.service", &[]),
        ("systemd/edge-gallery-ingest@.service", &["GALLERY_PASSWORD", "AUTH_SECRET_PREVIOUS"]),
    ] {
        let text = fs::read_to_string(root().join("deploy").join(file)).unwrap();
        for name in SECRETS.iter().map(|name| name.text()) {
            let has_line = text.contains(&format!("secrets/{name}\n"));
            assert_eq!(has_line, !not_read.contains(&name), "{file}: {name}");
        }
    }
}

#[test]
fn spin_can_express_every_name() {
    const SPLIT: &[(&str, &[Reader])] = &[("viewer", &[Reader::Viewer]), ("video", &[Reader::Video])];
    const ALL: &[(&str, &[Reader])] = &[("gallery", &[Reader::Viewer, Reader::Video])];
    for (file, components, without) in [
        ("spin.toml", SPLIT, NOT_ON_SPIN),
        ("spin.all.toml", ALL, NOT_ON_SPIN),
        ("spin.02.toml", SPLIT, &[]),
        ("spin.02.all.toml", ALL, &[]),
    ] {
        let manifest = manifest(file);
        let declared = names(&manifest, &["variables"]);
        let mut wanted = BTreeSet::new();
        for (component, readers) in components {
            let variables = names(&manifest, &["component", component, "variables"]);
            let read: BTreeSet<String> = settings(readers)
                .iter()
                .map(|setting| setting.name.text())
                .filter(|name| !without.contains(name))
                .map(str::to_ascii_lowercase)
                .collect();
            assert_eq!(variables, read, "{file}: variables of {component}");
            wanted.extend(read);
            // Spin gives a component no other store. The viewer counts wrong passwords beside the playlists.
            let stores = &manifest["component"][component]["key_value_stores"];
            let stores: Vec<&str> = stores.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let known = if without.is_empty() { &["default"][..] } else { &["cache_version", "video_cache"] };
            assert_eq!(stores, known, "{file}: stores of {component}");
        }
        assert_eq!(declared, wanted, "{file}: [variables]");
        for (name, value) in manifest["variables"].as_table().unwrap() {
            let name = name.to_ascii_uppercase();
            let setting = SETTINGS.iter().find(|setting| setting.name.text() == name).unwrap();
            let is = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
            assert_eq!(is("secret"), setting.is_secret(), "{file}: {name}");
            // The bucket's name has a default in the manifest. The other required variables have none.
            assert_eq!(is("required"), setting.required && name != "R2_BUCKET_NAME", "{file}: {name}");
        }
    }
}
