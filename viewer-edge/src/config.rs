//! The configuration of viewer-edge.

use std::time::Duration;

use edge::{AuthSecret, Base, Cors, catalogue::Source};
use gallery::password::{Password, weakness};
use platform::config::{
    ConfigError, Lookup,
    names::{GALLERY_LOCAL, GALLERY_PASSWORD, MAX_BODY_BYTES, MAX_FETCHES, MAX_SECONDS, VIDEO_API_BASE, VIDEO_ORIGIN},
};
use platform_s3::Location;
use zeroize::Zeroizing;

use crate::built::INLINE;

/// Read once, at start. The service does not start if a value is missing or cannot be read.
pub struct Config {
    pub(crate) password: Password,
    pub(crate) auth_secret: AuthSecret,
    pub(crate) base: Base,
    pub(crate) bucket: Location,
    pub(crate) catalogue: Source,
    /// Where video-edge is: an origin, and the base. Empty if video-edge shares the origin of this service.
    pub(crate) video_api_base: String,
    /// The origin to which `/api/hls/...` is forwarded, if pages and films share one domain but not one service.
    pub(crate) video_origin: Option<String>,
    /// The largest original that goes through the service, in bytes. The browser gets larger ones from the bucket.
    pub(crate) max_body: Option<u64>,
    /// How many requests the host sends for one of a client at most.
    pub(crate) max_fetches: Option<u64>,
    /// How long the host lets an answer take.
    pub(crate) max_seconds: Option<Duration>,
    pub(crate) cors: Cors,
    /// The page's Content-Security-Policy, which depends on the addresses of the store and of video-edge.
    pub(crate) page_policy: String,
}

impl Config {
    /// Reads `GALLERY_PASSWORD`, `AUTH_SECRET`, `R2_*` or `S3_ENDPOINT`, and, if they are set, `BASE_PATH`,
    /// `CATALOGUE`, `VIDEO_API_BASE`, `VIDEO_ORIGIN`, `MAX_BODY_BYTES`, `MAX_FETCHES`, `MAX_SECONDS` and
    /// `ALLOWED_ORIGINS`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let wanted = "must be a password of at most 1024 bytes, or an Argon2 hash in PHC form (edge-gallery password makes \
                      one; hashes of bcrypt and scrypt are not known)";
        let text = Zeroizing::new(lookup.required(GALLERY_PASSWORD)?);
        let password = Password::parse(&text).ok_or(ConfigError::new(GALLERY_PASSWORD, wanted))?;
        if matches!(password, Password::Plain(_)) && weakness(&text).is_some() && !lookup.switch(GALLERY_LOCAL)? {
            let wanted = "is easy to guess: use at least 8 characters, 5 of them different, and no common word";
            return Err(ConfigError::new(GALLERY_PASSWORD, wanted));
        }
        let bucket = Location::load(lookup)?;
        let base = Base::load(lookup)?;
        let video_origin = lookup.origin(VIDEO_API_BASE)?;
        let video_api_base = video_origin.as_ref().map(|origin| [origin, base.as_str()].concat()).unwrap_or_default();
        let video = video_origin.unwrap_or_default();
        let store = bucket.public_origin();
        let page_policy = format!(
            "default-src 'none'; script-src 'self'{INLINE}; style-src 'self'; \
             img-src 'self' data: blob: {store} {video}; media-src 'self' blob: {store} {video}; \
             connect-src 'self' {store} {video}; worker-src 'self' blob:; manifest-src 'self'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        Ok(Self {
            password,
            auth_secret: AuthSecret::load(lookup)?,
            base,
            bucket,
            catalogue: Source::load(lookup)?,
            video_api_base,
            video_origin: lookup.origin(VIDEO_ORIGIN)?,
            max_body: lookup.bytes(MAX_BODY_BYTES)?,
            max_fetches: lookup.count(MAX_FETCHES)?,
            max_seconds: lookup.seconds(MAX_SECONDS)?,
            cors: Cors::load(lookup)?,
            page_policy,
        })
    }
}
