//! Real sockets on both sides of the host: a probe service on the host, raw clients before it, raw servers behind it.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::{
    future::Future,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bytes::Bytes;
use edge::respond;
use http::{Request, Response, StatusCode};
use platform::{CacheOutcome, Cx, Kv, KvKey, Platform, Problem, Service, Sql, StoreName};
use platform_native::{Host, HostError, HostNames, Native, Options, Place};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Runs a test on a platform of its own, as a worker would.
pub fn on_native<T, F: Future<Output = T>>(test: impl FnOnce(Native) -> F) -> T {
    let dir = tempfile::tempdir().unwrap();
    on_native_in(&dir, test)
}

pub fn on_native_in<T, F: Future<Output = T>>(dir: &TempDir, test: impl FnOnce(Native) -> F) -> T {
    run(dir, None, test)
}

/// The same, with the catalogue's database in another place.
pub fn on_native_at<T, F: Future<Output = T>>(database: &Place, test: impl FnOnce(Native) -> F) -> T {
    run(&tempfile::tempdir().unwrap(), Some(database), test)
}

fn run<T, F: Future<Output = T>>(dir: &TempDir, database: Option<&Place>, test: impl FnOnce(Native) -> F) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let native = Native::open(dir.path(), database).unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test(native))
}

/// A service with a route for each behaviour that a test checks.
pub struct Probe;

impl Service for Probe {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        cx.record.service.set("probe");
        let uri = request.uri().clone();
        let number = |name: &str| {
            respond::query(uri.query(), name).ok().flatten().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0)
        };
        let text = |text: String| respond::bytes(StatusCode::OK, "text/plain", text);
        match uri.path() {
            "/hello" => {
                cx.record.route.set("/hello");
                text("hello".into())
            }
            "/bytes" => respond::bytes(
                StatusCode::OK,
                "application/octet-stream",
                vec![b'x'; usize::try_from(number("n")).unwrap()],
            ),
            "/panic" => {
                cx.record.route.set("/panic");
                if number("after") == 1 {
                    cx.sleep(Duration::from_millis(1)).await;
                }
                panic!("a panic with secret-words")
            }
            "/slow" => {
                cx.sleep(Duration::from_millis(number("ms"))).await;
                text("slow".into())
            }
            "/compute" => {
                let work = Duration::from_millis(number("ms"));
                match cx.compute(move || std::thread::sleep(work)).await {
                    Ok(()) => text("computed".into()),
                    Err(error) => Problem::from(&error).into_response(cx.request_id()),
                }
            }
            // Blocks the thread, so that a test can see which thread it is.
            "/thread" => text(std::thread::current().name().unwrap_or("?").to_owned()),
            "/facts" => text(format!("{} {}", cx.facts.https, cx.facts.client.unwrap())),
            "/target" => {
                text(format!("{} {}", uri, request.headers().get("host").map_or("-", |host| host.to_str().unwrap())))
            }
            "/cookies" => {
                let lines = request.headers().get_all("cookie").iter().map(|line| line.to_str().unwrap());
                text(lines.collect::<Vec<_>>().join("|"))
            }
            "/echo" => match P::collect(request.into_body(), 1000).await {
                Ok(body) => respond::bytes(StatusCode::OK, "text/plain", body),
                Err(error) => Problem::from(&error).into_response(cx.request_id()),
            },
            "/proxy" => {
                let upstream = format!("http://127.0.0.1:{}/upstream", number("port"));
                let mut outgoing = Request::new(Bytes::new());
                *outgoing.method_mut() = request.method().clone();
                *outgoing.uri_mut() = upstream.parse().unwrap();
                if number("gap") > 0 {
                    let gap = Duration::from_millis(number("gap"));
                    outgoing
                        .extensions_mut()
                        .insert(platform::Timeouts { between_bytes: gap, ..platform::Timeouts::DEFAULT });
                }
                match cx.fetch(outgoing).await {
                    Ok(response) => response,
                    Err(error) => {
                        cx.record.note(&error);
                        Problem::from(&error).into_response(cx.request_id())
                    }
                }
            }
            "/costs" => {
                let kv = cx.kv(StoreName::VideoCache).unwrap();
                let key = KvKey::parse("k").unwrap();
                kv.put(&key, Bytes::from_static(b"v"), None).await.unwrap();
                kv.get(&key).await.unwrap();
                kv.get(&key).await.unwrap();
                cx.sql().unwrap().query("SELECT 1", &[]).await.unwrap();
                cx.record.cache.set(CacheOutcome::Hit);
                text("costs".into())
            }
            _ => Problem::not_found("No such route.").into_response(cx.request_id()),
        }
    }
}

/// Gathers the log.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Waits for a while until the log has `count` lines, and returns the log.
    pub fn wait(&self, count: usize) -> Vec<serde_json::Value> {
        let started = Instant::now();
        loop {
            let text = self.text();
            if text.lines().count() >= count || started.elapsed() > Duration::from_secs(5) {
                let lines: Vec<_> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                assert_eq!(lines.len(), count, "{text}");
                return lines;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A host that serves [`Probe`] on a port of its own.
pub struct Running {
    pub address: SocketAddr,
    pub log: Lines,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), HostError>>>,
    _dir: TempDir,
}

pub fn start() -> Running {
    start_with(|_| {})
}

pub fn start_with(change: impl FnOnce(&mut Options)) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let log = Lines::default();
    let mut options = Options::new(dir.path());
    options.log = Box::new(log.clone());
    options.workers = 2;
    options.host_names = HostNames::any();
    change(&mut options);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        let mut host = Host::new(options);
        host.mount(listener, || Probe);
        host.run(async move { drop(stopped.await) })
    });
    Running { address, log, stop: Some(stop), thread: Some(thread), _dir: dir }
}

impl Running {
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Sends one request on a connection of its own, and returns everything until the connection ends.
    pub fn get(&self, target: &str) -> Answer {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"))
    }

    pub fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream)
    }

    pub fn signal(&mut self) {
        drop(self.stop.take());
    }

    pub fn stop(&mut self) -> Result<(), HostError> {
        self.signal();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.stop().unwrap();
        }
    }
}

/// The bytes that arrived until the connection ended, and how the connection ended.
pub struct Answer {
    pub head: String,
    pub body: Vec<u8>,
    pub error: Option<std::io::Error>,
}

impl Answer {
    pub fn read(stream: &mut TcpStream) -> Self {
        let mut all = Vec::new();
        let error = stream.read_to_end(&mut all).err();
        let at = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
        let body = all.split_off(at);
        Self { head: String::from_utf8(all).unwrap(), body, error }
    }

    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// A server. `serve` handles each connection on a thread, and gets the connection's number.
pub fn upstream(serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(number, stream.unwrap()));
        }
    });
    port
}

/// Reads the head of one request. The text is empty if the client has left.
pub fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// Answers every request on a connection with `answer`.
pub fn answer_all(mut stream: TcpStream, answer: &str) {
    while !read_head(&mut stream).is_empty() {
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
