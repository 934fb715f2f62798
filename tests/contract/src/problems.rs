//! The form of failures: RFC 9457, with the id by which the log names the request.

use std::collections::HashSet;

use serde_json::Value;

use crate::{Answer, Outcome, Target, client::Call};

cases!(problems:
    needs [Nothing]: ids_differ, healthz, readyz;
    needs [Photo]: shape, says_nothing_of_the_inside, every_answer_has_an_id;
);

/// One failure of each kind: the status, and a call that gives it.
fn failures(target: &Target) -> Result<Vec<(u16, Call<'_>)>, String> {
    let photo = target.photo()?.file();
    Ok(vec![
        (400, target.get("/api/media?limit=x")),
        (400, target.get("/api/file/%zz")),
        (400, target.video("/api/hls/playlist")),
        (401, target.get("/api/media").anonymous()),
        (401, target.video("/api/hls/playlist?key=x").anonymous()),
        (401, target.log_in("certainly not it")),
        (404, target.get("/nothing")),
        (404, target.get("/api/file/absent.jpg")),
        (404, target.video("/api/hls/playlist?key=absent.mp4")),
        (405, target.get("/api/media").method("DELETE")),
        (405, target.video("/api/hls/playlist?key=x").method("DELETE")),
        (415, target.get("/login").method("POST").body("text/plain", "x")),
        (416, target.get(&photo).header("range", "bytes=99999999-")),
    ])
}

fn request_id(answer: &Answer) -> Result<String, String> {
    Ok(answer.need("x-request-id")?.to_owned())
}

fn shape(target: &Target) -> Outcome {
    for (status, call) in failures(target)? {
        let answer = call.expect(status)?;
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
        // RFC 9110 section 15.5.2: with every 401, and with nothing else, because a browser might ask for a password.
        let challenge = answer.header("www-authenticate");
        ensure_eq!(challenge, (status == 401).then_some(r#"Cookie realm="gallery""#), "{}: challenge", answer.what);
        ensure_eq!(answer.length()?, answer.body.len() as u64, "{}: Content-Length", answer.what);
        let body = answer.json()?;
        let mut members: Vec<&str> =
            body.as_object().into_iter().flat_map(|body| body.keys()).map(String::as_str).collect();
        members.sort_unstable();
        ensure_eq!(members, ["detail", "requestId", "status", "title", "type"], "{}: members", answer.what);
        ensure_eq!(body["status"], Value::from(status), "{}: status", answer.what);
        ensure_eq!(body["requestId"], Value::from(request_id(&answer)?), "{}: requestId", answer.what);
        for member in ["title", "detail", "type"] {
            ensure!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{}: {member}", answer.what);
        }
    }
    Ok(())
}

fn ids_differ(target: &Target) -> Outcome {
    let mut ids = HashSet::new();
    for _ in 0..50 {
        let id =
            request_id(&Call::new(format!("{}/healthz", target.base)).header("x-request-id", "mine").expect(200)?)?;
        ensure!(id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "an id is {id:?}");
        ensure!(ids.insert(id.clone()), "the id {id} came twice");
    }
    Ok(())
}

/// The body holds no path, no statement and no address. These are for the log.
fn says_nothing_of_the_inside(target: &Target) -> Outcome {
    for (status, call) in failures(target)? {
        let answer = call.expect(status)?;
        let text = answer.text()?.to_lowercase();
        for word in ["select", "sqlite", "panicked", "/src/", ".rs", "http://", "absent", "r2_"] {
            ensure!(!text.contains(word), "{}: {text}", answer.what);
        }
    }
    Ok(())
}

fn every_answer_has_an_id(target: &Target) -> Outcome {
    let photo = target.photo()?;
    for path in ["/", "/healthz", "/auth", "/api/media", &photo.file(), &photo.thumbnail("")] {
        let answer = target.get(path).expect(200)?;
        request_id(&answer)?;
        answer.need("server-timing")?;
    }
    for (status, call) in failures(target)? {
        call.expect(status)?.need("server-timing")?;
    }
    Ok(())
}

/// Both services say to everyone that they are up.
fn healthz(target: &Target) -> Outcome {
    for base in [&target.base, &target.video_base] {
        let answer = Call::new(format!("{base}/healthz")).expect(200)?;
        ensure_eq!(answer.json()?["status"], Value::from("ok"), "{}", answer.what);
        answer.has("cache-control", "no-store")?;
        ensure!(Call::new(format!("{base}/healthz")).head().expect(200)?.body.is_empty(), "a HEAD with a body");
    }
    Ok(())
}

/// Both services say to everyone whether they reach what they need, and nothing else.
fn readyz(target: &Target) -> Outcome {
    for base in [&target.base, &target.video_base] {
        let answer = Call::new(format!("{base}/readyz")).expect(200)?;
        ensure_eq!(answer.text()?, r#"{"status":"ready"}"#, "{}", answer.what);
        answer.has("cache-control", "no-store")?;
        answer.has("content-type", "application/json")?;
        ensure!(Call::new(format!("{base}/readyz")).head().expect(200)?.body.is_empty(), "a HEAD with a body");
    }
    Ok(())
}
