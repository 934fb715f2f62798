//! `GET /api/media`.

use harness::PHOTOS;

use crate::{
    Outcome, Target,
    library::{Item, all, file_bytes, film, item, media_type, page, photos},
};

cases!(listing:
    needs [Nothing]: etag_and_304, head, unusable_parameters, cache_version;
    needs [Item]: how_dates_are_known, type_filter;
    needs [Several]: newest_first, paging_gives_each_item_once, last_full_page_has_no_cursor,
        cursor_belongs_to_its_filter;
    needs [Photo]: type_filter_pages;
    needs [DemoFilm]: fields_of_a_film;
    needs [Library]: holds_the_library, fields_of_a_photo;
);

/// How many items are asked for page by page: a gallery may have thousands.
const WALK: usize = 30;
/// How many items a page has at most.
const LIMIT: usize = 1000;

fn holds_the_library(target: &Target) -> Outcome {
    let items = all(target)?;
    for key in photos() {
        ensure!(items.iter().any(|item| item.key == key), "{key} is not listed");
    }
    ensure!(items.iter().any(|item| item.r#type == "video"), "no film is listed");
    Ok(())
}

fn newest_first(target: &Target) -> Outcome {
    let items = all(target)?;
    ensure!(items.len() > 1, "nothing stands before or behind another");
    for pair in items.windows(2) {
        let [newer, older] = [&pair[0], &pair[1]].map(|item| (item.date(), item.key.as_str()));
        ensure!(newer > older, "{newer:?} stands before {older:?}");
    }
    Ok(())
}

fn fields_of_a_photo(target: &Target) -> Outcome {
    for (key, width, height) in PHOTOS {
        let item = item(target, key)?;
        ensure_eq!(item.r#type, "image", "{key}: type");
        ensure_eq!(item.name, key.rsplit('/').next().unwrap_or(key), "{key}: name");
        ensure_eq!(item.size, file_bytes(key)?.len() as u64, "{key}: size");
        ensure_eq!((item.width, item.height), (Some(width), Some(height)), "{key}: width and height");
        let of_films = (item.hls, item.playback, item.duration);
        ensure_eq!(of_films, (None, None, None), "{key}: what only films have");
        ensure!(item.uploaded_at.as_str() > "2025", "{key}: uploadedAt is {:?}", item.uploaded_at);
        ensure_eq!(item.thumbnails.all().count(), 4, "{key}: thumbnails");
        ensure_eq!(item.mime.as_deref(), Some(media_type(key)), "{key}: mime");
    }
    Ok(())
}

fn fields_of_a_film(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    ensure_eq!(film.r#type, "video", "{}: type", film.key);
    let known = demo::short_film();
    ensure_eq!(film.duration, Some(known.duration), "{}: duration", film.key);
    ensure_eq!((film.width, film.height), (Some(known.width), Some(known.height)), "{}: dimensions", film.key);
    // The offset may stand behind it.
    ensure!(film.date_taken.as_ref().is_some_and(|taken| taken.starts_with(known.taken)), "{:?}", film.date_taken);
    ensure_eq!(film.thumbnails.all().count(), 4, "{}: thumbnails", film.key);
    // On another origin, the URL of the playlist needs a token.
    let here = film.hls.as_ref().map_or(target.is_split(), |hls| *hls == master && !target.is_split());
    ensure!(here, "{}: hls is {:?}", film.key, film.hls);
    let base = if target.is_split() { target.video_base.as_str() } else { "" };
    ensure!(master.starts_with(&format!("{base}/api/hls/")), "{}: hls is {master}", film.key);
    ensure!(master.contains("/playlist?key="), "{}: hls is {master}", film.key);
    Ok(())
}

/// A guess is marked, and the moment of ingest is never a date of taking. The wall clock has the offset, if both are
/// known and the offset is no guess.
fn how_dates_are_known(target: &Target) -> Outcome {
    let listing = target.get("/api/media?limit=1000").expect(200)?.json()?;
    let items = listing["items"].as_array().ok_or("no items")?;
    ensure!(!items.is_empty(), "the gallery is empty");
    ensure!(items.iter().all(|item| item.get("taken").is_some()), "an item without a word about its date");
    for Item { key, date_taken, taken, .. } in all(target)? {
        let Some(taken) = taken else { continue };
        let source = taken.source.as_deref().unwrap_or_default();
        ensure_eq!(taken.guess, matches!(source, "name" | "file" | "ingest"), "{key}: guess, by {source:?}");
        ensure_eq!(taken.day.len(), "2024-06-15".len(), "{key}: day is {:?}", taken.day);
        ensure!(taken.at.len() >= "2024-06-15T12:00:00Z".len() && taken.at.ends_with('Z'), "{key}: at {:?}", taken.at);
        ensure_eq!(taken.offset.is_some(), taken.offset_source.is_some(), "{key}: an offset and its source");
        let shown = date_taken.unwrap_or_default();
        ensure!(source != "ingest" || shown.is_empty(), "{key}: taken when it was ingested: {shown:?}");
        let is_guess = matches!(taken.offset_source.as_deref(), Some("nearby" | "library"));
        if let Some(offset) = taken.offset.filter(|_| shown.contains('T') && !is_guess) {
            let is_there = shown.ends_with(&offset) || (shown.ends_with('Z') && offset == "+00:00");
            ensure!(is_there, "{key}: {shown:?} without {offset:?}");
        }
    }
    Ok(())
}

/// The first keys, page by page: all of a small gallery.
fn walk(target: &Target, query: &str) -> Result<Vec<String>, String> {
    let mut keys = Vec::new();
    let mut cursor = None;
    loop {
        let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let next = page(target, &format!("{query}{after}"))?;
        ensure!(!next.items.is_empty() || next.next_cursor.is_none(), "{query}: an empty page that goes on");
        keys.extend(next.items.into_iter().map(|item| item.key));
        cursor = next.next_cursor;
        if cursor.is_none() || keys.len() >= WALK {
            keys.truncate(WALK);
            return Ok(keys);
        }
    }
}

/// The first keys of these items, as [`walk`] gives them.
fn first<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<String> {
    items.into_iter().take(WALK).map(|item| item.key.clone()).collect()
}

fn paging_gives_each_item_once(target: &Target) -> Outcome {
    let whole = first(&all(target)?);
    ensure!(whole.len() > 2, "three items have no second page");
    for limit in 1..=3 {
        ensure_eq!(walk(target, &format!("?limit={limit}"))?, whole, "limit={limit}");
    }
    Ok(())
}

fn last_full_page_has_no_cursor(target: &Target) -> Outcome {
    let count = all(target)?.len();
    ensure!(count > 1, "no page is one short");
    let most = count.min(LIMIT);
    let exact = page(target, &format!("?limit={most}"))?;
    ensure_eq!(exact.items.len(), most, "a page as long as the listing");
    ensure_eq!(exact.next_cursor.is_none(), count <= LIMIT, "whether a page as long as the listing is the last");
    let short = page(target, &format!("?limit={}", most - 1))?;
    ensure!(short.next_cursor.is_some(), "a page that is one short has no cursor");
    Ok(())
}

fn type_filter(target: &Target) -> Outcome {
    let items = all(target)?;
    ensure!(!items.is_empty(), "the gallery is empty");
    for r#type in ["image", "video"] {
        let wanted = items.iter().filter(|item| item.r#type == r#type).take(LIMIT);
        let wanted: Vec<&str> = wanted.map(|item| item.key.as_str()).collect();
        let came = page(target, &format!("?type={type}&limit={LIMIT}"))?.items;
        let came: Vec<&str> = came.iter().map(|item| item.key.as_str()).collect();
        ensure_eq!(came, wanted, "type={type}");
    }
    Ok(())
}

fn type_filter_pages(target: &Target) -> Outcome {
    let images = first(all(target)?.iter().filter(|item| item.r#type == "image"));
    ensure!(!images.is_empty(), "the gallery holds no photo");
    ensure_eq!(walk(target, "?type=image&limit=2")?, images, "photos found two by two");
    Ok(())
}

fn cursor_belongs_to_its_filter(target: &Target) -> Outcome {
    let cursor = page(target, "?limit=1")?.next_cursor.ok_or("no cursor after one item")?;
    target.get(&format!("/api/media?limit=1&type=image&cursor={cursor}")).expect(400)?;
    Ok(())
}

fn etag_and_304(target: &Target) -> Outcome {
    let first = target.get("/api/media?limit=2").expect(200)?;
    let tag = first.need("etag")?;
    first.has("content-type", "application/json")?;
    first.has("cache-control", "private, no-cache")?;
    for condition in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = target.get("/api/media?limit=2").header("if-none-match", &condition).expect(304)?;
        ensure!(again.body.is_empty(), "a 304 with a body");
        again.has("etag", tag)?;
        again.has("cache-control", "private, no-cache")?;
    }
    target.get("/api/media?limit=2").header("if-none-match", "\"x\"").expect(200)?;
    target.get("/api/media?limit=1").header("if-none-match", tag).expect(200)?;
    Ok(())
}

fn head(target: &Target) -> Outcome {
    let get = target.get("/api/media").expect(200)?;
    let head = target.get("/api/media").head().expect(200)?;
    ensure!(head.body.is_empty(), "a HEAD with a body");
    ensure_eq!(head.length()?, get.body.len() as u64, "Content-Length of HEAD");
    head.has("etag", get.need("etag")?)
}

fn unusable_parameters(target: &Target) -> Outcome {
    for query in [
        "limit=0",
        "limit=-1",
        "limit=1001",
        "limit=99999999999999999999999",
        "limit=1.5",
        "limit=ten",
        "limit=",
        "limit=%",
        "limit=%ff",
        "limit=1&limit=2",
        "type=pdf",
        "type=",
        "type=IMAGE",
        "cursor=",
        "cursor=!",
        "cursor=AAAA",
        "cursor=%00",
        "cursor=%E0%A4%A",
    ] {
        let answer = target.get(&format!("/api/media?{query}")).expect(400)?;
        answer.has("content-type", "application/problem+json")?;
    }
    target.get("/api/media?unknown=ignored&limit=1").expect(200)?;
    Ok(())
}

/// The cache version stays the same while nothing changes, so clients keep what they have.
fn cache_version(target: &Target) -> Outcome {
    let version = || -> Result<String, String> {
        let answer = target.get("/api/cache-version").expect(200)?;
        answer.has("cache-control", "private, no-cache")?;
        Ok(answer.json()?["version"].as_str().unwrap_or_default().to_owned())
    };
    let first = version()?;
    ensure!(!first.is_empty(), "no version");
    ensure_eq!(version()?, first, "the version, asked again");
    Ok(())
}
