//! The component: the state that an instance keeps, and how a request reaches this state. Most hosts give each
//! request an instance of its own.

use std::{cell::RefCell, rc::Rc, thread::LocalKey};

use platform::{
    LogClient, Service,
    config::{ConfigError, Lookup, names::TRUST_FORWARDED},
};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use crate::{
    Host,
    request::{Arrived, answer, refuse, refuse_without_configuration},
};

/// The state that an instance keeps. It is set by the first request that finds a usable configuration, and holds
/// nothing of a request.
pub type PerInstance<T> = RefCell<Option<Rc<T>>>;

/// A service, and the host on which it runs.
pub struct Site<H, S> {
    service: S,
    host: Rc<H>,
    trust_forwarded: bool,
    log_client: LogClient,
}

impl<H: Host, S> Site<H, S> {
    fn build(
        lookup: &Lookup<'_>,
        make: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let host = Rc::new(H::load(lookup)?);
        let (trust_forwarded, log_client) = (lookup.switch(TRUST_FORWARDED)?, LogClient::load(lookup)?);
        Ok(Self { service: make(lookup)?, host, trust_forwarded, log_client })
    }
}

/// Exports `$service` as the component's `wasi:http/incoming-handler`, which `$make` makes from the configuration. An
/// adapter for a host that has more than WASI names its [`Host`].
///
/// If the configuration is not usable, each request gets a 503, and the log gets a line that says what is missing.
#[macro_export]
macro_rules! serve {
    ($service:ty, $make:expr) => {
        $crate::serve!(on $crate::Remote: $service, $make);
    };
    (on $host:path: $service:ty, $make:expr) => {
        ::std::thread_local! {
            static SITE: $crate::PerInstance<$crate::Site<$host, $service>> =
                const { ::std::cell::RefCell::new(None) };
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
pub fn handle<H: Host, S: Service>(
    instance: &'static LocalKey<PerInstance<Site<H, S>>>,
    make: impl FnOnce(&Lookup<'_>) -> Result<S, ConfigError>,
    request: &IncomingRequest,
    out: ResponseOutparam,
) {
    let site = match instance.with_borrow(Clone::clone) {
        Some(site) => site,
        None => match H::read(|lookup| Site::build(lookup, make)) {
            Ok(site) => instance.with_borrow_mut(|kept| Rc::clone(kept.insert(Rc::new(site)))),
            Err(words) => return refuse_without_configuration(&words, out),
        },
    };
    let mut arrived = match Arrived::from_host(request) {
        Ok(arrived) => arrived,
        Err(problem) => return refuse(problem, out),
    };
    arrived.is_from(H::client(arrived.headers()));
    if site.trust_forwarded {
        arrived.believe_forwarded();
    }
    let platform = Rc::clone(&site.host).platform(arrived.now());
    answer(&platform, &site.service, site.log_client, arrived, out);
}
