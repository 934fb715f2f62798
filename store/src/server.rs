//! The accept loop: HTTP/1.1 with keep-alive, a time limit on request heads, graceful shutdown.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, task::JoinSet, time};

use crate::front::Front;

/// How long the server waits for its clients.
pub struct Limits {
    /// For a complete request head, counted from the time when the connection is ready for it.
    pub head: Duration,
    /// For requests in flight at shutdown.
    pub grace: Duration,
    /// How many connections there may be. `None` for half of the descriptors that the process may have.
    pub connections: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), grace: Duration::from_secs(5), connections: None }
    }
}

/// Serves until `shutdown` completes, which may say how long requests in flight have then. When this returns, no
/// connection is left, and `front` is dropped.
pub async fn run(
    listener: TcpListener,
    front: Front,
    limits: Limits,
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
        let Ok((stream, _)) = accepted else {
            time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        // One too many is closed at once. Somebody who only opens connections must not use up the descriptors, of which
        // the gallery in this process needs some.
        if connections.len() >= limits.connections.unwrap_or_else(half_of_the_descriptors) {
            continue;
        }
        // A failure here only costs latency.
        let _ = stream.set_nodelay(true);
        let front = front.clone();
        let service = service_fn(move |request| {
            let front = front.clone();
            async move { Ok::<_, Infallible>(front.handle(request).await) }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
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

    use super::{Limits, run};
    use crate::{Config, front::Front};

    async fn started(limits: Limits) -> (TcpStream, oneshot::Sender<Duration>, tokio::task::JoinHandle<()>) {
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
            run(listener, front, limits, async { stopped.await.ok() }).await;
        });
        (TcpStream::connect(addr).await.unwrap(), stop, server)
    }

    #[tokio::test]
    async fn a_slow_head_is_cut_off() {
        let limits = Limits { head: Duration::from_millis(200), grace: Duration::ZERO, connections: None };
        let (mut client, _stop, _server) = started(limits).await;
        client.write_all(b"GET /bucket/a HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        let mut rest = Vec::new();
        timeout(Duration::from_secs(5), client.read_to_end(&mut rest)).await.expect("still open").unwrap();
    }

    #[tokio::test]
    async fn a_connection_too_many_is_closed_and_room_is_made_again() {
        let limits = Limits { head: Duration::from_mins(1), grace: Duration::ZERO, connections: Some(1) };
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
    async fn shutdown_ends_idle_connections_at_once_and_stuck_ones_after_the_grace() {
        let (short, long) = (Duration::from_millis(300), Duration::from_mins(1));
        for told in [false, true] {
            let limits = Limits { head: long, grace: if told { long } else { short }, connections: None };
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
