//! The requests of a seed's viewers.

use crate::{
    library::{FILM, PHOTOS},
    random::Random,
};

/// The viewer that sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    Guest,
    /// A viewer with a session of an earlier auth version.
    Expelled,
    Stranger,
}

/// The thing that is requested.
#[derive(Clone, Debug)]
pub enum Ask {
    Listing,
    CacheVersion,
    Master,
    Variant,
    Object { key: String, range: Option<String> },
}

impl Ask {
    pub fn any(random: &Random) -> Self {
        const RANGES: [&str; 5] = ["bytes=0-1", "bytes=100-199", "bytes=-50", "bytes=10-", "bytes=0-9,200-299,-5"];
        let range = random.once_in(2).then(|| random.of(&RANGES).to_owned());
        match random.below(6) {
            0 => Self::Listing,
            1 => Self::CacheVersion,
            2 => Self::Master,
            3 => Self::Variant,
            4 => Self::Object { key: format!("thumbnails/small/{}", random.of(&PHOTOS)), range: None },
            _ => Self::Object { key: random.of(&[PHOTOS[0], PHOTOS[1], FILM]).to_owned(), range },
        }
    }

    /// One request of each kind.
    pub fn each() -> [Self; 6] {
        let object = |key: String| Self::Object { key, range: None };
        [
            Self::Listing,
            Self::CacheVersion,
            Self::Master,
            Self::Variant,
            object(format!("thumbnails/small/{}", PHOTOS[0])),
            object(PHOTOS[0].to_owned()),
        ]
    }

    pub fn target(&self) -> String {
        let encode = |key: &str| gallery::key::percent_encode(key).collect::<String>();
        match self {
            Self::Listing => "/api/media?limit=1000".to_owned(),
            Self::CacheVersion => "/api/cache-version".to_owned(),
            Self::Master => format!("/api/hls/playlist?key={}", encode(FILM)),
            Self::Variant => format!("/api/hls/{}/720p.m3u8", encode(FILM)),
            Self::Object { key, .. } => match key.strip_prefix("thumbnails/small/") {
                Some(key) => format!("/api/thumbnail/{}?size=small", encode(key)),
                None => format!("/api/file/{}", encode(key)),
            },
        }
    }
}
