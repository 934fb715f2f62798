//! Values that are missing, cannot be read, or are weak.

use std::{cell::RefCell, collections::BTreeSet};

use platform::{
    LogClient,
    config::{ConfigError, Lookup, names::SHUTDOWN_GRACE, table::SETTINGS},
};
use platform_fallback::Endpoint;
use platform_native::{HostNames, has_kv_in_bucket};

use super::{
    given::{Given, Host},
    report::{Report, Weight},
};
use crate::serve::{Arguments, Settings};

pub fn check(given: &Given, report: &mut Report) {
    for error in errors(given) {
        match given.missing_file_of(error.name) {
            // Fastly asks for it at the first deployment.
            Some(file) => report.add(Weight::Warning, error.name, format!("was not looked at: there is no {file}")),
            None => report.add(Weight::Problem, error.name, error.wanted),
        }
    }
}

/// Every reason why a host would not start. A part that is loaded reports only the first reason that it meets. So each
/// name that is reported gets the table's example in its place, and the part is loaded again.
fn errors(given: &Given) -> Vec<ConfigError> {
    type Load = fn(&Lookup<'_>) -> Result<(), ConfigError>;
    let services: [Load; 4] = [
        |lookup| viewer_edge::Config::load(lookup).map(drop),
        |lookup| video_edge::Config::load(lookup).map(drop),
        |lookup| Endpoint::load(lookup).map(drop),
        |lookup| LogClient::load(lookup).map(drop),
    ];
    let native: [Load; 4] = [
        |lookup| Settings::load(lookup, &Arguments::default()).map(drop),
        |lookup| HostNames::load(lookup).map(drop),
        |lookup| lookup.seconds(SHUTDOWN_GRACE).map(drop),
        |lookup| has_kv_in_bucket(lookup).map(drop),
    ];
    let mut errors: Vec<ConfigError> = Vec::new();
    let parts = services.iter().chain(native.iter().filter(|_| given.host == Host::Native));
    for load in parts {
        let mended: RefCell<BTreeSet<&'static str>> = RefCell::default();
        let example = |name: &str| SETTINGS.iter().find(|it| it.name.text() == name).map(|it| it.example.to_owned());
        let get = |name: &str| if mended.borrow().contains(name) { example(name) } else { given.get(name) };
        while let Err(error) = load(&Lookup(&get)) {
            if !errors.contains(&error) {
                errors.push(error);
            }
            if !mended.borrow_mut().insert(error.name) {
                // Another name of the same part is wrong too, and shows once this one has been mended.
                break;
            }
        }
    }
    errors
}

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
            assert!(HostNames::load(&lookup).is_ok() && lookup.seconds(SHUTDOWN_GRACE).is_ok());
            assert_eq!(LogClient::load(&lookup), Ok(LogClient::Whole));
            assert_eq!(has_kv_in_bucket(&lookup), Ok(true));
        }
    }
}
