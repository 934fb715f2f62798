//! What the viewer needs to know.

use gallery::password::Password;
use platform::{
    catalogue::Source,
    config::{ConfigError, Lookup, origin},
    respond::Cors,
};
use sigv4::{Bucket, Credentials};
use zeroize::Zeroizing;

/// Read once, at start. A value that is missing or cannot be read stops the start.
pub struct Config {
    pub(crate) password: Password,
    pub(crate) auth_secret: Zeroizing<String>,
    pub(crate) bucket: Bucket,
    pub(crate) credentials: Credentials,
    pub(crate) catalogue: Source,
    /// Where video-edge is: empty when it shares this service's origin, else its origin without a slash at the end.
    pub(crate) video_api_base: String,
    pub(crate) cors: Cors,
    pub(crate) cross_origin_pages: bool,
    /// The page's Content-Security-Policy: it depends on where the store and video-edge are.
    pub(crate) page_policy: String,
}

impl Config {
    /// Reads `GALLERY_PASSWORD`, `AUTH_SECRET`, `R2_*` or `S3_ENDPOINT`, and, where set, `CATALOGUE`, `VIDEO_API_BASE` and
    /// `ALLOWED_ORIGINS`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let password = Password::parse(&Zeroizing::new(lookup.required("GALLERY_PASSWORD")?)).ok_or(ConfigError {
            name: "GALLERY_PASSWORD",
            wanted: "must be a password of at most 1024 bytes, or an Argon2 hash in PHC form",
        })?;
        let (bucket, credentials) = lookup.bucket()?;
        let video_api_base = lookup.optional("VIDEO_API_BASE").unwrap_or_default();
        let video_api_base = video_api_base.trim_end_matches('/').to_owned();
        if !video_api_base.is_empty() && origin(&video_api_base).as_ref() != Some(&video_api_base) {
            return Err(ConfigError {
                name: "VIDEO_API_BASE",
                wanted: "must be an origin such as https://video.example",
            });
        }
        let allowed_origins = lookup.allowed_origins()?;
        let store = origin(bucket.base_url()).unwrap_or_default();
        let page_policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {store}; \
             media-src 'self' blob: {store} {video_api_base}; connect-src 'self' {store} {video_api_base}; worker-src 'self' blob:; \
             manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        Ok(Self {
            password,
            auth_secret: lookup.auth_secret()?,
            bucket,
            credentials,
            catalogue: lookup.catalogue()?,
            video_api_base,
            cross_origin_pages: !allowed_origins.is_empty(),
            cors: Cors::new(allowed_origins),
            page_policy,
        })
    }
}
