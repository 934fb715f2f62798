//! What the docs of the platform traits promise, as cases that run inside every host.
//!
//! A case checks one behaviour of [`Kv`](platform::Kv), [`Sql`](platform::Sql), [`Platform::fetch`] and its bodies, or the facts of a
//! request. It leaves nothing behind that another would see. [`Probe`] is the service that runs them where they have to
//! hold; what shows only at the client's end of a connection has routes of its own there.

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

/// What is wrong, for whoever reads the test's output.
pub type Outcome = Result<(), String>;

/// Fails the case with what was found unless the condition holds.
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

/// Where a case runs.
pub struct At<'a, P: Platform> {
    pub cx: &'a Cx<'a, P>,
    /// The origin of the server that does what its paths say.
    pub upstream: &'a str,
    /// What the driver sent along.
    pub asked: &'a HeaderMap,
}

impl<P: Platform> At<'_, P> {
    /// A name nobody else uses: letters, digits and `_`.
    fn unique(&self, name: &str) -> String {
        format!("c{}_{name}", self.cx.request_id())
    }

    /// A GET of what the upstream has at `path`.
    fn get(&self, path: &str) -> Result<Request<Bytes>, String> {
        let uri: Uri = format!("{}{path}", self.upstream).parse().map_err(|error| format!("{path}: {error}"))?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        Ok(request)
    }

    /// The same with other timeouts.
    fn within(&self, path: &str, timeouts: Timeouts) -> Result<Request<Bytes>, String> {
        let mut request = self.get(path)?;
        request.extensions_mut().insert(timeouts);
        Ok(request)
    }

    /// Sends it and reads all of the answer.
    async fn read(&self, request: Request<Bytes>) -> Result<Bytes, Error> {
        P::collect(self.cx.fetch(request).await?.into_body(), 16 << 20).await
    }
}

/// Byte number `index` of the upstream's bodies: no two neighbours alike, and no short period.
pub const fn pattern(index: usize) -> u8 {
    (index.wrapping_mul(31) ^ (index / 251)).to_le_bytes()[0]
}

fn words(error: &Error) -> String {
    error.to_string()
}

/// The kind of a failure, which must be one of `wanted`.
fn fails<T>(result: Result<T, Error>, wanted: &[Kind], what: &str) -> Outcome {
    match result {
        Ok(_) => Err(format!("{what}: succeeded, {wanted:?} wanted")),
        Err(error) if wanted.contains(&error.kind()) => Ok(()),
        Err(error) => Err(format!("{what}: {error}, {wanted:?} wanted")),
    }
}

/// Every case's name.
pub fn names() -> Vec<&'static str> {
    [kv::NAMES, sql::NAMES, fetch::NAMES, bodies::NAMES, context::NAMES].concat()
}

/// Runs the case `name`; `None` if there is none.
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
