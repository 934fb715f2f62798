//! `GET|HEAD /api/clip/:key`: the clips of live photos.

use harness::{LIVE, PHOTOS};

use crate::{
    Outcome, Target,
    library::{encode, item, without_a_clip},
};

cases!(clips:
    needs [Nothing]: unknown;
    needs [Clip]: ranges_are_those_of_the_whole, conditions_and_head;
    needs [Library]: listed_with_its_photo, downloads;
);

fn url(target: &Target) -> Result<String, String> {
    target
        .live()?
        .and_then(|item| item.clip.clone())
        .ok_or_else(|| "no photo has a clip: is there an ffmpeg?".to_owned())
}

fn listed_with_its_photo(target: &Target) -> Outcome {
    let url = url(target)?;
    ensure!(url.starts_with(&format!("/api/clip/{}?v=", encode(LIVE))), "clip is {url}");
    for (key, ..) in PHOTOS.into_iter().filter(|(key, ..)| *key != LIVE) {
        ensure_eq!(item(target, key)?.clip, None, "{key}: clip");
    }
    let answer = target.get(&url).expect(200)?;
    answer.has("content-type", "video/mp4")?;
    answer.has("cache-control", "private, max-age=31536000, immutable")?;
    answer.has("content-disposition", "inline; filename=\"a b+c.mp4\"; filename*=UTF-8''a%20b%2Bc.mp4")?;
    ensure!(answer.body.get(4..8) == Some(b"ftyp"), "the clip is no MP4");
    ensure_eq!(answer.length()?, answer.body.len() as u64, "Content-Length");
    // Without the version it may be another one tomorrow.
    target.get(&format!("/api/clip/{}", encode(LIVE))).expect(200)?.has("cache-control", "private, no-cache")
}

fn ranges_are_those_of_the_whole(target: &Target) -> Outcome {
    let url = url(target)?;
    let whole = target.get(&url).expect(200)?.body;
    for (range, from, to) in
        [("bytes=0-1", 0, 2), ("bytes=100-299", 100, 300), ("bytes=-50", whole.len() - 50, whole.len())]
    {
        let part = target.get(&url).header("range", range).expect(206)?;
        ensure!(part.body == whole[from..to], "{range}: other bytes");
        part.has("content-range", &format!("bytes {from}-{}/{}", to - 1, whole.len()))?;
    }
    target.get(&url).header("range", "bytes=99999999-").expect(416)?;
    Ok(())
}

fn conditions_and_head(target: &Target) -> Outcome {
    let url = url(target)?;
    let get = target.get(&url).expect(200)?;
    let tag = get.need("etag")?;
    target.get(&url).header("if-none-match", tag).expect(304)?;
    target.get(&url).header("if-none-match", "\"x\"").expect(200)?;
    let head = target.get(&url).head().expect(200)?;
    for name in ["content-length", "content-type", "etag", "cache-control"] {
        ensure_eq!(head.header(name), get.header(name), "{name} of HEAD");
    }
    Ok(())
}

/// The film of a motion photo lies in the photo, so the download of the clip is the clip.
fn downloads(target: &Target) -> Outcome {
    let url = url(target)?;
    let download = target.get(&format!("{url}&download")).expect(200)?;
    download.has("content-disposition", "attachment; filename=\"a b+c.mp4\"; filename*=UTF-8''a%20b%2Bc.mp4")?;
    ensure!(download.body == target.get(&url).expect(200)?.body, "other bytes");
    Ok(())
}

fn unknown(target: &Target) -> Outcome {
    let film = target.film_or_absent()?;
    for key in ["absent.jpg", &without_a_clip(target)?, "2025", &film] {
        target.get(&format!("/api/clip/{}", encode(key))).expect(404)?.has("cache-control", "no-store")?;
    }
    Ok(())
}
