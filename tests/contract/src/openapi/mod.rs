//! `docs/openapi.json`: it has every route and no other. A client made from it logs in, lists, plays, downloads, and
//! understands every refusal.

mod caller;
mod document;

use serde_json::{Value, json};
use url::Url;

use crate::{
    Answer, Outcome, Target,
    library::without_a_clip,
    playlists::{played, uris},
};
use caller::{Caller, More};
use document::{Operation, operations};

cases!(openapi:
    needs [Nothing]: logs_out, follows_no_link, asks_everywhere_for_a_session, names_the_methods, old_addresses,
        says_what_is_wrong;
    needs [Several]: logs_in_and_lists;
    needs [Photo]: shows_files_in_whole_and_in_part, downloads;
    needs [Clip]: shows_clips;
    needs [Film]: plays;
    needs [Film, Led]: leads_to_segments;
    needs [Links]: follows_a_link;
);

fn logged_in(target: &Target) -> Result<Caller<'_>, String> {
    let mut caller = Caller::new(target);
    caller.log_in(&json!({ "password": target.password }))?;
    Ok(caller)
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("no {name} in {value}"))
}

/// Checks the type of a problem.
fn is_of(answer: &Answer, name: &str) -> Outcome {
    let wanted = if name.is_empty() { "about:blank".to_owned() } else { format!("/problems#{name}") };
    ensure_eq!(answer.json()?["type"], json!(wanted), "{}", answer.what);
    Ok(())
}

fn logs_in_and_lists(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    for service in ["page", "manifest", "problems", "health", "ready", "session", "cacheVersion"] {
        caller.get(service, &[], 200)?;
        caller.send(service, &[], More { head: true, ..More::default() }, 200)?;
    }
    let problems = caller.get("problems", &[], 200)?;
    ensure!(problems.text()?.contains("<h2 id=\"no-session\">"), "/problems has no place for no-session");
    let timeline = caller.get("timeline", &[("view", "everything")], 200)?;
    let tag = timeline.need("etag")?.to_owned();
    caller.get("timeline", &[("If-None-Match", &tag)], 304)?;
    let timeline = timeline.json()?;
    let block = timeline["blocks"][0][0].as_str().ok_or("the timeline has no block")?;
    let items = caller.get("block", &[("name", block)], 200)?.json()?;
    for item in items.as_array().into_iter().flatten() {
        let found = caller.get("item", &[("key", text(item, "key")?), ("view", "everything")], 200)?.json()?;
        ensure_eq!(found["position"]["block"], json!(block), "the block of an item");
    }
    let first = caller.get("listing", &[("limit", "2")], 200)?.json()?;
    let cursor = text(&first, "nextCursor")?.to_owned();
    caller.get("listing", &[("limit", "1000"), ("cursor", &cursor)], 200)?;
    caller.get("listing", &[("type", "video"), ("Accept-Encoding", "identity")], 200)?;
    let photos = target.path("/#/photos");
    let form = json!({ "password": target.password, "returnTo": photos });
    let more = More { body: Some(("application/x-www-form-urlencoded", &form)), ..More::default() };
    caller.send("login", &[], more, 303)?.has("location", &photos)
}

fn plays(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    let key = film(target)?;
    caller.get("master", &[("key", &key)], 200)?;
    let player = Caller::new(target);
    let base = by_token(&caller, &key)?;
    let master = player.follow(base.as_str(), 200)?;
    for variant in uris(master.text()?) {
        let variant = base.join(variant).map_err(|error| format!("{variant}: {error}"))?;
        player.follow(variant.as_str(), 200)?;
        let tagged = player.follow(variant.as_str(), 200)?;
        player.follow_with(variant.as_str(), &[("If-None-Match", tagged.need("etag")?)], 304)?;
    }
    let token = token(&player, &base)?;
    let report = json!({
        "packaging": "ts", "firstFrameMs": 412, "stalls": 0, "stalledMs": 0, "playedMs": 60000, "switches": 2,
        "failure": null,
    });
    // A gallery that takes none says so to whoever may report.
    let status = if played(target)?.takes_reports { 204 } else { 404 };
    let more = More { body: Some(("text/plain;charset=UTF-8", &report)), ..More::default() };
    player.send("reportByToken", &[("token", &token), ("key", &key)], more, status)?;
    caller.send("report", &[], more, status).map(drop)
}

/// The key of a film.
fn film(target: &Target) -> Result<String, String> {
    crate::library::film(target).map(|(film, _)| film.key)
}

/// The URL of a film, which is all that a player knows.
fn by_token(caller: &Caller<'_>, key: &str) -> Result<Url, String> {
    let playback = caller.get("playback", &[("key", key)], 200)?.json()?;
    let url = caller.whole(text(&playback, "url")?);
    Url::parse(&url).map_err(|error| format!("{url}: {error}"))
}

/// The token in such a URL.
fn token(player: &Caller<'_>, url: &Url) -> Result<String, String> {
    let (_, values) = Operation::of(player.local(url.as_str()).split('?').next().unwrap_or_default())?;
    values.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token).ok_or_else(|| "no token".to_owned())
}

fn leads_to_segments(target: &Target) -> Outcome {
    let (caller, player) = (logged_in(target)?, Caller::new(target));
    let key = film(target)?;
    let base = by_token(&caller, &key)?;
    let token = token(&player, &base)?;
    let version = base.query_pairs().find(|(name, _)| name == "v").map(|(_, version)| version.into_owned());
    let mut of_segment = vec![("token", token.as_str()), ("key", &key), ("segment", played(target)?.segment.as_str())];
    of_segment.extend(version.as_deref().map(|version| ("v", version)));
    let away = player.get("segmentByToken", &of_segment, 302)?;
    crate::Call::new(away.need("location")?.to_owned()).header("range", "bytes=0-9").expect(206)?;
    caller.get("segment", &of_segment[1..], 302).map(drop)
}

fn shows_files_in_whole_and_in_part(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    // In the test library, this is a photo whose key holds a slash.
    let nested = nested(target)?;
    let item = caller.get("item", &[("key", &nested)], 200)?.json()?;
    for size in ["small", "medium", "large", "screen"] {
        caller.follow(text(&item["thumbnails"], size)?, 200)?;
        caller.get("thumbnail", &[("key", &nested), ("size", size)], 200)?;
    }
    caller.follow(text(&item, "file")?, 200)?;
    shows(&caller, "file", &target.photo()?.item.key)
}

fn shows_clips(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    let key = &target.live()?.ok_or("there is no clip")?.key;
    let live = caller.get("item", &[("key", key)], 200)?.json()?;
    caller.follow(text(&live, "clip")?, 200)?;
    shows(&caller, "clip", key)
}

/// The key of a photo, with a slash if there is such a one.
fn nested(target: &Target) -> Result<String, String> {
    let photos = target.few()?;
    let nested = photos.iter().find(|photo| photo.item.key.contains('/'));
    Ok(nested.map_or(&target.photo()?.item.key, |photo| &photo.item.key).clone())
}

fn shows(caller: &Caller<'_>, id: &str, key: &str) -> Outcome {
    let whole = caller.get(id, &[("key", key), ("download", "")], 200)?;
    let (tag, date) = (whole.need("etag")?.to_owned(), whole.need("last-modified")?.to_owned());
    let part = caller.get(id, &[("key", key), ("Range", "bytes=0-9"), ("If-Range", &tag)], 206)?;
    ensure_eq!(part.body, whole.body[..10], "{}", part.what);
    caller.get(id, &[("key", key), ("Range", "bytes=0-1,5-6")], 206)?;
    caller.get(id, &[("key", key), ("Range", "bytes=99999999-")], 416)?;
    caller.get(id, &[("key", key), ("If-None-Match", &tag)], 304)?;
    caller.get(id, &[("key", key), ("If-Modified-Since", &date)], 304)?;
    let past = "Tue, 15 Nov 1994 12:45:26 GMT";
    is_of(&caller.get(id, &[("key", key), ("If-Unmodified-Since", past)], 412)?, "changed")?;
    is_of(&caller.get(id, &[("key", key), ("If-Match", "\"x\"")], 412)?, "changed")?;
    caller.send(id, &[("key", key)], More { head: true, ..More::default() }, 200).map(drop)
}

fn downloads(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    let keys = [target.photo()?.item.key.clone(), nested(target)?];
    for body in [json!({ "keys": keys }), json!({ "keys": keys, "size": "screen" })] {
        let more = More { body: Some(("application/json", &body)), ..More::default() };
        let prepared = caller.send("beginDownload", &[], more, 200)?.json()?;
        let browser = Caller::new(target);
        for part in prepared["parts"].as_array().into_iter().flatten() {
            let url = text(part, "url")?;
            let whole = browser.follow(url, 200)?;
            ensure_eq!(json!(whole.body.len()), part["length"], "the length of {}", text(part, "name")?);
            let tag = whole.need("etag")?;
            let rest = browser.follow_with(url, &[("Range", "bytes=100-"), ("If-Range", tag)], 206)?;
            ensure_eq!(rest.body, whole.body[100..], "{}", rest.what);
            browser.follow_with(url, &[("Range", "bytes=9999999999-")], 416)?;
            browser.follow_with(url, &[("If-None-Match", tag)], 304)?;
        }
    }
    Ok(())
}

fn logs_out(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    caller.send("logout", &[], More::default(), 204)?;
    Caller::new(target).send("logout", &[], More::default(), 204).map(drop)
}

fn follows_no_link(target: &Target) -> Outcome {
    let guest = Caller::new(target);
    guest.get("follow", &[("link", "AAAAAAAAAAAAAAAAAAAAAA")], 404)?;
    guest.get("linkCover", &[("link", "AAAAAAAAAAAAAAAAAAAAAA")], 404)?;
    let ended = json!({ "link": "AAAAAAAAAAAAAAAAAAAAAA" });
    let more = More { body: Some(("application/json", &ended)), ..More::default() };
    is_of(&guest.send("login", &[], more, 404)?, "link-ended")
}

fn follows_a_link(target: &Target) -> Outcome {
    let guest = Caller::new(target);
    let (photos, films) = (target.link(0)?, target.link(1)?);
    let followed = guest.get("follow", &[("link", photos)], 303)?;
    let cookie = followed.need("set-cookie")?.split(';').next().unwrap_or_default();
    let guest = guest.with_cookie(cookie);
    ensure_eq!(guest.get("session", &[], 200)?.json()?["link"], json!(true), "/auth by a link");
    ensure!(guest.get("timeline", &[], 200)?.json()?["link"].is_object(), "a timeline by a link");
    guest.get("timeline", &[("view", "films")], 404)?;
    // This one has a password.
    let mut guest = Caller::new(target);
    guest.get("follow", &[("link", films)], 200)?;
    let asked = json!({ "link": films });
    let more = More { body: Some(("application/json", &asked)), ..More::default() };
    is_of(&guest.send("login", &[], more, 401)?, "link-password")?;
    guest.log_in(&json!({ "link": films, "password": target.password }))?;
    guest.get("timeline", &[], 200).map(drop)
}

fn says_what_is_wrong(target: &Target) -> Outcome {
    let caller = logged_in(target)?;
    let wrong = More { is_wrong: true, ..More::default() };
    let without = without_a_clip(target)?;
    for (id, values, status, name) in [
        ("listing", &[("limit", "x")][..], 400, ""),
        ("listing", &[("cursor", "x")], 400, "cursor-unknown"),
        ("playback", &[("key", "")], 400, ""),
        ("thumbnail", &[("key", "absent.jpg"), ("size", "huge")], 400, ""),
        ("item", &[("key", "absent.jpg")], 404, ""),
        ("file", &[("key", "absent.jpg")], 404, ""),
        ("clip", &[("key", &without)], 404, ""),
        ("block", &[("name", "x")], 404, "library-changed"),
        ("timeline", &[("view", "x")], 404, ""),
        ("master", &[("key", "absent.mp4")], 404, ""),
        ("variant", &[("key", "absent.mp4"), ("variant", "540p")], 404, ""),
        ("segment", &[("key", "absent.mp4"), ("segment", "540p_000.ts")], 404, ""),
    ] {
        is_of(&caller.send(id, values, wrong, status)?, name)?;
    }
    for (id, media_type, body, status) in [
        ("login", "application/json", json!([]), 400),
        ("login", "application/json", json!({ "password": "x".repeat(64 * 1024) }), 413),
        ("beginDownload", "application/json", json!({ "view": "photos", "size": "huge" }), 400),
        ("beginDownload", "application/json", json!({ "view": "x" }), 404),
    ] {
        let more = More { body: Some((media_type, &body)), ..wrong };
        is_of(&caller.send(id, &[], more, status)?, "")?;
    }
    let operation = Operation::named("login")?;
    let foreign = target.log_in(&target.password).header("sec-fetch-site", "cross-site").expect(403)?;
    caller::check(&operation, &foreign, false)?;
    is_of(&foreign, "foreign-page")?;
    let plain = target.get("/login").anonymous().method("POST").body("text/plain", "x").expect(415)?;
    caller::check(&operation, &plain, false)
}

/// Values for the parameters that an operation needs, of things that do not exist.
fn placeholders(operation: &Operation) -> Vec<(&'static str, String)> {
    let needed = operation.parameters().into_iter().filter(|parameter| parameter.is("required"));
    let value = |name| if name == "token" { "A".repeat(142) } else { "x".to_owned() };
    needed.map(|parameter| (parameter.text("name"), value(parameter.text("name")))).collect()
}

/// What the document calls private is closed, and what it calls public is not closed for want of a cookie.
fn asks_everywhere_for_a_session(target: &Target) -> Outcome {
    let stranger = Caller::new(target);
    let mut private = 0;
    for operation in operations() {
        let values = placeholders(&operation);
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let has_token = values.iter().any(|(name, _)| *name == "token");
        if !operation.is_private() && !has_token {
            continue;
        }
        private += 1;
        let body = json!({});
        let more = More {
            body: operation.place.get("requestBody").map(|_| ("application/json", &body)),
            is_wrong: true,
            head: false,
        };
        is_of(&stranger.send(operation.id(), &values, more, 401)?, "no-session")?;
    }
    ensure!(private > 15, "{private} operations need a session");
    Ok(())
}

/// The answer to any other method names the methods of the document.
fn names_the_methods(target: &Target) -> Outcome {
    let all = operations();
    for operation in &all {
        let base = if operation.is_of_films() { &target.video_base } else { &target.base };
        let values = placeholders(operation);
        let path = values
            .iter()
            .fold(operation.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let answer = crate::Call::new(format!("{base}{path}")).method("DELETE").expect(405)?;
        caller::check(operation, &answer, false)?;
        answer.has("allow", &methods(&all, &operation.path))?;
    }
    Ok(())
}

/// The methods of a path, as a service lists them. A GET may also be a HEAD.
fn methods(all: &[Operation], path: &str) -> String {
    let of_path = all.iter().filter(|operation| operation.path == path);
    let methods = of_path.map(|operation| if operation.method == "GET" { "GET, HEAD" } else { &operation.method });
    methods.collect::<Vec<_>>().join(", ")
}

fn old_addresses(target: &Target) -> Outcome {
    let stranger = Caller::new(target);
    // Nobody asks whether such an item is there.
    let key = demo::short_film().key;
    for operation in operations().into_iter().filter(|operation| operation.place.is("deprecated")) {
        let value = |name| if name == "returnTo" { "/private/images" } else { key };
        let names: Vec<&str> = operation.parameters().iter().map(|parameter| parameter.text("name")).collect();
        let values: Vec<(&str, &str)> = names.into_iter().map(|name| (name, value(name))).collect();
        let is_gone = operation.response(410).is_some();
        stranger.send(operation.id(), &values, More::default(), if is_gone { 410 } else { 308 })?;
    }
    Ok(())
}

/// Checks the answer to a login by what the document says of it.
pub fn is_a_described_login(answer: &Answer) -> Outcome {
    caller::check(&Operation::named("login")?, answer, false)
}

/// Checks the answer to a report of playback.
pub(crate) fn is_a_described_report(answer: &Answer) -> Outcome {
    caller::check(&Operation::named("report")?, answer, false)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::listed;

    #[test]
    fn every_route_is_in_the_document_and_no_other() {
        let all = operations();
        let described: BTreeSet<(&str, String, String)> = all
            .iter()
            .flat_map(|operation| {
                let (route, methods) = (operation.route(), methods(&all, &operation.path));
                operation.services().into_iter().map(move |service| (service, route.clone(), methods.clone()))
            })
            .collect();
        let routes: BTreeSet<(&str, String, String)> =
            listed().map(|(service, pattern, methods)| (service, pattern.to_owned(), methods.to_owned())).collect();
        let (missing, unknown): (Vec<_>, Vec<_>) =
            (routes.difference(&described).collect(), described.difference(&routes).collect());
        assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}; unknown: {unknown:?}");
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut names: Vec<&str> = operations().iter().map(Operation::id).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert!(names.len() == all && !names.contains(&""), "{names:?}");
    }

    #[test]
    fn every_parameter_of_a_path_is_described() {
        for operation in operations() {
            let of_path = operation.parameters().into_iter().filter(|parameter| parameter.text("in") == "path");
            let mut path = operation.path.clone();
            for parameter in of_path {
                let name = format!("{{{}}}", parameter.text("name"));
                assert!(path.contains(&name), "{}: {name}", operation.path);
                path = path.replace(&name, "");
            }
            assert!(!path.contains('{'), "{path}");
        }
    }
}
