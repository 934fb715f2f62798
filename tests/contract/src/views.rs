//! `GET /api/timeline`, `/api/blocks/:name`, `/api/media/:key` and `/api/playback`.

use serde_json::Value;

use crate::{
    Outcome, Target,
    library::{SOME, all, encode, film, some},
};

cases!(views:
    needs [Nothing]: the_tag_is_the_version, an_absent_item;
    needs [Item]: timeline_tells_what_is_where, blocks_hold_what_the_listing_holds, an_item_and_where_it_stands,
        nothing_without_a_session;
    needs [Photo]: blocks_never_change, other_views_and_blocks_are_404, playback_of_no_film;
    needs [Film]: playback_leads_to_the_film;
);

/// How many items a page of the listing has at most.
const LIMIT: usize = 1000;

fn timeline(target: &Target, view: &str) -> Result<Value, String> {
    let answer = target.get(&format!("/api/timeline?view={view}")).expect(200)?;
    answer.has("content-type", "application/json")?;
    answer.has("cache-control", "private, no-cache")?;
    answer.json()
}

/// The names of a timeline's blocks.
fn blocks(timeline: &Value) -> Result<Vec<String>, String> {
    let blocks = timeline["blocks"].as_array().ok_or("no blocks")?;
    Ok(blocks.iter().map(|block| block[0].as_str().unwrap_or_default().to_owned()).collect())
}

/// The sum of the second values of a list of pairs.
fn sum(pairs: &Value) -> u64 {
    pairs.as_array().into_iter().flatten().filter_map(|pair| pair[1].as_u64()).sum()
}

fn timeline_tells_what_is_where(target: &Target) -> Outcome {
    let items = all(target)?;
    ensure!(!items.is_empty(), "the gallery is empty");
    for (view, wanted) in [("everything", ""), ("photos", "image"), ("films", "video")] {
        let wanted: Vec<_> = items.iter().filter(|item| wanted.is_empty() || item.r#type == wanted).collect();
        let timeline = timeline(target, view)?;
        let count = wanted.len() as u64;
        ensure_eq!(timeline["view"], view, "the view");
        ensure_eq!(timeline["count"].as_u64(), Some(count), "{view}: count");
        ensure_eq!(sum(&timeline["days"]), count, "{view}: the items of all days");
        ensure_eq!(sum(&timeline["blocks"]), count, "{view}: the items of all blocks");
        let shapes = timeline["ratios"].as_str().unwrap_or_default();
        ensure_eq!(shapes.len() as u64, count, "{view}: the shapes");
        for (shape, item) in shapes.bytes().zip(&wanted) {
            let (Some(width), Some(height)) = (item.width, item.height) else { continue };
            let code = shape - b'#' - u8::from(shape > b'\\');
            let ratio = ((f64::from(code) - 45.0) * 4.0 / 90.0).exp2();
            let error = ratio / (f64::from(width) / f64::from(height)) - 1.0;
            ensure!(error.abs() < 0.02 || [0, 90].contains(&code), "{view}: {} is {error} off", item.key);
        }
        let listed = timeline["views"].as_array().ok_or("no views")?.iter().find(|other| other["name"] == view);
        ensure_eq!(listed.and_then(|view| view["count"].as_u64()), Some(count), "{view}: count in the list of views");
    }
    Ok(())
}

fn blocks_hold_what_the_listing_holds(target: &Target) -> Outcome {
    let listing = target.get("/api/media?limit=1000").expect(200)?.json()?;
    let mut items = Vec::new();
    let listed = listing["items"].as_array().ok_or("no items")?;
    ensure!(!listed.is_empty(), "the gallery is empty");
    for name in blocks(&timeline(target, "everything")?)? {
        // A page of the listing has the items of the first blocks.
        if items.len() >= listed.len() {
            break;
        }
        let block = target.get(&format!("/api/blocks/{name}")).expect(200)?;
        block.has("content-type", "application/json")?;
        let block = block.json()?;
        let block = block.as_array().ok_or("a block is no list")?;
        ensure!((1..=128).contains(&block.len()), "{name} has {} items", block.len());
        items.extend(block.iter().cloned());
    }
    items.truncate(LIMIT);
    ensure_eq!(&items, listed, "the items of all blocks");
    let text = listing.to_string();
    ensure!(!text.contains("latitude") && !text.contains("/api/hls/~"), "blocks hold places or tokens");
    Ok(())
}

fn blocks_never_change(target: &Target) -> Outcome {
    let name = blocks(&timeline(target, "photos")?)?.into_iter().next().ok_or("no block")?;
    let path = format!("/api/blocks/{name}");
    let block = target.get(&path).expect(200)?;
    block.has("cache-control", "private, max-age=31536000, immutable")?;
    let tag = block.need("etag")?;
    let again = target.get(&path).header("if-none-match", tag).expect(304)?;
    ensure!(again.body.is_empty(), "a 304 with a body");
    again.has("etag", tag)
}

fn other_views_and_blocks_are_404(target: &Target) -> Outcome {
    let name = blocks(&timeline(target, "photos")?)?.into_iter().next().ok_or("no block")?;
    let (_, hash) = name.split_once('.').ok_or("a name without a view")?;
    for path in [
        "/api/timeline?view=all".to_owned(),
        "/api/timeline?view=".to_owned(),
        "/api/timeline?view=album-0123456789ab".to_owned(),
        "/api/timeline?view=..%2Fphotos".to_owned(),
        "/api/blocks/".to_owned(),
        "/api/blocks/photos".to_owned(),
        "/api/blocks/photos.0123456789abcdef".to_owned(),
        "/api/blocks/album-0123456789ab.0123456789abcdef".to_owned(),
        format!("/api/blocks/films.{hash}"),
        format!("/api/blocks/..%2F{name}"),
        format!("/api/media/{}?view=all", encode(&target.photo()?.item.key)),
    ] {
        target.get(&path).expect(404)?.has("content-type", "application/problem+json")?;
        target.get(&path).header("if-none-match", "*").expect(404)?;
    }
    target.get("/api/timeline?view=photos&view=films").expect(400)?;
    Ok(())
}

fn the_tag_is_the_version(target: &Target) -> Outcome {
    let answer = target.get("/api/timeline").expect(200)?;
    let version = answer.json()?["version"].as_str().unwrap_or_default().to_owned();
    ensure_eq!(version.len(), 16, "the version {version:?}");
    let tag = answer.need("etag")?;
    ensure!(tag.contains(&version), "the tag {tag} of version {version}");
    let again = target.get("/api/timeline").header("if-none-match", tag).expect(304)?;
    again.has("etag", tag)?;
    again.has("cache-control", "private, no-cache")?;
    target.get("/api/timeline").header("if-none-match", "\"0123456789abcdef\"").expect(200)?;
    Ok(())
}

fn an_item_and_where_it_stands(target: &Target) -> Outcome {
    let listing = target.get(&format!("/api/media?limit={SOME}")).expect(200)?.json()?;
    ensure!(listing["items"][0].is_object(), "the gallery is empty");
    for (at, listed) in listing["items"].as_array().ok_or("no items")?.iter().enumerate() {
        let key = listed["key"].as_str().unwrap_or_default();
        let item = target.get(&format!("/api/media/{}", encode(key))).expect(200)?;
        item.has("cache-control", "private, no-cache")?;
        let item = item.json()?;
        for (field, value) in listed.as_object().ok_or("no item")? {
            ensure_eq!(&item[field], value, "{key}: {field}");
        }
        for field in ["latitude", "longitude", "altitude", "exposure"] {
            ensure!(item.get(field).is_some(), "{key}: no {field}");
        }
        let position = &item["position"];
        ensure_eq!(position["item"].as_u64(), Some(at as u64), "{key}: its place in everything");
        let block = position["block"].as_str().unwrap_or_default();
        let block = target.get(&format!("/api/blocks/{block}")).expect(200)?.json()?;
        let index = position["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX);
        ensure_eq!(block[index]["key"], key, "the item at the place of {key}");
        let other = if listed["type"] == "video" { "photos" } else { "films" };
        let elsewhere = target.get(&format!("/api/media/{}?view={other}", encode(key))).expect(200)?.json()?;
        ensure_eq!(elsewhere["position"], Value::Null, "{key} in {other}");
    }
    Ok(())
}

fn an_absent_item(target: &Target) -> Outcome {
    target.get("/api/media/absent.jpg").expect(404)?.has("content-type", "application/problem+json")?;
    target.get("/api/media/..%2Fx").expect(400)?;
    target.get("/api/media/%E0%A4%A").expect(400)?;
    Ok(())
}

fn playback_leads_to_the_film(target: &Target) -> Outcome {
    let (film, master) = film(target)?;
    let route = film.playback.ok_or("the film names no route")?;
    let answer = target.get(&route).expect(200)?;
    answer.has("cache-control", "private, no-store")?;
    let playback = answer.json()?;
    let url = playback["url"].as_str().ok_or("no URL")?;
    ensure!(url.contains("/api/hls/~") && playback["expires"].is_string(), "a URL with a token that ends: {playback}");
    let (_, wanted) = master.rsplit_once('/').ok_or("no path")?;
    ensure!(url.ends_with(&format!("/{wanted}")), "{url} leads to another film than {master}");
    let by_token = target.follow(url).anonymous().expect(200)?;
    ensure_eq!(by_token.text()?, target.follow(&master).expect(200)?.text()?, "the playlist");
    Ok(())
}

fn playback_of_no_film(target: &Target) -> Outcome {
    let photo = format!("?key={}", encode(&target.photo()?.item.key));
    for (query, status) in
        [("", 400), ("?key=", 400), ("?key=%ff", 400), ("?key=absent.mp4", 404), (photo.as_str(), 404)]
    {
        target.get(&format!("/api/playback{query}")).expect(status)?.has("content-type", "application/problem+json")?;
    }
    Ok(())
}

fn nothing_without_a_session(target: &Target) -> Outcome {
    let name = blocks(&timeline(target, "everything")?)?.into_iter().next().ok_or("no block")?;
    let of_block = format!("/api/blocks/{name}");
    let of_item = some(target)?.first().map(|item| format!("/api/media/{}", encode(&item.key))).ok_or("no item")?;
    let absent = target.get("/api/blocks/photos.0123456789abcdef").anonymous().expect(401)?;
    let paths = ["/api/timeline", "/api/timeline?view=x", &of_block, &of_item, "/api/media/x", "/api/playback"];
    for path in paths {
        let answer = target.get(path).anonymous().expect(401)?;
        answer.lacks("etag")?;
        ensure_eq!(answer.body.len(), absent.body.len(), "{path}: the size of the refusal");
    }
    Ok(())
}
