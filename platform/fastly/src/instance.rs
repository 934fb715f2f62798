//! What an instance keeps between requests: open stores, known backends, the log. It keeps nothing of a request.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

use fastly::KVStore;
use platform::{LogClient, StoreName};
use platform_fallback::Endpoint;

use crate::{backend::Backends, log::Log};

pub(crate) struct Instance {
    pub backends: Backends,
    pub stores: RefCell<HashMap<StoreName, Rc<KVStore>>>,
    /// The catalogue's database, if there is one.
    pub sql: Option<Arc<Endpoint>>,
    pub log: Log,
    pub log_client: LogClient,
}

impl Instance {
    pub fn new(log: Log, log_client: LogClient, sql: Option<Endpoint>) -> Self {
        Self { backends: Backends::default(), stores: RefCell::default(), sql: sql.map(Arc::new), log, log_client }
    }
}
