//! The segments of a film, fetched from the store with only their URLs.

use crate::{
    Answer, Call, Outcome, Target,
    library::{encode, film},
    playlists::{a_variant, file_name, played, uris, variants, version_query},
};

cases!(segments:
    needs [Film]: route_of_unknown_films;
    needs [Film, Presigned]: in_parts, readable_by_the_page, url_is_for_one_object_and_get;
    needs [Film, Presigned, Store]: route_redirects;
    needs [DemoFilm, Presigned]: fetched_without_a_cookie;
);

fn is_segment(name: &str) -> bool {
    name.rsplit('.').next() == Some("ts")
}

/// The first segments of each variant.
fn some_segments(target: &Target) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for variant in variants(target)? {
        let answer = target.follow(&variant).expect(200)?;
        all.extend(uris(answer.text()?).take(2).map(str::to_owned));
    }
    Ok(all)
}

fn a_segment(target: &Target) -> Result<String, String> {
    let variant = a_variant(target)?;
    let first = uris(variant.text()?).next().ok_or("the variant has no segment")?;
    Ok(first.to_owned())
}

/// Every segment of every quality, in order, has the bytes that the bucket holds.
fn fetched_without_a_cookie(target: &Target) -> Outcome {
    let mut seen = Vec::new();
    for variant in variants(target)? {
        let answer = target.follow(&variant).expect(200)?;
        for uri in uris(answer.text()?) {
            let name = file_name(uri);
            let stored = demo::short_film().hls.iter().find(|(known, _)| *known == name);
            let (name, bytes) = stored.ok_or_else(|| format!("{name} is no segment of the film"))?;
            let segment = Call::new(uri.to_owned()).expect(200)?;
            ensure!(segment.body == *bytes, "{name}: other bytes, {} of them", segment.body.len());
            segment.has("content-type", "video/mp2t")?;
            segment.lacks("set-cookie")?;
            seen.push(*name);
        }
    }
    let all: Vec<&str> = demo::short_film().hls.iter().map(|(name, _)| *name).filter(|name| is_segment(name)).collect();
    ensure_eq!(seen, all, "the segments of all qualities");
    Ok(())
}

/// A segment may be a range of a file that holds a whole film, so only the beginning is asked for.
fn in_parts(target: &Target) -> Outcome {
    for uri in some_segments(target)? {
        let part = |first: usize, last: usize| {
            let answer = Call::new(uri.clone()).header("range", format!("bytes={first}-{last}")).expect(206)?;
            let range = answer.need("content-range")?;
            let length = range.strip_prefix(&format!("bytes {first}-{last}/"));
            let length = length.ok_or_else(|| format!("{uri}: Content-Range is {range}"))?.to_owned();
            Ok::<_, String>((answer.body, length))
        };
        let ((begin, length), (middle, same)) = (part(0, 1999)?, part(188, 1879)?);
        ensure_eq!((begin.len(), middle.len()), (2000, 1692), "{uri}: bytes in a part");
        ensure!(middle == begin[188..1880], "{uri}: other bytes in a part");
        ensure_eq!(same, length, "{uri}: the length of the whole");
    }
    Ok(())
}

/// The page's script fetches segments across origins.
fn readable_by_the_page(target: &Target) -> Outcome {
    let segment = Call::new(a_segment(target)?).header("range", "bytes=0-9");
    let segment = segment.header("origin", target.origin()).expect(206)?;
    let allowed = segment.need("access-control-allow-origin")?;
    ensure!(allowed == "*" || allowed == target.origin(), "Access-Control-Allow-Origin is {allowed}");
    Ok(())
}

/// A leaked URL opens only one object, and only for reading.
fn url_is_for_one_object_and_get(target: &Target) -> Outcome {
    let url = a_segment(target)?;
    let refused = |call: Call<'_>| -> Outcome {
        let answer = call.send()?;
        ensure_eq!(answer.status, 403, "{}: status", answer.what.split('?').next().unwrap_or_default());
        Ok(())
    };
    let name = file_name(&url);
    // Nothing lies at the first address; the second is that of an object of the film.
    for other in [&format!("{name}.ts"), "master.m3u8"] {
        let other = url.replacen(&format!("/{name}?"), &format!("/{other}?"), 1);
        ensure!(other != url, "{url} names no object");
        refused(Call::new(other))?;
    }
    refused(Call::new(url.clone()).method("DELETE"))?;
    refused(Call::new(url.clone()).method("PUT").body("video/mp2t", "x"))?;
    refused(Call::new(url.replacen("X-Amz-Expires=", "X-Amz-Expires=9", 1)))?;
    Call::new(url).header("range", "bytes=0-9").expect(206)?;
    Ok(())
}

fn segment_route(target: &Target, film: &str, file: &str) -> Result<Answer, String> {
    target.video(&format!("/api/hls/{}/{file}", encode(film))).send()
}

/// This route is for playlists whose segments point at the service.
fn route_redirects(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let presigned = a_segment(target)?;
    let file = format!("{}{}", file_name(&presigned), version_query(&master));
    let answer = segment_route(target, &film.key, &file)?;
    ensure_eq!(answer.status, 302, "the segment's route: status");
    let location = answer.need("location")?;
    ensure!(location.starts_with(&format!("{}/", target.store_origin)), "Location leads elsewhere");
    let cache_control = answer.need("cache-control")?;
    ensure!(cache_control.starts_with("private"), "Cache-Control is {cache_control}");
    let begin = |url: String| Call::new(url).header("range", "bytes=0-999").expect(206);
    let (one_way, other_way) = (begin(location.to_owned())?, begin(presigned)?);
    ensure_eq!(
        one_way.header("content-range"),
        other_way.header("content-range"),
        "the redirect leads to another file"
    );
    ensure!(one_way.body == other_way.body, "the redirect leads to other bytes than the playlist");
    Ok(())
}

fn route_of_unknown_films(target: &Target) -> Outcome {
    let film = film(target)?.0.key;
    for (key, file, status) in [
        ("absent.mp4", played(target)?.segment.as_str(), 404),
        ("absent.mp4", "init.mp4", 404),
        (&film, "%zz.ts", 400),
        (&film, "..%2Fx.ts", 400),
        (&film, "%00.ts", 400),
    ] {
        let answer = segment_route(target, key, file)?;
        ensure_eq!(answer.status, status, "{key} {file}: status");
        answer.has("content-type", "application/problem+json")?;
    }
    Ok(())
}
