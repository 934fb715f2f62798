//! Links for guests: what each opens, and what looks as if it did not exist.

use serde_json::json;

use crate::{
    Outcome, Target,
    client::Answer,
    library::{BIG, encode, film},
    session::told,
    target::session_cookie,
};

cases!(links:
    needs [Nothing]: no_link;
    needs [Links]: follow, card, with_a_password;
    needs [Library, Links]: scope_of_photos, scope_of_films, scope_of_an_album;
);

/// The cookie of a guest who followed a link without a password.
pub(crate) fn guest(target: &Target, token: &str) -> Result<String, String> {
    session_cookie(&target.get(&format!("/l/{token}")).anonymous().expect(303)?)
}

pub(crate) fn ask(target: &Target, cookie: &str, path: &str) -> Result<Answer, String> {
    target.get(path).anonymous().header("cookie", cookie).send()
}

/// Checks that a path looks to a guest as `absent` does, which does not exist.
pub(crate) fn is_hidden(target: &Target, cookie: &str, path: &str, absent: &str) -> Outcome {
    let (hidden, absent) = (ask(target, cookie, path)?, ask(target, cookie, absent)?);
    ensure_eq!(hidden.status, 404, "{path}");
    ensure_eq!(told(&hidden)?, told(&absent)?, "{path}: what a guest learns about it");
    Ok(())
}

fn follow(target: &Target) -> Outcome {
    let token = target.link(0)?;
    let answer = target.get(&format!("/l/{token}")).anonymous().expect(303)?;
    answer.has("location", &target.path("/#/followed"))?;
    answer.has("cache-control", "no-store")?;
    let cookie = session_cookie(&answer)?;
    ensure!(!cookie.contains(token), "the cookie holds the link");
    let auth = ask(target, &cookie, "/auth")?.json()?;
    ensure_eq!(
        (&auth["link"], &auth["download"], &auth["originals"], &auth["places"]),
        (&json!(true), &json!(true), &json!(true), &json!(true)),
        "/auth"
    );
    Ok(())
}

/// A program that shows a card learns the gallery's title, and is not let in. A stranger learns no more of a link with
/// a password, or of one that has ended.
fn card(target: &Target) -> Outcome {
    let previewed = |path: &str| target.get(path).anonymous().header("user-agent", "WhatsApp/2.23.20.0 A");
    let neutral = r#"<meta property="og:title" content="Edge Gallery" />"#;
    for (token, status) in [(target.link(1)?, 200), (target.link(3)?, 404), ("AAAAAAAAAAAAAAAAAAAAAA", 404)] {
        let page = previewed(&format!("/l/{token}")).expect(status)?;
        page.lacks("set-cookie")?;
        let html = page.text()?;
        ensure!(html.contains(neutral) && !html.contains("og:image") && !html.contains("og:description"), "{html}");
        previewed(&format!("/l/{token}/cover")).expect(404)?;
    }
    ensure!(target.get("/").anonymous().expect(200)?.text()?.contains(neutral), "the page has another name");
    let token = target.link(0)?;
    let page = previewed(&format!("/l/{token}")).expect(200)?;
    page.lacks("set-cookie")?;
    page.has("cache-control", "no-store")?;
    page.has("content-type", "text/html; charset=utf-8")?;
    let html = page.text()?;
    let title = target.get("/api/timeline").expect(200)?.json()?["title"].as_str().map(str::to_owned);
    let told = title.unwrap_or_else(|| "Edge Gallery".to_owned());
    ensure!(html.contains(&format!(r#"<meta property="og:title" content="{told}" />"#)), "{html}");
    // The files of the page are found from this path, too.
    let scripts = html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for script in scripts {
        let whole = format!("{}{script}", target.origin());
        crate::Call::new(whole).expect(200)?.has("content-type", "text/javascript; charset=utf-8")?;
    }
    // A browser is let in, whatever it is called.
    let browser = previewed(&format!("/l/{token}")).header("sec-fetch-mode", "navigate");
    session_cookie(&browser.header("sec-fetch-dest", "document").expect(303)?).map(drop)
}

fn no_link(target: &Target) -> Outcome {
    let ended = if target.has_links() { target.link(3)? } else { "AAAAAAAAAAAAAAAAAAAAAB" };
    for bad in [ended, "", "x", &"A".repeat(22), &"A".repeat(21), &"A".repeat(23), "..%2F", "%00"] {
        let answer = target.get(&format!("/l/{bad}")).anonymous().expect(404)?;
        answer.lacks("set-cookie")?;
        answer.has("cache-control", "no-store")?;
        let body = json!({ "link": bad }).to_string();
        let login = target.get("/login").anonymous().method("POST").body("application/json", body).expect(404)?;
        login.lacks("set-cookie")?;
    }
    Ok(())
}

fn scope_of_photos(target: &Target) -> Outcome {
    let token = target.link(0)?;
    let cookie = guest(target, token)?;
    let timeline = ask(target, &cookie, "/api/timeline")?;
    ensure_eq!(timeline.status, 200, "/api/timeline");
    let timeline = timeline.json()?;
    let views = timeline["views"].as_array().ok_or("no views")?;
    let names: Vec<_> = views.iter().filter_map(|view| view["name"].as_str()).collect();
    ensure_eq!((timeline["view"].as_str(), names), (Some("photos"), vec!["photos"]), "the views of the link");
    let block = timeline["blocks"][0][0].as_str().ok_or("no block")?.to_owned();
    for open in [
        format!("/api/blocks/{block}"),
        "/api/media?type=image".to_owned(),
        format!("/api/media/{BIG}"),
        format!("/api/file/{BIG}"),
        format!("/api/file/{BIG}?download"),
        format!("/api/thumbnail/{BIG}?size=small"),
        "/api/cache-version".to_owned(),
    ] {
        ensure_eq!(ask(target, &cookie, &open)?.status, 200, "{open}");
    }
    let (film, _) = film(target)?;
    let film = encode(&film.key);
    let everything = target.get("/api/timeline?view=everything").expect(200)?.json()?;
    let foreign = everything["blocks"][0][0].as_str().ok_or("no block")?.to_owned();
    for (path, absent) in [
        ("/api/timeline?view=everything".to_owned(), "/api/timeline?view=x"),
        ("/api/timeline?view=films".to_owned(), "/api/timeline?view=x"),
        (format!("/api/blocks/{foreign}"), "/api/blocks/x"),
        (format!("/api/media/{film}"), "/api/media/absent.mp4"),
        (format!("/api/media/{BIG}?view=films"), "/api/media/absent.png?view=x"),
        (format!("/api/file/{film}"), "/api/file/absent.mp4"),
        (format!("/api/thumbnail/{film}"), "/api/thumbnail/absent.mp4"),
        (format!("/api/playback?key={film}"), "/api/playback?key=absent.mp4"),
    ] {
        is_hidden(target, &cookie, &path, absent)?;
    }
    for path in ["/api/media", "/api/media?type=video"] {
        ensure_eq!(ask(target, &cookie, path)?.status, 404, "{path}");
    }
    if !target.is_split() {
        let films = |film: &str| {
            ["playlist?key=FILM", "FILM/540p.m3u8", "FILM/540p_000.ts"]
                .map(|path| format!("/api/hls/{}", path.replace("FILM", film)))
        };
        for (path, absent) in films(&film).iter().zip(films("absent.mp4")) {
            is_hidden(target, &cookie, path, &absent)?;
        }
    }
    Ok(())
}

/// The link is strict, so that its end reaches every new segment. A page of another origin gets segments from the
/// service itself.
fn scope_of_films(target: &Target) -> Outcome {
    let token = target.link(1)?;
    let cookie = session_cookie(&with_password(target, token, &target.password).expect(200)?)?;
    let (film, _) = film(target)?;
    let film = encode(&film.key);
    is_hidden(target, &cookie, &format!("/api/file/{film}"), "/api/file/absent.mp4")?;
    is_hidden(target, &cookie, &format!("/api/media/{BIG}"), "/api/media/absent.png")?;
    ensure_eq!(ask(target, &cookie, &format!("/api/thumbnail/{film}"))?.status, 200, "the film's thumbnail");
    let playback = ask(target, &cookie, &format!("/api/playback?key={film}"))?;
    ensure_eq!(playback.status, 200, "/api/playback");
    let master = playback.json()?["url"].as_str().ok_or("no URL")?.to_owned();
    let master = target.follow(&master).anonymous().expect(200)?;
    let below = |answer: &Answer| {
        let line = answer.text()?.lines().find(|line| !line.starts_with('#')).ok_or("no URI")?.to_owned();
        let (_, base) = answer.what.split_once(' ').unwrap_or_default();
        let url = url::Url::parse(base).and_then(|base| base.join(&line)).map_err(|error| error.to_string())?;
        Ok::<_, String>(url.to_string())
    };
    let variant = target.follow(&below(&master)?).anonymous().expect(200)?;
    let url = below(&variant)?;
    if target.is_split() {
        let get = || target.follow(&url).anonymous().header("origin", target.origin());
        for part in [get().expect(200)?, get().header("range", "bytes=0-9").expect(206)?, get().head().expect(200)?] {
            part.has("access-control-allow-origin", target.origin())?;
        }
    }
    let segment = target.follow(&url).anonymous().send()?;
    if segment.status == 200 {
        return Ok(());
    }
    ensure_eq!(segment.status, 302, "a segment");
    ensure!(segment.need("location")?.contains("X-Amz-Expires=60&"), "the URL of a segment lives longer than a minute");
    segment.has("cache-control", "private, max-age=0")
}

fn scope_of_an_album(target: &Target) -> Outcome {
    let token = target.link(2)?;
    let cookie = guest(target, token)?;
    let timeline = ask(target, &cookie, "/api/timeline")?.json()?;
    ensure_eq!((&timeline["count"], &timeline["cover"]), (&json!(1), &json!(null)), "the album");
    let views = timeline["views"].as_array().ok_or("no views")?;
    ensure!(views.len() == 1 && views[0]["title"] == "2025", "the views of the link: {views:?}");
    let inside = encode("2025/06 Hochzeit/IMG_0042.jpg");
    for open in [format!("/api/media/{inside}"), format!("/api/file/{inside}"), format!("/api/thumbnail/{inside}")] {
        ensure_eq!(ask(target, &cookie, &open)?.status, 200, "{open}");
    }
    without_its_place(target, &cookie, &inside)?;
    let (film, _) = film(target)?;
    let film = encode(&film.key);
    for (path, absent) in [
        (format!("/api/media/{BIG}"), "/api/media/absent.png"),
        (format!("/api/file/{BIG}"), "/api/file/absent.png"),
        (format!("/api/thumbnail/{BIG}"), "/api/thumbnail/absent.png"),
        ("/api/timeline?view=photos".to_owned(), "/api/timeline?view=x"),
        (format!("/api/playback?key={film}"), "/api/playback?key=absent.mp4"),
    ] {
        is_hidden(target, &cookie, &path, absent)?;
    }
    if !target.is_split() {
        for path in ["playlist?key=FILM", "FILM/540p.m3u8", "FILM/540p_000.ts"] {
            let (path, absent) = (path.replace("FILM", &film), path.replace("FILM", "absent.mp4"));
            is_hidden(target, &cookie, &format!("/api/hls/{path}"), &format!("/api/hls/{absent}"))?;
        }
    }
    Ok(())
}

/// The link shows no places, and its originals name none. They are as long as the file, and each range is that of the
/// whole.
fn without_its_place(target: &Target, cookie: &str, key: &str) -> Outcome {
    let (alone, file) = (format!("/api/media/{key}"), format!("/api/file/{key}"));
    let whole = target.get(&file).expect(200)?;
    let (owners, guests) = (target.get(&alone).expect(200)?.json()?, ask(target, cookie, &alone)?.json()?);
    ensure!(owners["latitude"].is_f64(), "the photo has no place");
    ensure!(guests["latitude"].is_null(), "the guest sees the place");
    ensure!(guests["exposure"]["focalLength"].is_f64(), "the guest does not see how the photo was exposed");
    ensure_eq!(guests["exposure"], owners["exposure"], "how the photo was exposed");
    let blank = ask(target, cookie, &file)?;
    let tag = blank.need("etag")?.to_owned();
    ensure!(blank.status == 200 && tag != whole.need("etag")?, "the tag is that of the original");
    ensure_eq!(blank.header("content-type"), whole.header("content-type"), "the type");
    blank.has("cache-control", "private, no-cache")?;
    let Ok(privacy::Finding::Known(patches)) = privacy::examine(&mut &whole.body[..]) else {
        return Err("the photo cannot be examined".to_owned());
    };
    let mut wanted = whole.body.clone();
    patches.apply(0, &mut wanted);
    ensure!(wanted != whole.body && blank.body == wanted, "other bytes than the patches make");
    ensure!(!blank.body.windows(8).any(|bytes| bytes == b"Jane Doe"), "the guest's file names its owner");
    let get = || target.get(&file).anonymous().header("cookie", cookie);
    for (range, first, last) in
        [("bytes=0-0", 0, 0), ("bytes=60-99", 60, 99), ("bytes=100-", 100, wanted.len() - 1), ("bytes=2-2000", 2, 2000)]
    {
        let part = get().header("range", range).header("if-range", &tag).expect(206)?;
        ensure!(part.body == wanted[first..=last], "{range}: other bytes than those of the whole");
        part.has("content-range", &format!("bytes {first}-{last}/{}", wanted.len()))?;
    }
    get().header("range", "bytes=99999999-").expect(416)?;
    get().header("range", "bytes=0-9").header("if-range", whole.need("etag")?).expect(200)?;
    get().header("if-none-match", &tag).expect(304)?;
    get().header("if-none-match", whole.need("etag")?).expect(200)?;
    get().header("if-match", "\"x\"").expect(412)?;
    let head = get().head().expect(200)?;
    head.has("content-length", &wanted.len().to_string())
}

fn with_password<'a>(target: &'a Target, token: &str, password: &str) -> crate::client::Call<'a> {
    let body = json!({ "link": token, "password": password }).to_string();
    target.get("/login").anonymous().method("POST").body("application/json", body)
}

fn with_a_password(target: &Target) -> Outcome {
    let token = target.link(1)?;
    let page = target.get(&format!("/l/{token}")).anonymous().expect(200)?;
    page.lacks("set-cookie")?;
    page.has("content-type", "text/html; charset=utf-8")?;
    with_password(target, token, "").expect(401)?.lacks("set-cookie")?;
    with_password(target, token, "wrong").expect(401)?.lacks("set-cookie")?;
    let cookie = session_cookie(&with_password(target, token, &target.password).expect(200)?)?;
    let auth = ask(target, &cookie, "/auth")?.json()?;
    ensure_eq!((&auth["link"], &auth["originals"]), (&json!(true), &json!(false)), "/auth");
    // Who has given the password is not asked again, and who has the whole gallery keeps it.
    for cookie in [cookie.as_str(), target.cookie()?] {
        let answer = target.get(&format!("/l/{token}")).anonymous().header("cookie", cookie).expect(303)?;
        answer.has("location", &target.path("/"))?;
        answer.lacks("set-cookie")?;
    }
    Ok(())
}
