//! Downloads of many items as one ZIP: what is in it, any range of it, and to whom it is open.

use std::{
    collections::HashMap,
    io::{Cursor, Read as _},
};

use harness::LIVE;
use serde_json::{Value, json};

use crate::{
    Answer, Call, Outcome, Target,
    library::{BIG, all, encode, file_bytes, film, photos},
    links::{self, guest},
    served::{Served, check},
    session::tampered,
    table::{Row, TABLES},
};

cases!(downloads:
    needs [Nothing]: what_is_refused;
    needs [Photo]: every_rule_of_a_file, any_range_is_the_slice, a_selection, in_the_size_of_a_screen,
        a_token_opens_one_download, the_cookie_is_not_needed;
    needs [Links]: films_without_originals;
    needs [Library]: everything;
    needs [Library, Links]: of_a_link, without_places, looking_only;
);

/// Asks for a download.
pub(crate) fn ask(target: &Target, cookie: Option<&str>, body: &Value) -> Result<Answer, String> {
    let call = target.get("/api/download").method("POST").body("application/json", body.to_string());
    match cookie {
        Some(cookie) => call.anonymous().header("cookie", cookie),
        None => call,
    }
    .send()
}

/// A part of a download: URL, name and length.
pub(crate) struct Part {
    pub url: String,
    pub name: String,
    pub length: u64,
}

pub(crate) fn parts(answer: &Answer) -> Result<Vec<Part>, String> {
    ensure_eq!(answer.status, 200, "{}: status ({})", answer.what, answer.text().unwrap_or_default());
    answer.has("cache-control", "private, no-store")?;
    let told = answer.json()?;
    let part = |part: &Value| {
        Some(Part {
            url: part["url"].as_str()?.to_owned(),
            name: part["name"].as_str()?.to_owned(),
            length: part["length"].as_u64()?,
        })
    };
    let parts: Option<Vec<_>> = told["parts"].as_array().and_then(|parts| parts.iter().map(part).collect());
    let parts = parts.filter(|parts| !parts.is_empty()).ok_or_else(|| format!("{}: no parts: {told}", answer.what))?;
    ensure_eq!(told["url"].as_str(), Some(parts[0].url.as_str()), "the URL of the first part");
    ensure_eq!(told["name"].as_str(), Some(parts[0].name.as_str()), "the name of the first part");
    let length: u64 = parts.iter().map(|part| part.length).sum();
    ensure_eq!(told["length"].as_u64(), Some(length), "the length of all parts");
    Ok(parts)
}

pub(crate) fn take(target: &Target, part: &Part) -> Result<Answer, String> {
    let whole = target.get(&part.url).anonymous().expect(200)?;
    ensure_eq!(whole.body.len() as u64, part.length, "{}: the length that was told", part.name);
    ensure_eq!(whole.length()?, part.length, "{}: Content-Length", part.name);
    whole.has("content-type", "application/zip")?;
    whole.has("accept-ranges", "bytes")?;
    whole.has("cache-control", "private, no-cache")?;
    let tag = whole.need("etag")?;
    ensure!(tag.starts_with('"') && tag.len() == 34, "{tag} is no strong tag");
    ensure!(whole.need("content-disposition")?.starts_with("attachment; filename="), "no attachment");
    Ok(whole)
}

/// The files of a ZIP, as another reader sees them: it checks the CRC-32 of each.
fn files(zip: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the ZIP cannot be read: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).map_err(|error| failed(&error))?;
    let mut files = Vec::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).map_err(|error| failed(&error))?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        let name = entry.name().map_err(|error| failed(&error))?.into_owned();
        files.push((name, bytes));
    }
    Ok(files)
}

/// The files of all parts of a download, by their names.
pub(crate) fn all_files(target: &Target, parts: &[Part]) -> Result<HashMap<String, Vec<u8>>, String> {
    let mut found = HashMap::new();
    for part in parts {
        for (name, bytes) in files(&take(target, part)?.body)? {
            ensure!(found.insert(name.clone(), bytes).is_none(), "two files are called {name}");
        }
    }
    Ok(found)
}

/// Files of a download, one of which must be these bytes.
pub(crate) fn has(files: &HashMap<String, Vec<u8>>, bytes: &[u8], what: &str) -> Outcome {
    ensure!(files.values().any(|file| file == bytes), "{what} is not in the download: {:?}", files.keys());
    Ok(())
}

fn everything(target: &Target) -> Outcome {
    let answer = ask(target, None, &json!({ "view": "everything" }))?;
    let parts = parts(&answer)?;
    let files = all_files(target, &parts)?;
    let told = answer.json()?;
    ensure_eq!(told["count"].as_u64(), Some(files.len() as u64), "the number of files that was told");
    ensure_eq!(told["leftOut"].as_u64(), Some(0), "what is left out");
    ensure!(told["expires"].as_str().is_some_and(|expires| expires.ends_with('Z')), "no end is told: {told}");
    for key in photos() {
        has(&files, file_bytes(key)?, key)?;
    }
    has(&files, demo::short_film().original, "the film")?;
    for name in
        ["Tanz & Müller (1) 50%.jpg", "% é (1).jpg", "日本の橋 #1_.jpg", "~tilde'quote_&amp;.jpg", "IMG_0042.jpg"]
    {
        ensure!(files.contains_key(name), "no file is called {name}: {:?}", files.keys());
    }
    Ok(())
}

/// Two photos with enough bytes for the ranges of the tables, and no more: many rows send the whole. Another library
/// may lack such among its smallest, and has a photo that is long enough.
fn two_photos(target: &Target) -> Result<Value, String> {
    let few = target.few()?.into_iter().map(|photo| photo.item);
    let mut keys: Vec<String> = few.filter(|item| item.size > 2_000).take(2).map(|item| item.key).collect();
    if keys.len() < 2 {
        keys.push(target.photo()?.item.key.clone());
    }
    Ok(json!({ "keys": keys }))
}

/// The rules of RFC 9110 for ranges and conditions, as of any other file.
fn every_rule_of_a_file(target: &Target) -> Outcome {
    let parts = parts(&ask(target, None, &two_photos(target)?)?)?;
    let part = &parts[0];
    let whole = take(target, part)?.body;
    let served = Served::new(|| target.get(&part.url).anonymous(), &whole)?;
    let mut wrong = Vec::new();
    // A ZIP has no date of its own.
    let by_tag = |row: &&Row| {
        let dated = |(name, value): &(&str, &str)| name.ends_with("modified-since") || value.contains("{date}");
        !row.headers.iter().any(dated)
    };
    for row in TABLES.iter().flat_map(|(_, rows)| *rows).filter(by_tag) {
        for method in ["GET", "HEAD"] {
            if let Err(what) = check(&served, row, method) {
                wrong.push(format!("{method}, {} {:?}: {what}", row.what, row.headers));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// All of the test library, some photos of another one.
fn everything_or_some(target: &Target) -> Result<Value, String> {
    if target.held()?.library {
        return Ok(json!({ "view": "everything" }));
    }
    let keys: Vec<String> = target.few()?.into_iter().map(|photo| photo.item.key).collect();
    Ok(json!({ "keys": keys }))
}

/// How the headers of a ZIP begin: of a file before and behind its bytes, of a file in the directory, and three at the
/// end.
const SIGNATURES: [&[u8]; 6] =
    [b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02", b"PK\x06\x06", b"PK\x06\x07", b"PK\x05\x06"];

fn any_range_is_the_slice(target: &Target) -> Outcome {
    for part in parts(&ask(target, None, &everything_or_some(target)?)?)? {
        let whole = take(target, &part)?;
        let tag = whole.need("etag")?.to_owned();
        let size = whole.body.len();
        let head = target.get(&part.url).anonymous().head().expect(200)?;
        ensure_eq!(head.length()?, part.length, "HEAD");
        // Every header begins somewhere near one of these.
        let headers = whole.body.windows(4).enumerate().filter(|(_, four)| SIGNATURES.contains(four));
        let mut starts: Vec<usize> = headers.map(|(at, _)| at).collect();
        let count = files(&whole.body)?.len();
        ensure!(starts.len() > 2 * count, "{} headers of {count} files", starts.len());
        starts.extend([0, 1, size / 3, size / 2, size - 22, size - 1]);
        // A slice that begins before the header, its first byte alone, and a slice that goes on into what follows.
        for (start, length) in starts.iter().flat_map(|at| [(at.saturating_sub(1), 40), (*at, 1), (*at, 70_000)]) {
            let end = (start + length).min(size);
            let range = format!("bytes={start}-{}", end - 1);
            let call = target.get(&part.url).anonymous().header("range", &range).header("if-range", &tag);
            let answer = call.expect(206)?;
            answer.has("content-range", &format!("bytes {start}-{}/{size}", end - 1))?;
            ensure!(answer.body == whole.body[start..end], "{range} is another slice");
        }
    }
    Ok(())
}

/// On a host that allows seven requests, a ZIP has at most three files. The files of all parts have different names.
pub(crate) fn in_parts(target: &Target) -> Outcome {
    let answer = ask(target, None, &json!({ "view": "everything" }))?;
    let parts = parts(&answer)?;
    let all = all(target)?.len();
    ensure_eq!(parts.len(), all.div_ceil(3), "parts of {all} items");
    for (number, part) in parts.iter().enumerate() {
        ensure_eq!(part.name.as_str(), format!("Gallery ({} of {}).zip", number + 1, parts.len()), "the name");
        let whole = take(target, part)?;
        ensure!(files(&whole.body)?.len() <= 3, "{} has too many files", part.name);
        ensure!(whole.cost("store-calls")? <= 7, "{}: {}", part.name, whole.need("server-timing")?);
        let end = target.get(&part.url).anonymous().header("range", "bytes=-100").expect(206)?;
        ensure!(whole.body.ends_with(&end.body) && end.body.len() == 100, "the end of {}", part.name);
    }
    ensure_eq!(all_files(target, &parts)?.len(), all, "files");
    Ok(())
}

fn a_selection(target: &Target) -> Outcome {
    let mut photos = target.few()?;
    if target.held()?.library {
        photos.retain(|photo| [BIG, "% é (1).jpg"].contains(&photo.item.key.as_str()));
    }
    photos.truncate(2);
    ensure!(photos.len() == 2 || !target.held()?.library, "the test library lacks a photo");
    let mut keys: Vec<&str> = photos.iter().map(|photo| photo.item.key.as_str()).collect();
    keys.extend(["absent.jpg", keys[0]]);
    let answer = ask(target, None, &json!({ "keys": keys, "size": "original" }))?;
    let parts = parts(&answer)?;
    ensure_eq!(parts[0].name.as_str(), "Selection.zip", "the name");
    let files = all_files(target, &parts)?;
    ensure_eq!(files.len(), photos.len(), "each item once: {:?}", files.keys());
    for photo in &photos {
        has(&files, &photo.bytes, &photo.item.key)?;
    }
    Ok(())
}

/// Pictures as WebP, and films as they are.
fn in_the_size_of_a_screen(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let is_library = target.held()?.library;
    let wanted = if is_library {
        json!({ "view": "everything", "size": "screen" })
    } else {
        json!({ "keys": [photo.item.key], "size": "screen" })
    };
    let files = all_files(target, &parts(&ask(target, None, &wanted)?)?)?;
    let url = photo.item.thumbnails.screen.as_deref().ok_or("the photo has no screen size")?;
    has(&files, &target.get(url).expect(200)?.body, "what is shown")?;
    if is_library {
        ensure!(files.contains_key("big.webp"), "big.webp is not in it: {:?}", files.keys());
        has(&files, demo::short_film().original, "the film")?;
    }
    ensure_eq!(files.len(), if is_library { all(target)?.len() } else { 1 }, "one file an item");
    Ok(())
}

fn of_a_link(target: &Target) -> Outcome {
    let token = target.link(0)?;
    let cookie = guest(target, token)?;
    let files = all_files(target, &parts(&ask(target, Some(&cookie), &json!({ "view": "photos" }))?)?)?;
    has(&files, file_bytes(BIG)?, BIG)?;
    ensure!(!files.values().any(|file| file == demo::short_film().original), "the film is in it");
    for view in ["everything", "films", "album-000000000000"] {
        ensure_eq!(ask(target, Some(&cookie), &json!({ "view": view }))?.status, 404, "{view}");
    }
    let (film, _) = film(target)?;
    ensure_eq!(ask(target, Some(&cookie), &json!({ "keys": [film.key] }))?.status, 404, "a film by its key");
    let both = parts(&ask(target, Some(&cookie), &json!({ "keys": [film.key, BIG] }))?)?;
    ensure_eq!(all_files(target, &both)?.len(), 1, "the film is not shown, so it is not there");
    Ok(())
}

/// Who must not see places gets the same lengths, and CRC-32s of the bytes that are sent.
fn without_places(target: &Target) -> Outcome {
    let token = target.link(2)?;
    let cookie = guest(target, token)?;
    let timeline = target.get("/api/timeline").anonymous().header("cookie", &cookie).expect(200)?.json()?;
    let view = timeline["view"].as_str().ok_or("no view")?.to_owned();
    let files = all_files(target, &parts(&ask(target, Some(&cookie), &json!({ "view": view }))?)?)?;
    let original = file_bytes(harness::PLACED)?;
    ensure!(original.windows(8).any(|text| text == b"Jane Doe"), "the fixture names nobody");
    let stripped = files.get("IMG_0042.jpg").ok_or("the photo is not in it")?;
    ensure_eq!(stripped.len(), original.len(), "the length");
    ensure!(!stripped.windows(8).any(|text| text == b"Jane Doe"), "the photo still names who took it");
    let alone = format!("/api/file/{}", crate::library::encode(harness::PLACED));
    let alone = target.get(&alone).anonymous().header("cookie", &cookie).expect(200)?;
    ensure!(alone.body == *stripped, "it is not what the link gives alone");
    Ok(())
}

fn what_is_refused(target: &Target) -> Outcome {
    for body in ["", "x", "[]", "{}", r#"{"view":1}"#, r#"{"view":"photos","keys":[]}"#, r#"{"keys":"a"}"#] {
        let call = target.get("/api/download").method("POST").body("application/json", body);
        call.expect(400)?.has("content-type", "application/problem+json")?;
    }
    for (body, status) in [
        (json!({ "view": "photos", "size": "huge" }), 400),
        (json!({ "keys": ["../etc/passwd"] }), 400),
        (json!({ "keys": vec!["a"; 5001] }), 400),
        (json!({ "view": "x" }), 404),
    ] {
        let answer = ask(target, None, &body)?;
        ensure_eq!(answer.status, status, "{}", answer.text()?);
        answer.has("cache-control", "no-store")?;
    }
    for body in [json!({ "keys": [] }), json!({ "keys": ["absent.jpg"] })] {
        nothing(&ask(target, None, &body)?)?;
    }
    let long = json!({ "keys": ["a".repeat(1 << 20)] }).to_string();
    // A host may end the connection while the body is still being sent.
    if let Ok(answer) = target.get("/api/download").method("POST").body("application/json", long).send() {
        ensure_eq!(answer.status, 413, "a long body");
    }
    let body = json!({ "view": "photos" }).to_string();
    let post = || target.get("/api/download").method("POST").body("application/json", body.clone());
    post().anonymous().expect(401)?;
    post().header("sec-fetch-site", "cross-site").expect(403)?;
    post().header("origin", "https://elsewhere.example").expect(403)?;
    Ok(())
}

/// The type by which a page tells this 404 from that of a view which does not exist.
fn nothing(answer: &Answer) -> Outcome {
    ensure_eq!(answer.status, 404, "{}", answer.text()?);
    ensure_eq!(answer.json()?["type"], json!("/problems#nothing-to-download"), "{}", answer.what);
    Ok(())
}

/// The link gives no originals, and a film has no other size.
fn films_without_originals(target: &Target) -> Outcome {
    let login = json!({ "link": target.link(1)?, "password": target.password }).to_string();
    let login = target.get("/login").anonymous().method("POST").body("application/json", login).expect(200)?;
    let cookie = crate::target::session_cookie(&login)?;
    nothing(&ask(target, Some(&cookie), &json!({ "view": "films" }))?)
}

fn a_token_opens_one_download(target: &Target) -> Outcome {
    let parts = parts(&ask(target, None, &json!({ "keys": [target.photo()?.item.key] }))?)?;
    let url = &parts[0].url;
    let token = url.split(['~', '/']).find(|part| part.len() > 100).ok_or("no token in the URL")?;
    for bad in [0, 20, 70, 141].map(|at| tampered(token, at)) {
        let answer = target.get(&url.replace(token, &bad)).send()?;
        ensure!(matches!(answer.status, 401 | 404), "{}: {}", answer.what, answer.status);
    }
    let cookie = target.token()?;
    target.get(&url.replace(token, cookie)).anonymous().expect(401)?.lacks("etag")?;
    // A download token is no session, and no playback token.
    let name = target.cookie()?.split('=').next().unwrap_or_default().to_owned();
    target.get("/api/media").anonymous().header("cookie", format!("{name}={token}")).expect(401)?;
    let key = crate::library::encode(&target.film_or_absent()?);
    target.video(&format!("/api/hls/~{token}/{key}/540p.m3u8")).anonymous().expect(401)?;
    Ok(())
}

/// Programs such as curl send none. Another name in the URL is the same download.
fn the_cookie_is_not_needed(target: &Target) -> Outcome {
    let parts = parts(&ask(target, None, &json!({ "keys": [target.photo()?.item.key] }))?)?;
    let other = parts[0].url.replace("Selection.zip", "%25%20%C3%A9%20%281%29.zip");
    let answer = Call::new(format!("{}{other}", target.base)).expect(200)?;
    ensure_eq!(answer.body.len() as u64, parts[0].length, "the length");
    ensure!(answer.need("content-disposition")?.contains("Selection.zip"), "the name is that of the download");
    Ok(())
}

/// A guest who may look gets no file to take home: no ZIP, and nothing that a browser would save by itself.
fn looking_only(target: &Target) -> Outcome {
    let cookie = guest(target, target.link(4)?)?;
    let auth = links::ask(target, &cookie, "/auth")?.json()?;
    ensure_eq!((&auth["download"], &auth["originals"]), (&json!(false), &json!(true)), "/auth");
    for body in [json!({ "view": "everything" }), json!({ "keys": [BIG], "size": "screen" })] {
        let refused = ask(target, Some(&cookie), &body)?;
        ensure_eq!(refused.status, 403, "POST /api/download");
        let kind = refused.json()?["type"].as_str().unwrap_or_default().to_owned();
        ensure!(kind.ends_with("looking-only"), "the type of the problem: {kind}");
    }
    for (open, absent) in [
        (format!("/api/file/{BIG}"), "/api/file/absent.png"),
        (format!("/api/clip/{}", encode(LIVE)), "/api/clip/absent.jpg"),
    ] {
        if open.starts_with("/api/file/") || target.live()?.is_some_and(|item| item.clip.is_some()) {
            ensure_eq!(links::ask(target, &cookie, &open)?.status, 200, "{open}");
        }
        links::is_hidden(target, &cookie, &format!("{open}?download"), absent)?;
    }
    Ok(())
}
