//! The ways a segment reaches the player (`VIDEO_DELIVERY`) and the experiment (`VIDEO_EXPERIMENT`): Each case needs
//! a host of its own with the configuration of the case.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    Answer, Case, Need, Outcome, Target, downloads, experiments,
    library::{BIG, all, file},
    packages::{self, PUBLIC_BASE},
    packs,
    playlists::{file_name, for_the_service, uris, variants},
    reports,
    rfc9111::Request,
    shared_cache::nothing_leaks,
    target::session_cookie,
};

/// So many viewers see both arms of an even experiment, except one time in 2^31.
const VIEWERS: usize = 32;

/// A delivery is tried with the test library, by whoever runs the gallery.
const OWN: &[Need] = needs!([Library, Operator]);

/// The cases, each with its configuration.
pub fn deliveries() -> Vec<(&'static [(&'static str, &'static str)], Case)> {
    vec![
        (&[("VIDEO_DELIVERY", "redirect")], Case { name: "deliveries::redirect", needs: OWN, run: redirect }),
        (&[("VIDEO_DELIVERY", "proxy")], Case { name: "deliveries::proxy", needs: OWN, run: proxy }),
        (
            &[("VIDEO_DELIVERY", "public"), ("PUBLIC_MEDIA_BASE", PUBLIC_BASE)],
            Case { name: "deliveries::public", needs: OWN, run: public },
        ),
        (
            &[("MAX_BODY_BYTES", "100000")],
            Case { name: "deliveries::large_originals", needs: OWN, run: large_originals },
        ),
        (
            &[("MAX_FETCHES", "7"), ("MAX_SECONDS", "120")],
            Case { name: "deliveries::downloads_in_parts", needs: OWN, run: downloads::in_parts },
        ),
        (&[("MAX_FETCHES", "7")], Case { name: "deliveries::packs", needs: OWN, run: packs::served }),
        (&[("VIDEO_EXPERIMENT", "redirect:50")], Case { name: "deliveries::experiment", needs: OWN, run: experiment }),
        (
            &[("VIDEO_EXPERIMENT", "ts:50")],
            Case { name: "deliveries::experiment_ts", needs: OWN, run: experiments::ts },
        ),
        (
            &[("VIDEO_EXPERIMENT", "ts:100")],
            Case { name: "deliveries::experiment_one_package", needs: OWN, run: experiments::only_one_package },
        ),
        (
            &[("VIDEO_EXPERIMENT", "uncompressed:50")],
            Case { name: "deliveries::experiment_uncompressed", needs: OWN, run: experiments::uncompressed },
        ),
        (&[("PLAYBACK_REPORTS", "true")], Case { name: "deliveries::reports", needs: OWN, run: reports::on }),
        (&[], Case { name: "deliveries::package_presign", needs: OWN, run: packages::presign }),
        (
            &[("VIDEO_DELIVERY", "redirect")],
            Case { name: "deliveries::package_redirect", needs: OWN, run: packages::redirect },
        ),
        (&[("VIDEO_DELIVERY", "proxy")], Case { name: "deliveries::package_proxy", needs: OWN, run: packages::proxy }),
        (
            &[("VIDEO_DELIVERY", "public"), ("PUBLIC_MEDIA_BASE", PUBLIC_BASE)],
            Case { name: "deliveries::package_public", needs: OWN, run: packages::public },
        ),
    ]
}

/// Every segment of every variant, resolved as a player does. Checks that the playlists are the stored ones, byte for
/// byte but for the version behind the segments.
fn untouched(target: &Target) -> Result<Vec<String>, String> {
    let mut segments = Vec::new();
    for variant in variants(target)? {
        let answer = target.follow(&variant).expect(200)?;
        ensure_eq!(answer.text()?, for_the_service(target, file_name(&variant))?, "{variant}");
        let base = Url::parse(&variant).map_err(|error| format!("{variant}: {error}"))?;
        for uri in uris(answer.text()?) {
            segments.push(base.join(uri).map_err(|error| format!("{uri}: {error}"))?.to_string());
        }
    }
    ensure!(!segments.is_empty(), "there are no segments");
    Ok(segments)
}

fn bytes_of(url: &str) -> Result<&'static [u8], String> {
    let name = file_name(url);
    let stored = demo::short_film().hls.iter().find(|(known, _)| *known == name);
    stored.map(|(_, bytes)| *bytes).ok_or_else(|| format!("{name} is no part of the film"))
}

fn redirect(target: &Target) -> Outcome {
    let segments = untouched(target)?;
    for (position, url) in segments.iter().enumerate() {
        let answer = target.follow(url).expect(302)?;
        let location = answer.need("location")?;
        ensure!(location.starts_with(&format!("{}/", target.store_origin)), "{url} leads elsewhere");
        ensure!(answer.need("cache-control")?.starts_with("private"), "{url} may be kept by shared caches");
        ensure!(crate::Call::new(location.to_owned()).expect(200)?.body == bytes_of(url)?, "{url}: other bytes");
        if position > 0 {
            // The first request has noted that the film is known.
            ensure_eq!(answer.cost("sql-queries")?, 0, "{url}: SQL queries");
            ensure_eq!(answer.cost("store-calls")?, 0, "{url}: store calls");
        }
    }
    nothing_leaks(target, &[Request::new("GET", &segments[0])])?;
    // If the URL holds a token, the URL alone is enough.
    target.follow(&segments[0]).anonymous().expect(if target.is_split() { 302 } else { 401 })?;
    Ok(())
}

fn proxy(target: &Target) -> Outcome {
    let segments = untouched(target)?;
    for url in &segments {
        let whole = bytes_of(url)?;
        let answer = target.follow(url).expect(200)?;
        ensure!(answer.body == whole, "{url}: other bytes");
        answer.has("content-type", "video/mp2t")?;
        ensure!(answer.need("cache-control")?.starts_with("private"), "{url} may be kept by shared caches");
        let part = target.follow(url).header("range", "bytes=188-375").expect(206)?;
        ensure!(part.body == whole[188..376], "{url}: other bytes in a part");
        target.follow(url).header("if-none-match", answer.need("etag")?).expect(304)?;
    }
    let part = Request::new("GET", &segments[0]).with("range", "bytes=188-375");
    nothing_leaks(target, &[Request::new("GET", &segments[0]), Request::new("HEAD", &segments[0]), part])?;
    if target.is_split() {
        // The URL alone is enough, because it holds a token.
        return segments.iter().try_for_each(|url| {
            let answer = target.follow(url).anonymous().expect(200)?;
            ensure!(answer.body == bytes_of(url)?, "{url}: other bytes by the URL alone");
            answer.has("cdn-cache-control", "max-age=5")?;
            let part = target.follow(url).anonymous().header("range", "bytes=188-375").expect(206)?;
            part.has("cdn-cache-control", "max-age=5")?;
            let outside = target.follow(url).anonymous().header("range", "bytes=99999999-").expect(416)?;
            outside.lacks("cdn-cache-control")
        });
    }
    target.follow(&segments[0]).anonymous().expect(401)?.lacks("etag")
}

/// An original that is too large for the host comes from the bucket, with its own file name. Smaller originals come
/// as always.
fn large_originals(target: &Target) -> Outcome {
    let url = file(BIG);
    let items = all(target)?;
    let size = items.iter().find(|item| item.key == BIG).ok_or("the large photo is not there")?.size;
    let answer = target.get(&url).expect(302)?;
    let location = answer.need("location")?;
    ensure!(location.starts_with(&format!("{}/", target.store_origin)), "{url} leads elsewhere");
    ensure!(answer.need("cache-control")?.starts_with("private"), "{url} may be kept by shared caches");
    let whole = crate::Call::new(location.to_owned()).expect(200)?;
    ensure_eq!(whole.body.len() as u64, size, "bytes");
    whole.has("cache-control", "private, no-cache")?;
    ensure!(whole.need("content-disposition")?.starts_with("inline; filename=\"big.png\""), "it has lost its name");
    let part = crate::Call::new(location.to_owned()).header("range", "bytes=5-9").expect(206)?;
    ensure!(part.body == whole.body[5..10], "other bytes in a part");
    let download = target.get(&format!("{url}?download")).expect(302)?;
    let download = crate::Call::new(download.need("location")?.to_owned()).expect(200)?;
    ensure!(download.need("content-disposition")?.starts_with("attachment;"), "a download is shown");
    nothing_leaks(target, &[Request::new("GET", format!("{}{url}", target.base))])?;
    // The answer to a HEAD has no body that could be too large.
    ensure_eq!(target.get(&url).head().expect(200)?.length()?, size, "length by HEAD");
    target.get(&url).anonymous().expect(401)?.lacks("location")?;
    let small = items.into_iter().find(|item| item.r#type == "image" && item.size < 100_000);
    target.get(&small.ok_or("every photo is large")?.file).expect(200).map(drop)
}

fn public(target: &Target) -> Outcome {
    for variant in variants(target)? {
        let answer = target.follow(&variant).expect(200)?;
        for uri in uris(answer.text()?) {
            let segment = Url::parse(uri).map_err(|error| format!("{uri}: {error}"))?;
            ensure!(uri.starts_with(&format!("{PUBLIC_BASE}/hls/")), "{uri} is not below the public base");
            ensure_eq!(segment.query(), None, "{uri}: query");
            bytes_of(uri)?;
        }
    }
    Ok(())
}

/// The arm that an answer names.
fn arm(answer: &Answer) -> Result<String, String> {
    Ok(answer.cost_text("arm")?.to_owned())
}

/// Both arms occur, each viewer stays in one arm, and no cache serves the playlist of one arm to the other.
fn experiment(target: &Target) -> Outcome {
    let variant = variants(target)?.into_iter().next().ok_or("the master has no variant")?;
    let plain = for_the_service(target, file_name(&variant))?;
    let mut bodies: HashMap<String, HashSet<Vec<u8>>> = HashMap::new();
    for _ in 0..VIEWERS {
        let cookie = session_cookie(&target.log_in(&target.password).expect(200)?)?;
        let ask = || target.follow(&variant).anonymous().header("cookie", &cookie).expect(200);
        let (first, again) = (ask()?, ask()?);
        ensure_eq!(arm(&again)?, arm(&first)?, "the arm of one viewer, asked again");
        let is_plain = first.text()? == plain;
        ensure_eq!(arm(&first)?, if is_plain { "redirect" } else { "presign" }, "the arm of what came");
        bodies.entry(arm(&first)?).or_default().extend([first.body, again.body]);
    }
    // With a token, the experiment divides films and not viewers.
    let arms = if target.is_split() { 1 } else { 2 };
    ensure_eq!(bodies.len(), arms, "arms seen by {VIEWERS} viewers");
    ensure!(bodies.values().all(|bodies| bodies.len() == 1), "viewers of one arm got different playlists");
    Ok(())
}
