//! Playback tokens: a URL opens one film without a cookie, where the session's cookie does not reach video-edge.
//!
//! The listing names such URLs only if video-edge has an origin of its own. `/api/playback` gives them everywhere, for
//! players that send no cookies.

use url::Url;

use crate::{
    Answer, Call, Outcome, Target,
    library::{encode, film, page},
    playlists::{file_name, played, uris, version_query},
    session::told,
    target::session_cookie,
};

cases!(playback:
    needs [Film]: only_where_no_cookie_reaches, plays_by_the_url_alone, the_same_bytes_as_by_cookie, in_no_answer,
        opens_one_film, a_session_is_no_token, no_other_token, counts_alone, comes_before_anything_else,
        the_same_for_all_viewers, shared_caches_keep_it;
    needs [Photo, Film]: is_no_session, shared_caches_keep_nothing_else;
);

const SHARED: [&str; 2] = ["cdn-cache-control", "surrogate-control"];

/// The film's master playlist with a token in its URL, and the token.
pub(crate) fn token(target: &Target) -> Result<(Url, String), String> {
    let key = encode(&film(target)?.0.key);
    let playback = target.get(&format!("/api/playback?key={key}")).expect(200)?.json()?;
    let url = playback["url"].as_str().ok_or("/api/playback gives no URL")?;
    let url = if url.starts_with('/') { format!("{}{url}", target.video_base) } else { url.to_owned() };
    let (_, rest) = url.split_once("/api/hls/~").ok_or("a URL without a token")?;
    let token = rest.split('/').next().unwrap_or_default().to_owned();
    ensure_eq!(token.len(), madeup().len(), "the token's length");
    Ok((Url::parse(&url).map_err(|error| format!("{url}: {error}"))?, token))
}

/// A text that looks like a token, but is not one.
fn madeup() -> String {
    "A".repeat(142)
}

fn ask(url: impl Into<String>) -> Call<'static> {
    Call::new(url.into())
}

/// A GET of a path below `/api/hls/`, with a token before the path and without a cookie.
fn below(target: &Target, token: &str, rest: &str) -> Call<'static> {
    ask(format!("{}/api/hls/~{token}/{rest}", target.video_base))
}

/// The answers to everything that a player requests, in the player's order: the master, the variants, and the
/// segments' routes, of which a few bytes are enough.
fn play(master: &Url) -> Result<Vec<Answer>, String> {
    let resolve = |base: &Url, uri: &str| base.join(uri).map_err(|error| format!("{uri}: {error}"));
    let mut answers = vec![ask(master.as_str()).expect(200)?];
    let variants = uris(answers[0].text()?).map(|uri| resolve(master, uri)).collect::<Result<Vec<_>, _>>()?;
    for variant in variants {
        let answer = ask(variant.as_str()).expect(200)?;
        let first = file_name(uris(answer.text()?).next().ok_or("a variant without a segment")?).to_owned();
        answers.push(answer);
        let segment = resolve(&variant, &format!("{first}{}", version_query(master.as_str())))?;
        answers.push(ask(segment).header("range", "bytes=0-9").send()?);
    }
    Ok(answers)
}

/// The routes of a film that may stand below a token. The names are those of the film that is asked for.
fn routes(target: &Target, film: &str) -> Result<[String; 4], String> {
    let (film, played) = (encode(film), played(target)?);
    let (variant, segment) = (&played.variant, &played.segment);
    Ok([
        format!("playlist?key={film}"),
        format!("{film}/{variant}.m3u8"),
        format!("{film}/{variant}.m3u8?v=madeup"),
        format!("{film}/{segment}"),
    ])
}

fn only_where_no_cookie_reaches(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let key = encode(&film.key);
    let (master, version) = master.split_once("&v=").unwrap_or((&master, ""));
    ensure!(version.is_empty() || version == film.version()?, "the version is {version}");
    if target.is_split() {
        let token = master.split(['~', '/']).nth(6).unwrap_or_default();
        let wanted = format!("{}/api/hls/~{token}/playlist?key={key}", target.video_base);
        ensure_eq!(master, wanted, "the film's URL on another origin");
    } else {
        ensure_eq!(master, format!("/api/hls/playlist?key={key}"), "the film's URL on one origin");
    }
    ensure_eq!(master.contains('~'), target.is_split(), "whether there is a token");
    Ok(())
}

/// Plays as ffmpeg or a television would, with only the URL and no cookie.
fn plays_by_the_url_alone(target: &Target) -> Outcome {
    let (master, _) = token(target)?;
    for answer in play(&master)? {
        answer.lacks("set-cookie")?;
        let is_media = |answer: &Answer| -> Outcome {
            let media_type = answer.need("content-type")?;
            ensure!(matches!(media_type, "video/mp2t" | "video/mp4"), "{}: Content-Type is {media_type}", answer.what);
            Ok(())
        };
        if answer.status == 302 {
            is_media(&ask(answer.need("location")?).header("range", "bytes=0-9").expect(206)?)?;
        } else if answer.status == 206 {
            is_media(&answer)?;
        } else {
            ensure_eq!(answer.status, 200, "{}: status", answer.what);
            ask(answer.what.replacen("GET ", "", 1)).head().expect(200)?;
        }
    }
    Ok(())
}

/// One playlist is cached for all viewers. Nothing in it depends on how it was requested, so it cannot hold a token.
/// Between two requests, a new window of signatures may begin. It does so every four hours, and not twice in a case.
fn the_same_bytes_as_by_cookie(target: &Target) -> Outcome {
    compare_with_cookie(target).or_else(|_| compare_with_cookie(target))
}

fn compare_with_cookie(target: &Target) -> Outcome {
    let (master, token) = token(target)?;
    for answer in play(&master)?.iter().filter(|answer| answer.status == 200) {
        let path = answer.what.replacen("GET ", "", 1).replacen(&format!("~{token}/"), "", 1);
        let by_cookie = target.follow(&path).expect(200)?;
        ensure!(by_cookie.body == answer.body, "{path}: other bytes by cookie");
        ensure_eq!(by_cookie.header("etag"), answer.header("etag"), "{path}: ETag by cookie");
    }
    Ok(())
}

fn in_no_answer(target: &Target) -> Outcome {
    let (master, token) = token(target)?;
    let mut answers = play(&master)?;
    for (rest, status) in [("playlist?key=absent.mp4", 401), ("x", 401), ("a%zz/x.m3u8", 401)] {
        answers.push(below(target, &token, rest).expect(status)?);
    }
    let film = encode(&film(target)?.0.key);
    let variant = format!("{film}/{}.m3u8", played(target)?.variant);
    answers.push(below(target, &token, &format!("{film}/4320p.m3u8")).expect(404)?);
    answers.push(below(target, &token, &variant).method("POST").expect(405)?);
    answers.push(below(target, &token, &variant).header("if-none-match", "*").expect(304)?);
    for answer in answers {
        ensure!(!answer.text().is_ok_and(|text| text.contains(&token)), "{}: the body holds the token", answer.what);
        for (name, value) in &answer.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            ensure!(!value.contains(&token), "{}: {name} holds the token", answer.what);
        }
    }
    Ok(())
}

/// For any other film the token counts as no token, whether or not the film exists.
fn opens_one_film(target: &Target) -> Outcome {
    let (_, token) = token(target)?;
    let film = film(target)?.0.key;
    let photo = target.held()?.photo.as_ref().map_or("absent.png", |photo| photo.item.key.as_str());
    for other in [photo, "absent.mp4", "", &format!("{film} "), &format!("x/{film}"), &film.to_uppercase()] {
        for rest in routes(target, other)? {
            let by_token = below(target, &token, &rest).expect(401)?;
            let none = target.video(&format!("/api/hls/{rest}")).anonymous().expect(401)?;
            ensure_eq!(told(&by_token)?, told(&none)?, "{rest}: what the token of another film tells");
        }
    }
    Ok(())
}

/// On the routes of viewer-edge, and in the place of a session's cookie, the token has no effect.
fn is_no_session(target: &Target) -> Outcome {
    let (_, token) = token(target)?;
    let name = target.cookie()?.split('=').next().unwrap_or_default();
    let photo = target.photo()?;
    for path in ["/api/media", "/auth", "/api/cache-version", &photo.file(), &photo.thumbnail("")] {
        target.get(path).anonymous().header("cookie", format!("{name}={token}")).expect(401)?;
    }
    let key = encode(&photo.item.key);
    for path in [format!("/api/file/~{token}/{key}"), format!("/api/thumbnail/~{token}/{key}")] {
        target.get(&path).anonymous().expect(401)?;
        target.get(&path).expect(404)?;
    }
    for rest in routes(target, &film(target)?.0.key)? {
        let asked = target.video(&format!("/api/hls/{rest}")).anonymous();
        asked.header("cookie", format!("{name}={token}")).expect(401)?;
    }
    Ok(())
}

fn a_session_is_no_token(target: &Target) -> Outcome {
    for rest in routes(target, &film(target)?.0.key)? {
        below(target, target.token()?, &rest).expect(401)?;
    }
    Ok(())
}

fn no_other_token(target: &Target) -> Outcome {
    let (_, token) = token(target)?;
    let film = film(target)?.0.key;
    let flipped = |at: usize| {
        let other = if token.as_bytes()[at] == b'A' { 'B' } else { 'A' };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    };
    let mut bad: Vec<String> = (0..token.len()).step_by(9).map(flipped).collect();
    bad.push(flipped(token.len() - 1));
    bad.extend([
        madeup(),
        String::new(),
        "x".to_owned(),
        token[1..].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("%41{}", &token[1..]),
        format!("~{token}"),
        token.to_lowercase(),
    ]);
    for bad in bad {
        for rest in routes(target, &film)? {
            let refused = below(target, &bad, &rest).expect(401)?;
            refused.has("cache-control", "no-store")?;
            refused.lacks("etag")?;
            below(target, &bad, &rest).head().expect(401)?;
        }
    }
    Ok(())
}

/// A good cookie does not save a bad token: the answer to a URL with a token depends on the URL alone.
fn counts_alone(target: &Target) -> Outcome {
    for rest in routes(target, &film(target)?.0.key)? {
        target.video(&format!("/api/hls/~{}/{rest}", madeup())).expect(401)?;
    }
    Ok(())
}

fn comes_before_anything_else(target: &Target) -> Outcome {
    let conditions =
        [("if-none-match", "*"), ("if-match", "\"x\""), ("range", "bytes=0-1"), ("range", "bytes=99999999-")];
    for (name, value) in conditions {
        for rest in routes(target, &film(target)?.0.key)? {
            let answer = below(target, &madeup(), &rest).header(name, value).expect(401)?;
            for gone in ["etag", "last-modified", "content-range", "location", SHARED[0], SHARED[1]] {
                answer.lacks(gone)?;
            }
        }
    }
    Ok(())
}

/// The listing therefore does not change every second, and a listing that a 304 keeps in use has a valid token.
fn the_same_for_all_viewers(target: &Target) -> Outcome {
    let first = target.get("/api/media?type=video").expect(200)?;
    let other = session_cookie(&target.log_in(&target.password).expect(200)?)?;
    let theirs = target.get("/api/media?type=video").anonymous().header("cookie", other).expect(200)?;
    ensure!(theirs.body == first.body, "another viewer has another listing");
    first.has("cache-control", "private, no-cache")?;
    target.get("/api/media?type=video").header("if-none-match", first.need("etag")?).expect(304)?;
    ensure!(!page(target, "?type=video")?.items.is_empty(), "there is no film");
    Ok(())
}

/// Shared caches keep an answer for five seconds at most, so that the end of a session reaches them soon. For all other
/// caches the answer stays private.
fn shared_caches_keep_it(target: &Target) -> Outcome {
    let (master, _) = token(target)?;
    let mut answers = play(&master)?;
    answers.push(ask(master.as_str()).head().expect(200)?);
    answers.push(ask(master.as_str()).header("if-none-match", "*").expect(304)?);
    for answer in answers {
        for name in SHARED {
            let seconds = answer.need(name)?.strip_prefix("max-age=").and_then(|seconds| seconds.parse::<u64>().ok());
            ensure!(seconds.is_some_and(|seconds| seconds <= 5), "{}: {name} is {seconds:?}", answer.what);
        }
        ensure!(answer.need("cache-control")?.starts_with("private"), "{}: not private", answer.what);
        answer.lacks("set-cookie")?;
        ensure!(!answer.header("vary").is_some_and(|vary| vary.to_lowercase().contains("cookie")), "Vary: Cookie");
    }
    Ok(())
}

/// Shared caches keep no answer that a cookie opened, and no refusal.
fn shared_caches_keep_nothing_else(target: &Target) -> Outcome {
    let key = film(target)?.0.key;
    let file = target.photo()?.file();
    let mut calls: Vec<Call<'_>> = vec![
        target.get("/auth"),
        target.get("/api/media"),
        target.get("/api/cache-version"),
        target.get(&file),
        target.get(&file).header("range", "bytes=0-1"),
        target.get(&file).header("if-none-match", "*"),
        target.get(&target.photo()?.thumbnail("?size=small")),
        target.log_in(&target.password),
        target.video("/healthz"),
    ];
    for rest in routes(target, &key)? {
        calls.push(target.video(&format!("/api/hls/{rest}")));
        calls.push(target.video(&format!("/api/hls/{rest}")).head());
        calls.push(target.video(&format!("/api/hls/{rest}")).header("if-none-match", "*"));
        calls.push(target.video(&format!("/api/hls/{rest}")).anonymous());
        calls.push(below(target, &madeup(), &rest));
    }
    let (_, token) = token(target)?;
    calls.push(below(target, &token, "absent.mp4/540p.m3u8"));
    calls.push(below(target, &token, &format!("{}/4320p.m3u8", encode(&key))));
    for call in calls {
        let answer = call.send()?;
        for name in SHARED {
            answer.lacks(name)?;
        }
    }
    Ok(())
}
