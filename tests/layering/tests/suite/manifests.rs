//! The manifests of Fastly and Spin agree with the table of configuration: no name is misspelt, and none is missing.

use std::{collections::BTreeSet, fs};

use layering::root;
use platform::config::{
    names::is_secret,
    table::{Reader, SETTINGS, Setting},
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
            assert!(asked.contains(name) || secrets.contains(name), "{file}: [setup] does not ask for {name}");
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
