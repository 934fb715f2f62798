//! Configuration: the environment, secrets in files, and overrides from the command line.

use std::{collections::HashMap, env::VarError, fmt, fs, io, path::Path};

use platform::config::{
    Lookup,
    names::{PLAIN, SECRETS, is_secret},
};

/// The folder of secrets, one in each file. systemd sets it (`LoadCredential=`, systemd.exec(5)).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The value of a name: a variable of the environment, or for a secret the file of its name in the folder
/// `CREDENTIALS_DIRECTORY`. A line break at the end of the file does not count. A value that cannot be read counts as
/// missing: see [`unreadable`].
pub fn variable(name: &str) -> Option<String> {
    read(name).ok().flatten()
}

/// The first value of the configuration that is set and cannot be read, in words for the operator. A gallery must not
/// run as if it were not set.
pub fn unreadable() -> Option<String> {
    let mut names = SECRETS.iter().chain(PLAIN).map(|name| name.text());
    names.find_map(|name| Some(format!("{name} cannot be read: {}", read(name).err()?)))
}

fn read(name: &str) -> io::Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => return Ok(Some(value)),
        Err(VarError::NotUnicode(_)) => {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"));
        }
        Err(VarError::NotPresent) => {}
    }
    match std::env::var_os(CREDENTIALS).filter(|folder| !folder.is_empty()) {
        Some(folder) => credential(Path::new(&folder), name),
        None => Ok(None),
    }
}

fn credential(folder: &Path, name: &str) -> io::Result<Option<String>> {
    if !is_secret(name) {
        return Ok(None);
    }
    let mut text = match fs::read_to_string(folder.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    let end = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text).len());
    text.truncate(end.unwrap_or(text.len()));
    Ok(Some(text))
}

/// Names and values. An override takes precedence over the environment. An empty override hides the variable.
#[derive(Clone, Default)]
pub struct Config {
    overrides: HashMap<String, String>,
    environment: bool,
}

impl Config {
    /// The process's environment, as [`variable`] reads it.
    pub fn environment() -> Self {
        Self { environment: true, ..Self::default() }
    }

    /// Only the values that [`Config::with`] adds.
    pub fn empty() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.insert(name.into(), value.into());
        self
    }

    pub fn get(&self, name: &str) -> Option<String> {
        match self.overrides.get(name) {
            Some(value) => Some(value.clone()),
            None if self.environment => variable(name),
            None => None,
        }
    }

    /// Reads through the shared lookup: `config.read(|lookup| lookup.required(AUTH_SECRET))`.
    pub fn read<T>(&self, read: impl FnOnce(Lookup<'_>) -> T) -> T {
        read(Lookup(&|name| self.get(name)))
    }
}

/// Shows names only, because values may be secrets.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.overrides.keys().collect();
        names.sort();
        f.debug_struct("Config").field("overrides", &names).field("environment", &self.environment).finish()
    }
}

#[cfg(test)]
mod tests {
    use platform::config::names::R2_REGION;

    use super::*;

    #[test]
    fn an_override_wins_over_the_environment() {
        let config = Config::environment().with("PATH", "mine").with("ONLY_HERE", "");
        assert_eq!(config.get("PATH").as_deref(), Some("mine"));
        assert_eq!(config.get("ONLY_HERE").as_deref(), Some(""));
        assert_eq!(config.get("CARGO_PKG_NAME"), std::env::var("CARGO_PKG_NAME").ok());
        assert!(Config::environment().get("PATH").is_some());
        assert_eq!(Config::empty().get("PATH"), None);
        assert_eq!(
            Config::empty().with("R2_REGION", "mine").read(|lookup| lookup.optional(R2_REGION)).as_deref(),
            Some("mine")
        );
    }

    #[test]
    fn a_secret_may_be_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for (file, held) in [
            ("AUTH_SECRET", "one line\n"),
            ("GALLERY_PASSWORD", " a space and no line break "),
            ("SQL_AUTH_TOKEN", "two lines\r\n\n"),
            ("R2_BUCKET_NAME", "not a secret\n"),
        ] {
            fs::write(folder.path().join(file), held).unwrap();
        }
        fs::create_dir(folder.path().join("R2_SESSION_TOKEN")).unwrap();
        let read = |name| credential(folder.path(), name).unwrap();
        assert_eq!(read("AUTH_SECRET").as_deref(), Some("one line"));
        assert_eq!(read("GALLERY_PASSWORD").as_deref(), Some(" a space and no line break "));
        assert_eq!(read("SQL_AUTH_TOKEN").as_deref(), Some("two lines\r\n"));
        assert_eq!(read("R2_ACCESS_KEY_ID"), None, "there is no such file");
        assert_eq!(read("R2_BUCKET_NAME"), None, "plain values are not read from files");
        assert!(credential(folder.path(), "R2_SESSION_TOKEN").is_err(), "there is something that is no file");
    }

    #[test]
    fn debug_shows_no_value() {
        let config = Config::empty().with("AUTH_SECRET", "hidden-value");
        let shown = format!("{config:?}");
        assert!(shown.contains("AUTH_SECRET") && !shown.contains("hidden-value"), "{shown}");
    }
}
