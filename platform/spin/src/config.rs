//! Configuration: the component's variables. Their names are the gallery's names in lower case.

use std::{cell::RefCell, collections::BTreeMap};

use platform::config::Lookup;
use spin_sdk::variables;

/// The variables that have been requested, each once.
#[derive(Default)]
pub(crate) struct Variables {
    known: RefCell<BTreeMap<String, Option<String>>>,
    /// Names that were requested and are not known yet.
    wanted: RefCell<Vec<String>>,
    /// The variables that could not be read, in words for the log. The words hold names, never values.
    pub troubles: Vec<String>,
}

impl Variables {
    /// Runs `f` over the configuration.
    ///
    /// A lookup is a plain function, but Spin returns variables asynchronously. `f` therefore runs over the known
    /// variables, and runs again until it requests no unknown one. Each round adds at least one name, and there are
    /// few names.
    pub async fn read<T>(&mut self, f: impl Fn(&Lookup<'_>) -> T) -> T {
        loop {
            let made = f(&Lookup(&|name| self.get(name)));
            let wanted = self.wanted.take();
            if wanted.is_empty() {
                return made;
            }
            for name in wanted {
                let value = self.ask(&name).await;
                self.known.borrow_mut().insert(name, value);
            }
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        let known = self.known.borrow().get(name).cloned();
        known.unwrap_or_else(|| {
            self.wanted.borrow_mut().push(name.to_owned());
            None
        })
    }

    async fn ask(&mut self, name: &str) -> Option<String> {
        match variables::get(name.to_ascii_lowercase()).await {
            Ok(value) => Some(value),
            // The manifest does not give this variable to this component.
            Err(variables::Error::Undefined(_) | variables::Error::InvalidName(_)) => None,
            Err(error) => {
                self.troubles.push(format!("variable {}: {error}", name.to_ascii_lowercase()));
                None
            }
        }
    }
}
