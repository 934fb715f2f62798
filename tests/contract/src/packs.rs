//! Finished ZIPs in the bucket, on a host that sends too few requests to make one.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use harness::Operator;
use serde_json::json;

use crate::{
    Outcome, Target,
    downloads::{Part, all_files, ask, has, parts, take},
    library::{BIG, all, file_bytes, photos},
    links::guest,
};

/// Within this time every instance of a host knows the new index.
const MOST: Duration = Duration::from_secs(30);

pub(crate) fn served(target: &Target) -> Outcome {
    let operator = target.operator()?;
    run(operator, "ingest", &["--packs", "--quiet"])?;
    let packs = until(target, "everything", |parts| names(parts) == ["Photos.zip", "Films.zip"])?;
    let files = all_files(target, &packs)?;
    ensure_eq!(files.len(), all(target)?.len(), "files");
    for key in photos() {
        has(&files, file_bytes(key)?, key)?;
    }
    has(&files, demo::short_film().original, "the film")?;

    // As any other file, and by one request for its bytes.
    let photos = &packs[0];
    let whole = take(target, photos)?;
    let tag = whole.need("etag")?.to_owned();
    ensure!(whole.cost("store-calls")? <= 4, "{}", whole.need("server-timing")?);
    let range = target.get(&photos.url).anonymous().header("range", "bytes=1000-69999").header("if-range", &tag);
    ensure!(range.expect(206)?.body == whole.body[1000..70_000], "the range is another slice");
    let head = target.get(&photos.url).anonymous().head().expect(200)?;
    ensure_eq!(head.length()?, photos.length, "HEAD");
    target.get(&photos.url).anonymous().header("if-none-match", &tag).expect(304)?;

    let screen = parts(&ask(target, None, &json!({ "view": "photos", "size": "screen" }))?)?;
    ensure_eq!(names(&screen), ["Photos (screen).zip"], "the names");
    ensure!(all_files(target, &screen)?.contains_key("big.webp"), "big.webp is not in it");
    // Few items are no view.
    ensure_eq!(names(&parts(&ask(target, None, &json!({ "keys": [BIG] }))?)?), ["Selection.zip"], "the names");
    let both = ask(target, None, &json!({ "view": "photos", "keys": [BIG] }))?;
    ensure_eq!(both.status, 400, "a view and keys");

    of_links(target)?;

    // What has changed ends the packs that it is in, and no other. Put back, they are what they were.
    run(operator, "hide", &[BIG])?;
    let without = until(target, "everything", |parts| !names(parts).contains(&"Photos.zip"))?;
    ensure_eq!(all_files(target, &without)?.len(), files.len() - 1, "files without the hidden one");
    target.get(&photos.url).anonymous().expect(404)?;
    take(target, &packs[1])?;
    run(operator, "show", &[BIG])?;
    let again = until(target, "everything", |parts| names(parts) == ["Photos.zip", "Films.zip"])?;
    ensure!(take(target, &again[0])?.body == whole.body, "the pack is another one");
    Ok(())
}

fn of_links(target: &Target) -> Outcome {
    let token = target.link(2)?;
    let cookie = guest(target, token)?;
    let timeline = target.get("/api/timeline").anonymous().header("cookie", &cookie).expect(200)?.json()?;
    let view = timeline["view"].as_str().ok_or("no view")?.to_owned();
    let packs = parts(&ask(target, Some(&cookie), &json!({ "view": view }))?)?;
    ensure!(packs.iter().all(|pack| !pack.name.contains(" of ")), "no packs: {:?}", names(&packs));
    let files = all_files(target, &packs)?;
    let stripped = files.get("IMG_0042.jpg").ok_or("the photo is not in it")?;
    ensure_eq!(stripped.len(), file_bytes(harness::PLACED)?.len(), "the length");
    ensure!(!stripped.windows(8).any(|text| text == b"Jane Doe"), "the photo still names who took it");
    Ok(())
}

fn names(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.name.as_str()).collect()
}

fn run(operator: &Operator, verb: &str, arguments: &[&str]) -> Outcome {
    operator.run(verb, arguments, "").map(drop).map_err(|failure| failure.to_string())
}

/// The parts of a view, once they are as they should be.
fn until(target: &Target, view: &str, is_so: impl Fn(&[Part]) -> bool) -> Result<Vec<Part>, String> {
    let began = Instant::now();
    loop {
        let parts = parts(&ask(target, None, &json!({ "view": view }))?)?;
        if is_so(&parts) {
            return Ok(parts);
        }
        ensure!(began.elapsed() < MOST, "the parts are still {:?}", names(&parts));
        sleep(Duration::from_millis(200));
    }
}
