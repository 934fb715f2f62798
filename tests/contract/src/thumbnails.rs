//! `GET|HEAD /api/thumbnail/:key?size=small|medium|large|screen`.

use harness::PHOTOS;
use image::{ImageFormat, RgbImage};

use crate::{
    Answer, Outcome, Target,
    library::{BIG, Item, encode, item, some},
};

cases!(thumbnails:
    needs [Nothing]: unknown, unusable_sizes;
    needs [Photo]: four_sizes_of_real_webp, default_size, versioned_urls_never_change, other_urls_do, conditions, head;
    needs [Library]: shape_of_the_original;
);

fn thumbnail(key: &str, query: &str) -> String {
    format!("/api/thumbnail/{}{query}", encode(key))
}

fn decode(answer: &Answer) -> Result<RgbImage, String> {
    answer.has("content-type", "image/webp")?;
    let decoded = image::load_from_memory_with_format(&answer.body, ImageFormat::WebP);
    decoded.map(|picture| picture.to_rgb8()).map_err(|error| format!("{}: {error}", answer.what))
}

/// The pictures of some items: the item's key, the size's name, the longest side in pixels, and the URL.
fn pictures(target: &Target) -> Result<Vec<(String, &'static str, u32, String)>, String> {
    let mut items = some(target)?;
    items.push(target.photo()?.item.clone());
    let of_item = |item: &Item| {
        item.thumbnails
            .all()
            .map(|(size, side, url)| (item.key.clone(), size, side, url.to_owned()))
            .collect::<Vec<_>>()
    };
    Ok(items.iter().flat_map(of_item).collect())
}

fn four_sizes_of_real_webp(target: &Target) -> Outcome {
    for (key, size, side, url) in pictures(target)? {
        let answer = target.get(&url).expect(200)?;
        let picture = decode(&answer)?;
        let longest = picture.width().max(picture.height());
        ensure!(longest <= side, "{key} {size}: {longest} px");
        ensure_eq!(answer.length()?, answer.body.len() as u64, "{key}: Content-Length");
    }
    Ok(())
}

/// A thumbnail's longest side is the limit of its size, or that of a smaller original. It has the proportions of the
/// original, and shows the same picture: the test photos are a ramp.
fn shape_of_the_original(target: &Target) -> Outcome {
    for (key, width, height) in PHOTOS {
        for (size, side, url) in item(target, key)?.thumbnails.all() {
            let picture = decode(&target.get(url).expect(200)?)?;
            let longest = picture.width().max(picture.height());
            ensure_eq!(longest, side.min(width.max(height)), "{key} {size}: longest side");
            let wanted = f64::from(height) * f64::from(picture.width()) / f64::from(width);
            ensure!((f64::from(picture.height()) - wanted).abs() <= 1.0, "{key} {size}: {:?}", picture.dimensions());
            if key != BIG {
                let [first, last] = [(0, 0), (picture.width() - 1, picture.height() - 1)].map(|(x, y)| picture[(x, y)]);
                let dark_to_bright = first[0] < 60 && first[1] < 60 && last[0] > 195 && last[1] > 195;
                ensure!(dark_to_bright, "{key} {size}: from {first:?} to {last:?}");
            }
        }
    }
    Ok(())
}

fn default_size(target: &Target) -> Outcome {
    let photo = target.photo()?;
    let (default, medium) = (target.get(&photo.thumbnail("")), target.get(&photo.thumbnail("?size=medium")));
    ensure!(default.expect(200)?.body == medium.expect(200)?.body, "the default is not medium");
    Ok(())
}

fn versioned_urls_never_change(target: &Target) -> Outcome {
    for (.., url) in pictures(target)? {
        ensure!(url.contains("&v="), "{url} has no version");
        let answer = target.get(&url).head().expect(200)?;
        answer.has("cache-control", "private, max-age=31536000, immutable")?;
    }
    Ok(())
}

fn other_urls_do(target: &Target) -> Outcome {
    for query in ["", "?size=small", "?size=small&v=", "?size=small&v=0123456789abcdef"] {
        let answer = target.get(&target.photo()?.thumbnail(query)).expect(200)?;
        answer.has("cache-control", "private, max-age=300")?;
    }
    Ok(())
}

fn conditions(target: &Target) -> Outcome {
    let path = target.photo()?.thumbnail("?size=small");
    let first = target.get(&path).expect(200)?;
    let tag = first.need("etag")?;
    for condition in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = target.get(&path).header("if-none-match", &condition).expect(304)?;
        again.has("etag", tag)?;
        ensure!(again.body.is_empty(), "a 304 with a body");
    }
    target.get(&path).header("if-none-match", "\"x\"").expect(200)?;
    target.get(&path).header("if-modified-since", first.need("last-modified")?).expect(304)?;
    target.get(&path).header("if-modified-since", "Tue, 15 Nov 1994 12:45:26 GMT").expect(200)?;
    Ok(())
}

fn head(target: &Target) -> Outcome {
    let path = target.photo()?.thumbnail("?size=large");
    let (get, head) = (target.get(&path).expect(200)?, target.get(&path).head().expect(200)?);
    ensure!(head.body.is_empty(), "a HEAD with a body");
    for name in ["content-length", "content-type", "etag", "last-modified", "cache-control"] {
        ensure_eq!(head.header(name), get.header(name), "{name} of HEAD");
    }
    Ok(())
}

fn unknown(target: &Target) -> Outcome {
    for key in ["absent.jpg", "2025", "thumbnails/small/big.png"] {
        target.get(&thumbnail(key, "?size=small")).expect(404)?.has("cache-control", "no-store")?;
    }
    Ok(())
}

fn unusable_sizes(target: &Target) -> Outcome {
    for query in ["?size=huge", "?size=", "?size=SMALL", "?size=2048", "?size=%", "?size=small&size=large", "?v=%ff"] {
        for key in [BIG, "absent.jpg"] {
            target.get(&thumbnail(key, query)).expect(400)?;
        }
    }
    Ok(())
}
