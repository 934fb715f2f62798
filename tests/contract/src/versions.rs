//! The version in the URLs of items: what was replaced is never shown from an old cache.

use url::Url;

use crate::{
    Call, Outcome, Target,
    library::{encode, film, some},
    playlists::{a_variant, played, uris, variants, version_query},
    served::Served,
    tables::{IMMUTABLE, ORIGINALS, all_hold},
};

cases!(versions:
    needs [Item]: every_url_has_it;
    needs [Photo]: the_current_one_is_immutable, any_other_is_asked_about, with_a_download_in_any_order, unusable,
        every_rule_of_a_file;
    needs [Film, Presigned]: films_lie_under_it;
    needs [Film, Led]: segments_go_on_under_their_own;
    needs [Film]: segments_with_an_unusable_one;
);

fn every_url_has_it(target: &Target) -> Outcome {
    for item in some(target)? {
        let version = item.version()?;
        ensure!(is_version(version), "{}: the version is {version}", item.key);
        for (_, _, url) in item.thumbnails.all() {
            ensure!(url.ends_with(&format!("&v={version}")), "{url}: not version {version}");
        }
        if let Some((_, of_playlist)) = item.hls.as_deref().and_then(|url| url.split_once("&v=")) {
            ensure_eq!(of_playlist, version, "{}: the version of its playlist", item.key);
        }
    }
    Ok(())
}

fn is_version(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The whole file, a part, several parts, and that nothing has changed.
fn the_current_one_is_immutable(target: &Target) -> Outcome {
    for item in some(target)? {
        target.get(&item.file).head().expect(200)?.has("cache-control", IMMUTABLE)?;
    }
    // A film may be long.
    let film = target.any_film()?.filter(|film| film.size < 4_000_000);
    for url in [Some(&target.photo()?.item), film].into_iter().flatten().map(|item| &item.file) {
        let whole = target.get(url).expect(200)?;
        whole.has("cache-control", IMMUTABLE)?;
        let tag = whole.need("etag")?;
        for range in ["bytes=5-9", "bytes=-7", "bytes=5-9,20-29,-5"] {
            target.get(url).header("range", range).expect(206)?.has("cache-control", IMMUTABLE)?;
            let part = target.get(url).header("range", range).header("if-range", tag).expect(206)?;
            part.has("cache-control", IMMUTABLE)?;
        }
        let unchanged = target.get(url).header("if-none-match", tag).expect(304)?;
        unchanged.has("cache-control", IMMUTABLE)?;
        target.get(url).header("range", "bytes=99999999-").expect(416)?.has("cache-control", "no-store")?;
    }
    Ok(())
}

fn any_other_is_asked_about(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let version = photo.item.version()?;
    for query in ["", "?v", "?v=", "?v=0123456789abcdef", "?v=x", &format!("?V={version}"), &format!("?v={version}0")] {
        let url = format!("{}{query}", photo.file());
        let answer = target.get(&url).expect(200)?;
        answer.has("cache-control", ORIGINALS)?;
        ensure!(answer.body == *photo.bytes, "{url}: other bytes");
        let unchanged = target.get(&url).header("if-none-match", answer.need("etag")?).expect(304)?;
        unchanged.has("cache-control", ORIGINALS)?;
    }
    Ok(())
}

fn with_a_download_in_any_order(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let version = photo.item.version()?;
    for (query, cache_control) in [
        (format!("?download&v={version}"), IMMUTABLE),
        (format!("?v={version}&download"), IMMUTABLE),
        (format!("?x=1&v={version}&download=1"), IMMUTABLE),
        ("?download".to_owned(), ORIGINALS),
        ("?v=old&download".to_owned(), ORIGINALS),
    ] {
        let answer = target.get(&format!("{}{query}", photo.file())).head().expect(200)?;
        answer.has("cache-control", cache_control)?;
        ensure!(answer.need("content-disposition")?.starts_with("attachment;"), "{query}: shown in place");
    }
    Ok(())
}

fn unusable(target: &Target) -> Outcome {
    for query in ["?v=%", "?v=%ff", "?v=1&v=2", "?download&v=%E0%A4%A"] {
        target.get(&format!("{}{query}", target.photo()?.file())).expect(400)?;
    }
    Ok(())
}

/// Ranges and conditions by a URL with a version.
fn every_rule_of_a_file(target: &Target) -> Outcome {
    let photo = target.photo()?;
    all_hold(&Served::new(|| target.get(&photo.item.file), &photo.bytes)?, IMMUTABLE)
}

/// The objects of a film that has a version lie under it, and those of a film of 0.1.0 lie where they were.
fn films_lie_under_it(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let version = film.version()?;
    for variant in variants(target)? {
        ensure!(variant.ends_with(&format!("?v={version}")), "{variant}: not version {version}");
    }
    let folder = if master.contains("&v=") { format!("{version}/") } else { String::new() };
    let prefix = format!("/hls/{}/{folder}", encode(&film.key));
    for uri in uris(a_variant(target)?.text()?) {
        let path = Url::parse(uri).map_err(|error| format!("{uri}: {error}"))?.path().to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        ensure!(path.ends_with(&format!("{prefix}{name}")), "{path} is not below {prefix}");
    }
    Ok(())
}

/// A viewer in the middle of a film that was replaced still gets its segments.
fn segments_go_on_under_their_own(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let segment = &played(target)?.segment;
    let route = format!("/api/hls/{}/{segment}", encode(&film.key));
    let current = target.video(&format!("{route}{}", version_query(&master))).expect(302)?;
    Call::new(current.need("location")?.to_owned()).header("range", "bytes=0-9").expect(206)?;
    let old = "0123456789abcdef";
    let answer = target.video(&format!("{route}?v={old}")).expect(302)?;
    let wanted = format!("/hls/{}/{old}/{segment}?", encode(&film.key));
    ensure!(answer.need("location")?.contains(&wanted), "it does not lead to {wanted}");
    let nothing = Call::new(answer.need("location")?.to_owned()).send()?;
    ensure!(matches!(nothing.status, 403 | 404), "the store answers {} where nothing lies", nothing.status);
    Ok(())
}

fn segments_with_an_unusable_one(target: &Target) -> Outcome {
    let route = format!("/api/hls/{}/{}", encode(&film(target)?.0.key), played(target)?.segment);
    for query in [
        "?v=",
        "?v=x",
        "?v=0123456789ABCDEF",
        "?v=0123456789abcde",
        "?v=0123456789abcdef0",
        "?v=..%2F..%2F89abcdef",
        "?v=0123456789abcde%2F",
        "?v=%ff",
        "?v=0123456789abcdef&v=0123456789abcdef",
    ] {
        let answer = target.video(&format!("{route}{query}")).expect(400)?;
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
        target.video(&format!("{route}{query}")).anonymous().expect(401)?;
    }
    Ok(())
}
