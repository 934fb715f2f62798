//! Configuration: the component's variables, whose names are ours in lower case.

use std::{cell::RefCell, collections::BTreeMap};

use platform::config::Lookup;
use spin_sdk::variables;

/// Variables that have been asked for, each once.
#[derive(Default)]
pub(crate) struct Variables {
    known: RefCell<BTreeMap<String, Option<String>>>,
    /// Asked for and not known yet.
    wanted: RefCell<Vec<String>>,
    /// What could not be read, in words for the log: names, never values.
    pub troubles: Vec<String>,
}

impl Variables {
    /// Runs `f` over the configuration.
    ///
    /// A lookup is a plain function, and variables are asked for asynchronously. So `f` runs over what is known, until it
    /// asks for nothing that is not: each round knows at least one name more, and there are few of them.
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
            // One that the manifest does not give to this component.
            Err(variables::Error::Undefined(_) | variables::Error::InvalidName(_)) => None,
            Err(error) => {
                self.troubles.push(format!("variable {}: {error}", name.to_ascii_lowercase()));
                None
            }
        }
    }
}
