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
    /// The origin that `/api/hls/...` is handed on to, where pages and films share one domain but not one service.
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
        let password = Password::parse(&Zeroizing::new(lookup.required("GALLERY_PASSWORD")?)).ok_or(ConfigError {
            name: "GALLERY_PASSWORD",
            wanted: "must be a password of at most 1024 bytes, or an Argon2 hash in PHC form",
        })?;
        let (bucket, credentials) = lookup.bucket()?;
        let video_api_base = optional_origin(lookup, "VIDEO_API_BASE")?.unwrap_or_default();
        let video_origin = optional_origin(lookup, "VIDEO_ORIGIN")?;
        let max_body = lookup.optional("MAX_BODY_BYTES").map(|text| text.parse()).transpose();
        let max_body =
            max_body.map_err(|_| ConfigError { name: "MAX_BODY_BYTES", wanted: "must be a whole number of bytes" })?;
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
            video_origin,
            max_body,
            cors: Cors::new(lookup.allowed_origins()?),
            page_policy,
        })
    }
}

/// An origin without a slash at the end; `None` if it is not set.
fn optional_origin(lookup: &Lookup<'_>, name: &'static str) -> Result<Option<String>, ConfigError> {
    let Some(text) = lookup.optional(name) else { return Ok(None) };
    let text = text.trim_end_matches('/');
    match origin(text) {
        Some(origin) if origin == text => Ok(Some(origin)),
        _ => Err(ConfigError { name, wanted: "must be an origin such as https://video.example" }),
    }
}
