//! What pages of other origins can make a browser request: `Sec-Fetch-*` as browsers send them, and
//! `Cross-Origin-Resource-Policy`.

use url::Url;

use crate::{
    Call, Outcome, Target,
    client::Answer,
    library::{encode, film},
    page,
    playlists::{played, uris, version_query},
    session::{private_routes, told},
};

cases!(isolation:
    needs [Nothing]: what_is_public;
    needs [Photo]: pages_elsewhere_get_nothing, refused_as_a_problem, the_same_with_and_without_a_session,
        own_pages_and_plain_clients, links_are_followed, pages_of_the_same_site, who_may_show_it;
    needs [Photo, Film]: listed_pages_may_ask;
    needs [Film]: a_token_is_enough;
);

/// What a browser says about a request: `Sec-Fetch-Site`, `-Mode`, `-Dest`, and `Origin`.
type Said<'a> = [Option<&'a str>; 4];

const NAMES: [&str; 4] = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "origin"];
const STRANGER: &str = "https://evil.example";

/// Requests by a page of another origin, and by a frame in such a page.
const ELSEWHERE: [Said<'static>; 7] = [
    [Some("cross-site"), Some("no-cors"), Some("image"), None],
    [Some("cross-site"), Some("no-cors"), Some("video"), None],
    [Some("cross-site"), Some("no-cors"), Some("script"), None],
    [Some("cross-site"), Some("cors"), Some("empty"), Some(STRANGER)],
    [Some("cross-site"), Some("cors"), Some("empty"), Some("null")],
    [Some("cross-site"), Some("navigate"), Some("iframe"), None],
    [Some("cross-site"), None, None, None],
];

const LINK: Said<'static> = [Some("cross-site"), Some("navigate"), Some("document"), None];

fn by<'a>(call: Call<'a>, said: &Said<'_>) -> Call<'a> {
    NAMES
        .into_iter()
        .zip(said)
        .filter_map(|(name, value)| Some((name, (*value)?)))
        .fold(call, |call, (name, value)| call.header(name, value))
}

/// The URLs of the private routes, for things that exist.
fn routes(target: &Target) -> Result<Vec<String>, String> {
    Ok(private_routes(target)?.into_iter().map(|(present, _)| present).collect())
}

/// The answer to a direct request with a session: 200, or 302 for a segment.
fn by_hand(target: &Target, url: &str) -> Result<Answer, String> {
    let answer = target.follow(url).send()?;
    ensure!(matches!(answer.status, 200 | 302), "{}: status {}", answer.what, answer.status);
    Ok(answer)
}

fn pages_elsewhere_get_nothing(target: &Target) -> Outcome {
    for url in routes(target)? {
        for said in ELSEWHERE {
            for call in
                [target.follow(&url), target.follow(&url).head(), target.follow(&url).header("range", "bytes=0-1")]
            {
                let refused = by(call, &said).expect(403)?;
                for gone in ["etag", "last-modified", "content-range", "location", "access-control-allow-origin"] {
                    refused.lacks(gone)?;
                }
            }
        }
    }
    Ok(())
}

fn refused_as_a_problem(target: &Target) -> Outcome {
    for url in routes(target)? {
        let refused = by(target.follow(&url), &ELSEWHERE[0]).expect(403)?;
        refused.has("content-type", "application/problem+json")?;
        refused.has("cache-control", "no-store")?;
        ensure_eq!(refused.json()?["status"], 403, "{url}: status in the body");
    }
    Ok(())
}

/// A page of another origin does not learn whether the viewer is logged in, nor what exists.
fn the_same_with_and_without_a_session(target: &Target) -> Outcome {
    for (present, absent) in private_routes(target)? {
        let refused = |call: Call<'_>| told(&by(call, &ELSEWHERE[0]).expect(403)?);
        let first = refused(target.follow(&present))?;
        for call in [target.follow(&absent), target.follow(&present).anonymous(), target.follow(&absent).anonymous()] {
            ensure_eq!(refused(call)?, first, "{present}: what a page elsewhere learns");
        }
    }
    Ok(())
}

fn own_pages_and_plain_clients(target: &Target) -> Outcome {
    for url in routes(target)? {
        let status = by_hand(target, &url)?.status;
        for said in [
            [Some("same-origin"), Some("cors"), Some("empty"), None],
            [Some("same-origin"), Some("no-cors"), Some("image"), None],
            [Some("none"), Some("navigate"), Some("document"), None],
            [None, Some("no-cors"), Some("video"), None],
        ] {
            by(target.follow(&url), &said).expect(status)?;
        }
    }
    Ok(())
}

/// A link in a mail or on another site leads to a photo. A frame is not a link, and only a GET follows a link.
fn links_are_followed(target: &Target) -> Outcome {
    for url in routes(target)? {
        by(target.follow(&url), &LINK).expect(by_hand(target, &url)?.status)?;
        by(target.follow(&url).anonymous(), &LINK).expect(401)?;
        by(target.follow(&url).head(), &LINK).expect(403)?;
    }
    Ok(())
}

/// The site of the page does not matter. Only the list counts.
fn listed_pages_may_ask(target: &Target) -> Outcome {
    let films: Vec<_> = private_routes(target)?.into_iter().filter(|(url, _)| url.contains("/api/hls/")).collect();
    ensure!(!films.is_empty(), "there is no film to ask for");
    let version = version_query(&film(target)?.1);
    for (url, _) in films {
        let status = by_hand(target, &url)?.status;
        // Where others are led to the store, such a page gets the segment, which must then be there.
        let is_led = status == 302 && played(target)?.is_led;
        let (url, status) = if is_led { (format!("{url}{version}"), 206) } else { (url, status) };
        for site in ["cross-site", "same-site"] {
            let call = target.follow(&url);
            let call = if is_led { call.header("range", "bytes=0-9") } else { call };
            let asked = by(call, &[Some(site), Some("cors"), Some("empty"), Some(target.origin())]);
            let answer = asked.expect(if target.is_split() { status } else { 403 })?;
            let allowed = target.is_split().then_some(target.origin());
            ensure_eq!(answer.header("access-control-allow-origin"), allowed, "{url}: allowed origin");
        }
    }
    Ok(())
}

/// Requests for pictures and films do not name the origin of the page. If any origin is listed, all pages of the same
/// site may therefore make them. Without a list, no page of another origin may.
fn pages_of_the_same_site(target: &Target) -> Outcome {
    for url in routes(target)? {
        let asked = by(target.follow(&url), &[Some("same-site"), Some("no-cors"), Some("image"), None]);
        asked.expect(if target.is_split() { by_hand(target, &url)?.status } else { 403 })?;
    }
    Ok(())
}

/// The cookie does not count. This is for players on other sites, and for a browser's own player on a page of another
/// site.
fn a_token_is_enough(target: &Target) -> Outcome {
    let key = encode(&film(target)?.0.key);
    let playback = target.get(&format!("/api/playback?key={key}")).expect(200)?.json()?;
    let master = playback["url"].as_str().ok_or("/api/playback gives no URL")?;
    let answer = target.follow(master).anonymous().expect(200)?;
    let base = Url::parse(answer.what.trim_start_matches("GET ")).map_err(|error| error.to_string())?;
    let mut urls = vec![base.to_string()];
    for uri in uris(answer.text()?) {
        urls.push(base.join(uri).map_err(|error| format!("{uri}: {error}"))?.to_string());
    }
    for url in urls {
        for said in ELSEWHERE {
            let answer = by(target.follow(&url).anonymous(), &said).expect(200)?;
            answer.has("cross-origin-resource-policy", "cross-origin")?;
        }
    }
    Ok(())
}

fn what_is_public(target: &Target) -> Outcome {
    let mut paths = page::assets(target)?;
    paths.extend(["/", "/healthz"].map(str::to_owned));
    for path in paths {
        for said in ELSEWHERE {
            by(target.get(&path), &said).expect(200)?;
        }
    }
    Ok(())
}

/// Browsers that send no Fetch Metadata still keep the answer from the page.
fn who_may_show_it(target: &Target) -> Outcome {
    let policy = if target.is_split() { "same-site" } else { "same-origin" };
    for url in routes(target)? {
        for call in [target.follow(&url), target.follow(&url).head(), target.follow(&url).anonymous()] {
            call.send()?.has("cross-origin-resource-policy", policy)?;
        }
    }
    let part = target.get(&target.photo()?.file()).header("range", "bytes=0-1").expect(206)?;
    part.has("cross-origin-resource-policy", policy)
}
