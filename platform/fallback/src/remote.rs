//! Everything that needs nothing but HTTP: stores in the bucket, and a database that speaks HTTP.

use std::{rc::Rc, sync::Arc};

use platform::{
    Error, StoreName,
    config::{ConfigError, Lookup},
};
use platform_s3::{Location, Objects};

use crate::{Endpoint, KvObjects, SqlHttp};

/// For hosts that have neither KV nor SQL of their own. An instance has one `Remote`.
pub struct Remote {
    objects: Rc<Objects>,
    sql: Option<Arc<Endpoint>>,
}

impl Remote {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let objects = Rc::new(Objects::new(Location::load(lookup)?));
        Ok(Self { objects, sql: Endpoint::load(lookup)?.map(Arc::new) })
    }

    /// A store, for a request at `now` (seconds since 1970).
    pub fn kv<P>(&self, platform: P, store: StoreName, now: u64) -> KvObjects<P> {
        KvObjects::new(platform, Rc::clone(&self.objects), store, now)
    }

    pub fn sql<P>(&self, platform: P) -> Result<SqlHttp<P>, Error> {
        SqlHttp::open(platform, self.sql.as_ref())
    }
}
