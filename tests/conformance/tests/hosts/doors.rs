//! Behaviour that only the client's end of a connection shows: targets, bodies, and how bodies end.

use std::{hash::BuildHasher as _, thread, time::Duration};

use conformance::{Outcome, ensure, pattern};

use crate::client::{leave, send, send_with};

/// A case by name; the argument is the host's origin.
type Case = (&'static str, fn(&str) -> Outcome);

/// The case of hosts that make a body while it is sent. Fastly hands a body over before.
pub const WHILE_SENT: &str = "doors::no_more_is_asked_for_when_the_client_leaves";

pub const CASES: [Case; 13] = [
    ("doors::fetched_body_is_handed_on_whole", fetched_body_is_handed_on_whole),
    ("doors::fetched_body_that_breaks_off_ends_badly", fetched_body_that_breaks_off_ends_badly),
    ("doors::fetched_body_that_stalls_ends_badly", fetched_body_that_stalls_ends_badly),
    ("doors::joined_body_is_whole", joined_body_is_whole),
    ("doors::joined_body_that_breaks_off_ends_badly", joined_body_that_breaks_off_ends_badly),
    ("doors::streamed_body_is_whole", streamed_body_is_whole),
    ("doors::streamed_body_that_breaks_off_ends_badly", streamed_body_that_breaks_off_ends_badly),
    (WHILE_SENT, no_more_is_asked_for_when_the_client_leaves),
    ("doors::target_comes_as_it_is", target_comes_as_it_is),
    ("doors::request_body_comes_whole", request_body_comes_whole),
    ("doors::request_body_is_no_request", request_body_is_no_request),
    ("doors::request_body_over_the_limit_is_refused", request_body_over_the_limit_is_refused),
    ("doors::each_request_has_its_own_entropy", each_request_has_its_own_entropy),
];

fn of(length: usize) -> Vec<u8> {
    (0..length).map(pattern).collect()
}

fn fetched_body_is_handed_on_whole(base: &str) -> Outcome {
    for length in [0, 1, 70_000, 5_000_001] {
        for path in [format!("/pass/bytes/{length}"), format!("/pass/chunked/{length}")] {
            let answer = send(base, "GET", &path, b"")?;
            ensure!(answer.status == 200 && answer.complete, "{path}: {} {}", answer.status, answer.complete);
            ensure!(answer.body == of(length), "{path}: {} bytes, or others", answer.body.len());
        }
    }
    let answer = send(base, "GET", "/pass/bytes/70000", b"")?;
    ensure!(answer.head.contains("content-length: 70000") && answer.head.contains("etag: \"a\""), "{}", answer.head);
    Ok(())
}

/// Asserts that the answer is cut off, or is a 5xx if nothing had been sent yet. It must never be a clean 200.
fn ends_badly(base: &str, path: &str) -> Outcome {
    let answer = send(base, "GET", path, b"")?;
    ensure!(
        !answer.complete || answer.status >= 500,
        "{path}: a clean {} of {} bytes",
        answer.status,
        answer.body.len()
    );
    still_there(base)
}

/// Asserts that only the connection has ended, and not the host.
fn still_there(base: &str) -> Outcome {
    let answer = send(base, "GET", "/cases", b"")?;
    ensure!(answer.status == 200, "afterwards {}", answer.status);
    Ok(())
}

fn fetched_body_that_breaks_off_ends_badly(base: &str) -> Outcome {
    ["/pass/short/0", "/pass/short/10", "/pass/short/999", "/pass/short-chunks"]
        .iter()
        .try_for_each(|path| ends_badly(base, path))
}

fn fetched_body_that_stalls_ends_badly(base: &str) -> Outcome {
    ends_badly(base, "/pass/stall-body")
}

fn joined_body_is_whole(base: &str) -> Outcome {
    for length in [0, 1, 5_000_001] {
        let answer = send(base, "GET", &format!("/join/bytes/{length}"), b"")?;
        let wanted = [b"first ".to_vec(), of(length), b" last".to_vec()].concat();
        ensure!(answer.complete && answer.body == wanted, "{length}: {} bytes, or others", answer.body.len());
    }
    Ok(())
}

fn joined_body_that_breaks_off_ends_badly(base: &str) -> Outcome {
    ["/join/short/0", "/join/short/10", "/join/short-chunks"].iter().try_for_each(|path| ends_badly(base, path))
}

fn streamed_body_is_whole(base: &str) -> Outcome {
    for path in ["bytes/0", "bytes/1", "chunked/70000", "bytes/5000001"] {
        let answer = send(base, "GET", &format!("/stream/{path}"), b"")?;
        let length = path.split('/').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default();
        let wanted = [b"first ".to_vec(), of(length), of(length), b" last".to_vec()].concat();
        ensure!(answer.complete && answer.body == wanted, "{path}: {} bytes, or others", answer.body.len());
    }
    Ok(())
}

fn streamed_body_that_breaks_off_ends_badly(base: &str) -> Outcome {
    ["/stream/short/0", "/stream/short/10", "/stream/short-chunks", "/stream/stall-body"]
        .iter()
        .try_for_each(|path| ends_badly(base, path))
}

/// The upstream counts what is asked of it. The second piece is far from its turn when the client leaves.
fn no_more_is_asked_for_when_the_client_leaves(base: &str) -> Outcome {
    let name = format!("{:x}", std::hash::RandomState::new().hash_one(base));
    leave(base, &format!("/stream/counted/{name}/50000000"), 1_000_000)?;
    thread::sleep(Duration::from_millis(500));
    let count = String::from_utf8_lossy(&send(base, "GET", &format!("/pass/count/{name}"), b"")?.body).into_owned();
    ensure!(count == "1", "{count} pieces were asked for");
    still_there(base)
}

fn target_comes_as_it_is(base: &str) -> Outcome {
    for target in ["/echo/a%2Fb/%C3%A9%20(1).jpg?x=%2B+%26&empty=&flag", "/echo/%25/~-._!'()*;:@&=+$,?a=b/c?d"] {
        let answer = send(base, "GET", target, b"")?;
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(told == format!("GET {target}\n"), "{target} came as {told:?}");
    }
    Ok(())
}

fn request_body_comes_whole(base: &str) -> Outcome {
    for length in [0, 1, 1_000_000] {
        let answer = send(base, "POST", "/echo", &vec![b'x'; length])?;
        let told = answer.body.strip_prefix(b"POST /echo\n").ok_or("no echo")?;
        ensure!(told.len() == length && told.iter().all(|byte| *byte == b'x'), "{length}: {} came", told.len());
    }
    Ok(())
}

/// A body of a method that has none as a rule is either taken or refused. Nothing takes it for the next request, whose
/// answer somebody else would get.
fn request_body_is_no_request(base: &str) -> Outcome {
    let hidden = b"GET /entropy HTTP/1.1\r\nhost: a\r\n\r\n";
    let chunked = [format!("{:x}\r\n", hidden.len()).as_bytes(), hidden, b"\r\n0\r\n\r\n"].concat();
    let length = hidden.len();
    for method in ["GET", "DELETE", "OPTIONS"] {
        for (lines, body) in [
            ("connection: close\r\ntransfer-encoding: chunked\r\n".to_owned(), chunked.as_slice()),
            (format!("connection: close, content-length\r\ncontent-length: {length}\r\n"), hidden.as_slice()),
        ] {
            let answer = send_with(base, method, "/echo", &lines, body)?;
            let echo = [format!("{method} /echo\n").as_bytes(), hidden].concat();
            let is_taken = answer.status == 200 && answer.body == echo;
            ensure!(is_taken || (400..500).contains(&answer.status), "{method} {lines:?}: {}", answer.status);
        }
    }
    for _ in 0..20 {
        let answer = send(base, "GET", "/echo", b"")?;
        ensure!(answer.status == 200 && answer.body == b"GET /echo\n", "then {} {:?}", answer.status, answer.body);
    }
    Ok(())
}

/// The probe accepts two million bytes. A host may end the connection once it has answered, which the client sees as
/// a reset.
fn request_body_over_the_limit_is_refused(base: &str) -> Outcome {
    if let Ok(answer) = send(base, "POST", "/echo", &vec![b'x'; 2_000_001]) {
        ensure!(answer.status >= 400 || answer.status == 0, "{}", answer.status);
    }
    still_there(base)
}

fn each_request_has_its_own_entropy(base: &str) -> Outcome {
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for _ in 0..20 {
        let bytes = send(base, "GET", "/entropy", b"")?.body;
        ensure!(bytes.len() == 64, "{} digits", bytes.len());
        ensure!(!seen.contains(&bytes), "the same twice");
        seen.push(bytes);
    }
    Ok(())
}
