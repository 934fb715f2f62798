//! Every route, by every method, with every credential that does not open it: what is there and what is not look the
//! same, and nothing of the object leaks.

use std::time::{SystemTime, UNIX_EPOCH};

use gallery::{
    link::LinkId,
    playback,
    session::{Claims, Generation, Purpose, TokenKey},
};

use crate::{
    Outcome, Target,
    client::Call,
    library::{encode, film},
    links::guest,
    routes::{Entry, Urls, routes},
    session::{tampered, told},
};

cases!(matrix:
    needs [Photo]: without_a_session;
    needs [Photo, Film]: by_token;
    needs [Library, Links]: out_of_scope;
    needs [Film, Operator]: minted_tokens_are_else_right;
);

/// What a refusal must not have: all of it would tell something of an object.
const LEAKS: [&str; 6] = ["etag", "last-modified", "content-range", "accept-ranges", "location", "content-disposition"];
const READ: &[&str] = &["GET", "HEAD"];
const EVERY: &[&str] = &["GET", "HEAD", "POST", "DELETE"];

/// A request for a URL with a credential.
type Ask<'a> = dyn Fn(&str) -> Call<'a> + 'a;

/// Checks one route with one credential. `wanted` is the status of a method that the route has.
fn refused(name: &str, route: &Urls, methods: &[&str], wanted: u16, ask: &Ask<'_>) -> Outcome {
    for &method in methods {
        let is_allowed = route.methods.split(", ").any(|allowed| allowed == method);
        let call = |url: &str| {
            let call = ask(url).method(method).header("if-none-match", "*").header("range", "bytes=0-0");
            if method == "POST" { call.body("application/json", "{}") } else { call }
        };
        let [present, absent] = [&route.present, &route.absent].map(|url| call(url).send());
        let (present, absent) = (present?, absent?);
        let what = format!("{method} {} {name}", route.pattern);
        if is_allowed {
            ensure_eq!(present.status, wanted, "{what}");
        } else {
            ensure!(matches!(present.status, 403 | 405), "{what}: {}", present.status);
        }
        ensure_eq!(told(&absent)?, told(&present)?, "{what}: what an absent one tells");
        for leak in LEAKS {
            present.lacks(leak)?;
        }
        if method == "HEAD" {
            ensure!(present.body.is_empty(), "{what}: a body");
        } else {
            present.has("content-type", "application/problem+json")?;
            ensure_eq!(present.length()?, present.body.len() as u64, "{what}: Content-Length");
        }
    }
    Ok(())
}

/// The routes that need a session, with the links that do not show what is there.
fn private(target: &Target) -> Result<Vec<(Urls, &'static [usize])>, String> {
    let with_links = |route: Urls| match route.entry {
        Entry::Everyone => None,
        Entry::Session(hidden) => Some((route, hidden)),
    };
    Ok(routes(target)?.into_iter().filter_map(with_links).collect())
}

/// No cookie, a bad one, one that is over or not yet begun, one of an ended link, one of another purpose; and a good
/// one that a page elsewhere sends.
fn without_a_session(target: &Target) -> Outcome {
    let good = target.cookie()?.to_owned();
    let (name, token) = good.split_once('=').ok_or("the session cookie has no value")?;
    let bad = tampered(token, token.len() / 2);
    let mut cookies = vec![("bad", bad)];
    if target.any_film()?.is_some() {
        cookies.push(("of another purpose", playback_token(target)?));
    }
    if let Some(mint) = Mint::of(target)? {
        let now = mint.now;
        cookies.push(("expired", mint.session(now - 3600, now - 1, None)));
        cookies.push(("of the future", mint.session(now + 3600, now + 7200, None)));
        cookies.push(("of an ended link", mint.session(now, now + 3600, ended(target)?)));
    }
    for (route, _) in private(target)? {
        refused("without a cookie", &route, EVERY, 401, &|url| target.follow(url).anonymous())?;
        for (what, token) in &cookies {
            let cookie = format!("{name}={token}");
            let ask = |url: &str| target.follow(url).anonymous().header("cookie", &cookie);
            refused(&format!("with a cookie {what}"), &route, READ, 401, &ask)?;
        }
        refused("by a page elsewhere", &route, EVERY, 403, &|url| {
            target.follow(url).header("sec-fetch-site", "cross-site")
        })?;
    }
    Ok(())
}

/// Sessions of links, where the link does not show what is there: to a guest it does not exist.
fn out_of_scope(target: &Target) -> Outcome {
    for number in [0, 2] {
        let token = target.link(number)?;
        let cookie = guest(target, token)?;
        for (route, hidden) in private(target)? {
            if hidden.contains(&number) {
                let ask = |url: &str| target.follow(url).anonymous().header("cookie", &cookie);
                refused(&format!("as a guest of link {number}"), &route, EVERY, 404, &ask)?;
            }
        }
    }
    Ok(())
}

/// Tokens in the path of a film: bad, over, of an ended link, of another film, and a session's.
fn by_token(target: &Target) -> Outcome {
    let good = playback_token(target)?;
    let mut tokens = vec![("bad", tampered(&good, good.len() / 2)), ("of a session", target.token()?.to_owned())];
    if let Some(mint) = Mint::of(target)? {
        let key = film(target)?.0.key;
        let now = mint.now;
        tokens.push(("expired", mint.playback(&key, now - 8 * 3600, None)));
        tokens.push(("of the future", mint.playback(&key, now + 8 * 3600, None)));
        tokens.push(("of another film", mint.playback("another.mp4", now, None)));
        tokens.push(("of an ended link", mint.playback(&key, now, ended(target)?)));
    }
    for (route, _) in private(target)?.into_iter().filter(|(route, _)| route.present.contains("/api/hls/")) {
        for (what, token) in &tokens {
            // A good cookie does not save a bad token.
            let ask = |url: &str| target.follow(&url.replacen("/hls/", &format!("/hls/~{token}/"), 1));
            refused(&format!("with a token {what}"), &route, READ, 401, &ask)?;
        }
    }
    Ok(())
}

/// The tokens that are minted here are refused for what is wrong with them alone.
fn minted_tokens_are_else_right(target: &Target) -> Outcome {
    let mint = Mint::of(target)?.ok_or("the secret of the services is not known")?;
    let (name, _) = target.cookie()?.split_once('=').ok_or("the session cookie has no value")?;
    let cookie = format!("{name}={}", mint.session(mint.now, mint.now + 60, None));
    target.get("/auth").anonymous().header("cookie", cookie).expect(200)?;
    let key = film(target)?.0.key;
    let token = mint.playback(&key, mint.now, None);
    let master = format!("/api/hls/~{token}/playlist?key={}", encode(&key));
    target.follow(&master).anonymous().expect(200)?;
    Ok(())
}

/// The id of a link that has ended.
fn ended(target: &Target) -> Result<Option<LinkId>, String> {
    LinkId::of(target.link(3)?).map(Some).ok_or_else(|| "a link without an id".to_owned())
}

/// The playback token of the film, as the service gives it.
fn playback_token(target: &Target) -> Result<String, String> {
    let (film, _) = film(target)?;
    let route = film.playback.unwrap_or_else(|| format!("/api/playback?key={}", encode(&film.key)));
    let answer = target.get(&route).expect(200)?.json()?;
    let token = answer["url"].as_str().and_then(|url| url.split_once("/~")?.1.split('/').next());
    Ok(token.ok_or("the URL has no token")?.to_owned())
}

/// Makes tokens as whoever has `AUTH_SECRET` may, so that only one thing is wrong with each.
struct Mint {
    sessions: TokenKey,
    playback: TokenKey,
    claims: Claims,
    now: u64,
}

impl Mint {
    /// `None` where the target's secret is not known.
    fn of(target: &Target) -> Result<Option<Self>, String> {
        let Some(secret) = target.secret() else { return Ok(None) };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?.as_secs();
        let [sessions, playback] =
            [Purpose::Session, Purpose::Playback].map(|purpose| TokenKey::derive(secret.as_bytes(), purpose));
        let claims = sessions.verify(target.token()?, now).ok_or("the target has another AUTH_SECRET")?;
        Ok(Some(Self { sessions, playback, claims, now }))
    }

    fn session(&self, issued: u64, expires: u64, link: Option<LinkId>) -> String {
        // Nobody has ended all sessions of a gallery that a test started.
        let first = Generation { auth_version: "1".to_owned(), epoch: 0 };
        self.sessions.mint(&first, (issued, expires), self.claims.session, link)
    }

    /// A token for a film, as if it were minted at `now`.
    fn playback(&self, key: &str, now: u64, link: Option<LinkId>) -> String {
        let mut claims = self.claims;
        claims.link = link;
        playback::mint(&self.playback, &claims, key, now, 60.0)
    }
}
