//! The memory platform has no host, so the cases run in this process. This test answers the platform's requests, so
//! the cases for sending requests are left out. The clock stands still.

use std::{
    future::Future as _,
    hash::BuildHasher as _,
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll, Waker},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use conformance::{At, Outcome};
use http::{HeaderMap, HeaderValue, Response};
use platform::{Cx, Error, Facts, Kind};
use platform_memory::Memory;

use crate::{client, upstream};

pub fn run(name: &str) -> Outcome {
    static UPSTREAM: OnceLock<String> = OnceLock::new();
    let upstream = UPSTREAM.get_or_init(|| upstream::start().unwrap_or_default());
    let memory = Memory::new(|request| async move {
        let origin = format!("http://{}", request.uri().authority().map_or("", http::uri::Authority::as_str));
        let target = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let failed = |words: String| Error::because(Kind::Unavailable, "memory.fetch", words);
        let answer = client::send(&origin, request.method().as_str(), target, request.body()).map_err(failed)?;
        if !answer.complete {
            return Err(failed("the body broke off".to_owned()));
        }
        let response = Response::builder().status(answer.status).body(Bytes::from(answer.body));
        response.map_err(|error| failed(error.to_string()))
    })
    .map_err(|error| error.to_string())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?.as_secs();
    let mut entropy = [0; 32];
    let fresh: Vec<u8> = (0..4).flat_map(|_| std::hash::RandomState::new().hash_one(0).to_le_bytes()).collect();
    entropy.copy_from_slice(&fresh);
    let facts = Facts { now, entropy, https: false, client: None };
    let cx = Cx::new(&memory, facts);
    let mut asked = HeaderMap::new();
    asked.insert("x-now", HeaderValue::from(now));
    let at = At { cx: &cx, upstream, asked: &asked };
    // Nothing in the memory platform waits.
    match pin!(conformance::run(name, &at)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome.ok_or_else(|| format!("there is no case {name}"))?,
        Poll::Pending => Err("it waits for what never comes".to_owned()),
    }
}
