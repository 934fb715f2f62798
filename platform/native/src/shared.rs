//! What the workers of a process share.

use std::{path::Path, sync::Arc};

use platform_s3::Location;

use crate::{HostError, compute::Pool, edge_cache::EdgeMemory, kv, tries::Counters};

/// See `CACHE_BYTES`.
pub(crate) const DEFAULT_CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// What the workers of a process share: what is kept in memory, the threads for long work, the place of the KV stores,
/// and the counters of tries.
pub struct Shared {
    pub(crate) memory: Option<EdgeMemory>,
    pub(crate) pool: Pool,
    pub(crate) kv: kv::Place,
    pub(crate) tries: Counters,
}

impl Shared {
    /// For workers with this data folder, which is made if it is missing. They keep at most `cache_bytes` of what the
    /// services mark as worth keeping. Their KV stores are in the folder.
    pub fn new(data_dir: &Path, cache_bytes: u64) -> Result<Arc<Self>, HostError> {
        Self::with_kv(data_dir, cache_bytes, None)
    }

    /// The same, with the KV stores in `kv`, if this is a bucket.
    pub fn with_kv(data_dir: &Path, cache_bytes: u64, kv: Option<Location>) -> Result<Arc<Self>, HostError> {
        std::fs::create_dir_all(data_dir)
            .map_err(|error| HostError::new(format!("cannot make the folder {}", data_dir.display()), error))?;
        Ok(Arc::new(Self {
            memory: EdgeMemory::new(cache_bytes),
            pool: Pool::new(),
            kv: kv::Place::new(data_dir, kv)?,
            tries: Counters::default(),
        }))
    }

    /// The bytes that are kept in memory.
    pub fn kept_bytes(&self) -> u64 {
        self.memory.as_ref().map_or(0, EdgeMemory::bytes)
    }
}
