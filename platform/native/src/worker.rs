//! A worker: one thread, one current-thread runtime, its own service instances and connections.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use platform::{LogClient, Service};
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    task::{JoinSet, LocalSet},
};

use crate::{
    HostError, HostNames, Native, Place, Tls,
    crowd::Seat,
    entropy::Entropy,
    http1, http2,
    log::Log,
    request::{Refused, Site},
    shared::Shared,
    stream::Stream,
    wire::{ClientTimeouts, Tally, Wire},
};

/// The settings that every worker gets at start.
pub(crate) struct Plan {
    pub shared: Arc<Shared>,
    pub data_dir: PathBuf,
    pub database: Option<Place>,
    pub trust_forwarded: bool,
    pub tls: Option<Tls>,
    pub host_names: HostNames,
    pub log_client: LogClient,
    pub client: ClientTimeouts,
    pub grace: Duration,
    pub mounts: Vec<Mount>,
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
    pub seat: Seat,
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
            https: plan.tls.is_some(),
            host_names: plan.host_names.clone(),
            log_client: plan.log_client,
            body_timeout: plan.client.body,
            entropy: Entropy::default(),
        });
        let (timeouts, tls) = (plan.client, plan.tls.as_ref().map(Tls::acceptor));
        Box::new(move |stream, peer, log, stopping| {
            let (site, tls) = (Rc::clone(&site), tls.clone());
            Box::pin(async move {
                let mut stopping = stopping;
                let stream = match tls {
                    None => Stream::Plain(stream),
                    Some(tls) => tokio::select! {
                        _ = stopping.wait_for(|stopping| *stopping) => return,
                        () = tokio::time::sleep(timeouts.header) => return,
                        shaken = tls.accept(stream) => match shaken {
                            Ok(stream) => Stream::Tls(Box::new(stream)),
                            // Whoever only looks whether the port answers has sent nothing that could be wrong.
                            Err(error) if has_left(&error) => return,
                            Err(_) => return site.refused(&log, peer.ip(), Refused::HANDSHAKE),
                        },
                    },
                };
                let is_http2 = stream.is_http2();
                let wire = Wire::new(stream, Tally::new(log), timeouts);
                if is_http2 {
                    http2::serve(site, wire, peer.ip(), timeouts, stopping).await;
                } else {
                    http1::serve(site, wire, peer.ip(), timeouts.header, stopping).await;
                }
            })
        })
    })
}

fn has_left(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
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
                    let Some(Accepted { stream, peer, mount, load, seat }) = arrived else { break };
                    let Ok(stream) = TcpStream::from_std(stream) else { continue };
                    let _ = stream.set_nodelay(true);
                    let serving = sites[mount](stream, peer, log.clone(), stopping.clone());
                    connections.spawn_local(async move {
                        let _counted = (load, seat);
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
