//! Headers that every response has.

use crate::{Answer, Outcome, Target, client::Call, library::encode, playlists::played};

cases!(headers:
    needs [Nothing]: https_only;
    needs [Photo]: private_stays_private, security, nothing_runs_in_an_answer, no_server_tells_its_version;
);

/// One answer of each kind, private and public. Where there is no film, there are no answers about one.
fn answers(target: &Target) -> Result<Vec<Answer>, String> {
    let (file, thumbnail) = (target.photo()?.file(), target.photo()?.thumbnail("?size=small"));
    let tag = target.get(&file).head().expect(200)?.need("etag")?.to_owned();
    let mut calls = vec![
        target.get("/auth"),
        target.get("/api/media"),
        target.get("/api/cache-version"),
        target.get(&file),
        target.get(&file).head(),
        target.get(&file).header("range", "bytes=0-1"),
        target.get(&file).header("range", "bytes=0-1,5-6"),
        target.get(&file).header("range", "bytes=99999999-"),
        target.get(&file).header("if-match", "\"x\""),
        target.get(&file).header("if-none-match", tag),
        target.get(&thumbnail),
        target.get("/api/file/absent.jpg"),
        target.get("/api/file/%zz"),
        target.get("/api/media").method("DELETE"),
        target.get("/api/media").anonymous(),
        target.get(&file).anonymous(),
        target.log_in(&target.password),
        // Not a wrong password: those are counted.
        target.get("/login").anonymous().method("POST").body("application/json", "{"),
        target.get("/logout").anonymous().method("POST").body("text/plain", ""),
        target.video("/api/hls/playlist?key=absent.mp4"),
    ];
    if let Some(film) = target.any_film()? {
        let (key, played) = (encode(&film.key), played(target)?);
        let master = format!("/api/hls/playlist?key={key}");
        calls.extend([
            target.video(&master),
            target.video(&master).header("if-none-match", "*"),
            target.video(&master).anonymous(),
            target.video(&format!("/api/hls/{key}/{}.m3u8", played.variant)),
            target.video(&format!("/api/hls/{key}/{}", played.sent_segment)).header("range", "bytes=0-9"),
        ]);
    }
    calls.into_iter().map(Call::send).collect()
}

/// No shared cache may keep an answer that needs a login, whatever its status.
fn private_stays_private(target: &Target) -> Outcome {
    for answer in answers(target)? {
        let (what, status) = (&answer.what, answer.status);
        let cache_control = answer.need("cache-control")?;
        let mut directives = cache_control.split(',').map(str::trim);
        let closed = directives.any(|directive| directive == "private" || directive == "no-store");
        ensure!(closed && !cache_control.contains("public"), "{what} ({status}): Cache-Control is {cache_control}");
        ensure!(status < 400 || cache_control == "no-store", "{what} ({status}): Cache-Control is {cache_control}");
    }
    Ok(())
}

fn security(target: &Target) -> Outcome {
    for answer in answers(target)? {
        answer.has("x-content-type-options", "nosniff")?;
        answer.has("referrer-policy", "no-referrer")?;
        ensure!(answer.need("content-security-policy")?.contains("frame-ancestors 'none'"), "{}", answer.what);
    }
    let policy = if target.is_split() { "same-site" } else { "same-origin" };
    for path in ["/", "/api/media", &target.photo()?.file(), "/api/file/absent.jpg"] {
        target.get(path).send()?.has("cross-origin-resource-policy", policy)?;
    }
    Ok(())
}

fn https_only(target: &Target) -> Outcome {
    for answer in [target.get("/").send()?, target.get("/api/media").send()?, target.video("/api/hls/x").send()?] {
        answer.need("x-request-id")?;
        let promised = answer.header("strict-transport-security").is_some();
        ensure_eq!(promised, target.is_https(), "{}: Strict-Transport-Security", answer.what);
    }
    Ok(())
}

/// This is for an original that is opened as a document of its own, and for every answer of the API.
fn nothing_runs_in_an_answer(target: &Target) -> Outcome {
    for answer in answers(target)? {
        let policy = answer.need("content-security-policy")?;
        ensure!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{}: {policy}", answer.what);
    }
    Ok(())
}

fn no_server_tells_its_version(target: &Target) -> Outcome {
    for answer in answers(target)? {
        answer.lacks("x-powered-by")?;
        let server = answer.header("server").unwrap_or_default();
        ensure!(!server.contains(|c: char| c.is_ascii_digit()), "{}: Server is {server}", answer.what);
    }
    Ok(())
}
