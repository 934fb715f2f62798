//! The one list of routes: what each is called in the log, its methods, and what it shows.

use crate::{Target, library::encode, playlists::played};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Viewer,
    Video,
}

use Service::{Video, Viewer};

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Everyone,
    /// Whoever has a session. The numbers are those of the links that do not show what is there, see
    /// [`harness::Gallery::links`].
    Session(&'static [usize]),
}

/// A line of the list. In a path, `TOKEN` has the form of a token, `PHOTO` is the key of a photo, `LIVE` that of one
/// with a clip, `FILM` that of the film, `VARIANT` and `SEGMENT` are names of its files, and `BLOCK` is the name of a
/// block of the view of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    service: Service,
    /// The name in the log.
    pattern: &'static str,
    pub methods: &'static str,
    pub entry: Entry,
    present: &'static str,
    /// A path of the same route, to something that does not exist.
    absent: &'static str,
}

const READ: &str = "GET, HEAD";
const WRITE: &str = "POST";
const EVERY: &str = "GET, HEAD, POST";

const fn public(service: Service, pattern: &'static str, methods: &'static str, present: &'static str) -> Route {
    Route { service, pattern, methods, entry: Entry::Everyone, present, absent: present }
}

const fn private(
    service: Service,
    pattern: &'static str,
    hidden: &'static [usize],
    [present, absent]: [&'static str; 2],
) -> Route {
    Route { service, pattern, methods: READ, entry: Entry::Session(hidden), present, absent }
}

/// The links that do not show the film; a photo outside the album; the catalogue as a whole.
const NO_FILM: &[usize] = &[0, 2];
const NO_PHOTO: &[usize] = &[2];
const OPEN: &[usize] = &[];

const ROUTES: &[Route] = &[
    public(Viewer, "/*", READ, "/"),
    public(Viewer, "/healthz", READ, "/healthz"),
    public(Viewer, "/readyz", READ, "/readyz"),
    public(Viewer, "/login", EVERY, "/login"),
    public(Viewer, "/logout", WRITE, "/logout"),
    public(Viewer, "/l/:link", READ, "/l/AAAAAAAAAAAAAAAAAAAAAA"),
    public(Viewer, "/l/:link/cover", READ, "/l/AAAAAAAAAAAAAAAAAAAAAA/cover"),
    public(Viewer, "/manifest.webmanifest", READ, "/manifest.webmanifest"),
    public(Viewer, "/images", READ, "/images"),
    public(Viewer, "/videos", READ, "/videos/"),
    public(Viewer, "/private", READ, "/private"),
    public(Viewer, "/private/images", READ, "/private/images?lightbox=PHOTO"),
    public(Viewer, "/private/videos", READ, "/private/videos"),
    public(Viewer, "/image/:key", READ, "/image/PHOTO"),
    public(Viewer, "/video/:key", READ, "/video/FILM"),
    public(Viewer, "/api/login", EVERY, "/api/login"),
    public(Viewer, "/api/auth-token", EVERY, "/api/auth-token"),
    public(Viewer, "/api/hls-segment/*", EVERY, "/api/hls-segment/a/1.ts"),
    public(Viewer, "/upload", EVERY, "/upload"),
    private(Viewer, "/auth", OPEN, ["/auth", "/auth?x=y"]),
    private(Viewer, "/api/cache-version", OPEN, ["/api/cache-version", "/api/cache-version?x=y"]),
    private(Viewer, "/api/media", OPEN, ["/api/media", "/api/media?cursor=nonsense"]),
    private(Viewer, "/api/timeline", NO_FILM, ["/api/timeline?view=films", "/api/timeline?view=x"]),
    private(Viewer, "/api/blocks/:name", NO_FILM, ["/api/blocks/BLOCK", "/api/blocks/x"]),
    private(Viewer, "/api/media/:key", NO_PHOTO, ["/api/media/PHOTO", "/api/media/absent.png"]),
    private(Viewer, "/api/playback", NO_FILM, ["/api/playback?key=FILM", "/api/playback?key=absent.mp4"]),
    private(Viewer, "/api/file/:key", NO_PHOTO, ["/api/file/PHOTO", "/api/file/absent.png"]),
    private(
        Viewer,
        "/api/thumbnail/:key",
        NO_PHOTO,
        ["/api/thumbnail/PHOTO?size=small", "/api/thumbnail/absent.png?size=small"],
    ),
    private(Viewer, "/api/clip/:key", NO_PHOTO, ["/api/clip/LIVE", "/api/clip/absent.png"]),
    // Both are cases of their own: one is a POST, and the other's path says who asks.
    public(Viewer, "/api/download", WRITE, "/api/download"),
    public(Viewer, "/api/download/:token/:name", READ, "/api/download/~TOKEN/a.zip"),
    // The answer to whoever has no right is a case of its own.
    public(Viewer, "/api/playback/report", WRITE, "/api/playback/report"),
    public(Video, "/api/playback/report", WRITE, "/api/playback/report"),
    public(Video, "/healthz", READ, "/healthz"),
    public(Video, "/readyz", READ, "/readyz"),
    private(Video, "/api/hls/playlist", NO_FILM, ["/api/hls/playlist?key=FILM", "/api/hls/playlist?key=absent.mp4"]),
    private(
        Video,
        "/api/hls/:key/:variant.m3u8",
        NO_FILM,
        ["/api/hls/FILM/VARIANT.m3u8", "/api/hls/absent.mp4/540p.m3u8"],
    ),
    private(Video, "/api/hls/:key/:segment", NO_FILM, ["/api/hls/FILM/SEGMENT", "/api/hls/absent.mp4/540p_000.ts"]),
];

/// A route of a target, with its URLs.
pub(crate) struct Urls {
    pub pattern: &'static str,
    pub methods: &'static str,
    pub entry: Entry,
    /// Whether the gallery has what `present` names: not every one has a film, or a photo with a clip.
    pub is_there: bool,
    pub present: String,
    pub absent: String,
}

pub(crate) fn routes(target: &Target) -> Result<Vec<Urls>, String> {
    let photo = encode(&target.photo()?.item.key);
    let timeline = target.get("/api/timeline").expect(200)?.json()?;
    let block = timeline["blocks"][0][0].as_str().ok_or("the timeline has no block")?.to_owned();
    let live = target.live()?.map(|item| encode(&item.key));
    let film = target.any_film()?.map(|film| encode(&film.key));
    let played = film.as_ref().map(|_| played(target)).transpose()?;
    let token = "A".repeat(142);
    // Each name with its value, and with what stands for it where the gallery has no such thing.
    let names = [
        ("TOKEN", Some(token.as_str()), ""),
        ("PHOTO", Some(photo.as_str()), ""),
        ("BLOCK", Some(block.as_str()), ""),
        ("LIVE", live.as_deref(), "absent.png"),
        ("FILM", film.as_deref(), "absent.mp4"),
        ("VARIANT", played.map(|played| played.variant.as_str()), "540p"),
        ("SEGMENT", played.map(|played| played.sent_segment.as_str()), "540p_000.ts"),
    ];
    // A part of a path has one name at most. A name is not looked for in a value.
    let named = |part: &str| match names.iter().find(|(name, ..)| part.contains(name)) {
        Some((name, value, instead)) => part.replacen(name, value.unwrap_or(instead), 1),
        None => part.to_owned(),
    };
    let url = |service, path: &str| {
        let base = if service == Viewer { &target.base } else { &target.video_base };
        format!("{base}{}", path.split_inclusive(['/', '=']).map(named).collect::<String>())
    };
    let urls = |route: &Route| Urls {
        pattern: route.pattern,
        methods: route.methods,
        entry: route.entry,
        is_there: names.iter().all(|(name, value, _)| value.is_some() || !route.present.contains(name)),
        present: url(route.service, route.present),
        absent: url(route.service, route.absent),
    };
    Ok(ROUTES.iter().map(urls).collect())
}

/// The name of the service, the pattern and the methods of every route.
#[cfg(test)]
pub(crate) fn listed() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let service = |route: &Route| if route.service == Viewer { "viewer-edge" } else { "video-edge" };
    ROUTES.iter().map(move |route| (service(route), route.pattern, route.methods))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The patterns that a service gives to its log. Where the services forward or know nothing, there is no route.
    fn described(source: &'static str) -> impl Iterator<Item = &'static str> {
        let (_, from) = source.split_once("fn describe(").unwrap_or_default();
        let (patterns, _) = from.split_once("service:").unwrap_or_default();
        patterns.split('"').filter(|text| text.starts_with('/') && *text != "/api/hls/*")
    }

    #[test]
    fn no_route_is_missing() {
        let viewer = described(include_str!("../../../viewer-edge/src/route.rs")).map(|pattern| (Viewer, pattern));
        let video = described(include_str!("../../../video-edge/src/route.rs")).filter(|pattern| *pattern != "/*");
        let described: Vec<_> = viewer.chain(video.map(|pattern| (Video, pattern))).collect();
        assert!(described.len() > 15, "{described:?}");
        for (service, pattern) in described {
            let listed = ROUTES.iter().any(|route| (route.service, route.pattern) == (service, pattern));
            assert!(listed, "{pattern} of {service:?} is missing in ROUTES");
        }
    }
}
