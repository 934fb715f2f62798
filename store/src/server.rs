//! The accept loop: HTTP/1.1 with keep-alive, a time limit on request heads, graceful shutdown.

use std::{convert::Infallible, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, task::JoinSet, time};

use crate::{front::Front, stall::Stalling};

/// How long the server waits for its clients.
pub struct Limits {
    /// For a complete request head, counted from the time when the connection is ready for it.
    pub head: Duration,
    /// For a client that takes nothing of an answer.
    pub stall: Duration,
    /// For requests in flight at shutdown.
    pub grace: Duration,
    /// How many connections there may be. `None` for half of the descriptors that the process may have.
    pub connections: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        let (head, stall, grace) = (Duration::from_secs(30), Duration::from_mins(5), Duration::from_secs(5));
        Self { head, stall, grace, connections: None }
    }
}

/// Lets a client in, or not. What it returns is kept as long as the connection is open.
pub type Door = Box<dyn Fn(IpAddr) -> Option<Box<dyn Send>> + Send>;

/// Everybody is let in.
pub fn open() -> Door {
    Box::new(|_| Some(Box::new(())))
}

/// Serves until `shutdown` completes, which may say how long requests in flight have then. When this returns, no
/// connection is left, and `front` is dropped.
pub async fn run(
    listener: TcpListener,
    front: Front,
    limits: Limits,
    door: Door,
    shutdown: impl Future<Output = Option<Duration>>,
) {
    let front = Arc::new(front);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).keep_alive(true);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let grace = loop {
        let accepted = tokio::select! {
            grace = &mut shutdown => break grace.unwrap_or(limits.grace),
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        // The process has no file descriptors left, or the peer left. The loop must neither spin nor stop.
        let Ok((stream, peer)) = accepted else {
            time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        // One too many is closed at once. Somebody who only opens connections must not use up the descriptors, of which
        // the gallery in this process needs some.
        if connections.len() >= limits.connections.unwrap_or_else(half_of_the_descriptors) {
            continue;
        }
        let Some(seat) = door(peer.ip()) else { continue };
        // A failure here only costs latency.
        let _ = stream.set_nodelay(true);
        let front = front.clone();
        let service = service_fn(move |request| {
            let front = front.clone();
            async move { Ok::<_, Infallible>(front.handle(request).await) }
        });
        let stream = TokioIo::new(Stalling::new(stream, limits.stall));
        let connection = graceful.watch(http.serve_connection(stream, service));
        connections.spawn(async move {
            let _seat = seat;
            // The client broke the protocol or left; the other connections go on.
            let _ = connection.await;
        });
    };
    drop(listener);
    let _ = time::timeout(grace, graceful.shutdown()).await;
    connections.shutdown().await;
}

/// The limit is asked for each time, because the gallery raises it after the store has started.
fn half_of_the_descriptors() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit = None;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit / 2).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::oneshot,
        time::{Instant, timeout},
    };

    use super::{Door, Limits, open, run};
    use crate::{Config, front::Front};

    async fn started(limits: Limits) -> (TcpStream, oneshot::Sender<Duration>, tokio::task::JoinHandle<()>) {
        started_behind(open(), limits).await
    }

    async fn started_behind(
        door: Door,
        limits: Limits,
    ) -> (TcpStream, oneshot::Sender<Duration>, tokio::task::JoinHandle<()>) {
        let folder = tempfile::tempdir().unwrap();
        let front = Front::open(Config {
            root: folder.path().into(),
            bucket: "bucket".into(),
            access_key_id: "key".into(),
            secret_access_key: "secret".into(),
            region: "auto".into(),
            allowed_origins: vec![],
        })
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let _folder = folder;
            run(listener, front, limits, door, async { stopped.await.ok() }).await;
        });
        (TcpStream::connect(addr).await.unwrap(), stop, server)
    }

    #[tokio::test]
    async fn a_slow_head_is_cut_off() {
        let limits = Limits { head: Duration::from_millis(200), grace: Duration::ZERO, ..Limits::default() };
        let (mut client, _stop, _server) = started(limits).await;
        client.write_all(b"GET /bucket/a HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let mut rest = Vec::new();
        timeout(Duration::from_secs(5), client.read_to_end(&mut rest)).await.expect("still open").unwrap();
    }

    #[tokio::test]
    async fn a_connection_too_many_is_closed_and_room_is_made_again() {
        let limits = Limits { grace: Duration::ZERO, connections: Some(1), ..Limits::default() };
        let (first, _stop, _server) = started(limits).await;
        let addr = first.peer_addr().unwrap();
        let is_closed = async |stream: &mut TcpStream| {
            let read = timeout(Duration::from_millis(200), stream.read(&mut [0])).await;
            read.is_ok()
        };
        let mut second = TcpStream::connect(addr).await.unwrap();
        assert!(is_closed(&mut second).await);
        drop(first);
        // The end of the first is noticed a moment later.
        for _ in 0..50 {
            let mut third = TcpStream::connect(addr).await.unwrap();
            if !is_closed(&mut third).await {
                return;
            }
        }
        panic!("no room was made");
    }

    #[tokio::test]
    async fn whom_the_door_lets_not_in_is_closed() {
        let limits = Limits { grace: Duration::ZERO, ..Limits::default() };
        let (mut client, _stop, _server) = started_behind(Box::new(|_| None), limits).await;
        let read = timeout(Duration::from_secs(5), client.read(&mut [0])).await.expect("still open");
        assert!(read.is_err() || read.is_ok_and(|count| count == 0));
    }

    #[tokio::test]
    async fn shutdown_ends_idle_connections_at_once_and_stuck_ones_after_the_grace() {
        let (short, long) = (Duration::from_millis(300), Duration::from_mins(1));
        for told in [false, true] {
            let limits = Limits { head: long, grace: if told { long } else { short }, ..Limits::default() };
            let (mut stuck, stop, server) = started(limits).await;
            // A request whose body never arrives.
            stuck.write_all(b"PUT /bucket/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n").await.unwrap();
            let since = Instant::now();
            if told {
                stop.send(short).unwrap();
            } else {
                drop(stop);
            }
            timeout(Duration::from_secs(5), server).await.expect("still serving").unwrap();
            assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
        }
    }
}
