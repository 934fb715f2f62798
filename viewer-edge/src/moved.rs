//! Addresses of the gallery on Cloudflare Pages from which this one grew. They stand in messages and bookmarks.
//!
//! The places of its page are fragments of ours. Routes of its API that are gone name what is there instead. Its
//! sessions are not taken: the page asks for the password, and then shows the place.

use bytes::Bytes;
use edge::{Base, Failure, respond};
use gallery::{
    MediaKey,
    key::{percent_decode, percent_encode},
};
use http::{HeaderValue, Response, StatusCode, header};
use platform::Problem;

const PAGE: &str = "/";
const PHOTOS: &str = "/#/photos";
const FILMS: &str = "/#/films";

/// The places of its page.
const PLACES: [(&str, &str); 5] = [
    ("/images", PHOTOS),
    ("/videos", FILMS),
    ("/private", PAGE),
    ("/private/images", PHOTOS),
    ("/private/videos", FILMS),
];

/// One item, and where an address leads that names none.
const ITEMS: [(&str, &str, &str); 2] = [("/image", "/image/:key", PHOTOS), ("/video", "/video/:key", FILMS)];

/// Routes that are gone, and what is there instead. The upload was a page of its own.
const GONE: [(&str, &str); 4] = [
    ("/api/login", "POST /login signs in, with the password as JSON or from a form."),
    ("/api/auth-token", "GET /api/playback?key= gives the URL of a film, with a token of its own."),
    ("/api/hls-segment/*", "The playlists of GET /api/hls/playlist?key= name the segments."),
    ("/upload", "Whoever runs the gallery adds files, with `edge-gallery ingest`."),
];

/// An old address.
pub(crate) struct Moved<'a> {
    /// For the log.
    pub pattern: &'static str,
    to: To<'a>,
}

enum To<'a> {
    Place(&'static str),
    /// A key as it stands in the path, and the place of those that are none.
    Item(&'a str, &'static str),
    Gone(&'static str),
}

impl<'a> Moved<'a> {
    /// `None` for a path that was none. Slashes at its end do not matter.
    pub fn of(path: &'a str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        let moved = |pattern, to| Some(Self { pattern, to });
        if let Some((pattern, place)) = PLACES.into_iter().find(|(place, _)| *place == path) {
            return moved(pattern, To::Place(place));
        }
        let is_gone = |pattern: &str| pattern.strip_suffix('*').map_or(path == pattern, |all| path.starts_with(all));
        if let Some((pattern, instead)) = GONE.into_iter().find(|(pattern, _)| is_gone(pattern)) {
            return moved(pattern, To::Gone(instead));
        }
        ITEMS.into_iter().find_map(|(prefix, pattern, place)| match path.strip_prefix(prefix)? {
            "" => moved(pattern, To::Place(place)),
            key => moved(pattern, To::Item(key.strip_prefix('/')?, place)),
        })
    }

    pub const fn allow(&self) -> &'static str {
        if matches!(self.to, To::Gone(_)) { "GET, HEAD, POST" } else { "GET, HEAD" }
    }

    /// 308 to the new address, or 410 with the new way.
    pub fn answer<B: From<Bytes>>(&self, base: &Base, query: Option<&str>) -> Result<Response<B>, Failure> {
        let location = match self.to {
            To::Place(place) => item(lightbox(query), place),
            To::Item(encoded, place) => item(twice_decoded(encoded), place),
            To::Gone(instead) => return Err(Problem::new(StatusCode::GONE, instead).into()),
        };
        Ok(lead(base, &location))
    }
}

/// `GET /login?returnTo=` was its login. Ours is the page, wherever it is. Only an old address counts, so the answer
/// leads to no other origin.
pub(crate) fn login<B: From<Bytes>>(base: &Base, query: Option<&str>) -> Result<Response<B>, Failure> {
    let target = respond::query(query, "returnTo").ok().flatten().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    match Moved::of(path) {
        Some(moved) if !matches!(moved.to, To::Gone(_)) => moved.answer(base, Some(query)),
        _ => Ok(lead(base, &item(lightbox(Some(query)), PAGE))),
    }
}

/// The page itself with an item, `/?lightbox=`.
pub(crate) fn page<B: From<Bytes>>(base: &Base, path: &str, query: Option<&str>) -> Option<Response<B>> {
    let key = lightbox(query).filter(|_| path == PAGE)?;
    Some(lead(base, &item(Some(key), PAGE)))
}

/// The key in `?lightbox=`, which was written as a form's field: `+` is a space.
fn lightbox(query: Option<&str>) -> Option<MediaKey> {
    MediaKey::parse(respond::query(query, "lightbox").ok()??).ok()
}

/// The key in a path. The router of the old page decoded it, and the page did so again. A link that worked therefore
/// works by the second reading. Where this is none, because a `%` belongs to the key, the first one counts.
fn twice_decoded(encoded: &str) -> Option<MediaKey> {
    let once = percent_decode(encoded).ok()?;
    MediaKey::parse(percent_decode(&once).unwrap_or(once)).ok()
}

/// The address of an item, as the page reads it. Without a key it is that of the place.
fn item(key: Option<MediaKey>, place: &str) -> String {
    key.map_or_else(|| place.to_owned(), |key| ["/#/m/", &percent_encode(key.as_str()).to_string()].concat())
}

/// A 308 without an end would stay in browsers when the rule has long changed, and it holds a key. So none keeps it.
fn lead<B: From<Bytes>>(base: &Base, location: &str) -> Response<B> {
    let mut response = respond::empty(StatusCode::PERMANENT_REDIRECT);
    // It is ASCII: keys are percent-encoded.
    if let Ok(location) = HeaderValue::from_str(&base.path(location)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(path: &str, query: Option<&str>) -> Option<Response<Bytes>> {
        Moved::of(path).and_then(|moved| moved.answer(&Base::default(), query).ok())
    }

    fn location(response: &Response<Bytes>) -> &str {
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        response.headers()[header::LOCATION].to_str().unwrap()
    }

    #[test]
    fn places_lead_to_ours() {
        for (path, to) in [
            ("/images", "/#/photos"),
            ("/videos/", "/#/films"),
            ("/private", "/"),
            ("/private//", "/"),
            ("/private/images/", "/#/photos"),
            ("/private/videos", "/#/films"),
            ("/image", "/#/photos"),
            ("/video/", "/#/films"),
        ] {
            assert_eq!(location(&answer(path, Some("x=y")).unwrap()), to, "{path}");
        }
        for path in
            ["/", "", "/privates", "/private/x", "/images/x", "/imagex/a.jpg", "/Images", "/login", "/api/logins"]
        {
            assert!(Moved::of(path).is_none(), "{path}");
        }
    }

    #[test]
    fn an_item_keeps_its_key() {
        for (path, to) in [
            ("/image/a.jpg", "/#/m/a.jpg"),
            ("/image/Sangeet/%C3%A9+1.jpeg", "/#/m/Sangeet/%C3%A9%2B1.jpeg"),
            ("/image/Sangeet%2Fa%20b.jpeg/", "/#/m/Sangeet/a%20b.jpeg"),
            ("/video/public/a.MOV", "/#/m/public/a.MOV"),
            // Written twice, as scripts did that took an address for a key.
            ("/image/Sangeet%252F%25C3%25A9%2B1.jpeg", "/#/m/Sangeet/%C3%A9%2B1.jpeg"),
            ("/image/a%23b%3Fc.jpg", "/#/m/a%23b%3Fc.jpg"),
            // The second reading is none.
            ("/image/50%25%20off.jpg", "/#/m/50%25%20off.jpg"),
            ("/image/100%25.jpg", "/#/m/100%25.jpg"),
            // No key leads to the place.
            ("/image/50%.jpg", "/#/photos"),
            ("/image/%E0%A4", "/#/photos"),
            ("/image/../secret", "/#/photos"),
            ("/video/%2e%2e/secret", "/#/films"),
            ("/image/a%0d%0ab", "/#/photos"),
            ("/image///evil.example", "/#/m///evil.example"),
        ] {
            assert_eq!(location(&answer(path, None).unwrap()), to, "{path}");
        }
        for (query, to) in [
            ("lightbox=Sangeet%2F%C3%A9+1%2B2.jpeg", "/#/m/Sangeet/%C3%A9%201%2B2.jpeg"),
            ("x=y&lightbox=a%2525.jpg", "/#/m/a%2525.jpg"),
            ("lightbox=", "/#/films"),
            ("lightbox=..", "/#/films"),
            ("lightbox=%zz", "/#/films"),
            ("lightbox=a&lightbox=b", "/#/films"),
        ] {
            assert_eq!(location(&answer("/private/videos", Some(query)).unwrap()), to, "{query}");
        }
        assert_eq!(location(&page(&Base::default(), "/", Some("lightbox=a+b.jpg")).unwrap()), "/#/m/a%20b.jpg");
        assert!(
            page::<Bytes>(&Base::default(), "/", Some("lightbox=..")).is_none()
                && page::<Bytes>(&Base::default(), "/", None).is_none()
        );
        assert!(page::<Bytes>(&Base::default(), "/index.html", Some("lightbox=a")).is_none());
    }

    #[test]
    fn the_login_leads_to_the_place_that_was_wanted_and_never_away() {
        for (query, to) in [
            (None, "/"),
            (Some("returnTo=%2Fprivate%2Fvideos"), "/#/films"),
            (Some("returnTo=%2Fprivate%2Fimages%3Flightbox%3Da%2Bb.jpg"), "/#/m/a%20b.jpg"),
            (Some("returnTo=/image/a%2520b.jpg"), "/#/m/a%20b.jpg"),
            (Some("returnTo=%2F%3Flightbox%3Da.jpg"), "/#/m/a.jpg"),
            (Some("returnTo=https%3A%2F%2Fevil.example%2Fprivate"), "/"),
            (Some("returnTo=//evil.example"), "/"),
            (Some("returnTo=/%5Cevil.example"), "/"),
            (Some("returnTo=/api/login"), "/"),
            (Some("returnTo=%zz"), "/"),
        ] {
            assert_eq!(location(&login(&Base::default(), query).unwrap()), to, "{query:?}");
        }
    }

    #[test]
    fn what_is_gone_names_the_new_way() {
        for path in ["/api/login", "/api/auth-token", "/api/hls-segment/a.mov/1.ts", "/upload"] {
            let moved = Moved::of(path).unwrap();
            assert_eq!(moved.allow(), "GET, HEAD, POST");
            assert!(moved.answer::<Bytes>(&Base::default(), None).is_err(), "{path}");
        }
    }
}
