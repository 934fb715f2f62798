//! Answers every request with five bytes, and `/kept/N` with N bytes out of the core cache. Like the services, it
//! reuses its sandbox.

use std::{io::Write as _, time::Duration};

use fastly::{Body, Response, cache::core::Transaction, http::serve::Serve};

fn main() {
    let _ = Serve::new().run(|request: fastly::Request| {
        let length = request.get_path().strip_prefix("/kept/").and_then(|length| length.parse().ok());
        Response::from_body(length.and_then(kept).unwrap_or_else(|| Body::from("hello")))
    });
}

/// So many bytes, which the first request puts into the cache.
fn kept(length: usize) -> Option<Body> {
    let looked = Transaction::lookup(format!("kept {length}").into()).execute().ok()?;
    if !looked.must_insert_or_update() {
        return looked.found()?.to_stream().ok();
    }
    let bytes = vec![b'k'; length];
    let mut body = looked.insert(Duration::from_hours(1)).known_length(length as u64).execute().ok()?;
    body.write_all(&bytes).ok()?;
    body.finish().ok()?;
    Some(Body::from(bytes))
}
