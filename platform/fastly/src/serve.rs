//! The accept loop: a sandbox serves many requests, one after the other.

use std::{rc::Rc, time::Duration};

use fastly::http::serve::Serve;
use platform::{
    LogClient, Problem, Service,
    config::{ConfigError, Lookup, names::LOG_ENDPOINT},
    record::host_failure,
};
use platform_fallback::{Endpoint, without_own_sql};

use crate::{
    config::{CONFIG_STORE, SECRET_STORE, Stores},
    instance::Instance,
    log::Log,
    request,
};

/// A sandbox ends after so many requests. This bounds what a leak can use up.
const MAX_REQUESTS: usize = 1000;
/// Fastly's limit is 128 MiB; a request needs a few MiB, the largest playlist some tens.
const MAX_MEMORY_MIB: u32 = 64;
/// How long a sandbox waits for its next request. Waiting holds memory, and Fastly charges for it.
const IDLE: Duration = Duration::from_secs(1);

/// Serves the service that `build` makes from the configuration, until Fastly has no more requests for this sandbox.
///
/// If the configuration is not usable, each request gets a 503, and the log gets a line that says what is missing.
pub fn serve<S: Service>(build: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>) {
    fastly::init();
    let stores = Stores::open();
    let log = Log::to(stores.get(LOG_ENDPOINT.text()).as_deref());
    let find = without_own_sql(|name: &str| stores.get(name));
    let lookup = Lookup(&find);
    let built = build(&lookup).and_then(|service| Ok((service, LogClient::load(&lookup)?, Endpoint::load(&lookup)?)));
    let troubles = stores.troubles();
    match built {
        // A value that could not be read is not one that is not set.
        Ok((service, log_client, sql)) if troubles.is_empty() => {
            let instance = Rc::new(Instance::new(log, log_client, sql));
            Serve::new()
                .with_max_requests(MAX_REQUESTS)
                .with_max_memory(MAX_MEMORY_MIB)
                .with_timeout(IDLE)
                .run(|client| request::answer(&service, &instance, client));
        }
        built => refuse(&log, built.err(), troubles),
    }
}

/// Answers the one request for which this sandbox was started. The next sandbox reads the configuration anew.
fn refuse(log: &Log, error: Option<ConfigError>, troubles: Vec<String>) {
    let mut words: Vec<String> = error.iter().map(ToString::to_string).collect();
    words.push(format!("Config Store {CONFIG_STORE}, Secret Store {SECRET_STORE}"));
    words.extend(troubles);
    log.line(&host_failure(&words.join("; ")));
    Serve::new().with_max_requests(1).run(|_| request::refusal(Problem::not_set_up()));
}
