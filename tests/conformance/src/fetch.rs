//! [`platform::Platform::fetch`] and `fetch_all`.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use platform::{Kind, Platform, TRACEPARENT, Timeouts};

use crate::{At, Outcome, cases, ensure, fails, pattern, words};

cases!(fetch:
    every_status_is_a_response, redirects_are_not_followed, host_is_the_uris, target_goes_as_it_is, headers_go_as_they_are,
    method_goes, body_goes_with_its_length, answer_is_whole, answer_in_chunks_is_whole, answer_is_not_decoded,
    hop_by_hop_headers_are_gone, head_has_a_length_and_no_body, no_body_where_there_is_none, refused_is_unavailable,
    closed_is_unavailable, unknown_host_is_an_error, garbage_is_an_error, slow_head_is_a_timeout, stalled_body_is_an_error,
    short_body_is_an_error, broken_chunks_are_an_error, all_are_sent_before_any_is_waited_for,
    one_that_fails_leaves_the_others, order_is_the_requests, a_trace_goes_on,
);

const SOON: Timeouts = Timeouts { first_byte: Duration::from_millis(500), ..Timeouts::DEFAULT };
const STEADY: Timeouts = Timeouts { between_bytes: Duration::from_millis(500), ..Timeouts::DEFAULT };

/// The request as the upstream received it: the request's line, its headers, and its body.
async fn echoed<P: Platform>(at: &At<'_, P>, request: Request<Bytes>) -> Result<String, String> {
    let body = at.read(request).await.map_err(|error| words(&error))?;
    String::from_utf8(body.to_vec()).map_err(|error| error.to_string())
}

async fn every_status_is_a_response<P: Platform>(at: &At<'_, P>) -> Outcome {
    for status in [200, 206, 301, 304, 400, 403, 404, 412, 416, 429, 500, 503] {
        let response = at.cx.fetch(at.get(&format!("/status/{status}"))?).await;
        let response = response.map_err(|error| format!("{status}: {error}"))?;
        ensure!(response.status() == status, "{status} came as {}", response.status());
    }
    Ok(())
}

async fn redirects_are_not_followed<P: Platform>(at: &At<'_, P>) -> Outcome {
    for status in [301, 302, 307, 308] {
        let response = at.cx.fetch(at.get(&format!("/status/{status}"))?).await.map_err(|error| words(&error))?;
        ensure!(response.status() == status, "{status} came as {}", response.status());
        ensure!(response.headers().contains_key(header::LOCATION), "{status} has lost its Location");
    }
    Ok(())
}

async fn host_is_the_uris<P: Platform>(at: &At<'_, P>) -> Outcome {
    let host = at.upstream.trim_start_matches("http://");
    for forged in [None, Some("forged.example")] {
        let mut request = at.get("/echo")?;
        if let Some(forged) = forged {
            request.headers_mut().insert(header::HOST, http::HeaderValue::from_static(forged));
        }
        let seen = echoed(at, request).await?;
        ensure!(seen.contains(&format!("\nhost: {host}\n")), "Host is not {host}: {seen}");
        ensure!(!seen.contains("forged"), "{seen}");
    }
    Ok(())
}

/// The target must stay the same, because a signature covers every character of it.
async fn target_goes_as_it_is<P: Platform>(at: &At<'_, P>) -> Outcome {
    for target in [
        "/echo/a%2Fb/%C3%A9%20(1).jpg?x=%2B+%26&empty=&flag",
        "/echo/%25/~-._!'()*;:@&=+$,?a=b/c?d",
        "/echo//double//slash/",
        "/echo/%7Etilde/%41",
    ] {
        let seen = echoed(at, at.get(target)?).await?;
        ensure!(seen.starts_with(&format!("GET {target} HTTP/1.1\n")), "{target} went as {:?}", seen.lines().next());
    }
    Ok(())
}

/// The upstream learns the trace, and that the request with this id is its caller in it.
async fn a_trace_goes_on<P: Platform>(at: &At<'_, P>) -> Outcome {
    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let named = |value: &'static str| HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(value))]);
    at.cx.follow(&named("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    let line = format!("\ntraceparent: 00-{ID}-{}-01\n", at.cx.request_id());
    let alone = echoed(at, at.get("/echo")?).await?;
    ensure!(alone.contains(&line), "no {line:?} in {alone}");
    for answer in at.cx.fetch_all(vec![at.get("/echo")?, at.get("/echo")?]).await {
        let body = P::collect(answer.map_err(|error| words(&error))?.into_body(), 10_000).await;
        let seen = String::from_utf8_lossy(&body.map_err(|error| words(&error))?).into_owned();
        ensure!(seen.contains(&line), "no {line:?} in {seen}");
    }
    at.cx.follow(&named("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"));
    let seen = echoed(at, at.get("/echo")?).await?;
    ensure!(!seen.contains("traceparent"), "a bad trace goes on: {seen}");
    Ok(())
}

async fn headers_go_as_they_are<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut request = at.get("/echo")?;
    for (name, value) in
        [("range", "bytes=0-1"), ("if-none-match", "\"a\", W/\"b\""), ("x-amz-date", "20130524T000000Z")]
    {
        request.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    let seen = echoed(at, request).await?;
    for line in ["\nrange: bytes=0-1\n", "\nif-none-match: \"a\", W/\"b\"\n", "\nx-amz-date: 20130524T000000Z\n"] {
        ensure!(seen.contains(line), "no {line:?} in {seen}");
    }
    // If an answer is encoded, nobody can read it. A larger answer is better.
    ensure!(!seen.contains("\naccept-encoding:"), "the host asks for another encoding: {seen}");
    Ok(())
}

async fn method_goes<P: Platform>(at: &At<'_, P>) -> Outcome {
    for method in [Method::GET, Method::PUT, Method::POST, Method::DELETE] {
        let mut request = at.get("/echo")?;
        *request.method_mut() = method.clone();
        let seen = echoed(at, request).await?;
        ensure!(seen.starts_with(&format!("{method} /echo ")), "{method} went as {:?}", seen.lines().next());
    }
    Ok(())
}

async fn body_goes_with_its_length<P: Platform>(at: &At<'_, P>) -> Outcome {
    for length in [1, 100_000] {
        let mut request = at.get("/echo")?.map(|_| Bytes::from(vec![b'x'; length]));
        *request.method_mut() = Method::PUT;
        let seen = echoed(at, request).await?;
        ensure!(seen.contains(&format!("\ncontent-length: {length}\n")), "no length of {length}: {}", &seen[..200]);
        ensure!(seen.ends_with(&format!("\n\n{}", "x".repeat(length))), "the body of {length} bytes did not arrive");
    }
    Ok(())
}

async fn whole<P: Platform>(at: &At<'_, P>, path: &str, length: usize) -> Outcome {
    let body = at.read(at.get(path)?).await.map_err(|error| words(&error))?;
    ensure!(body.len() == length, "{path}: {} bytes of {length}", body.len());
    let wrong = body.iter().enumerate().find(|(index, byte)| **byte != pattern(*index));
    ensure!(wrong.is_none(), "{path}: byte {wrong:?}");
    Ok(())
}

async fn answer_is_whole<P: Platform>(at: &At<'_, P>) -> Outcome {
    for length in [0, 1, 1_000_003, 5_000_000] {
        whole(at, &format!("/bytes/{length}"), length).await?;
    }
    Ok(())
}

async fn answer_in_chunks_is_whole<P: Platform>(at: &At<'_, P>) -> Outcome {
    for length in [0, 1, 1_000_003] {
        whole(at, &format!("/chunked/{length}"), length).await?;
    }
    Ok(())
}

async fn answer_is_not_decoded<P: Platform>(at: &At<'_, P>) -> Outcome {
    let response = at.cx.fetch(at.get("/encoded")?).await.map_err(|error| words(&error))?;
    ensure!(response.headers().get("content-encoding").is_some_and(|value| value == "gzip"), "no Content-Encoding");
    let body = P::collect(response.into_body(), 1000).await.map_err(|error| words(&error))?;
    ensure!(&body[..] == b"\x1fnot gzip!", "{body:?}");
    Ok(())
}

async fn hop_by_hop_headers_are_gone<P: Platform>(at: &At<'_, P>) -> Outcome {
    let response = at.cx.fetch(at.get("/hops")?).await.map_err(|error| words(&error))?;
    for name in ["connection", "keep-alive", "transfer-encoding", "proxy-authenticate"] {
        ensure!(!response.headers().contains_key(name), "{name} is still there");
    }
    ensure!(response.headers().get("etag").is_some_and(|tag| tag == "\"a\""), "ETag is gone");
    Ok(())
}

async fn head_has_a_length_and_no_body<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut request = at.get("/bytes/1234")?;
    *request.method_mut() = Method::HEAD;
    let response = at.cx.fetch(request).await.map_err(|error| words(&error))?;
    ensure!(response.headers().get("content-length").is_some_and(|length| length == "1234"), "no length");
    Ok(())
}

async fn no_body_where_there_is_none<P: Platform>(at: &At<'_, P>) -> Outcome {
    for status in [204, 304] {
        let body =
            at.read(at.get(&format!("/status/{status}"))?).await.map_err(|error| format!("{status}: {error}"))?;
        ensure!(body.is_empty(), "{status} has {} bytes", body.len());
    }
    Ok(())
}

async fn refused_is_unavailable<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut request = at.get("/")?;
    // Nobody listens on port 1.
    *request.uri_mut() = "http://127.0.0.1:1/".parse().map_err(|_| "no URI")?;
    fails(at.cx.fetch(request).await, &[Kind::Unavailable], "a closed port")
}

async fn closed_is_unavailable<P: Platform>(at: &At<'_, P>) -> Outcome {
    fails(at.read(at.get("/close")?).await, &[Kind::Unavailable], "a connection closed without a word")
}

async fn unknown_host_is_an_error<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut request = at.get("/")?;
    *request.uri_mut() = "http://nowhere.invalid/".parse().map_err(|_| "no URI")?;
    let kinds = [Kind::Unavailable, Kind::Timeout, Kind::Denied];
    fails(at.cx.fetch(request).await, &kinds, "a host that does not exist")
}

async fn garbage_is_an_error<P: Platform>(at: &At<'_, P>) -> Outcome {
    fails(at.read(at.get("/garbage")?).await, &[Kind::Unavailable, Kind::Invalid], "what is not HTTP")
}

async fn slow_head_is_a_timeout<P: Platform>(at: &At<'_, P>) -> Outcome {
    fails(at.cx.fetch(at.within("/stall", SOON)?).await, &[Kind::Timeout], "no head within 500 ms")
}

async fn stalled_body_is_an_error<P: Platform>(at: &At<'_, P>) -> Outcome {
    let kinds = [Kind::Timeout, Kind::Unavailable];
    fails(at.read(at.within("/stall-body", STEADY)?).await, &kinds, "a body that stops for 500 ms")
}

async fn short_body_is_an_error<P: Platform>(at: &At<'_, P>) -> Outcome {
    for sent in [0, 10, 999] {
        let result = at.read(at.get(&format!("/short/{sent}"))?).await;
        fails(result, &[Kind::Unavailable], &format!("{sent} bytes of 1000"))?;
    }
    Ok(())
}

async fn broken_chunks_are_an_error<P: Platform>(at: &At<'_, P>) -> Outcome {
    fails(at.read(at.get("/short-chunks")?).await, &[Kind::Unavailable], "chunks without an end")
}

/// The upstream answers no request until all have arrived.
async fn all_are_sent_before_any_is_waited_for<P: Platform>(at: &At<'_, P>) -> Outcome {
    let path = format!("/gate/{}/6", at.unique("all"));
    let requests: Result<Vec<_>, String> = (0..6).map(|_| at.get(&path)).collect();
    for answer in at.cx.fetch_all(requests?).await {
        let answer = answer.map_err(|error| words(&error))?;
        ensure!(answer.status() == 200, "a request waited for another: {}", answer.status());
    }
    Ok(())
}

async fn one_that_fails_leaves_the_others<P: Platform>(at: &At<'_, P>) -> Outcome {
    let requests = ["/status/200", "/close", "/status/404"].map(|path| at.get(path));
    let requests: Result<Vec<_>, String> = requests.into_iter().collect();
    let answers = at.cx.fetch_all(requests?).await;
    let came: Vec<Option<u16>> =
        answers.iter().map(|answer| answer.as_ref().ok().map(|it| it.status().as_u16())).collect();
    ensure!(came == [Some(200), None, Some(404)], "{came:?}");
    Ok(())
}

async fn order_is_the_requests<P: Platform>(at: &At<'_, P>) -> Outcome {
    let requests: Result<Vec<_>, String> = (0..6).map(|number| at.get(&format!("/bytes/{number}"))).collect();
    for (number, answer) in (0..).zip(at.cx.fetch_all(requests?).await) {
        let body = P::collect(answer.map_err(|error| words(&error))?.into_body(), 100).await;
        let length = body.map_err(|error| words(&error))?.len();
        ensure!(length == number, "number {number} is the answer to number {length}");
    }
    Ok(())
}
