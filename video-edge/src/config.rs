//! What video-edge needs to know.

use platform::{
    catalogue::Source,
    config::{ConfigError, Lookup},
    respond::Cors,
};
use sigv4::{Bucket, Credentials};
use zeroize::Zeroizing;

use crate::delivery::Plan;

/// The largest playlist that goes into the KV store unless `KV_MAX_VALUE_BYTES` says otherwise: what Fermyon's cloud takes.
const DEFAULT_KV_MAX: usize = 1_000_000;

/// Read once, at start. A value that is missing or cannot be read stops the start.
pub struct Config {
    pub(crate) auth_secret: Zeroizing<String>,
    pub(crate) bucket: Bucket,
    pub(crate) credentials: Credentials,
    pub(crate) catalogue: Source,
    pub(crate) plan: Plan,
    pub(crate) cors: Cors,
    /// A larger playlist is served and not cached, in bytes.
    pub(crate) kv_max: usize,
}

impl Config {
    /// Reads `AUTH_SECRET`, `R2_*` or `S3_ENDPOINT`, and, where set, `CATALOGUE`, `VIDEO_DELIVERY`, `VIDEO_EXPERIMENT`,
    /// `PUBLIC_MEDIA_BASE`, `ALLOWED_ORIGINS` and `KV_MAX_VALUE_BYTES`.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let (bucket, credentials) = lookup.bucket()?;
        let kv_max = match lookup.optional("KV_MAX_VALUE_BYTES") {
            None => DEFAULT_KV_MAX,
            Some(text) => text
                .parse()
                .map_err(|_| ConfigError { name: "KV_MAX_VALUE_BYTES", wanted: "must be a whole number of bytes" })?,
        };
        Ok(Self {
            auth_secret: lookup.auth_secret()?,
            bucket,
            credentials,
            catalogue: lookup.catalogue()?,
            plan: Plan::load(lookup)?,
            cors: Cors::new(lookup.allowed_origins()?),
            kv_max,
        })
    }
}
