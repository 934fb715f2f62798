//! The component: the state that an instance keeps, and how a request reaches this state.

use std::{rc::Rc, thread::LocalKey};

use platform::{
    LogClient, Service,
    config::{ConfigError, Lookup, names::TRUST_FORWARDED},
    headers::told_address,
};
use platform_wasi::{
    PerInstance,
    request::{Arrived, answer, refuse, refuse_without_configuration},
    wasip3::http::types::{ErrorCode, Request, Response},
};

use crate::{Spin, config::Variables, sql};

/// In this header Spin tells the client's address. It adds its own line after the client's.
const CLIENT: &str = "spin-client-addr";

/// A service, and the platform on which it runs.
pub struct Site<S> {
    service: S,
    spin: Spin,
    trust_forwarded: bool,
    log_client: LogClient,
}

impl<S> Site<S> {
    fn build(lookup: &Lookup<'_>, make: impl Fn(&Lookup<'_>) -> Result<S, ConfigError>) -> Result<Self, ConfigError> {
        let spin = Spin(Rc::new(sql::Shared::default()));
        let (trust_forwarded, log_client) = (lookup.switch(TRUST_FORWARDED)?, LogClient::load(lookup)?);
        Ok(Self { service: make(lookup)?, spin, trust_forwarded, log_client })
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
    make: impl Fn(&Lookup<'_>) -> Result<S, ConfigError>,
    request: Request,
) -> Result<Response, ErrorCode> {
    let mut arrived = match Arrived::from_host(request) {
        Ok(arrived) => arrived,
        Err(problem) => return refuse(problem),
    };
    let known = instance.with_borrow(Clone::clone);
    let site = if let Some(site) = known {
        site
    } else {
        let mut variables = Variables::default();
        match variables.read(|lookup| Site::build(lookup, &make)).await {
            // Requests that come together before there is a site may each make one; the first is kept.
            // A variable that could not be read is not one that is not set.
            Ok(site) if variables.troubles.is_empty() => {
                instance.with_borrow_mut(|kept| Rc::clone(kept.get_or_insert_with(|| Rc::new(site))))
            }
            built => {
                let words = built.err().map(|error| error.to_string()).into_iter().chain(variables.troubles);
                return refuse_without_configuration(&words.collect::<Vec<_>>().join("; "));
            }
        }
    };
    arrived.is_from(told_address(arrived.headers(), CLIENT));
    if site.trust_forwarded {
        arrived.believe_forwarded();
    }
    answer(&site.spin, &site.service, site.log_client, arrived).await
}
