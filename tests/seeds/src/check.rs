//! The checks of responses.

use http::{HeaderMap, StatusCode, header};

use crate::{
    ask::{Ask, Viewer},
    faulty::Faulty,
    library::{FILM, FILM_VERSION, Object, SEGMENTS, UPSTREAM_WORDS},
};

/// A response, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Whether the client saw the response break off.
    pub broken: bool,
}

/// Fails with these words unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

/// Checks an answer. If `calm`, nothing fails any more. Otherwise, things may have failed while the answer was made.
pub fn check(at: &Faulty, ask: &Ask, viewer: Viewer, now: u64, answer: &Answer, calm: bool) -> Result<(), String> {
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(!text.contains(UPSTREAM_WORDS), "the store's words reach the client: {text}");
    for value in answer.headers.values() {
        ensure!(!String::from_utf8_lossy(value.as_bytes()).contains(UPSTREAM_WORDS), "they do in a header: {value:?}");
    }
    let status = answer.status;
    if status.is_client_error() || status.is_server_error() {
        problem(answer)?;
    }
    if viewer != Viewer::Guest {
        let refused = status == StatusCode::UNAUTHORIZED || (viewer == Viewer::Expelled && status.is_server_error());
        ensure!(refused, "{viewer:?} is answered {status}");
        return Ok(());
    }
    match status.as_u16() {
        200 | 206 => right(at, ask, now, answer),
        400.. if calm => Err(format!("{status} though nothing fails")),
        404 if !at.fate.lied.get() => Err("404 of what is there".to_owned()),
        // A guest's session may be refused while the auth version cannot be read, or the clock is wrong.
        304 | 401 | 404 | 412 | 416 | 502 | 503 | 504 => Ok(()),
        _ => Err(format!("{status}: {text}")),
    }
}

fn problem(answer: &Answer) -> Result<(), String> {
    let header = |name| answer.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    ensure!(header(header::CONTENT_TYPE) == Some("application/problem+json"), "{}: no problem", answer.status);
    ensure!(header(header::CACHE_CONTROL) == Some("no-store"), "{}: may be stored", answer.status);
    ensure!(!answer.broken, "{}: a problem that breaks off", answer.status);
    if matches!(answer.status.as_u16(), 502..=504) {
        ensure!(header(header::RETRY_AFTER).is_some(), "{}: no Retry-After", answer.status);
    }
    Ok(())
}

/// Checks that the bytes are those of one version, or that the playlist is whole.
fn right(at: &Faulty, ask: &Ask, now: u64, answer: &Answer) -> Result<(), String> {
    let private = answer.headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap_or_default());
    ensure!(private.is_some_and(|it| it.contains("private") || it.contains("no-store")), "{ask:?}: {private:?}");
    let text = || String::from_utf8_lossy(&answer.body);
    match ask {
        Ask::Listing => {
            let listing: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
            let count = listing["items"].as_array().map_or(0, Vec::len);
            ensure!(count == at.library.items, "{count} items of {}", at.library.items);
        }
        Ask::CacheVersion => ensure!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok(), "{}", text()),
        Ask::Master => ensure!(text().lines().any(|line| line.contains("720p.m3u8")), "a master without a variant"),
        Ask::Variant => variant(&text(), now)?,
        Ask::Object { key, range } => {
            let tag = answer.headers.get(header::ETAG).ok_or("no ETag")?;
            let version = (0..2).find(|version| Object::tag(*version) == tag).ok_or("a tag of no version")?;
            let whole = &at.library.objects[key.as_str()].versions[version];
            let wanted = match (answer.status, range) {
                (StatusCode::PARTIAL_CONTENT, Some(range)) => {
                    let parts = gallery::range::parse(range).ok_or("a range that is none")?;
                    if parts.len() > 1 && multipart(answer) {
                        return parts_are_right(answer, whole);
                    }
                    let (first, last) = parts
                        .iter()
                        .find_map(|part| part.resolve(whole.len() as u64))
                        .ok_or("206 of a range that lies outside")?;
                    let place = |place| usize::try_from(place).unwrap_or(usize::MAX);
                    &whole[place(first)..=place(last)]
                }
                (StatusCode::OK, _) => &whole[..],
                _ => return Err("206 to what asked for no range".to_owned()),
            };
            if answer.broken {
                ensure!(wanted.starts_with(&answer.body), "{ask:?}: other bytes before it breaks off");
            } else {
                ensure!(wanted == answer.body, "{ask:?}: {} bytes of {}, or others", answer.body.len(), wanted.len());
            }
        }
    }
    ensure!(!answer.broken || matches!(ask, Ask::Object { .. }), "{ask:?}: breaks off");
    Ok(())
}

fn multipart(answer: &Answer) -> bool {
    answer.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
}

/// Checks that each part of the answer has the bytes that its Content-Range names.
fn parts_are_right(answer: &Answer, whole: &[u8]) -> Result<(), String> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let mut rest = &answer.body[..];
    let mut parts = 0;
    while let Some(at) = find(&rest.to_ascii_lowercase(), b"content-range: bytes ") {
        rest = &rest[at + 21..];
        let (Some(line), Some(start)) = (find(rest, b"\r\n"), find(rest, b"\r\n\r\n")) else { break };
        let range = String::from_utf8_lossy(&rest[..line]).into_owned();
        let numbers: Vec<usize> = range.split(['-', '/']).filter_map(|number| number.parse().ok()).collect();
        let [first, last, size] = numbers[..] else { return Err(format!("Content-Range: {range}")) };
        ensure!(size == whole.len(), "{range} of {}", whole.len());
        rest = &rest[start + 4..];
        let wanted = &whole[first..=last];
        if rest.len() < wanted.len() {
            ensure!(answer.broken && wanted.starts_with(rest), "{range}: cut short, cleanly");
            return Ok(());
        }
        ensure!(rest.starts_with(wanted), "{range}: other bytes");
        rest = &rest[wanted.len()..];
        parts += 1;
    }
    ensure!(answer.broken || parts >= 2, "{parts} parts");
    Ok(())
}

/// Checks that every segment is there in its order, and that each URL lives longer than the film.
fn variant(text: &str, now: u64) -> Result<(), String> {
    ensure!(text.starts_with("#EXTM3U\n") && text.trim_end().ends_with("#EXT-X-ENDLIST"), "a playlist cut short");
    let urls: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    ensure!(urls.len() == SEGMENTS, "{} segments of {SEGMENTS}", urls.len());
    let prefix = format!("https://store.example/gallery/hls/Film/a%20b.mp4/{FILM_VERSION}/720p_");
    for (number, url) in urls.iter().enumerate() {
        ensure!(url.starts_with(&format!("{prefix}{number:03}.ts?")), "segment {number} of {FILM} is at {url}");
        let field = |name: &str| url.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).unwrap_or_default();
        let life: u64 = field("X-Amz-Expires=").parse().map_err(|_| "no life")?;
        let date = field("X-Amz-Date=");
        // The URL must live for the 48 s of the film and five minutes more, whenever in the window it was signed.
        let alive = (now + 48 + 300).saturating_sub(life);
        ensure!(date > sigv4_date(alive).as_str(), "signed {date} for {life} s, it is {}", sigv4_date(now));
    }
    Ok(())
}

fn sigv4_date(seconds: u64) -> String {
    edge::respond::iso8601(seconds).replace(['-', ':'], "")
}
