//! Experiments (`VIDEO_EXPERIMENT`) with packages and with compression. Each case needs a host of its own with the
//! configuration of the case.

use std::collections::HashSet;

use url::Url;

use crate::{
    Answer, Outcome, Target, packages,
    playlists::{master_url, uris, variants},
    target::session_cookie,
};

/// So many viewers see both arms of an even experiment, except one time in 2^31.
const VIEWERS: usize = 32;

/// Asks as many viewers. With a token in the URL, the session of the token is the viewer.
fn viewers(target: &Target, mut each: impl FnMut(&str) -> Result<String, String>) -> Outcome {
    let mut arms = HashSet::new();
    for _ in 0..VIEWERS {
        let cookie = session_cookie(&target.log_in(&target.password).expect(200)?)?;
        arms.insert(each(&cookie)?);
    }
    ensure_eq!(arms.len(), if target.is_split() { 1 } else { 2 }, "arms seen by {VIEWERS} viewers");
    Ok(())
}

fn arm(answer: &Answer) -> Result<String, String> {
    Ok(answer.cost_text("arm")?.to_owned())
}

/// A film with both packages: the arm that is named is that of the package that came, for everything of the film.
pub(crate) fn ts(target: &Target) -> Outcome {
    packages::replace(target)?;
    let master = master_url(target)?;
    viewers(target, |cookie| {
        let ask = |url: &str| target.follow(url).anonymous().header("cookie", cookie).expect(200);
        let (first, again) = (ask(master.as_str())?, ask(master.as_str())?);
        ensure!(first.body == again.body, "another package the second time");
        let named = arm(&first)?;
        ensure_eq!(arm(&again)?, named, "the arm of one viewer, asked again");
        let wanted = if named == "ts" { ".ts" } else { ".mp4" };
        ensure!(matches!(named.as_str(), "ts" | "presign"), "the arm is {named}");
        let own = uris(first.text()?).map(|uri| master.join(uri).map_err(|error| format!("{uri}: {error}")));
        for variant in own.collect::<Result<Vec<Url>, String>>()? {
            let variant = ask(variant.as_str())?;
            ensure_eq!(arm(&variant)?, named, "the arm of {}", variant.what);
            let mut segments = uris(variant.text()?);
            let all = segments.all(|uri| uri.split('?').next().is_some_and(|path| path.ends_with(wanted)));
            ensure!(all, "{}: segments of the other package", variant.what);
        }
        Ok(named)
    })
}

/// A film with one package is served as always, and the log does not say otherwise.
pub(crate) fn only_one_package(target: &Target) -> Outcome {
    for url in [vec![master_url(target)?.to_string()], variants(target)?].concat() {
        for _ in 0..2 {
            ensure_eq!(arm(&target.follow(&url).expect(200)?)?, "presign", "{url}: arm");
        }
    }
    Ok(())
}

/// One arm gets its playlists as they are, though the client could read gzip.
pub(crate) fn uncompressed(target: &Target) -> Outcome {
    let urls = [vec![master_url(target)?.to_string()], variants(target)?].concat();
    viewers(target, |cookie| {
        let mut named = String::new();
        for url in &urls {
            let plain = target.follow(url).anonymous().header("cookie", cookie).expect(200)?;
            let ask = target.follow(url).anonymous().header("cookie", cookie);
            let answer = ask.header("accept-encoding", "gzip").expect(200)?;
            named = arm(&answer)?;
            if named == "uncompressed" {
                answer.lacks("content-encoding")?;
                ensure!(answer.body == plain.body, "{url}: other bytes");
            } else {
                ensure_eq!(named, "presign", "{url}: arm");
                answer.has("content-encoding", "gzip")?;
            }
        }
        Ok(named)
    })
}
