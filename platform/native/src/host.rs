//! The host: listeners, workers, start and stop.

use std::{
    future::Future,
    io::{ErrorKind, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use platform::{
    LogClient, Service,
    config::{
        ConfigError,
        names::{CACHE_BYTES, GALLERY_DATABASE, SHUTDOWN_GRACE, TRUST_FORWARDED},
    },
};
use platform_fallback::Endpoint;
use platform_s3::Location;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    Config, HostError, HostNames, Observer, Place, Tls,
    clock::{self, Clock},
    crowd::{Crowd, Seat},
    kv,
    log::{self, Log},
    shared::{DEFAULT_CACHE_BYTES, Shared},
    wire::ClientTimeouts,
    worker::{self, Accepted, Load, Mount, Plan},
};

/// How the host runs. [`Options::new`] has values that suit most uses.
pub struct Options {
    /// The folder of `kv.db`, and of `gallery.db` unless `database` names another place. The folder is made if it is
    /// missing.
    pub data_dir: PathBuf,
    pub database: Option<Place>,
    /// The bucket of the KV stores. Without it they are in `kv.db`.
    pub kv: Option<Location>,
    /// The number of worker threads. The default is one per core.
    pub workers: usize,
    /// Whether to trust `X-Forwarded-Proto` and the last entry of `X-Forwarded-For`. Use this only behind a proxy
    /// that sets both.
    pub trust_forwarded: bool,
    /// Clients come over TLS with this certificate. Without it they come over plain HTTP.
    pub tls: Option<Tls>,
    /// The names under which browsers may ask. By default only addresses and the names of this machine are served.
    pub host_names: HostNames,
    /// The most bytes that the workers together keep of what the services mark as worth keeping. With 0 they keep
    /// nothing.
    pub cache_bytes: u64,
    /// The time from the end of one request to the end of the next request's head. It limits slow heads and idle
    /// connections. With HTTP/2 it is the time to the first request.
    pub header_timeout: Duration,
    /// How long a connection of HTTP/2 may have no request after its first. A browser holds one of them, and six of
    /// HTTP/1.1.
    pub idle_timeout: Duration,
    /// How long the body of a request may take as a whole. A login has a few hundred bytes.
    pub body_timeout: Duration,
    /// How long a client may accept no byte at all of a response. A paused player accepts nothing for minutes. With
    /// HTTP/2 this counts for each stream too.
    pub stall_timeout: Duration,
    /// What a client must accept at least while it is waited for: so many bytes in so long. Otherwise one byte a
    /// minute would hold a response for ever.
    pub slowest: (u64, Duration),
    /// The most connections at a time. `None` for as many as there are descriptors for.
    pub connections: Option<usize>,
    /// How long responses under way may take to finish after the host is told to stop. One whose client takes nothing
    /// for some seconds is not waited for.
    pub shutdown_grace: Duration,
    /// How much of a client's address they show.
    pub log_client: LogClient,
    /// Where the log lines go.
    pub log: Box<dyn Write + Send>,
    /// Who counts what the log says.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Options {
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database: None,
            kv: None,
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            trust_forwarded: false,
            tls: None,
            host_names: HostNames::default(),
            cache_bytes: DEFAULT_CACHE_BYTES,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            body_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_mins(5),
            // 1 KiB a second, over a time that is twice as long as a pause may be.
            slowest: (600 << 10, Duration::from_mins(10)),
            connections: None,
            shutdown_grace: Duration::from_mins(1),
            log_client: LogClient::default(),
            log: Box::new(std::io::stdout()),
            observer: None,
        }
    }

    /// Applies `SQL_URL` (and `SQL_AUTH_TOKEN`) or `GALLERY_DATABASE` (a path), `GALLERY_KV` (and the names of the
    /// bucket), `TRUST_FORWARDED` (`true` or `1`), `CACHE_BYTES`, `LOG_CLIENT`, `SHUTDOWN_GRACE`, and what
    /// [`HostNames`] reads, if they are set.
    pub fn configured(mut self, config: &Config) -> Result<Self, ConfigError> {
        config.read(|lookup| {
            let file = || lookup.optional(GALLERY_DATABASE).map(|path| Place::File(path.into()));
            self.database = Endpoint::load(&lookup)?.map(|endpoint| Place::Http(Arc::new(endpoint))).or_else(file);
            self.kv = kv::bucket(&lookup)?;
            self.trust_forwarded = lookup.switch(TRUST_FORWARDED)?;
            self.host_names = HostNames::load(&lookup)?;
            self.log_client = LogClient::load(&lookup)?;
            self.shutdown_grace = lookup.seconds(SHUTDOWN_GRACE)?.unwrap_or(self.shutdown_grace);
            self.cache_bytes = lookup.bytes(CACHE_BYTES)?.unwrap_or(self.cache_bytes);
            Ok(self)
        })
    }
}

/// Services on their listeners.
///
/// The calling thread accepts connections and gives each to the worker that has the fewest. If workers shared a
/// listener, the worker that wakes first would get the connection. With `SO_REUSEPORT`, a hash of the client's port
/// would choose. A gallery has few, long connections, and with these both ways leave cores idle. Accepting costs one
/// thread hop per connection, not per request.
pub struct Host {
    options: Options,
    listeners: Vec<TcpListener>,
    mounts: Vec<Mount>,
}

impl Host {
    pub fn new(options: Options) -> Self {
        Self { options, listeners: Vec::new(), mounts: Vec::new() }
    }

    /// Serves the service that `make` makes on `listener`, which is already bound. `make` is called once per worker,
    /// on the worker's thread.
    pub fn mount<F, S>(&mut self, listener: TcpListener, make: F) -> &mut Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Service + 'static,
    {
        self.listeners.push(listener);
        self.mounts.push(worker::mount(make));
        self
    }

    /// Serves until `shutdown` is ready, then lets responses under way finish. Blocks the calling thread.
    ///
    /// `shutdown` is polled on a tokio runtime with I/O and time. An error means that the host did not start, or that
    /// a worker failed.
    pub fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), HostError> {
        let Self { options, listeners, mounts } = self;
        let crowd = Crowd::new(options.connections, !options.trust_forwarded, options.observer.clone());
        let failed = |error| HostError::new("cannot start the host", error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let clock = Clock::open(&options.data_dir)?;
        let (log, writer) = Log::start(options.log, options.observer).map_err(failed)?;
        let plan = Arc::new(Plan {
            shared: Shared::with_kv(&options.data_dir, options.cache_bytes, options.kv)?,
            data_dir: options.data_dir,
            database: options.database,
            trust_forwarded: options.trust_forwarded,
            tls: options.tls,
            host_names: options.host_names,
            log_client: options.log_client,
            client: ClientTimeouts {
                header: options.header_timeout,
                idle: options.idle_timeout,
                body: options.body_timeout,
                stall: options.stall_timeout,
                slowest: options.slowest,
            },
            grace: options.shutdown_grace,
            mounts,
        });
        let started: Result<Vec<Hand>, HostError> =
            (0..options.workers.max(1)).map(|index| Hand::start(index, &plan, &log)).collect();
        let hands = started?;
        let (doors, threads): (Vec<Door>, Vec<JoinHandle<()>>) =
            hands.into_iter().map(|hand| (hand.door, hand.thread)).unzip();

        let accepted = runtime.block_on(async {
            let doors: Arc<[Door]> = doors.into();
            let mut accepting = JoinSet::new();
            for (mount, listener) in listeners.into_iter().enumerate() {
                listener.set_nonblocking(true).map_err(failed)?;
                let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
                accepting.spawn(accept(listener, mount, Arc::clone(&doors), Arc::clone(&crowd)));
            }
            tokio::select! {
                () = shutdown => {}
                Some(_) = accepting.join_next() => {}
                () = crowd.tell(&log) => {}
                () = keep(&clock) => {}
            }
            Ok(())
        });
        // The end of the runtime drops the accepting tasks, the listeners and the last doors, so the workers finish.
        drop(runtime);
        clock.note();
        crowd.tell_now(&log);
        drop(log);
        let panicked = threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
        log::finish(writer);
        accepted?;
        if panicked > 0 {
            return Err(HostError::new("the host stopped", format!("{panicked} of its workers panicked")));
        }
        Ok(())
    }
}

/// The channel by which a worker gets connections, and the number of connections that it has.
struct Door {
    arrivals: mpsc::UnboundedSender<Accepted>,
    open: Arc<AtomicUsize>,
}

/// A worker, as the host sees it.
struct Hand {
    door: Door,
    thread: JoinHandle<()>,
}

impl Hand {
    /// Starts a worker and waits until it can serve.
    fn start(index: usize, plan: &Arc<Plan>, log: &Log) -> Result<Self, HostError> {
        let (arrivals, arriving) = mpsc::unbounded_channel();
        let (ready, started) = std::sync::mpsc::channel();
        let (plan, log) = (Arc::clone(plan), log.clone());
        let thread = std::thread::Builder::new()
            .name(format!("worker-{index}"))
            .spawn(move || {
                let (ready, log) = (ready, log);
                worker::run(&plan, &log, arriving, &ready);
            })
            .map_err(|error| HostError::new("cannot start a worker", error))?;
        match started.recv() {
            Ok(Ok(())) => Ok(Self { door: Door { arrivals, open: Arc::default() }, thread }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(HostError::new("cannot start a worker", "it panicked")),
        }
    }
}

/// Writes the time now and then. Never ends.
async fn keep(clock: &Clock) {
    loop {
        let clock = clock.clone();
        // Connections are not to wait for the disk.
        let _ = tokio::task::spawn_blocking(move || clock.note()).await;
        tokio::time::sleep(clock::EVERY).await;
    }
}

/// Accepts connections for one listener until the listener is dropped, or no worker is left.
async fn accept(listener: tokio::net::TcpListener, mount: usize, doors: Arc<[Door]>, crowd: Arc<Crowd>) {
    let mut turn = 0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // A connection that is one too many is closed here.
                let Some(seat) = crowd.admit(peer.ip()) else { continue };
                turn += 1;
                if !deal(&doors, turn, (stream, seat), peer, mount) {
                    return;
                }
            }
            // The client left before its connection was accepted. There is nothing to serve.
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            // There are no descriptors or no memory left. Open connections must close first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Gives a connection to the worker with the fewest. Workers with equally many take turns. Returns false if all
/// workers are gone.
fn deal(
    doors: &[Door],
    turn: usize,
    (stream, mut seat): (tokio::net::TcpStream, Seat),
    peer: SocketAddr,
    mount: usize,
) -> bool {
    let Ok(mut stream) = stream.into_std() else { return true };
    let load = |door: &Door| if door.arrivals.is_closed() { usize::MAX } else { door.open.load(Ordering::Relaxed) };
    for _ in 0..doors.len() {
        let order = (0..doors.len()).map(|offset| &doors[(turn + offset) % doors.len()]);
        let Some(door) = order.min_by_key(|door| load(door)) else { return false };
        match door.arrivals.send(Accepted { stream, peer, mount, load: Load::on(&door.open), seat }) {
            Ok(()) => return true,
            Err(refused) => (stream, seat) = (refused.0.stream, refused.0.seat),
        }
    }
    false
}
