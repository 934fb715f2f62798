//! A component and its instances.

use std::{
    future::Future,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::time::Sleep;
use wasmtime::{
    Config, Engine, Store, StoreContextMut,
    component::{GuestTaskId, Linker, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    handler::{HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus},
    p2, p3,
};

use crate::spin::Spin;

/// How long an instance without requests is kept.
const IDLE: Duration = Duration::from_secs(1);
/// How long a request may take: more than any of our own timeouts, so that a test sees those.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a store holds: the host's side of one instance.
pub struct Held {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

impl WasiView for Held {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Held {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: Default::default() }
    }
}

/// A compiled component, ready to be instantiated.
pub struct Component {
    engine: Engine,
    pre: ProxyPre<Held>,
    environment: Vec<(String, String)>,
    limits: Limits,
}

impl Component {
    pub fn load(path: &Path, at_once: usize, reuse: usize, spin: Option<&Path>) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model_async(true);
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        // Rust's standard library speaks WASI 0.2, whatever the component exports.
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        p2::add_only_http_to_linker_async(&mut linker)?;
        p3::add_to_linker(&mut linker)?;
        // Names and values that are not UTF-8 have no form in WASI.
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let environment: Vec<(String, String)> = std::env::vars_os().filter_map(utf8).collect();
        if let Some(database) = spin {
            Spin::new(database.to_path_buf(), &environment).add_to_linker(&mut linker)?;
        }
        let component = wasmtime::component::Component::from_file(&engine, path)?;
        let pre = linker.instantiate_pre(&component)?;
        let (pre, limits) = match p3::bindings::ServicePre::new(pre.clone()) {
            Ok(pre) => (ProxyPre::P3(pre), Limits { at_once, reuse }),
            Err(_) => (ProxyPre::P2(p2::bindings::ProxyPre::new(pre)?), Limits { at_once: 1, reuse: 1 }),
        };
        Ok(Self { engine, pre, environment, limits })
    }
}

impl HandlerState for Component {
    type StoreData = Held;
    type WorkerExpiration = Expiration;
    type WorkerState = Limits;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Held, Expiration, Limits>> {
        let wasi = WasiCtx::builder().envs(&self.environment).inherit_stdout().inherit_stderr().build();
        let held = Held { wasi, http: WasiHttpCtx::new(), table: ResourceTable::new() };
        let mut store = Store::new(&self.engine, held);
        let proxy = self.pre.instantiate_async(&mut store).await?;
        let expiration = Expiration(Box::pin(tokio::time::sleep(PATIENCE)));
        Ok(Instance { store, proxy, view: Held::http, expiration, state: self.limits })
    }
}

/// How many requests an instance takes.
#[derive(Clone, Copy)]
pub struct Limits {
    at_once: usize,
    reuse: usize,
}

impl WorkerState for Limits {
    type StoreData = Held;
    type RequestData = ();

    fn should_accept_request(&self, at_once: usize, in_all: usize) -> ShouldAccept {
        if in_all >= self.reuse {
            ShouldAccept::Never
        } else if at_once >= self.at_once {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, Held>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        Box::pin(tokio::time::sleep(PATIENCE))
    }

    fn drop(&self, store: Store<Held>, result: Result<(), wasmtime::Error>) {
        drop(store);
        if let Err(error) = result {
            crate::door::complain(&error);
        }
    }
}

/// When an instance has waited long enough.
pub struct Expiration(Pin<Box<Sleep>>);

impl WorkerExpiration for Expiration {
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>, status: WorkerStatus, since: Instant) -> Poll<()> {
        let patience = match status {
            WorkerStatus::Idle => IDLE,
            WorkerStatus::Requests | WorkerStatus::PostReturn => PATIENCE,
        };
        let sleep = &mut self.get_mut().0;
        sleep.as_mut().reset((since + patience).into());
        sleep.as_mut().poll(task)
    }
}
