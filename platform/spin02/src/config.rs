//! Configuration: the component's variables. Their names are the gallery's names in lower case.

use std::cell::RefCell;

use platform::config::{ConfigError, Lookup};
use platform_fallback::without_own_sql;

use crate::bindings::variables;

/// Runs `f` over the component's variables. The error names what is missing, and the variables that could not be read:
/// these are not as those that are not set.
pub(crate) fn read<T>(f: impl FnOnce(&Lookup<'_>) -> Result<T, ConfigError>) -> Result<T, String> {
    let troubles = RefCell::new(Vec::new());
    let get = without_own_sql(|name: &str| {
        let name = name.to_ascii_lowercase();
        match variables::get(&name) {
            Ok(value) => Some(value),
            // The manifest does not give this variable to this component.
            Err(variables::Error::Undefined(_) | variables::Error::InvalidName(_)) => None,
            Err(error) => {
                troubles.borrow_mut().push(format!("variable {name}: {error}"));
                None
            }
        }
    });
    let built = f(&Lookup(&get));
    let troubles = troubles.take();
    match built {
        Ok(built) if troubles.is_empty() => Ok(built),
        built => {
            let words = built.err().map(|error| error.to_string()).into_iter().chain(troubles);
            Err(words.collect::<Vec<_>>().join("; "))
        }
    }
}
