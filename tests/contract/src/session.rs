//! Login, logout, and what the session opens.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Outcome, Target,
    client::{Answer, Call},
    library::encode,
    routes::{Entry, routes},
    target::session_cookie,
};

cases!(session:
    needs [Nothing]: json_login, form_login, cookie_attributes, cookie_holds_no_claim_of_the_client,
        token_stays_in_the_cookie, wrong_password, unreadable_logins, good_return_to, hostile_return_to, cross_site,
        logout, auth_tells_until_when, tampered_cookie, any_good_cookie_counts, a_neighbours_cookie;
    needs [Photo]: no_session_looks_the_same_everywhere, comes_before_anything_else;
);

/// The routes that need a login, and of whose kind the gallery has something: each with a URL of something that exists,
/// and a URL of something that does not.
pub(crate) fn private_routes(target: &Target) -> Result<Vec<(String, String)>, String> {
    let private = routes(target)?.into_iter().filter(|route| route.entry != Entry::Everyone && route.is_there);
    Ok(private.map(|route| (route.present, route.absent)).collect())
}

fn json_login(target: &Target) -> Outcome {
    let login = target.log_in(&target.password).expect(200)?;
    login.has("content-type", "application/json")?;
    login.has("cache-control", "no-store")?;
    ensure_eq!(login.json()?, json!({ "returnTo": target.path("/") }), "the answer to a login");
    let cookie = session_cookie(&login)?;
    target.get("/auth").anonymous().header("cookie", cookie).expect(200)?;
    Ok(())
}

fn form(target: &Target, fields: &[(&str, &str)]) -> Call<'static> {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    Call::new(format!("{}/login", target.base)).method("POST").body("application/x-www-form-urlencoded", body.join("&"))
}

fn form_login(target: &Target) -> Outcome {
    let login =
        form(target, &[("password", &target.password), ("returnTo", &target.path("/#/m/a%20b.jpg"))]).expect(303)?;
    login.has("location", &target.path("/#/m/a%20b.jpg"))?;
    let cookie = session_cookie(&login)?;
    target.get("/auth").anonymous().header("cookie", cookie).expect(200)?;
    form(target, &[("password", "not it")]).expect(401)?;
    Ok(())
}

/// The attribute `Path` of the cookie: that of the gallery, and of nothing beside it.
fn path(target: &Target) -> String {
    let below = target.path("");
    format!("Path={}", if below.is_empty() { "/" } else { &below })
}

fn cookie_attributes(target: &Target) -> Outcome {
    let login = target.log_in(&target.password).expect(200)?;
    let cookie = login.need("set-cookie")?;
    let attributes: Vec<&str> = cookie.split(';').skip(1).map(str::trim).collect();
    for wanted in ["HttpOnly", "SameSite=Lax", &path(target)] {
        ensure!(attributes.contains(&wanted), "the session cookie lacks {wanted}: {attributes:?}");
    }
    ensure!(attributes.iter().any(|attribute| attribute.starts_with("Max-Age=")), "no Max-Age: {attributes:?}");
    ensure!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "a Domain: {attributes:?}");
    ensure_eq!(attributes.contains(&"Secure"), target.is_https(), "Secure");
    let prefix = if target.path("").is_empty() { "__Host-" } else { "__Secure-" };
    ensure_eq!(cookie.starts_with(prefix), target.is_https(), "the prefix {prefix}");
    ensure!(cookie.len() <= 4096, "the cookie is {} bytes long", cookie.len());
    Ok(())
}

/// Logins with different headers get tokens of the same shape. A client cannot choose what its token holds.
fn cookie_holds_no_claim_of_the_client(target: &Target) -> Outcome {
    let plain = session_cookie(&target.log_in(&target.password).expect(200)?)?;
    let login = target.log_in(&target.password).header("referer", "x|2|99999999999").header("user-agent", "x|2|9");
    let named = session_cookie(&login.expect(200)?)?;
    ensure_eq!(named.len(), plain.len(), "the length of a token");
    ensure!(named != plain, "two logins gave one token");
    Ok(())
}

fn token_stays_in_the_cookie(target: &Target) -> Outcome {
    let login = target.log_in(&target.password).expect(200)?;
    let cookie = session_cookie(&login)?;
    let token = cookie.split_once('=').map_or("", |(_, token)| token);
    ensure!(!login.text()?.contains(token), "the body of the login holds the token");
    let auth = target.get("/auth").anonymous().header("cookie", &cookie).expect(200)?;
    ensure!(!auth.text()?.contains(token), "/auth gives the token to scripts");
    Ok(())
}

fn wrong_password(target: &Target) -> Outcome {
    let right = &target.password;
    // No more, because wrong ones are counted.
    for wrong in ["", &format!("{right} "), &right.to_uppercase(), &"x".repeat(2000)] {
        let answer = target.log_in(wrong).expect(401)?;
        answer.lacks("set-cookie")?;
        answer.has("content-type", "application/problem+json")?;
    }
    Ok(())
}

fn unreadable_logins(target: &Target) -> Outcome {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    for (content_type, body, status) in [
        (json, "", 400),
        (json, "{", 400),
        (json, "[]", 400),
        (json, "{\"password\": 1}", 400),
        (json, "{\"returnTo\": \"/\"}", 400),
        (form, "", 400),
        (form, "returnTo=%2F", 400),
        (form, "password=%", 400),
        (form, "password=%ff", 400),
        (form, "password=a&password=b", 400),
        ("text/plain", "{\"password\": \"x\"}", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        (json, &format!("{{\"password\": \"{}\"}}", "x".repeat(64 * 1024)), 413),
    ] {
        let answer = target.get("/login").anonymous().method("POST").body(content_type, body).send()?;
        let shown: String = body.chars().take(40).collect();
        ensure_eq!(answer.status, status, "a login of type {content_type} with the body {shown:?}");
        answer.lacks("set-cookie")?;
    }
    Ok(())
}

fn return_to(target: &Target, wanted: &str) -> Result<(Value, Answer), String> {
    let body = json!({ "password": target.password, "returnTo": wanted }).to_string();
    let by_script = target.get("/login").anonymous().method("POST").body("application/json", body).expect(200)?;
    let by_form = form(target, &[("password", &target.password), ("returnTo", wanted)]).expect(303)?;
    Ok((by_script.json()?["returnTo"].clone(), by_form))
}

fn good_return_to(target: &Target) -> Outcome {
    for good in ["/", "/#/m/2024/a%20b.jpg", "/films?x=//y", "/a//b", "/?next=https://elsewhere.example/"] {
        let good = target.path(good);
        let (told, by_form) = return_to(target, &good)?;
        ensure_eq!(told, json!(good), "returnTo");
        by_form.has("location", &good)?;
    }
    Ok(())
}

/// Targets that a browser could read as another origin, or as a script.
fn hostile_return_to(target: &Target) -> Outcome {
    for bad in [
        "",
        "films",
        "https://evil.example/",
        "http:evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: x=y",
        "\u{0}//evil.example",
        " //evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/a\\..\\b",
        &format!("/{}", "a".repeat(4000)),
    ] {
        let (told, by_form) = return_to(target, bad)?;
        ensure_eq!(told, json!(target.path("/")), "returnTo {bad:?}");
        by_form.has("location", &target.path("/"))?;
    }
    Ok(())
}

fn cross_site(target: &Target) -> Outcome {
    let answer = target.log_in(&target.password).header("sec-fetch-site", "cross-site").expect(403)?;
    answer.lacks("set-cookie")?;
    let login = || target.log_in(&target.password);
    let cookie = session_cookie(&login().header("sec-fetch-site", "same-origin").expect(200)?)?;
    let logout = || log_out(target, &cookie);
    logout().header("sec-fetch-site", "cross-site").expect(403)?.lacks("set-cookie")?;
    // Browsers without Fetch Metadata name the page's origin.
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", "x"] {
        login().header("origin", origin).expect(403)?.lacks("set-cookie")?;
        logout().header("origin", origin).expect(403)?.lacks("set-cookie")?;
    }
    login().header("origin", target.origin()).expect(200)?;
    target.get("/auth").anonymous().header("cookie", &cookie).expect(200)?;
    logout().header("sec-fetch-site", "same-origin").header("origin", target.origin()).expect(204)?;
    Ok(())
}

fn log_out<'a>(target: &'a Target, cookie: &str) -> Call<'a> {
    target.get("/logout").anonymous().method("POST").header("cookie", cookie).body("text/plain", "")
}

/// A logout ends the session for everyone who has its cookie, and what was opened through it, within half a minute.
fn logout(target: &Target) -> Outcome {
    let session = session_cookie(&target.log_in(&target.password).expect(200)?)?;
    let (name, _) = session.split_once('=').unwrap_or_default();
    // What a film is opened by: the cookie, and a token.
    let mut films = Vec::new();
    if let Some(film) = target.any_film()? {
        let key = encode(&film.key);
        let playback = target.get(&format!("/api/playback?key={key}")).anonymous();
        let playback = playback.header("cookie", &session).expect(200)?.json()?;
        let played = playback["url"].as_str().ok_or("no URL")?.to_owned();
        target.follow(&played).anonymous().expect(200)?;
        films.extend([format!("/api/hls/playlist?key={key}"), played]);
    }
    target.get("/auth").anonymous().header("cookie", &session).expect(200)?;

    let answer = log_out(target, &session).expect(204)?;
    let cookie = answer.need("set-cookie")?;
    ensure!(cookie.starts_with(&format!("{name}=;")), "the cookie keeps a value: {cookie}");
    for wanted in ["Max-Age=0", &path(target), "HttpOnly"] {
        ensure!(cookie.contains(wanted), "the cookie that ends the session lacks {wanted}: {cookie}");
    }
    // Not the storage, which has the favourites.
    answer.has("clear-site-data", r#""cache""#)?;
    answer.has("cache-control", "no-store")?;
    target.get("/logout").anonymous().method("POST").body("text/plain", "").expect(204)?;

    let ended = Instant::now();
    // Where video-edge has another store, it does not learn of a logout here.
    films.retain(|_| target.one_kv);
    for path in ["/auth", "/api/media"].into_iter().chain(films.iter().map(String::as_str)) {
        let mut calls = 0;
        while calls < 8 {
            let call = target.follow(path).anonymous();
            let call = if path.contains("/api/hls/~") { call } else { call.header("cookie", &session) };
            // Several in a row, because a host may have several instances.
            calls = if call.send()?.status == 401 { calls + 1 } else { 0 };
            ensure!(ended.elapsed() < Duration::from_secs(30), "{path} still opens after half a minute");
            if calls == 0 {
                sleep(Duration::from_millis(500));
            }
        }
    }
    Ok(())
}

/// Another program on the same host name may have set a cookie of any bytes.
fn a_neighbours_cookie(target: &Target) -> Outcome {
    let session = target.cookie()?;
    for line in [format!("n=M\u{fc}ller; {session}"), format!("{session}; n=\u{fc}"), format!("=;;n; {session} ")] {
        target.get("/auth").anonymous().header("cookie", line).expect(200)?;
    }
    Ok(())
}

fn auth_tells_until_when(target: &Target) -> Outcome {
    let answer = target.get("/auth").expect(200)?;
    let told = answer.json()?;
    ensure_eq!(told["authenticated"], json!(true), "/auth: authenticated");
    let until = told["expiresAt"].as_str().unwrap_or_default();
    ensure!(until.len() == 20 && until.ends_with('Z') && until > "2025", "/auth: expiresAt is {until:?}");
    Ok(())
}

/// What an answer tells a client without a session. The request's id is left out.
pub(crate) fn told(answer: &Answer) -> Result<(u16, Value, Vec<String>), String> {
    // The answer to a HEAD has no body.
    let mut body = if answer.body.is_empty() { Value::Null } else { answer.json()? };
    if let Some(id) = body.get_mut("requestId") {
        *id = Value::Null;
    }
    // `Connection` is of the connection: a host closes one on which a body may still arrive.
    let fixed = ["x-request-id", "server-timing", "date", "connection"];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !fixed.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort();
    Ok((answer.status, body, headers))
}

fn no_session_looks_the_same_everywhere(target: &Target) -> Outcome {
    for (present, absent) in private_routes(target)? {
        let (there, not_there) = (Call::new(present.clone()).expect(401)?, Call::new(absent).expect(401)?);
        there.has("cache-control", "no-store")?;
        ensure_eq!(told(&not_there)?, told(&there)?, "{present}: what a stranger learns about an absent one");
        let head = Call::new(present).head().expect(401)?;
        ensure!(head.body.is_empty(), "{}: a body", head.what);
    }
    Ok(())
}

/// A token with another character at this place.
pub(crate) fn tampered(token: &str, at: usize) -> String {
    let other = if token.as_bytes()[at] == b'A' { 'B' } else { 'A' };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

fn tampered_cookie(target: &Target) -> Outcome {
    let cookie = target.cookie()?;
    let (name, token) = cookie.split_once('=').ok_or("the session cookie has no value")?;
    let mut all: Vec<String> = (0..token.len()).step_by(11).map(|at| tampered(token, at)).collect();
    all.push(tampered(token, token.len() - 1));
    all.extend([
        String::new(),
        "x".to_owned(),
        token[1..].to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("\"{token}\""),
        token.to_lowercase(),
    ]);
    for bad in all {
        target.get("/auth").anonymous().header("cookie", format!("{name}={bad}")).expect(401)?;
        let video = target.video("/api/hls/playlist?key=x").anonymous();
        video.header("cookie", format!("{name}={bad}")).expect(401)?;
    }
    target.get("/auth").anonymous().header("cookie", format!("x{cookie}")).expect(401)?;
    Ok(())
}

/// A stale cookie with the same name must not lock out a viewer.
fn any_good_cookie_counts(target: &Target) -> Outcome {
    let cookie = target.cookie()?;
    let (name, _) = cookie.split_once('=').ok_or("the session cookie has no value")?;
    for cookies in [format!("{name}=stale; {cookie}"), format!("{cookie}; {name}=stale"), format!("a=b;{cookie};c")] {
        target.get("/auth").anonymous().header("cookie", &cookies).expect(200)?;
    }
    target.get("/auth").anonymous().header("cookie", format!("{name}=stale")).header("cookie", cookie).expect(200)?;
    Ok(())
}

/// Without a session, a request is not examined further, so no 400, 404, 412, 416 or 304 reveals anything.
fn comes_before_anything_else(target: &Target) -> Outcome {
    for path in ["/api/media?limit=x", "/api/file/%E0%A4%A", "/api/thumbnail/x?size=huge", "/api/file/absent.jpg"] {
        target.get(path).anonymous().expect(401)?;
    }
    for path in ["/api/hls/playlist", "/api/hls/absent/x.m3u8", "/api/hls/%/x.ts"] {
        target.video(path).anonymous().expect(401)?;
    }
    for (name, value) in [
        ("if-none-match", "*"),
        ("if-match", "\"x\""),
        ("range", "bytes=999999999-"),
        ("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT"),
    ] {
        let answer = target.get(&target.photo()?.file()).anonymous().header(name, value).expect(401)?;
        for validator in ["etag", "last-modified", "content-range"] {
            answer.lacks(validator)?;
        }
    }
    Ok(())
}
