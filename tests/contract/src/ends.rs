//! How soon what an operator ends is dead: measured for each kind of URL that a page and a player ask.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use harness::LIVE;
use serde_json::json;

use crate::{
    Outcome, Target,
    client::Call,
    library::{BIG, encode, film, item},
    links::guest,
};

cases!(ends: needs [Library, Operator]: a_link);

/// Within this time an end reaches everything.
const MOST: Duration = Duration::from_secs(30);
/// Within this time a new link opens: a second, and what the requests take.
const AT_ONCE: Duration = Duration::from_secs(4);
/// How often each URL must be refused in a row: a host may have several instances, and each learns of an end by itself.
const IN_A_ROW: u32 = 12;
const PAUSE: Duration = Duration::from_millis(100);

/// A kind of URL: its name, the URL, and whether it needs the cookie.
pub type Kind = (&'static str, String, bool);

fn with<'a>(target: &'a Target, cookie: &str, (_, url, by_cookie): &Kind) -> Call<'a> {
    let call = target.follow(url).anonymous();
    if *by_cookie { call.header("cookie", cookie) } else { call }
}

/// The URLs that somebody with everything on the screen asks, with and without the cookie.
pub fn kinds(target: &Target, cookie: &str) -> Result<Vec<Kind>, String> {
    let read = |path: &str| target.get(path).anonymous().header("cookie", cookie).expect(200)?.json();
    let timeline = read("/api/timeline")?;
    let block = timeline["blocks"][0][0].as_str().ok_or("the timeline has no block")?.to_owned();
    let photo = item(target, BIG)?;
    let film = encode(&film(target)?.0.key);
    let playback = read(&format!("/api/playback?key={film}"))?;
    let by_token = playback["url"].as_str().ok_or("no URL of the film")?.to_owned();
    let (below, _) = by_token.split_once("/playlist?").ok_or("no playlist")?;
    let master = format!("/api/hls/playlist?key={film}");
    let list = target.follow(&by_token).anonymous().expect(200)?;
    let variant = list.text()?.lines().find(|line| !line.starts_with('#')).ok_or("the film has no variant")?.to_owned();
    let segment = variant.replace(".m3u8", "_000.ts");
    let wanted = json!({ "keys": [BIG] }).to_string();
    let download = target.get("/api/download").anonymous().header("cookie", cookie).method("POST");
    let download = download.body("application/json", wanted).expect(200)?.json()?;
    let download = download["url"].as_str().ok_or("no URL of the download")?.to_owned();
    Ok(vec![
        ("download", download, false),
        ("timeline", "/api/timeline".to_owned(), true),
        ("block", format!("/api/blocks/{block}"), true),
        ("media", "/api/media".to_owned(), true),
        ("item", format!("/api/media/{BIG}"), true),
        ("original", photo.file, true),
        ("thumbnail", photo.thumbnails.medium.ok_or("the photo has no thumbnail")?, true),
        ("clip", item(target, LIVE)?.clip.ok_or("the photo has no clip")?, true),
        ("master by token", by_token.clone(), false),
        ("variant by token", format!("{below}/{variant}"), false),
        ("segment by token", format!("{below}/{segment}"), false),
        ("master", master, true),
        ("variant", format!("/api/hls/{variant}"), true),
        ("segment", format!("/api/hls/{segment}"), true),
    ])
}

/// Asks every URL until all are refused, as a page and a player would, and keeps how long each lived.
pub fn die(what: &str, target: &Target, cookie: &str, kinds: &[Kind]) -> Outcome {
    let began = Instant::now();
    let mut lived = vec![Duration::ZERO; kinds.len()];
    let mut in_a_row = 0;
    while in_a_row < IN_A_ROW {
        in_a_row += 1;
        for (kind, lived) in kinds.iter().zip(&mut lived) {
            let answer = with(target, cookie, kind).send()?;
            if answer.status != 401 {
                ensure!(matches!(answer.status, 200 | 302), "{}: {}", answer.what, answer.status);
                *lived = began.elapsed();
                in_a_row = 0;
                ensure!(*lived < MOST, "{what}: {} lives for more than half a minute", kind.0);
            }
        }
        sleep(PAUSE);
    }
    for ((name, ..), lived) in kinds.iter().zip(&lived) {
        target.measured(format!("{what}: {name} is dead after {:.1} s", lived.as_secs_f64()));
    }
    Ok(())
}

/// Makes sure that all of a host knows a new link.
fn known(target: &Target, cookie: &str) -> Outcome {
    let began = Instant::now();
    let mut in_a_row = 0;
    while in_a_row < IN_A_ROW {
        let answer = target.get("/api/timeline").anonymous().header("cookie", cookie).send()?;
        in_a_row = if answer.status == 200 { in_a_row + 1 } else { 0 };
        ensure!(in_a_row > 0 || began.elapsed() < AT_ONCE, "a new link is not known at once");
        sleep(PAUSE);
    }
    Ok(())
}

/// A link that shows everything, with a page and a film open. Everybody else goes on.
fn a_link(target: &Target) -> Outcome {
    let operator = target.operator()?;
    let run = |arguments: &[&str]| operator.run("link", arguments, "").map_err(|failure| failure.to_string());
    let url = run(&["add", "soon over", "--places"])?;
    let (_, token) = url.trim().rsplit_once('/').ok_or("link add printed no URL")?;
    // Whoever asks for a link that there is not looks past all caches once a second.
    let began = Instant::now();
    let cookie = loop {
        match guest(target, token) {
            Err(_) if began.elapsed() < AT_ONCE => sleep(PAUSE),
            done => break done?,
        }
    };
    known(target, &cookie)?;
    let kinds = kinds(target, &cookie)?;
    for kind in &kinds {
        let answer = with(target, &cookie, kind).send()?;
        ensure!(matches!(answer.status, 200 | 302), "{}: {}", answer.what, answer.status);
    }
    run(&["end", "soon over"])?;
    die("link end", target, &cookie, &kinds)?;
    target.get(&format!("/l/{token}")).anonymous().expect(404)?;
    target.get("/auth").expect(200)?;
    Ok(())
}
