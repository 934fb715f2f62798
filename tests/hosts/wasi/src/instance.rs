//! One instance: how long it lives, how much memory it may have, and the line that it leaves at its end.

use std::{
    future::Future,
    io::Write as _,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{sync::OwnedSemaphorePermit, time::Sleep};
use wasmtime::{
    ResourceLimiter, Store, StoreContextMut,
    component::{GuestTaskId, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    handler::{ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus},
};

use crate::door::complain;

/// How long an instance without requests is kept.
const IDLE: Duration = Duration::from_secs(1);
/// How long a request may take. It is longer than any timeout of the gallery, so that a test sees the gallery's
/// timeouts.
const PATIENCE: Duration = Duration::from_mins(2);

/// The data of a wasmtime store: the host's side of one instance.
pub struct Held {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    pub memory: Memory,
    /// The permit, which is given back when the instance ends.
    _place: OwnedSemaphorePermit,
}

impl Held {
    /// The instance may have up to `memory` bytes.
    pub fn new(wasi: WasiCtx, memory: usize, place: OwnedSemaphorePermit) -> Self {
        let memory = Memory { has: 0, may_have: memory };
        Self { wasi, http: WasiHttpCtx::new(), table: ResourceTable::new(), memory, _place: place }
    }
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

/// The linear memory of an instance, in bytes. It only grows.
pub struct Memory {
    has: usize,
    may_have: usize,
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let wanted = self.has.saturating_add(desired.saturating_sub(current));
        let granted = wanted <= self.may_have;
        if granted {
            self.has = wanted;
        }
        Ok(granted)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// How many requests an instance takes, at once and in all.
#[derive(Clone, Copy)]
pub struct Limits {
    pub at_once: usize,
    pub in_all: usize,
}

/// The requests that an instance has served.
pub struct Served {
    limits: Limits,
    /// The number of requests without an answer, at the last look.
    waiting: AtomicUsize,
    requests: AtomicUsize,
    most_at_once: AtomicUsize,
    /// The number of pairs of requests that were without an answer at the same time.
    pairs: AtomicUsize,
}

impl Served {
    pub fn within(limits: Limits) -> Self {
        Self {
            limits,
            waiting: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            pairs: AtomicUsize::new(0),
        }
    }
}

impl WorkerState for Served {
    type StoreData = Held;
    type RequestData = ();

    fn should_accept_request(&self, at_once: usize, in_all: usize) -> ShouldAccept {
        self.waiting.store(at_once, Ordering::Relaxed);
        if in_all >= self.limits.in_all {
            ShouldAccept::Never
        } else if at_once >= self.limits.at_once {
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
        let waiting = self.waiting.load(Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.pairs.fetch_add(waiting, Ordering::Relaxed);
        self.most_at_once.fetch_max(waiting + 1, Ordering::Relaxed);
        Box::pin(tokio::time::sleep(PATIENCE))
    }

    /// Called at the end of an instance. Prints what went wrong, if anything did, and one line of JSON to standard
    /// error.
    fn drop(&self, store: Store<Held>, result: Result<(), wasmtime::Error>) {
        let trapped = result.is_err();
        if let Err(error) = result {
            complain(&error);
        }
        let of = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        let (requests, at_once, pairs) = (of(&self.requests), of(&self.most_at_once), of(&self.pairs));
        let memory = store.data().memory.has;
        let _ = writeln!(
            std::io::stderr(),
            "{{\"requests\":{requests},\"at_once\":{at_once},\"pairs\":{pairs},\"memory\":{memory},\"trapped\":{trapped}}}"
        );
    }
}

/// The time at which an instance has waited long enough.
pub struct Expiration(Pin<Box<Sleep>>);

impl Expiration {
    pub fn new() -> Self {
        Self(Box::pin(tokio::time::sleep(PATIENCE)))
    }
}

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
