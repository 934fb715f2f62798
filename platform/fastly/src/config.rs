//! Configuration: plain values from a Config Store, secrets from a Secret Store. The environment is not read, because
//! on Fastly it holds only facts about the machine.

use std::{cell::RefCell, collections::HashMap};

use fastly::{ConfigStore, SecretStore};
use platform::config::names::is_secret;

pub(crate) const CONFIG_STORE: &str = "gallery_config";
pub(crate) const SECRET_STORE: &str = "gallery_secrets";

/// Both stores. Each value is read once, because Fastly counts look-ups.
pub(crate) struct Stores {
    config: Option<ConfigStore>,
    secrets: Option<SecretStore>,
    read: RefCell<HashMap<String, Option<String>>>,
    /// The stores that could not be opened and the values that could not be read.
    troubles: RefCell<Vec<String>>,
}

impl Stores {
    pub fn open() -> Self {
        let mut troubles = Vec::new();
        let config = ConfigStore::try_open(CONFIG_STORE)
            .inspect_err(|error| troubles.push(format!("Config Store {CONFIG_STORE}: {error}")))
            .ok();
        let secrets = SecretStore::open(SECRET_STORE)
            .inspect_err(|error| troubles.push(format!("Secret Store {SECRET_STORE}: {error}")))
            .ok();
        Self { config, secrets, read: RefCell::default(), troubles: RefCell::new(troubles) }
    }

    pub fn get(&self, name: &str) -> Option<String> {
        if let Some(value) = self.read.borrow().get(name) {
            return value.clone();
        }
        let value = if is_secret(name) { self.secret(name) } else { self.plain(name) };
        let value = value.unwrap_or_else(|trouble| {
            self.troubles.borrow_mut().push(trouble);
            None
        });
        self.read.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }

    fn plain(&self, name: &str) -> Result<Option<String>, String> {
        let Some(store) = &self.config else { return Ok(None) };
        store.try_get(name).map_err(|error| format!("Config Store {CONFIG_STORE}: {name}: {error}"))
    }

    fn secret(&self, name: &str) -> Result<Option<String>, String> {
        let trouble = |words: String| format!("Secret Store {SECRET_STORE}: {name}: {words}");
        let Some(store) = &self.secrets else { return Ok(None) };
        let Some(secret) = store.try_get(name).map_err(|error| trouble(error.to_string()))? else { return Ok(None) };
        let bytes = secret.try_plaintext().map_err(|error| trouble(error.to_string()))?;
        // The error of the conversion would show the bytes.
        let text = std::str::from_utf8(&bytes).map_err(|_| trouble("is not UTF-8".to_owned()))?;
        Ok(Some(text.to_owned()))
    }

    /// What has gone wrong so far, in words for the log. The words name stores and names, and never hold values.
    pub fn troubles(&self) -> Vec<String> {
        self.troubles.borrow().clone()
    }
}
