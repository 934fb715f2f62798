//! The configuration of video-edge.

use edge::{AuthSecret, Base, Cors, catalogue::Source};
use platform::config::{
    ConfigError, Lookup,
    names::{KV_MAX_VALUE_BYTES, PLAYBACK_REPORTS},
};
use platform_s3::Location;

use crate::delivery::Plan;

/// Read once, at start. The service does not start if a value is missing or cannot be read.
pub struct Config {
    pub(crate) auth_secret: AuthSecret,
    pub(crate) base: Base,
    pub(crate) bucket: Location,
    pub(crate) catalogue: Source,
    pub(crate) plan: Plan,
    pub(crate) cors: Cors,
    /// Whether pages may report how films play.
    pub(crate) takes_reports: bool,
    /// The largest playlist that is cached, in bytes. A larger playlist is served and not cached.
    pub(crate) kv_max: usize,
}

impl Config {
    /// Reads `AUTH_SECRET`, `R2_*` or `S3_ENDPOINT`, and, if they are set, `BASE_PATH`, `CATALOGUE`,
    /// `VIDEO_DELIVERY`, `VIDEO_EXPERIMENT`, `PUBLIC_MEDIA_BASE`, `ALLOWED_ORIGINS`, `PLAYBACK_REPORTS` and
    /// `KV_MAX_VALUE_BYTES`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let kv_max = lookup.bytes(KV_MAX_VALUE_BYTES)?.and_then(|bytes| usize::try_from(bytes).ok());
        Ok(Self {
            auth_secret: AuthSecret::load(lookup)?,
            base: Base::load(lookup)?,
            bucket: Location::load(lookup)?,
            catalogue: Source::load(lookup)?,
            plan: Plan::load(lookup)?,
            cors: Cors::load(lookup)?,
            takes_reports: lookup.switch(PLAYBACK_REPORTS)?,
            // A value larger than this machine can address sets no limit.
            kv_max: kv_max.unwrap_or(usize::MAX),
        })
    }
}
