//! `GET|HEAD /api/file/:key`: originals.

use crate::{
    Outcome, Target,
    library::{BIG, encode, encode_lenient, file, file_bytes, film, is_demo, mime, photos},
};

cases!(files:
    needs [Nothing]: unknown_keys, unusable_keys;
    needs [Photo]: head, content_type, download, the_item_names_its_file, only_what_is_in_the_catalogue;
    needs [Film]: films_too;
    needs [Library]: identical_bytes, awkward_keys_however_encoded, keys_are_decoded_once, disposition;
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
    for photo in target.few()? {
        let path = photo.file();
        let (get, head) = (target.get(&path).expect(200)?, target.get(&path).head().expect(200)?);
        ensure!(head.body.is_empty(), "{path}: a HEAD with a body");
        for name in ["content-length", "content-type", "etag", "last-modified", "cache-control", "content-disposition"]
        {
            ensure_eq!(head.header(name), get.header(name), "{path}: {name} of HEAD");
        }
    }
    Ok(())
}

fn content_type(target: &Target) -> Outcome {
    for photo in target.few()? {
        target.get(&photo.file()).head().expect(200)?.has("content-type", mime(&photo.item))?;
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
    let photo = target.photo()?;
    let answer = target.get(&format!("{}?download", photo.file())).expect(200)?;
    ensure!(answer.need("content-disposition")?.starts_with("attachment;"), "?download is shown in place");
    ensure!(answer.body == *photo.bytes, "other bytes");
    Ok(())
}

fn the_item_names_its_file(target: &Target) -> Outcome {
    for photo in target.few()? {
        let item = &photo.item;
        ensure_eq!(item.file, format!("{}?v={}", photo.file(), item.version()?), "{}: file", item.key);
        ensure_eq!(target.get(&item.file).head().expect(200)?.length()?, item.size, "{}: size", item.key);
    }
    Ok(())
}

/// A film may be long, so only the bytes of the demo film are all asked for.
fn films_too(target: &Target) -> Outcome {
    let (film, _) = film(target)?;
    let head = target.get(&film.file).head().expect(200)?;
    ensure_eq!(head.length()?, film.size, "{}: size", film.key);
    head.has("content-type", mime(&film))?;
    let start = target.get(&film.file).header("range", "bytes=0-1").expect(206)?;
    start.has("content-range", &format!("bytes 0-1/{}", film.size))?;
    if is_demo(&film) {
        let whole = target.get(&film.file).expect(200)?;
        ensure!(whole.body == demo::short_film().original, "{}: other bytes, {} of them", film.key, whole.body.len());
        ensure_eq!(whole.length()?, film.size, "{}: Content-Length", film.key);
        whole.has("content-type", "video/mp4")?;
        ensure!(start.body == whole.body[..2], "{}: other bytes in a part", film.key);
    }
    Ok(())
}

/// The bucket holds more than photos and films: the other objects are not files of the gallery.
fn only_what_is_in_the_catalogue(target: &Target) -> Outcome {
    let photo = &target.photo()?.item;
    let mut objects = vec![
        format!("renditions/{}/{}/small.webp", photo.key, photo.version()?),
        format!("thumbnails/large/{}", photo.key),
        "gallery.db".to_owned(),
    ];
    if let Some(film) = target.any_film()? {
        objects.extend(
            ["thumbnails/large/FILM", "hls/FILM/master.m3u8", "hls/FILM/540p.m3u8"]
                .map(|name| name.replace("FILM", &film.key)),
        );
    }
    for object in objects {
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
