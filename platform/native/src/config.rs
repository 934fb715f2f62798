//! Configuration: the environment, and overrides from the command line.

use std::{collections::HashMap, fmt};

use platform::config::Lookup;

/// Names and values. An override takes precedence over the environment. An empty override hides the variable.
#[derive(Clone, Default)]
pub struct Config {
    overrides: HashMap<String, String>,
    environment: bool,
}

impl Config {
    /// The process's environment. A variable that is not UTF-8 counts as missing.
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
            None if self.environment => std::env::var(name).ok(),
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
    fn debug_shows_no_value() {
        let config = Config::empty().with("AUTH_SECRET", "hidden-value");
        let shown = format!("{config:?}");
        assert!(shown.contains("AUTH_SECRET") && !shown.contains("hidden-value"), "{shown}");
    }
}
