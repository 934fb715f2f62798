//! Addresses of the gallery on Cloudflare Pages from which this one grew: where they lead, and what says so.

use crate::{
    Answer, Outcome, Target,
    client::Call,
    library::{BIG, encode, film},
};

cases!(moved:
    needs [Nothing]: places, items, login, gone;
    needs [Photo, Film]: what_is_still_there;
);

/// An old address leads to this one, for everybody, and no cache keeps it.
fn leads(target: &Target, path: &str, to: &str) -> Outcome {
    for call in [Call::new(format!("{}{path}", target.base)), target.get(path), target.get(path).head()] {
        let answer = call.expect(308)?;
        answer.has("location", &target.path(to))?;
        answer.has("cache-control", "no-store")?;
        answer.lacks("set-cookie")?;
        ensure!(answer.body.is_empty(), "{path}: a body");
    }
    Ok(())
}

fn places(target: &Target) -> Outcome {
    for (path, to) in [
        ("/images", "/#/photos"),
        ("/images/", "/#/photos"),
        ("/videos", "/#/films"),
        ("/private", "/"),
        ("/private/", "/"),
        ("/private/images?x=y", "/#/photos"),
        ("/private/videos", "/#/films"),
        ("/image", "/#/photos"),
        ("/video/", "/#/films"),
    ] {
        leads(target, path, to)?;
    }
    Ok(())
}

fn items(target: &Target) -> Outcome {
    // Nobody asks whether such an item is there.
    let film = demo::short_film().key;
    let to = format!("/#/m/{}", encode(film));
    leads(target, &format!("/video/{}", encode(film)), &to)?;
    leads(target, &format!("/private/videos?lightbox={}", encode(film)), &to)?;
    leads(target, &format!("/?lightbox={BIG}"), &format!("/#/m/{BIG}"))?;
    for (path, to) in [
        ("/image/Sangeet/%C3%A9+1.jpeg", "/#/m/Sangeet/%C3%A9%2B1.jpeg"),
        ("/image/Sangeet%2Fa%20b.jpeg", "/#/m/Sangeet/a%20b.jpeg"),
        ("/image/Sangeet%252Fa%2520b.jpeg", "/#/m/Sangeet/a%20b.jpeg"),
        ("/image/50%25%20off%23%3F.jpg", "/#/m/50%25%20off%23%3F.jpg"),
        ("/private/images?lightbox=a+b%2Bc%2F%C3%A9.jpg", "/#/m/a%20b%2Bc/%C3%A9.jpg"),
        // No key.
        ("/image/%E0%A4", "/#/photos"),
        ("/video/%2e%2e%2fsecret", "/#/films"),
        ("/private/images?lightbox=..", "/#/photos"),
    ] {
        leads(target, path, to)?;
    }
    let page = Call::new(format!("{}/?lightbox=..", target.base)).expect(200)?;
    page.has("content-type", "text/html; charset=utf-8")
}

fn login(target: &Target) -> Outcome {
    for (query, to) in [
        ("", "/"),
        ("?returnTo=%2Fprivate%2Fvideos", "/#/films"),
        ("?returnTo=%2Fprivate%2Fimages%3Flightbox%3Da%2Bb.jpg", "/#/m/a%20b.jpg"),
        ("?returnTo=https%3A%2F%2Fevil.example%2Fprivate", "/"),
        ("?returnTo=%2F%2Fevil.example", "/"),
        ("?returnTo=%2F%5Cevil.example", "/"),
    ] {
        leads(target, &format!("/login{query}"), to)?;
    }
    Ok(())
}

fn gone(target: &Target) -> Outcome {
    let says = |answer: &Answer, words: &str| -> Outcome {
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
        let detail = answer.json()?["detail"].as_str().unwrap_or_default().to_owned();
        ensure!(detail.contains(words), "{}: {detail}", answer.what);
        Ok(())
    };
    for (path, words) in [
        ("/api/login", "POST /login"),
        ("/api/auth-token", "/api/playback?key="),
        ("/api/hls-segment/a.mov/720p_000.ts", "/api/hls/playlist?key="),
        ("/upload", "edge-gallery ingest"),
    ] {
        says(&target.get(path).expect(410)?, words)?;
        says(&target.get(path).anonymous().expect(410)?, words)?;
        let form = format!("password={}", target.password);
        let post = target.get(path).anonymous().method("POST").body("application/x-www-form-urlencoded", form);
        let answer = post.expect(410)?;
        answer.lacks("set-cookie")?;
        says(&answer, words)?;
    }
    Ok(())
}

/// Routes of the old API that have their names still.
fn what_is_still_there(target: &Target) -> Outcome {
    let film = encode(&film(target)?.0.key);
    let photo = target.photo()?;
    for path in ["/api/media", "/api/cache-version", &photo.file(), &photo.thumbnail("?size=medium")] {
        target.get(path).expect(200)?;
        target.get(path).anonymous().expect(401)?;
    }
    target.video(&format!("/api/hls/playlist?key={film}")).expect(200)?;
    Ok(())
}
