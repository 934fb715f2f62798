//! The component: the state that an instance keeps, and how a request reaches this state.

use std::{cell::RefCell, rc::Rc, thread::LocalKey};

use platform::{
    LogClient, Service,
    config::{ConfigError, Lookup, names::TRUST_FORWARDED},
};
use platform_fallback::{Remote, without_own_sql};
use wasip3::http::types::{ErrorCode, Request, Response};

use crate::{
    Wasi,
    request::{Arrived, answer, refuse, refuse_without_configuration},
};

/// The state that an instance keeps. It is set by the first request that finds a usable configuration, and holds
/// nothing of a request.
pub type PerInstance<T> = RefCell<Option<Rc<T>>>;

/// A service, and the remote stores on which it runs.
pub struct Site<S> {
    service: S,
    remote: Rc<Remote>,
    trust_forwarded: bool,
    log_client: LogClient,
}

impl<S> Site<S> {
    fn build(make: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>) -> Result<Self, ConfigError> {
        let get = without_own_sql(|name: &str| std::env::var(name).ok());
        let lookup = Lookup(&get);
        let remote = Rc::new(Remote::load(&lookup)?);
        let (trust_forwarded, log_client) = (lookup.switch(TRUST_FORWARDED)?, LogClient::load(&lookup)?);
        Ok(Self { service: make(&lookup)?, remote, trust_forwarded, log_client })
    }
}

/// Exports `$service` as the component's `wasi:http/handler`. `$make` makes the service from the configuration.
///
/// If the configuration is not usable, each request gets a 503, and the log gets a line that says what is missing.
#[macro_export]
macro_rules! serve {
    ($service:ty, $make:expr) => {
        ::std::thread_local! {
            static SITE: $crate::PerInstance<$crate::Site<$service>> = const { ::std::cell::RefCell::new(None) };
        }

        struct Component;

        impl $crate::wasip3::exports::http::handler::Guest for Component {
            async fn handle(
                request: $crate::wasip3::http::types::Request,
            ) -> Result<$crate::wasip3::http::types::Response, $crate::wasip3::http::types::ErrorCode> {
                $crate::handle(&SITE, $make, request).await
            }
        }

        $crate::wasip3::http::service::export!(Component with_types_in $crate::wasip3);
    };
}

/// Serves one request. [`serve!`] exports this function.
pub async fn handle<S: Service>(
    instance: &'static LocalKey<PerInstance<Site<S>>>,
    make: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>,
    request: Request,
) -> Result<Response, ErrorCode> {
    let site = match instance.with_borrow(Clone::clone) {
        Some(site) => site,
        None => match Site::build(make) {
            Ok(site) => {
                let site = Rc::new(site);
                instance.set(Some(Rc::clone(&site)));
                site
            }
            Err(error) => return refuse_without_configuration(&error.to_string()),
        },
    };
    let mut arrived = match Arrived::from_host(request) {
        Ok(arrived) => arrived,
        Err(problem) => return refuse(problem),
    };
    if site.trust_forwarded {
        arrived.believe_forwarded();
    }
    let wasi = Wasi { remote: Rc::clone(&site.remote), now: arrived.now() };
    answer(&wasi, &site.service, site.log_client, arrived).await
}
