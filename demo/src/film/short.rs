//! The short film as it is committed: three rungs of HLS, a poster and the original.

/// A film ready to be published: no encoder is needed on the machine.
pub struct PackagedFilm {
    /// The key of the film in the bucket, which is also the file name of the original.
    pub key: &'static str,
    pub title: &'static str,
    /// Local time and offset, RFC 3339.
    pub taken: &'static str,
    /// Seconds.
    pub duration: f64,
    /// The size of the original, in pixels.
    pub width: u32,
    pub height: u32,
    /// The codec of the original: `h264`.
    pub codec: &'static str,
    /// The names of the rungs, best first: `540p` and so on.
    pub qualities: &'static [&'static str],
    /// The film as one MP4 file.
    pub original: &'static [u8],
    /// A frame of the film as a JPEG in full size, from which thumbnails are made.
    pub poster: &'static [u8],
    /// The names and bytes of the objects below `hls/{key}/`: `master.m3u8`, `{quality}.m3u8` and `{quality}_NNN.ts`.
    pub hls: &'static [(&'static str, &'static [u8])],
}

pub(super) const ORIGINAL_FILE: &str = "original.mp4";
pub(super) const POSTER_FILE: &str = "poster.jpg";

macro_rules! files {
    ($($name:literal)*) => { &[$(($name, include_bytes!(concat!("../../film/", $name)))),*] };
}

static FILM: PackagedFilm = PackagedFilm {
    key: "Film/Lena & Jonas – Abend am Meer.mp4",
    title: "Lena & Jonas – Abend am Meer",
    taken: "2025-06-14T21:12:00+02:00",
    duration: 12.0,
    width: 960,
    height: 540,
    codec: "h264",
    qualities: &["540p", "360p", "240p"],
    original: include_bytes!("../../film/original.mp4"),
    poster: include_bytes!("../../film/poster.jpg"),
    hls: files![
        "master.m3u8"
        "540p.m3u8" "540p_000.ts" "540p_001.ts" "540p_002.ts"
        "360p.m3u8" "360p_000.ts" "360p_001.ts" "360p_002.ts"
        "240p.m3u8" "240p_000.ts" "240p_001.ts" "240p_002.ts"
    ],
};

/// The short film, embedded in the program.
pub fn short_film() -> &'static PackagedFilm {
    &FILM
}

/// The facts of the film as JSON, as in the file that is committed beside it.
pub fn description() -> String {
    let film = short_film();
    format!(
        "{{\n  \"key\": \"{}\",\n  \"title\": \"{}\",\n  \"taken\": \"{}\",\n  \"duration\": {:?},\n  \"width\": {},\n  \
         \"height\": {},\n  \"codec\": \"{}\",\n  \"qualities\": {:?}\n}}\n",
        film.key, film.title, film.taken, film.duration, film.width, film.height, film.codec, film.qualities
    )
}

/// The name of RFC 6381 for the H.264 stream in the bytes of a transport stream: profile, constraints and level, the
/// three bytes after the header of its first sequence parameter set.
pub(super) fn codec(segment: &[u8]) -> Option<String> {
    let at = segment.windows(4).position(|w| w[..3] == [0, 0, 1] && w[3] & 0x1f == 7)?;
    let sps = segment.get(at + 4..at + 7)?;
    Some(format!("avc1.{:02x}{:02x}{:02x}", sps[0], sps[1], sps[2]))
}
