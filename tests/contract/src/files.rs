//! `GET|HEAD /api/file/:key`: originals.

use crate::{
    Outcome, Target,
    library::{BIG, encode, encode_lenient, file, file_bytes, film, item, media_type, photos},
};

cases!(files:
    identical_bytes, awkward_keys_however_encoded, keys_are_decoded_once, head, content_type, disposition, download,
    the_item_names_its_file, films_too, only_what_is_in_the_catalogue, unknown_keys, unusable_keys,
);

fn identical_bytes(target: &Target) -> Outcome {
    for key in photos() {
        let answer = target.get(&file(key)).expect(200)?;
        ensure!(answer.body == file_bytes(key)?, "{key}: other bytes, {} of them", answer.body.len());
        ensure_eq!(answer.length()?, answer.body.len() as u64, "{key}: Content-Length");
        answer.has("accept-ranges", "bytes")?;
        answer.lacks("content-encoding")?;
    }
    Ok(())
}

/// Keys are encoded strictly, leniently, with `%2F` between segments, and in lower-case hexadecimal.
fn awkward_keys_however_encoded(target: &Target) -> Outcome {
    for key in photos().filter(|key| *key != BIG) {
        let strict = encode(key);
        let upper_escapes = strict.split('%').enumerate().map(|(at, part)| match part.get(..2) {
            Some(digits) if at > 0 => format!("%{}{}", digits.to_lowercase(), &part[2..]),
            _ => part.to_owned(),
        });
        let lower: String = upper_escapes.collect();
        for encoded in [encode_lenient(key), strict.replace('/', "%2F"), lower] {
            let answer = target.get(&format!("/api/file/{encoded}")).expect(200)?;
            ensure!(answer.body == file_bytes(key)?, "{encoded}: other bytes");
        }
    }
    Ok(())
}

/// `+` is a plus. A text that still looks encoded after decoding stays as it is.
fn keys_are_decoded_once(target: &Target) -> Outcome {
    let plus = target.get("/api/file/a%20b+c.jpg").expect(200)?;
    ensure!(plus.body == file_bytes("a b+c.jpg")?, "other bytes");
    for wrong in ["a+b+c.jpg", "a%2520b%2Bc.jpg", "a%20b%252Bc.jpg", "a%20b%20c.jpg"] {
        target.get(&format!("/api/file/{wrong}")).expect(404)?;
    }
    Ok(())
}

fn head(target: &Target) -> Outcome {
    for key in photos() {
        let (get, head) = (target.get(&file(key)).expect(200)?, target.get(&file(key)).head().expect(200)?);
        ensure!(head.body.is_empty(), "{key}: a HEAD with a body");
        for name in ["content-length", "content-type", "etag", "last-modified", "cache-control", "content-disposition"]
        {
            ensure_eq!(head.header(name), get.header(name), "{key}: {name} of HEAD");
        }
    }
    Ok(())
}

fn content_type(target: &Target) -> Outcome {
    for key in photos() {
        target.get(&file(key)).head().expect(200)?.has("content-type", media_type(key))?;
    }
    Ok(())
}

fn disposition(target: &Target) -> Outcome {
    let answer = target.get(&file("Tanz & Müller (1) 50%.jpg")).head().expect(200)?;
    let wanted = "inline; filename=\"Tanz & M_ller (1) 50_.jpg\"; \
                  filename*=UTF-8''Tanz%20%26%20M%C3%BCller%20%281%29%2050%25.jpg";
    answer.has("content-disposition", wanted)?;
    let nested = target.get(&file("2025/06 Hochzeit/IMG_0042.jpg")).head().expect(200)?;
    nested.has("content-disposition", "inline; filename=\"IMG_0042.jpg\"; filename*=UTF-8''IMG_0042.jpg")
}

fn download(target: &Target) -> Outcome {
    let answer = target.get(&format!("{}?download", file("plain.png"))).expect(200)?;
    ensure!(answer.need("content-disposition")?.starts_with("attachment;"), "?download is shown in place");
    ensure!(answer.body == file_bytes("plain.png")?, "other bytes");
    Ok(())
}

fn the_item_names_its_file(target: &Target) -> Outcome {
    for key in photos() {
        let item = item(target, key)?;
        ensure_eq!(item.file, format!("{}?v={}", file(key), item.version()?), "{key}: file");
        ensure_eq!(target.get(&item.file).head().expect(200)?.length()?, item.size, "{key}: size");
    }
    Ok(())
}

fn films_too(target: &Target) -> Outcome {
    let (film, _) = film(target)?;
    let whole = target.get(&film.file).expect(200)?;
    ensure!(whole.body == demo::short_film().original, "{}: other bytes, {} of them", film.key, whole.body.len());
    ensure_eq!(whole.length()?, film.size, "{}: size", film.key);
    whole.has("content-type", "video/mp4")?;
    let start = target.get(&film.file).header("range", "bytes=0-1").expect(206)?;
    start.has("content-range", &format!("bytes 0-1/{}", film.size))
}

/// The bucket holds more than photos and films: the other objects are not files of the gallery.
fn only_what_is_in_the_catalogue(target: &Target) -> Outcome {
    let (film, _) = film(target)?;
    let url = item(target, BIG)?.thumbnails.small.unwrap_or_default();
    let version = url.rsplit('=').next().unwrap_or_default();
    for object in [
        format!("renditions/{BIG}/{version}/small.webp"),
        format!("thumbnails/large/{}", film.key),
        format!("hls/{}/master.m3u8", film.key),
        format!("hls/{}/540p.m3u8", film.key),
        "gallery.db".to_owned(),
    ] {
        target.get(&file(&object)).expect(404)?;
        target.get(&format!("/api/thumbnail/{}", encode(&object))).expect(404)?;
    }
    Ok(())
}

fn unknown_keys(target: &Target) -> Outcome {
    for key in [
        "absent.jpg",
        "BIG.PNG",
        "big.png/",
        "/big.png",
        "big.png ",
        "2025",
        "2025/06 Hochzeit",
        "é".repeat(512).as_str(),
    ] {
        for answer in [target.get(&file(key)).expect(404)?, target.get(&file(key)).head().expect(404)?] {
            answer.has("cache-control", "no-store")?;
        }
        target.get(&file(key)).header("range", "bytes=0-0").header("if-none-match", "*").expect(404)?;
    }
    Ok(())
}

fn unusable_keys(target: &Target) -> Outcome {
    for encoded in ["", "%", "50%", "%zz", "%E0%A4%A", "%ff%fe", "%C3", "a%00b", "a%0Ab", "a%7F", &"a".repeat(1025)] {
        for route in ["file", "thumbnail"] {
            target.get(&format!("/api/{route}/{encoded}")).expect(400)?;
        }
    }
    // Some hosts resolve dots before a service sees them.
    for dots in ["../gallery.db", "%2E%2E/gallery.db", "x/%2e%2e/%2e%2e/big.png"] {
        let answer = target.get(&format!("/api/file/{dots}")).send()?;
        ensure!(matches!(answer.status, 400 | 404), "{}: status {}", answer.what, answer.status);
    }
    Ok(())
}
