//! The units of systemd.

use std::collections::BTreeSet;

use platform::config::{
    names::{self, is_secret},
    table::SETTINGS,
};

use super::files::{is_plain, read, service};

/// The settings of a unit in their order, section and comments left out.
struct Unit(Vec<(String, String)>);

impl Unit {
    fn read(name: &str) -> Self {
        let text = read(&format!("systemd/{name}"));
        let lines = text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty());
        Self(lines.map(|line| line.split_once('=').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect())
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    fn one(&self, name: &str) -> String {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name}");
        all[0].to_owned()
    }

    /// What keeps the unit apart from the rest of the machine: all after the limit of tasks.
    fn hardening(&self) -> BTreeSet<(String, String)> {
        let start = self.0.iter().position(|(name, _)| name == "TasksMax").unwrap();
        let end = self.0.iter().position(|(name, _)| name == "WantedBy").unwrap_or(self.0.len());
        self.0[start..end].iter().cloned().collect()
    }
}

#[test]
fn the_data_is_in_the_folder_that_systemd_makes() {
    for name in ["edge-gallery.service", "edge-gallery-ingest@.service"] {
        let unit = Unit::read(name);
        let folder = format!("/var/lib/{}", unit.one("StateDirectory"));
        let environment: Vec<_> = unit.all("Environment").iter().map(|pair| pair.split_once('=').unwrap()).collect();
        assert!(environment.contains(&("GALLERY_DATA", &folder)), "{name}");
        assert_eq!(unit.one("WorkingDirectory"), folder);
        for (setting, _) in environment {
            assert!(is_plain(setting) || setting == "TMPDIR", "{name}: {setting}");
        }
    }
}

#[test]
fn secrets_are_credentials_of_their_names() {
    let serve = Unit::read("edge-gallery.service");
    for name in ["edge-gallery.service", "edge-gallery-ingest@.service"] {
        for credential in Unit::read(name).all("LoadCredential") {
            let (id, path) = credential.split_once(':').unwrap();
            assert!(is_secret(id) && path == format!("/etc/edge-gallery/secrets/{id}"), "{name}: {credential}");
        }
    }
    let given: Vec<_> = serve.all("LoadCredential").iter().map(|it| it.split_once(':').unwrap().0).collect();
    let required = SETTINGS.iter().filter(|setting| setting.required && setting.is_secret());
    assert!(required.map(|it| it.name.text()).all(|name| given.contains(&name)));
}

/// Ingest reads folders of people, and nothing else is different.
#[test]
fn both_units_are_kept_apart_alike() {
    let [serve, ingest] = ["edge-gallery.service", "edge-gallery-ingest@.service"].map(Unit::read);
    let (serve, ingest) = (serve.hardening(), ingest.hardening());
    let differ: Vec<_> = serve.symmetric_difference(&ingest).map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(differ, ["ProtectHome=read-only", "ProtectHome=yes"]);
    assert!(serve.len() > 25);
}

#[test]
fn whoever_stops_the_gallery_waits_longer_than_it_needs() {
    let grace: u64 = names::SHUTDOWN_GRACE.default().unwrap().parse().unwrap();
    let seconds = |text: &str| text.strip_suffix('s').unwrap().parse::<u64>().unwrap();
    assert!(seconds(service("gallery")["stop_grace_period"].as_str().unwrap()) > grace);
    assert!(seconds(&Unit::read("edge-gallery.service").one("TimeoutStopSec")) > grace);
}
