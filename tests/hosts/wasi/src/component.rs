//! A component and its instances.

use std::{path::Path, sync::Arc};

use tokio::sync::Semaphore;
use wasmtime::{Cache, CacheConfig, Config, Engine, Store, component::Linker};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::{
    WasiHttpView as _,
    handler::{HandlerState, Instance, ProxyPre},
    p2, p3,
};

use crate::{
    instance::{Expiration, Held, Limits, Served},
    spin::Spin,
    spin02,
};

/// A compiled component, ready to be instantiated.
pub struct Component {
    engine: Engine,
    pre: ProxyPre<Held>,
    environment: Vec<(String, String)>,
    limits: Limits,
    /// The memory that an instance may have, in bytes.
    memory: usize,
    /// One permit for each instance that may exist.
    places: Arc<Semaphore>,
}

/// What compiles components. Compiled ones are kept in the folder `cache`, if there is one.
pub fn engine(cache: Option<&Path>) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    if let Some(folder) = cache {
        let mut kept = CacheConfig::new();
        kept.with_directory(folder);
        config.cache(Some(Cache::new(kept)?));
    }
    Engine::new(&config)
}

impl Component {
    /// `limits` are for WASI 0.3, because an instance of 0.2 serves only one request. At most `instances` instances
    /// exist at once, each with up to `memory` bytes.
    pub fn load(
        engine: &Engine,
        path: &Path,
        limits: Limits,
        memory: usize,
        instances: usize,
        spin: Option<&Path>,
    ) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(engine);
        // Rust's standard library imports WASI 0.2, whatever the component exports.
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        p2::add_only_http_to_linker_async(&mut linker)?;
        p3::add_to_linker(&mut linker)?;
        // Names and values that are not UTF-8 have no form in WASI.
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment: Vec<(String, String)> = std::env::vars_os().filter_map(utf8).collect();
        let environment = match spin {
            None => environment,
            Some(database) => {
                let spin = Spin::new(database.to_path_buf(), &environment);
                spin.add_to_linker(&mut linker)?;
                spin02::add_to_linker(&spin, &mut linker)?;
                // What a component for Spin reads are its variables.
                Vec::new()
            }
        };
        let component = wasmtime::component::Component::from_file(engine, path)?;
        let pre = linker.instantiate_pre(&component)?;
        let (pre, limits) = match p3::bindings::ServicePre::new(pre.clone()) {
            Ok(pre) => (ProxyPre::P3(pre), limits),
            Err(_) => (ProxyPre::P2(p2::bindings::ProxyPre::new(pre)?), Limits { at_once: 1, in_all: 1 }),
        };
        Ok(Self {
            engine: engine.clone(),
            pre,
            environment,
            limits,
            memory,
            places: Arc::new(Semaphore::new(instances)),
        })
    }
}

impl HandlerState for Component {
    type StoreData = Held;
    type WorkerExpiration = Expiration;
    type WorkerState = Served;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Held, Expiration, Served>> {
        // If there is no permit, the request is given back, and waits for one of the existing instances.
        let place = Arc::clone(&self.places).try_acquire_owned()?;
        let wasi = WasiCtx::builder().envs(&self.environment).inherit_stdout().inherit_stderr().build();
        let mut store = Store::new(&self.engine, Held::new(wasi, self.memory, place));
        store.limiter(|held| &mut held.memory);
        let proxy = self.pre.instantiate_async(&mut store).await?;
        let state = Served::within(self.limits);
        Ok(Instance { store, proxy, view: Held::http, expiration: Expiration::new(), state })
    }
}
