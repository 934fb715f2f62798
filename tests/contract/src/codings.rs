//! Content codings of what the services make (RFC 9110 section 12.5.3). What comes from the bucket is never coded.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::{Answer, Outcome, Target, library::film, playlists::variants};

cases!(codings:
    needs [Item]: weights_decide, gzip_is_the_same_text, each_coding_has_its_tag, head;
    needs [Photo]: ranges_are_not_coded, nothing_of_the_bucket_is_coded;
);

/// Everything that has codings, as paths. Where there is no film, there is no playlist.
fn coded(target: &Target) -> Result<Vec<String>, String> {
    let timeline = target.get("/api/timeline").expect(200)?.json()?;
    let block = timeline["blocks"][0][0].as_str().ok_or("there is no block")?;
    let mut paths = vec![
        "/api/media?limit=3".to_owned(),
        "/api/media?limit=1000".to_owned(),
        "/api/timeline".to_owned(),
        format!("/api/blocks/{block}"),
    ];
    if target.any_film()?.is_some() {
        let variant = variants(target)?.into_iter().next().ok_or("there is no variant")?;
        paths.extend([film(target)?.1, variant]);
    }
    Ok(paths)
}

fn ask(target: &Target, path: &str, accepted: Option<&str>) -> Result<Answer, String> {
    let call = target.follow(path);
    match accepted {
        Some(accepted) => call.header("accept-encoding", accepted).expect(200),
        None => call.expect(200),
    }
}

fn weights_decide(target: &Target) -> Outcome {
    for path in coded(target)? {
        for (accepted, wanted) in [
            (None, None),
            (Some("gzip"), Some("gzip")),
            (Some("x-gzip"), Some("gzip")),
            (Some("gzip, deflate, br, zstd"), Some("gzip")),
            (Some("gzip;q=0.1, deflate"), Some("gzip")),
            (Some("gzip;q=0"), None),
            (Some("gzip; q=0.000"), None),
            (Some("gzip;q=0.5, identity"), None),
            (Some("gzip;q=0.5, identity;q=0.4"), Some("gzip")),
            (Some("gzip, identity;q=0"), Some("gzip")),
            (Some("identity;q=0, *"), Some("gzip")),
            (Some("*"), Some("gzip")),
            (Some("*;q=0"), None),
            (Some("*;q=0, gzip;q=0.2"), Some("gzip")),
            (Some("identity"), None),
            (Some("br, zstd"), None),
            (Some("gzip;q=wrong"), None),
            (Some(""), None),
        ] {
            let answer = ask(target, &path, accepted)?;
            ensure_eq!(answer.header("content-encoding"), wanted, "{path} for {accepted:?}");
            let vary = answer.need("vary")?.to_ascii_lowercase();
            ensure!(vary.contains("accept-encoding"), "{path}: Vary is {vary}");
            ensure_eq!(answer.length()?, answer.body.len() as u64, "{path} for {accepted:?}: Content-Length");
        }
    }
    Ok(())
}

fn gzip_is_the_same_text(target: &Target) -> Outcome {
    for path in coded(target)? {
        let plain = ask(target, &path, None)?;
        let coded = ask(target, &path, Some("gzip"))?;
        let mut text = Vec::new();
        MultiGzDecoder::new(&coded.body[..]).read_to_end(&mut text).map_err(|error| format!("{path}: {error}"))?;
        ensure!(text == plain.body, "{path}: the inflated text differs");
        ensure!(
            coded.body.len() < plain.body.len() || plain.body.len() < 1000,
            "{path}: {} bytes as gzip, {} as they are",
            coded.body.len(),
            plain.body.len()
        );
    }
    Ok(())
}

fn each_coding_has_its_tag(target: &Target) -> Outcome {
    for path in coded(target)? {
        let plain = ask(target, &path, None)?;
        let coded = ask(target, &path, Some("gzip"))?;
        let (plain, coded) = (plain.need("etag")?, coded.need("etag")?);
        ensure!(plain != coded, "{path}: both codings have the tag {plain}");
        ensure!(!plain.starts_with("W/") && !coded.starts_with("W/"), "{path}: a weak tag");
        for (accepted, own, other) in [("gzip", coded, plain), ("identity", plain, coded)] {
            let call =
                |tag: &str| target.follow(&path).header("accept-encoding", accepted).header("if-none-match", tag);
            let known = call(own).expect(304)?;
            known.has("etag", own)?;
            known.lacks("content-encoding")?;
            ensure!(known.need("vary")?.to_ascii_lowercase().contains("accept-encoding"), "{path}: Vary of a 304");
            call(other).expect(200)?;
            call(&format!("{other}, {own}")).expect(304)?;
        }
    }
    Ok(())
}

fn head(target: &Target) -> Outcome {
    for path in coded(target)? {
        for accepted in ["gzip", "identity"] {
            let get = ask(target, &path, Some(accepted))?;
            let head = target.follow(&path).head().header("accept-encoding", accepted).expect(200)?;
            ensure!(head.body.is_empty(), "{path}: a HEAD with a body");
            ensure_eq!(head.length()?, get.body.len() as u64, "{path}: Content-Length of HEAD for {accepted}");
            ensure_eq!(head.header("content-encoding"), get.header("content-encoding"), "{path}: HEAD for {accepted}");
            head.has("etag", get.need("etag")?)?;
        }
    }
    Ok(())
}

/// A range of a coded text would be a range of nothing that a client has.
fn ranges_are_not_coded(target: &Target) -> Outcome {
    for path in coded(target)? {
        let call = target.follow(&path).header("accept-encoding", "gzip").header("range", "bytes=0-9");
        let answer = call.expect(200)?;
        answer.lacks("content-range")?;
    }
    let part = target
        .get(&target.photo()?.file())
        .header("accept-encoding", "gzip")
        .header("range", "bytes=0-9")
        .expect(206)?;
    part.lacks("content-encoding")?;
    ensure_eq!(part.body.len(), 10, "bytes of a range of an original");
    Ok(())
}

fn nothing_of_the_bucket_is_coded(target: &Target) -> Outcome {
    for path in [target.photo()?.file(), target.photo()?.thumbnail("?size=small")] {
        let answer = target.get(&path).header("accept-encoding", "gzip, br").expect(200)?;
        answer.lacks("content-encoding")?;
    }
    Ok(())
}
