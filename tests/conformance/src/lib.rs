//! The promises in the documentation of the platform traits, as cases that run inside every host.
//!
//! A case checks one behaviour of [`Kv`](platform::Kv), of [`Sql`](platform::Sql), of [`Platform::fetch`] and its
//! bodies, or of the facts of a request. A case leaves nothing behind that another case would see. [`Probe`] is the
//! service that runs the cases inside a host. Behaviour that only the client's end of a connection shows has routes
//! of its own in the probe.

#![allow(async_fn_in_trait)]

mod bodies;
mod context;
mod fetch;
mod kv;
mod probe;
mod sql;

pub use probe::Probe;

use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use platform::{Cx, Error, Kind, Platform, Timeouts};

/// An error says what is wrong, for the reader of the test's output.
pub type Outcome = Result<(), String>;

/// Fails the case with these words unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

/// The names of a topic's cases, and their dispatcher.
macro_rules! cases {
    ($topic:ident: $($name:ident),+ $(,)?) => {
        pub(crate) const NAMES: &[&str] = &[$(concat!(stringify!($topic), "::", stringify!($name))),+];

        pub(crate) async fn run<P: platform::Platform>(name: &str, at: &crate::At<'_, P>) -> Option<crate::Outcome> {
            $(if name == concat!(stringify!($topic), "::", stringify!($name)) {
                return Some($name(at).await);
            })+
            None
        }
    };
}
pub(crate) use cases;

/// The context in which a case runs.
pub struct At<'a, P: Platform> {
    pub cx: &'a Cx<'a, P>,
    /// The origin of the upstream, a server that does what its paths say.
    pub upstream: &'a str,
    /// The headers of the driver's request.
    pub asked: &'a HeaderMap,
}

impl<P: Platform> At<'_, P> {
    /// A name that no other case uses: letters, digits and `_`.
    fn unique(&self, name: &str) -> String {
        format!("c{}_{name}", self.cx.request_id())
    }

    /// A GET of `path` at the upstream.
    fn get(&self, path: &str) -> Result<Request<Bytes>, String> {
        let uri: Uri = format!("{}{path}", self.upstream).parse().map_err(|error| format!("{path}: {error}"))?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        Ok(request)
    }

    /// The same GET with other timeouts.
    fn within(&self, path: &str, timeouts: Timeouts) -> Result<Request<Bytes>, String> {
        let mut request = self.get(path)?;
        request.extensions_mut().insert(timeouts);
        Ok(request)
    }

    /// Sends a request and reads the whole answer.
    async fn read(&self, request: Request<Bytes>) -> Result<Bytes, Error> {
        P::collect(self.cx.fetch(request).await?.into_body(), 16 << 20).await
    }
}

/// Byte number `index` of the upstream's bodies: no two neighbours are the same, and there is no short period.
pub const fn pattern(index: usize) -> u8 {
    (index.wrapping_mul(31) ^ (index / 251)).to_le_bytes()[0]
}

fn words(error: &Error) -> String {
    error.to_string()
}

/// Checks that a call failed, with one of the kinds in `wanted`.
fn fails<T>(result: Result<T, Error>, wanted: &[Kind], what: &str) -> Outcome {
    match result {
        Ok(_) => Err(format!("{what}: succeeded, {wanted:?} wanted")),
        Err(error) if wanted.contains(&error.kind()) => Ok(()),
        Err(error) => Err(format!("{what}: {error}, {wanted:?} wanted")),
    }
}

/// The names of all cases.
pub fn names() -> Vec<&'static str> {
    [kv::NAMES, sql::NAMES, fetch::NAMES, bodies::NAMES, context::NAMES].concat()
}

/// Runs the case `name`. `None` if there is no such case.
pub async fn run<P: Platform>(name: &str, at: &At<'_, P>) -> Option<Outcome> {
    match name.split("::").next()? {
        "kv" => kv::run(name, at).await,
        "sql" => sql::run(name, at).await,
        "fetch" => fetch::run(name, at).await,
        "bodies" => bodies::run(name, at).await,
        "context" => context::run(name, at).await,
        _ => None,
    }
}
