//! Values that are missing, cannot be read, or are weak.

use std::{cell::RefCell, collections::BTreeSet};

use gallery::password::weakness;
use platform::config::{
    ConfigError, Lookup,
    names::{AUTH_SECRET, GALLERY_PASSWORD, S3_ENDPOINT},
    table::SETTINGS,
};
use platform_fallback::Endpoint;

use super::{
    given::{Given, Host},
    report::{Report, Weight},
};

pub fn check(given: &Given, report: &mut Report) {
    for error in errors(given) {
        report.add(Weight::Problem, error.name, error.wanted);
    }
    for name in [GALLERY_PASSWORD, AUTH_SECRET] {
        let value = given.get(name.text()).unwrap_or_default();
        // The weakness of a hashed password cannot be checked, because the password is not known.
        let weak = weakness(&value).filter(|_| !value.is_empty() && !value.starts_with("$argon2"));
        if let Some(why) = weak.filter(|_| !report.has_problem_with(name.text())) {
            report.add(Weight::Problem, name.text(), format!("is weak: {why}"));
        }
    }
}

/// Everything that keeps the services from starting. A service reports only the first error that it finds. Each
/// reported value is therefore replaced by the example of the table, and the services are loaded again.
fn errors(given: &Given) -> Vec<ConfigError> {
    let mended: RefCell<BTreeSet<&'static str>> = RefCell::default();
    // The native host uses its embedded store if no other store is named.
    let embedded =
        given.host == Host::Native && !["S3_ENDPOINT", "R2_ACCOUNT_ID"].iter().any(|name| is_set(given, name));
    if embedded {
        mended.borrow_mut().insert(S3_ENDPOINT.text());
    }
    let get = |name: &str| {
        let example = || SETTINGS.iter().find(|it| it.name.text() == name).map(|it| it.example.to_owned());
        if mended.borrow().contains(name) { example() } else { given.get(name) }
    };
    let lookup = Lookup(&get);
    let load = || {
        all_in_one::Config::load(&lookup)?;
        Endpoint::load(&lookup).map(drop)
    };
    let mut errors = Vec::new();
    while let Err(error) = load() {
        errors.push(error);
        if !mended.borrow_mut().insert(error.name) {
            // The example was refused too, so the table is wrong. A test checks the table.
            break;
        }
    }
    errors
}

fn is_set(given: &Given, name: &str) -> bool {
    given.get(name).is_some_and(|value| !value.trim().is_empty())
}

/// Whether the services would start with only the examples of the table.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_table_is_a_good_value() {
        for (left_out, name) in [("", "all"), ("S3_ENDPOINT", "R2"), ("R2_ACCOUNT_ID", "S3")] {
            let get = |name: &str| {
                let mut settings = SETTINGS.iter().filter(|it| it.name.text() == name && name != left_out);
                settings.next().map(|it| it.example.to_owned())
            };
            let lookup = Lookup(&get);
            assert_eq!(all_in_one::Config::load(&lookup).err(), None, "{name}");
            assert_eq!(Endpoint::load(&lookup).map(|it| it.is_some()), Ok(true));
        }
        let weak = |name: &str| SETTINGS.iter().find(|it| it.name.text() == name).and_then(|it| weakness(it.example));
        assert_eq!((weak("GALLERY_PASSWORD"), weak("AUTH_SECRET")), (None, None));
    }
}
