//! The component: the state that an instance keeps, and how a request reaches this state. Most hosts give each
//! request an instance of its own.

use std::{cell::RefCell, rc::Rc, thread::LocalKey};

use platform::{
    LogClient, Service,
    config::{ConfigError, Lookup, names::TRUST_FORWARDED},
};
use platform_fallback::{Remote, without_own_sql};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use crate::request::{answer, refuse_without_configuration};

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

/// Exports `$service` as the component's `wasi:http/incoming-handler`, which `$make` makes from the configuration.
///
/// If the configuration is not usable, each request gets a 503, and the log gets a line that says what is missing.
#[macro_export]
macro_rules! serve {
    ($service:ty, $make:expr) => {
        ::std::thread_local! {
            static SITE: $crate::PerInstance<$crate::Site<$service>> = const { ::std::cell::RefCell::new(None) };
        }

        struct Component;

        impl $crate::wasip2::exports::http::incoming_handler::Guest for Component {
            fn handle(
                request: $crate::wasip2::http::types::IncomingRequest,
                out: $crate::wasip2::http::types::ResponseOutparam,
            ) {
                $crate::handle(&SITE, $make, &request, out);
            }
        }

        $crate::wasip2::http::proxy::export!(Component with_types_in $crate::wasip2);
    };
}

/// Serves one request. [`serve!`] exports this function.
pub fn handle<S: Service>(
    instance: &'static LocalKey<PerInstance<Site<S>>>,
    make: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>,
    request: &IncomingRequest,
    out: ResponseOutparam,
) {
    let site = match instance.with_borrow(Clone::clone) {
        Some(site) => site,
        None => match Site::build(make) {
            Ok(site) => instance.with_borrow_mut(|kept| Rc::clone(kept.insert(Rc::new(site)))),
            Err(error) => return refuse_without_configuration(&error.to_string(), out),
        },
    };
    answer(&site.service, &site.remote, (site.trust_forwarded, site.log_client), request, out);
}
