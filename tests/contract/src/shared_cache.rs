//! Passes every answer through shared caches. What the caches then give to another client must be what this client
//! would have got without the caches and without a session.

use url::Url;

use crate::{
    Answer, Call, Outcome, Target,
    library::{film, is_demo},
    methods, page,
    playlists::{file_name, uris, variants, version_query},
    rfc9111::{Request, SharedCache, TARGETS},
    session,
    target::session_cookie,
};

cases!(shared_cache:
    needs [Nothing]: gives_what_is_public;
    needs [Photo]: gives_nobody_what_is_anothers;
    needs [Film]: gives_films_by_their_tokens;
);

/// Sends a request to a host directly.
type Origin<'a> = &'a dyn Fn(&Request) -> Result<Answer, String>;

/// An answer that another client got from a cache.
struct Given {
    /// The kind of cache, the request, and whether the origin agreed.
    what: String,
    wrong: Option<String>,
}

fn ask(request: &Request) -> Result<Answer, String> {
    let call = Call::new(request.url.clone()).method(request.method);
    request.headers.iter().fold(call, |call, (name, value)| call.header(name, value.as_str())).send()
}

fn with_cookie(request: &Request, cookie: Option<&str>) -> Request {
    let mut request = request.clone();
    request.headers.retain(|(name, _)| !matches!(*name, "cookie" | "origin"));
    cookie.map_or_else(|| request.clone(), |cookie| request.clone().with("cookie", cookie))
}

/// Passes the answers through one cache of each kind, and then repeats every request with other cookies, and without
/// any.
fn replay(passed: &[(Request, Answer)], cookies: &[&str], origin: Origin<'_>) -> Result<Vec<Given>, String> {
    let mut given = Vec::new();
    for target in TARGETS {
        let mut cache = SharedCache::new(target);
        for (request, answer) in passed {
            cache.pass(request, answer);
        }
        for (first, _) in passed {
            for cookie in [None].into_iter().chain(cookies.iter().copied().map(Some)) {
                let mut second = with_cookie(first, cookie);
                second.method = if first.method == "HEAD" { "HEAD" } else { "GET" };
                for kept in cache.look_up(&second) {
                    if kept.must_ask && !still_holds(&second, kept.answer, origin)? {
                        continue;
                    }
                    let agreed = if kept.must_ask { ", agreed" } else { "" };
                    let what = format!("{} {} ({}{agreed})", second.method, second.url, target.unwrap_or("plain"));
                    let stranger = origin(&with_cookie(&second, None))?;
                    given.push(Given { what, wrong: differs(&second, kept.answer, &stranger) });
                }
            }
        }
    }
    Ok(given)
}

/// Section 4.3 of RFC 9111.
fn still_holds(request: &Request, kept: &Answer, origin: Origin<'_>) -> Result<bool, String> {
    let validators = [("etag", "if-none-match"), ("last-modified", "if-modified-since")];
    let conditions = validators.into_iter().filter_map(|(name, condition)| Some((condition, kept.header(name)?)));
    let conditional = conditions.fold(request.clone(), |request, (name, value)| request.with(name, value));
    Ok(conditional.headers.len() > request.headers.len() && origin(&conditional)?.status == 304)
}

/// How an answer from a cache differs from the answer that a stranger would get from the origin.
fn differs(request: &Request, kept: &Answer, stranger: &Answer) -> Option<String> {
    if kept.header("set-cookie").is_some() {
        return Some("another's Set-Cookie".to_owned());
    }
    if kept.status != stranger.status {
        return Some(format!("a {}, not a {}", kept.status, stranger.status));
    }
    for name in ["content-type", "content-encoding", "content-range", "location", "access-control-allow-origin"] {
        if kept.header(name) != stranger.header(name) {
            return Some(format!("another {name}"));
        }
    }
    (request.method == "GET" && kept.body != stranger.body).then(|| "another body".to_owned())
}

/// Sends these requests with a session, from the page of another origin with a session, and as a stranger. Passes all
/// answers through caches.
pub(crate) fn nothing_leaks(target: &Target, requests: &[Request]) -> Outcome {
    let mut passed = Vec::new();
    for request in requests {
        let private = request.clone().with("cookie", target.cookie()?);
        for asked in [private.clone().with("origin", target.origin()), private, request.clone()] {
            let answer = ask(&asked)?;
            passed.push((asked, answer));
        }
    }
    for login in [target.log_in(&target.password).send()?, target.get("/login").anonymous().method("POST").send()?] {
        passed.push((Request::new("POST", format!("{}/login", target.base)), login));
    }
    let other = session_cookie(&target.log_in(&target.password).expect(200)?)?;
    let name = other.split('=').next().unwrap_or_default();
    let given = replay(&passed, &[&other, &format!("{name}=forged")], &ask)?;
    let wrong: Vec<String> =
        given.into_iter().filter_map(|given| Some(format!("{}: {}", given.what, given.wrong?))).collect();
    ensure!(wrong.is_empty(), "from a shared cache:\n{}", wrong.join("\n"));
    Ok(())
}

fn absolute(target: &Target, path_or_url: &str) -> String {
    match path_or_url {
        url if !url.starts_with('/') => url.to_owned(),
        path if path.starts_with("/api/hls/") => format!("{}{path}", target.video_base),
        path => format!("{}{path}", target.base),
    }
}

/// A film's playlists and the routes of its segments, by the URLs that players use.
fn films(target: &Target) -> Result<Vec<String>, String> {
    let (film, master) = film(target)?;
    let mut urls: Vec<String> = film.hls.iter().map(|hls| absolute(target, hls)).collect();
    for variant in variants(target)? {
        let url = Url::parse(&variant).map_err(|error| format!("{variant}: {error}"))?;
        let playlist = target.follow(&variant).expect(200)?;
        let first = uris(playlist.text()?).next().ok_or_else(|| format!("{variant} has no segment"))?;
        // A page of another origin gets all bytes of it, and that of another film may have gigabytes.
        if is_demo(&film) {
            let segment = format!("{}{}", file_name(first), version_query(&master));
            urls.push(url.join(&segment).map_err(|error| format!("{first}: {error}"))?.to_string());
        }
        urls.push(variant);
    }
    Ok(urls)
}

/// The films' URLs, where there are films.
fn any_films(target: &Target) -> Result<Vec<String>, String> {
    if target.any_film()?.is_some() { films(target) } else { Ok(Vec::new()) }
}

/// The URLs of all kinds of things that exist, of some things that do not, and URLs that only look like files which
/// caches often keep.
fn urls(target: &Target) -> Result<Vec<String>, String> {
    let mut urls: Vec<String> = methods::routes(target)?.into_iter().map(|(url, _)| url).collect();
    urls.extend(session::private_routes(target)?.into_iter().flat_map(|(present, absent)| [present, absent]));
    urls.extend(page::assets(target)?.into_iter().map(|path| absolute(target, &path)));
    urls.extend(any_films(target)?);
    for photo in target.few()? {
        urls.push(absolute(target, &photo.item.file));
        urls.extend(photo.item.thumbnails.all().map(|(_, _, path)| absolute(target, path)));
    }
    // The original of another film may have gigabytes.
    if let Some(film) = target.any_film()?.filter(|film| is_demo(film)) {
        urls.push(absolute(target, &film.file));
        urls.extend(film.thumbnails.all().map(|(_, _, path)| absolute(target, path)));
    }
    let download = format!("{}?download", target.photo()?.file());
    let others = [
        "/api/media?limit=1",
        "/api/media?limit=x",
        "/api/file/%zz",
        &download,
        "/api/media/x.css",
        "/api/media;x.css",
        "/api/media%2Fx.css",
        "/api/media?x=/y.js",
        "/auth/x.png",
        "/nothing",
        "/index.html",
    ];
    urls.extend(others.map(|path| absolute(target, path)));
    urls.sort();
    urls.dedup();
    Ok(urls)
}

/// Requests for a URL: by GET and by HEAD, for parts, with conditions that hold, and with conditions that do not.
fn ways(url: &str, tag: &str) -> Vec<Request> {
    let get = || Request::new("GET", url);
    vec![
        get(),
        Request::new("HEAD", url),
        get().with("range", "bytes=0-1"),
        get().with("range", "bytes=0-1,5-6"),
        get().with("range", "bytes=99999999-"),
        get().with("if-none-match", tag),
        get().with("if-none-match", "*"),
        get().with("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT"),
        get().with("if-match", "\"x\""),
    ]
}

fn gives_nobody_what_is_anothers(target: &Target) -> Outcome {
    let mut requests: Vec<Request> = urls(target)?.into_iter().map(|url| Request::new("GET", url)).collect();
    let mut several = any_films(target)?;
    let photo = target.photo()?;
    several.extend(["/api/media", &photo.file(), &photo.thumbnail("")].map(|path| absolute(target, path)));
    for url in several {
        let tag = target.follow(&url).head().send()?;
        requests.extend(ways(&url, tag.header("etag").unwrap_or("\"none\"")).into_iter().skip(1));
    }
    nothing_leaks(target, &requests)
}

/// The answers that caches gave to a stranger, after a client with a session had requested the same URLs.
fn given(target: &Target, urls: Vec<String>) -> Result<Vec<String>, String> {
    let mut passed = Vec::new();
    for url in urls {
        let request = Request::new("GET", url).with("cookie", target.cookie()?);
        let answer = ask(&request)?;
        passed.push((request, answer));
    }
    Ok(replay(&passed, &[], &ask)?.into_iter().map(|given| given.what).collect())
}

/// This shows that the caches here do keep answers.
fn gives_what_is_public(target: &Target) -> Outcome {
    let assets: Vec<String> = page::assets(target)?.iter().map(|path| absolute(target, path)).collect();
    let mut wanted: Vec<String> = Vec::new();
    for kind in TARGETS.map(|target| target.unwrap_or("plain")) {
        wanted.extend(assets.iter().map(|url| format!("GET {url} ({kind})")));
        wanted.push(format!("GET {}/ ({kind}, agreed)", target.base));
    }
    let mut asked = assets;
    asked.push(format!("{}/", target.base));
    let given = given(target, asked)?;
    ensure_eq!(given, wanted, "what strangers got from caches");
    Ok(())
}

/// Films come only from URLs with a token, and only from caches that the answer names.
fn gives_films_by_their_tokens(target: &Target) -> Outcome {
    let films = films(target)?;
    let kinds = TARGETS.into_iter().flatten().filter(|_| target.is_split());
    let wanted: Vec<String> =
        kinds.flat_map(|kind| films.iter().map(move |url| format!("GET {url} ({kind})"))).collect();
    ensure_eq!(given(target, films.clone())?, wanted, "what strangers got from caches");
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName};

    use super::*;

    const URL: &str = "https://gallery.example/api/media";

    fn answer(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Answer {
        let fields = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Answer { what: String::new(), status, headers: fields.collect::<HeaderMap>(), body: body.into() }
    }

    /// What is wrong with a gallery whose listing has the headers `good` for clients with a session, and `refused`
    /// for all others.
    fn wrong(good: &[(&'static str, &str)], refused: &[(&'static str, &str)]) -> Vec<String> {
        let origin = |request: &Request| {
            let cookie = request.headers.iter().find(|(name, _)| *name == "cookie");
            let mut answer = match cookie.map(|(_, value)| value.as_str()) {
                Some("session=one" | "session=two") => answer(200, "the listing", good),
                _ => answer(401, "Log in first.", refused),
            };
            if request.headers.iter().any(|(name, _)| *name == "if-none-match") && answer.status == 200 {
                answer.status = 304;
            }
            Ok(answer)
        };
        let request = Request::new("GET", URL).with("cookie", "session=one");
        let passed = vec![(request.clone(), origin(&request).unwrap())];
        let given = replay(&passed, &["session=two", "session=forged"], &origin).unwrap();
        given.into_iter().filter_map(|given| given.wrong).collect()
    }

    #[test]
    fn a_private_listing_is_given_to_nobody() {
        for headers in [
            &[("cache-control", "private, no-cache"), ("etag", "\"1\"")][..],
            &[("cache-control", "no-store")],
            &[("cache-control", "max-age=60"), ("vary", "cookie")],
        ] {
            assert_eq!(wrong(headers, &[]), [""; 0], "{headers:?}");
        }
    }

    #[test]
    fn what_leaks_is_found() {
        for headers in [
            &[][..],
            &[("cache-control", "public, max-age=60")],
            &[("cache-control", "max-age=60"), ("set-cookie", "session=one")],
            &[("cache-control", "s-maxage=60")],
            &[("expires", "Fri, 31 Dec 2100 00:00:00 GMT")],
            &[("cache-control", "max-age=60"), ("vary", "origin, accept-encoding")],
            &[("cache-control", "private=\"set-cookie\"")],
        ] {
            // The leak goes to a stranger, to another viewer and to a forger, from each kind of cache.
            assert_eq!(wrong(headers, &[]).len(), 9, "{headers:?}");
        }
    }

    /// Only caches of the kind that the field names leak.
    #[test]
    fn what_leaks_by_a_targeted_field_is_found() {
        for name in ["cdn-cache-control", "surrogate-control"] {
            assert_eq!(wrong(&[("cache-control", "private"), (name, "max-age=60")], &[]).len(), 3, "{name}");
        }
    }

    /// The other viewer may have the answer, once the origin has agreed. But a stranger would not get this answer.
    #[test]
    fn what_is_kept_and_asked_about_is_found() {
        assert_eq!(wrong(&[("cache-control", "no-cache"), ("etag", "\"1\"")], &[]).len(), 3);
    }

    #[test]
    fn a_page_of_another_origin_gets_no_answer_for_the_first_one() {
        let origin = |request: &Request| {
            let asked = request.headers.iter().find(|(name, _)| *name == "origin");
            let mut headers = vec![("cache-control", "max-age=60")];
            headers.extend(asked.map(|(_, origin)| ("access-control-allow-origin", origin.as_str())));
            Ok(answer(200, "a playlist", &headers))
        };
        let request = Request::new("GET", URL).with("origin", "https://page.example");
        let passed = vec![(request.clone(), origin(&request).unwrap())];
        let given = replay(&passed, &[], &origin).unwrap();
        assert!(given.iter().all(|given| given.wrong.as_deref() == Some("another access-control-allow-origin")));
        assert_eq!(given.len(), 3);
    }
}
