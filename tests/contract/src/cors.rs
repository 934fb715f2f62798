//! Pages of other origins: pages of listed origins may read, others may not.

use crate::{
    Outcome, Target,
    client::Call,
    library::{encode, film},
};

cases!(cors:
    needs [Film]: preflight_of_the_page, preflight_of_a_stranger, answers_to_the_page, answers_to_a_stranger;
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
