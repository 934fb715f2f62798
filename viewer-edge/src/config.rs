//! What the viewer needs to know.

use edge::{AuthSecret, Cors, catalogue::Source};
use gallery::password::Password;
use platform::config::{
    ConfigError, Lookup,
    names::{GALLERY_PASSWORD, MAX_BODY_BYTES, VIDEO_API_BASE, VIDEO_ORIGIN},
};
use platform_s3::Location;
use zeroize::Zeroizing;

/// Read once, at start. A value that is missing or cannot be read stops the start.
pub struct Config {
    pub(crate) password: Password,
    pub(crate) auth_secret: AuthSecret,
    pub(crate) bucket: Location,
    pub(crate) catalogue: Source,
    /// Where video-edge is: empty when it shares this service's origin, else its origin without a slash at the end.
    pub(crate) video_api_base: String,
    /// The origin that `/api/hls/...` is forwarded to, where pages and films share one domain but not one service.
    pub(crate) video_origin: Option<String>,
    /// The largest original that goes through the service, in bytes; larger ones the browser gets from the bucket.
    pub(crate) max_body: Option<u64>,
    pub(crate) cors: Cors,
    /// The page's Content-Security-Policy: it depends on where the store and video-edge are.
    pub(crate) page_policy: String,
}

impl Config {
    /// Reads `GALLERY_PASSWORD`, `AUTH_SECRET`, `R2_*` or `S3_ENDPOINT`, and, where set, `CATALOGUE`, `VIDEO_API_BASE`,
    /// `VIDEO_ORIGIN`, `MAX_BODY_BYTES` and `ALLOWED_ORIGINS`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let wanted = "must be a password of at most 1024 bytes, or an Argon2 hash in PHC form";
        let password = Password::parse(&Zeroizing::new(lookup.required(GALLERY_PASSWORD)?));
        let bucket = Location::load(lookup)?;
        let video_api_base = lookup.origin(VIDEO_API_BASE)?.unwrap_or_default();
        let store = bucket.origin();
        let page_policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {store}; \
             media-src 'self' blob: {store} {video_api_base}; connect-src 'self' {store} {video_api_base}; \
             worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        Ok(Self {
            password: password.ok_or(ConfigError::new(GALLERY_PASSWORD, wanted))?,
            auth_secret: AuthSecret::load(lookup)?,
            bucket,
            catalogue: Source::load(lookup)?,
            video_api_base,
            video_origin: lookup.origin(VIDEO_ORIGIN)?,
            max_body: lookup.bytes(MAX_BODY_BYTES)?,
            cors: Cors::load(lookup)?,
            page_policy,
        })
    }
}
