//! A worker: one thread, one current-thread runtime, its own service instances and connections.

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    path::PathBuf,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use platform::Service;
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    task::{JoinSet, LocalSet},
};

use crate::{
    HostError, Native, Place,
    entropy::Entropy,
    log::Log,
    request::Site,
    shared::Shared,
    wire::{Tally, Wire},
};

/// The longest head of a request, in bytes. Cookies and presigned queries stay far below.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The settings that every worker gets at start.
pub(crate) struct Plan {
    pub shared: Arc<Shared>,
    pub data_dir: PathBuf,
    pub database: Option<Place>,
    pub trust_forwarded: bool,
    pub client: ClientTimeouts,
    pub grace: Duration,
    pub mounts: Vec<Mount>,
}

/// See [`Options`](crate::Options).
#[derive(Clone, Copy)]
pub(crate) struct ClientTimeouts {
    pub header: Duration,
    pub stall: Duration,
}

/// Makes a worker's instance of a mounted service, and returns the function that serves a connection with it.
pub(crate) type Mount = Box<dyn Fn(&Native, &Plan) -> Serve + Send + Sync>;
type Serve = Box<dyn Fn(TcpStream, SocketAddr, Log, watch::Receiver<bool>) -> Pin<Box<dyn Future<Output = ()>>>>;

/// An accepted connection on its way to a worker. It counts as a connection of the worker until it is dropped.
pub(crate) struct Accepted {
    pub stream: std::net::TcpStream,
    pub peer: SocketAddr,
    pub mount: usize,
    pub load: Load,
}

pub(crate) struct Load(Arc<AtomicUsize>);

impl Load {
    pub fn on(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn mount<F, S>(make: F) -> Mount
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Service + 'static,
{
    Box::new(move |native, plan| {
        let site = Rc::new(Site {
            service: make(),
            native: native.clone(),
            trust_forwarded: plan.trust_forwarded,
            entropy: Entropy::default(),
        });
        let timeouts = plan.client;
        Box::new(move |stream, peer, log, stopping| {
            let wire = Wire::new(stream, Tally::new(log), timeouts.stall);
            Box::pin(connection(Rc::clone(&site), wire, peer, timeouts.header, stopping))
        })
    })
}

/// Serves one connection until it ends, or until the host stops and its last response is out.
async fn connection<S: Service + 'static>(
    site: Rc<Site<S>>,
    wire: Wire,
    peer: SocketAddr,
    header_timeout: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let tally = wire.tally();
    let answer = service_fn(move |request| {
        let (site, tally) = (Rc::clone(&site), Rc::clone(&tally));
        async move { Ok::<_, Infallible>(site.answer(peer.ip(), &tally, request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_header_size(MAX_HEAD_BYTES)
            .serve_connection(wire, answer)
    );
    // A failed connection concerns only its client. If a response was under way, the log line shows the failure.
    tokio::select! {
        biased;
        _ = connection.as_mut() => {}
        _ = stopping.wait_for(|stopping| *stopping) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Runs a worker. `ready` gets a message whether the worker could start. The worker ends when `arrivals` has ended
/// and its connections are done, or when the grace period is over.
pub(crate) fn run(
    plan: &Plan,
    log: &Log,
    mut arrivals: mpsc::UnboundedReceiver<Accepted>,
    ready: &std::sync::mpsc::Sender<Result<(), HostError>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(HostError::new("cannot start a worker", error)));
            return;
        }
    };
    LocalSet::new().block_on(&runtime, async {
        let native = match Native::open_sharing(&plan.data_dir, plan.database.as_ref(), &plan.shared) {
            Ok(native) => native,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let sites: Vec<Serve> = plan.mounts.iter().map(|mount| mount(&native, plan)).collect();
        let _ = ready.send(Ok(()));

        let (stop, stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                arrived = arrivals.recv() => {
                    let Some(Accepted { stream, peer, mount, load }) = arrived else { break };
                    let Ok(stream) = TcpStream::from_std(stream) else { continue };
                    let _ = stream.set_nodelay(true);
                    let serving = sites[mount](stream, peer, log.clone(), stopping.clone());
                    connections.spawn_local(async move {
                        let _load = load;
                        serving.await;
                    });
                }
                Some(_) = connections.join_next() => {}
            }
        }
        let _ = stop.send(true);
        let _ = tokio::time::timeout(plan.grace, async { while connections.join_next().await.is_some() {} }).await;
    });
}
