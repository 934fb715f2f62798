//! Pages of other origins: pages of listed origins may read, others may not.

use crate::{
    Outcome, Target,
    client::Call,
    library::{encode, film},
    playback,
    playlists::{played, version_query},
};

cases!(cors:
    needs [Film]: preflight_of_the_page, preflight_of_a_stranger, answers_to_the_page, answers_to_a_stranger,
        answers_below_a_token;
    needs [Film, Led]: segments_to_the_page;
);

const STRANGER: &str = "https://evil.example";

fn master(target: &Target) -> Result<String, String> {
    Ok(format!("/api/hls/playlist?key={}", encode(&film(target)?.0.key)))
}

fn preflight<'a>(target: &'a Target, path: &str, origin: &str) -> Call<'a> {
    target
        .video(path)
        .anonymous()
        .method("OPTIONS")
        .header("origin", origin)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "range")
}

/// If video-edge has an origin of its own, the page's origin is another one, and it is listed. With one origin,
/// browsers send no preflight.
fn preflight_of_the_page(target: &Target) -> Outcome {
    let asked = preflight(target, &master(target)?, target.origin());
    if !target.is_split() {
        return asked.expect(405)?.lacks("access-control-allow-origin");
    }
    let answer = asked.expect(204)?;
    answer.has("access-control-allow-origin", target.origin())?;
    answer.has("access-control-allow-credentials", "true")?;
    ensure!(answer.need("access-control-allow-methods")?.contains("GET"), "GET is not allowed");
    ensure!(answer.need("access-control-allow-headers")?.contains("range"), "Range is not allowed");
    ensure!(answer.need("vary")?.to_lowercase().contains("origin"), "Vary lacks Origin");
    // Without the preflight headers, OPTIONS is a method like any other.
    target.video(&master(target)?).method("OPTIONS").header("origin", target.origin()).expect(405)?;
    Ok(())
}

fn preflight_of_a_stranger(target: &Target) -> Outcome {
    for origin in
        [STRANGER, "null", &format!("{}.evil.example", target.origin()), &target.origin().replace("http", "ftp")]
    {
        let answer = preflight(target, &master(target)?, origin).expect(405)?;
        answer.lacks("access-control-allow-origin")?;
        answer.lacks("access-control-allow-credentials")?;
    }
    Ok(())
}

/// Failures too are readable, because the page's script must be able to read the reason.
fn answers_to_the_page(target: &Target) -> Outcome {
    let allowed = target.is_split().then_some(target.origin());
    for (path, status) in [(master(target)?, 200), ("/api/hls/playlist?key=absent.mp4".to_owned(), 404)] {
        let answer = target.video(&path).header("origin", target.origin()).expect(status)?;
        ensure_eq!(answer.header("access-control-allow-origin"), allowed, "{path}: allowed origin");
        ensure_eq!(answer.header("access-control-allow-credentials"), allowed.map(|_| "true"), "{path}: credentials");
        if target.is_split() {
            ensure!(answer.need("vary")?.to_lowercase().contains("origin"), "{path}: Vary lacks Origin");
        }
    }
    let refused = target.video(&master(target)?).anonymous().header("origin", target.origin()).expect(401)?;
    ensure_eq!(refused.header("access-control-allow-origin"), allowed, "a 401: allowed origin");
    Ok(())
}

fn answers_to_a_stranger(target: &Target) -> Outcome {
    for origin in [STRANGER, "null", &format!("{}.evil.example", target.origin())] {
        for answer in [
            target.video(&master(target)?).header("origin", origin).expect(200)?,
            target.get("/api/media").header("origin", origin).expect(200)?,
            target.log_in(&target.password).header("origin", origin).send()?,
        ] {
            answer.lacks("access-control-allow-origin")?;
            answer.lacks("access-control-allow-credentials")?;
        }
    }
    Ok(())
}

/// Any page may read what the URL itself opens, without credentials. The player of a Cast device is such a page.
fn answers_below_a_token(target: &Target) -> Outcome {
    let (master, token) = playback::token(target)?;
    let ask = |origin: &str| Call::new(master.to_string()).header("origin", origin);
    for answer in [ask(STRANGER), ask("null"), ask(STRANGER).head(), Call::new(master.to_string())] {
        let answer = answer.expect(200)?;
        answer.has("access-control-allow-origin", "*")?;
        answer.lacks("access-control-allow-credentials")?;
    }
    let own = ask(target.origin()).expect(200)?;
    own.has("access-control-allow-origin", if target.is_split() { target.origin() } else { "*" })?;
    ensure_eq!(own.header("access-control-allow-credentials").is_some(), target.is_split(), "credentials");
    let forged = master.as_str().replacen(&token, &"A".repeat(token.len()), 1);
    Call::new(forged).header("origin", STRANGER).expect(401)?.lacks("access-control-allow-origin")
}

/// After a redirect from one foreign origin to another, the store would be asked by the origin `null`. So the page gets
/// a segment from the service, where clients that send no `Origin` are led to the store.
fn segments_to_the_page(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let file = format!("{}{}", played(target)?.segment, version_query(&master));
    let url = format!("/api/hls/{}/{file}", encode(&film.key));
    let led = target.video(&url).expect(302)?;
    // Any page may read what a token opens, also where the viewer forwards films.
    let (_, token) = playback::token(target)?;
    let by_token = target.video(&url.replacen("/api/hls/", &format!("/api/hls/~{token}/"), 1)).anonymous();
    let to_a_stranger = by_token.header("origin", STRANGER).header("range", "bytes=0-9").expect(206)?;
    ensure_eq!(to_a_stranger.body.len(), 10, "bytes of a segment for a page of another origin");
    to_a_stranger.has("access-control-allow-origin", "*")?;
    if !target.is_split() {
        return Ok(());
    }
    let get = || target.video(&url).header("origin", target.origin());
    let part = get().header("range", "bytes=0-9").expect(206)?;
    let stored = Call::new(led.need("location")?.to_owned()).header("range", "bytes=0-9").expect(206)?;
    ensure!(part.body == stored.body, "{url}: other bytes than those of the store");
    part.has("content-range", stored.need("content-range")?)?;
    let head = get().head().expect(200)?;
    ensure!(head.body.is_empty(), "{url}: a body");
    for answer in [&part, &head] {
        answer.has("access-control-allow-origin", target.origin())?;
        ensure!(answer.need("cache-control")?.starts_with("private"), "{url} may be kept by shared caches");
    }
    for answer in [&led, &part, &head] {
        ensure!(answer.need("vary")?.to_lowercase().contains("origin"), "{}: Vary lacks Origin", answer.what);
    }
    Ok(())
}
