//! A configuration, as a host would read it.

use std::{collections::BTreeMap, fs, path::Path};

use platform::config::{
    Lookup,
    names::{GALLERY_STORE_LISTEN, R2_ACCOUNT_ID, S3_ENDPOINT, SECRETS, is_secret},
};
use platform_fallback::without_own_sql;
use toml::{Table, Value};

use super::{
    nearest::{Likeness, is_known, likeness, nearest},
    report::{Report, Weight},
};
use crate::Failure;

/// Names and values from one place.
pub struct Given {
    /// The environment, or the path of a manifest.
    pub from: String,
    pub host: Host,
    values: BTreeMap<String, String>,
    /// Every name in the place, and the part of the place that holds the name.
    names: Vec<(String, Part)>,
    /// The file that would hold the secrets, if there is none.
    no_secrets: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Native,
    Fastly,
    /// With SQLite of its own.
    Spin,
    /// Without it, as before Spin 4.1 and in clouds.
    Spin02,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The part also holds names of other programs.
    Shared,
    Plain,
    Secret,
    /// The part holds both plain values and secrets.
    Either,
}

impl Given {
    pub fn environment() -> Self {
        // The program has not begun if a value of the configuration is not UTF-8. Others are no concern.
        let all =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut values: BTreeMap<String, String> = all.collect();
        for name in SECRETS.iter().map(|name| name.text()) {
            if let Some(value) = platform_native::variable(name) {
                values.insert(name.to_owned(), value);
            }
        }
        let names = values.keys().map(|name| (name.clone(), Part::Shared)).collect();
        Self { from: "the environment".to_owned(), host: Host::Native, values, names, no_secrets: None }
    }

    /// A manifest of Fastly or of Spin.
    pub fn manifest(path: &Path) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
        // Only the first line of the error is shown. The rest quotes the text around the fault, which may hold a
        // secret.
        let table: Table = text.parse().map_err(|error: toml::de::Error| failed(&error.message()))?;
        let from = path.display().to_string();
        if table.contains_key("spin_manifest_version") {
            Ok(Self::spin(from, &table))
        } else if table.contains_key("local_server") || table.contains_key("setup") {
            Self::fastly(from, path, &table)
        } else {
            Err(failed(&"it is no manifest of Fastly's or Spin's").into())
        }
    }

    fn spin(from: String, table: &Table) -> Self {
        let mut names = Vec::new();
        let mut values = BTreeMap::new();
        for (name, declared) in at(table, &["variables"]).into_iter().flatten() {
            let name = name.to_ascii_uppercase();
            let default = declared.get("default").and_then(Value::as_str).map(str::to_owned);
            if let Some(value) = std::env::var(format!("SPIN_VARIABLE_{name}")).ok().or(default) {
                values.insert(name.clone(), value);
            }
            names.push((name, Part::Either));
        }
        for (_, component) in at(table, &["component"]).into_iter().flatten() {
            let variables = component.get("variables").and_then(Value::as_table).into_iter().flatten();
            names.extend(variables.map(|(name, _)| (name.to_ascii_uppercase(), Part::Either)));
        }
        names.sort_by(|one, other| one.0.cmp(&other.0));
        names.dedup();
        let mut components = at(table, &["component"]).into_iter().flatten();
        let has_sql = components.any(|(_, component)| component.get("sqlite_databases").is_some());
        let host = if has_sql { Host::Spin } else { Host::Spin02 };
        Self { from, host, values, names, no_secrets: None }
    }

    fn fastly(from: String, path: &Path, table: &Table) -> Result<Self, Failure> {
        const CONFIG: &str = "gallery_config";
        const SECRETS: &str = "gallery_secrets";
        let mut names = Vec::new();
        let (mut values, mut no_secrets) = (BTreeMap::new(), None);
        let plain =
            [["setup", "config_stores", CONFIG, "items"], ["local_server", "config_stores", CONFIG, "contents"]];
        for (index, place) in plain.iter().enumerate() {
            for (name, value) in at(table, place).into_iter().flatten() {
                names.push((name.clone(), Part::Plain));
                if let (1, Some(value)) = (index, value.as_str()) {
                    values.insert(name.clone(), value.to_owned());
                }
            }
        }
        for (name, _) in at(table, &["setup", "secret_stores", SECRETS, "entries"]).into_iter().flatten() {
            names.push((name.clone(), Part::Secret));
        }
        // The secrets of the local server are in a file beside the manifest.
        let file = at(table, &["local_server", "secret_stores", SECRETS]).and_then(|store| store.get("file")?.as_str());
        if let Some(file) = file {
            let file = path.parent().unwrap_or(Path::new("")).join(file);
            match fs::read_to_string(&file) {
                Ok(text) => {
                    let unreadable = |_| format!("{}: it is no JSON object of texts", file.display());
                    let secrets: BTreeMap<String, String> = serde_json::from_str(&text).map_err(unreadable)?;
                    names.extend(secrets.keys().map(|name| (name.clone(), Part::Secret)));
                    values.extend(secrets);
                }
                // `cargo xtask stack` makes this file.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    no_secrets = Some(file.display().to_string());
                }
                Err(error) => return Err(format!("{}: {error}", file.display()).into()),
            }
        }
        names.sort_by(|one, other| one.0.cmp(&other.0));
        names.dedup();
        Ok(Self { from, host: Host::Fastly, values, names, no_secrets })
    }

    /// The file that would hold the value of this secret, if there is no such file.
    pub fn missing_file_of(&self, name: &str) -> Option<&str> {
        self.no_secrets.as_deref().filter(|_| is_secret(name))
    }

    /// The value that the host's look-up gives.
    pub fn get(&self, name: &str) -> Option<String> {
        let get = |name: &str| self.values.get(name).cloned();
        match self.host {
            Host::Fastly | Host::Spin02 => without_own_sql(get)(name),
            Host::Native if name == S3_ENDPOINT.text() && !self.has_bucket_elsewhere() => {
                Some(format!("http://{}", Lookup(&get).optional(GALLERY_STORE_LISTEN)?))
            }
            Host::Native | Host::Spin => get(name),
        }
    }

    /// Whether a store is named. Natively the embedded store serves where none is.
    pub fn has_bucket_elsewhere(&self) -> bool {
        let get = |name: &str| self.values.get(name).cloned();
        [S3_ENDPOINT, R2_ACCOUNT_ID].iter().any(|name| Lookup(&get).optional(*name).is_some())
    }

    /// Reports names that the gallery does not know, and names in the wrong place.
    pub fn names(&self, report: &mut Report) {
        for (name, part) in &self.names {
            match part {
                Part::Shared => match likeness(name) {
                    // Another program may have a name that begins like ours.
                    Likeness::Family => {
                        report.add(Weight::Warning, name, format!("is not a name of ours: {} is", nearest(name)));
                    }
                    Likeness::Slip => {
                        report.add(Weight::Problem, name, format!("is not a name of ours: {} is", nearest(name)));
                    }
                    Likeness::None => {}
                },
                _ if !is_known(name) => {
                    report.add(Weight::Problem, name, format!("is not known: {} is", nearest(name)));
                }
                Part::Plain if is_secret(name) => {
                    report.add(
                        Weight::Problem,
                        name,
                        "is a secret: it belongs into the Secret Store, and is read from there only",
                    );
                }
                Part::Secret if !is_secret(name) => {
                    report.add(
                        Weight::Problem,
                        name,
                        "is not a secret: it belongs into the Config Store, and is read from there only",
                    );
                }
                Part::Plain | Part::Secret | Part::Either => {}
            }
        }
    }
}

/// The table at a path of keys.
fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Table> {
    keys.iter().try_fold(table, |table, key| table.get(*key)?.as_table())
}
