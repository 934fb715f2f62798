//! The upstream: the server behind the hosts, which does what its paths say.

use std::{
    collections::HashMap,
    io::{self, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use conformance::pattern;

/// How long a silent answer takes. It is longer than any host waits.
const SILENCE: Duration = Duration::from_secs(20);

/// Starts the upstream and returns its origin. The upstream ends with the process.
pub fn start() -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let origin = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                // It is no failure if a client goes away.
                let _ = serve(&stream);
            });
        }
    });
    Ok(origin)
}

struct Asked {
    method: String,
    target: String,
    headers: String,
    body: Vec<u8>,
}

fn read(reader: &mut impl io::BufRead) -> io::Result<Option<Asked>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut headers, mut length, mut chunked) = (Vec::new(), 0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim());
        if name == "content-length" {
            length = value.parse().unwrap_or(0);
        }
        chunked |= name == "transfer-encoding" && value.eq_ignore_ascii_case("chunked");
        headers.push(format!("{name}: {value}\n"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let mut chunk = vec![0; usize::from_str_radix(size.trim(), 16).unwrap_or(0) + 2];
            reader.read_exact(&mut chunk)?;
            if chunk.len() == 2 {
                break;
            }
            body.extend_from_slice(&chunk[..chunk.len() - 2]);
        }
    }
    Ok(Some(Asked { method, target, headers: headers.concat(), body }))
}

fn serve(stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(asked) = read(&mut reader)? {
        if !answer(stream, &asked)? || asked.headers.contains("connection: close\n") {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
    Ok(())
}

fn counts() -> MutexGuard<'static, HashMap<String, u32>> {
    static COUNTS: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(Mutex::default);
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether the connection may be used again.
fn answer(mut to: &TcpStream, asked: &Asked) -> io::Result<bool> {
    let path: Vec<&str> =
        asked.target.split('?').next().unwrap_or_default().trim_start_matches('/').split('/').collect();
    let number = |index: usize| path.get(index).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let head = |status: usize, length: usize, more: &str| {
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{more}\r\n").into_bytes()
    };
    let of = |length: usize| (0..length).map(pattern).collect::<Vec<u8>>();
    let mut whole = |status: usize, more: &str, body: &[u8]| -> io::Result<bool> {
        to.write_all(&head(status, body.len(), more))?;
        if asked.method != "HEAD" {
            to.write_all(body)?;
        }
        Ok(true)
    };
    match path[0] {
        "status" if matches!(number(1), 204 | 304) => {
            to.write_all(format!("HTTP/1.1 {} X\r\nETag: \"a\"\r\n\r\n", number(1)).as_bytes())?;
            Ok(true)
        }
        "status" => whole(number(1), "Location: http://127.0.0.1:1/elsewhere\r\n", b"body"),
        "echo" => {
            let told = format!("{} {} HTTP/1.1\n{}\n", asked.method, asked.target, asked.headers);
            whole(200, "", &[told.as_bytes(), &asked.body].concat())
        }
        "bytes" => whole(200, "ETag: \"a\"\r\n", &of(number(1))),
        // `/counted/NAME/LENGTH` is that many bytes, and `/count/NAME` how often they were asked for. Nobody reads all
        // of them, and a busy machine would make others for longer than a host waits.
        "counted" => {
            *counts().entry(path[1].to_owned()).or_insert(0) += 1;
            whole(200, "", &vec![0; number(2)])
        }
        "count" => {
            let count = counts().get(path[1]).copied().unwrap_or(0);
            whole(200, "", count.to_string().as_bytes())
        }
        "clock" => {
            static START: LazyLock<Instant> = LazyLock::new(Instant::now);
            whole(200, "", START.elapsed().as_millis().to_string().as_bytes())
        }
        "encoded" => whole(200, "Content-Encoding: gzip\r\n", b"\x1fnot gzip!"),
        "hops" => {
            to.write_all(
                b"HTTP/1.1 200 X\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\
                  Proxy-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\nETag: \"a\"\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            )?;
            Ok(true)
        }
        "chunked" => {
            // Made before the head is sent: a host counts the time from there on.
            let body = of(number(1));
            to.write_all(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            for chunk in body.chunks(9999) {
                to.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
                to.write_all(&[chunk, b"\r\n"].concat())?;
            }
            to.write_all(b"0\r\n\r\n")?;
            Ok(true)
        }
        "short" => {
            to.write_all(&[head(200, 1000, ""), of(number(1))].concat())?;
            Ok(false)
        }
        "short-chunks" => {
            to.write_all(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")?;
            Ok(false)
        }
        "stall" => silence(to),
        "stall-body" => {
            to.write_all(&[head(200, 1000, ""), of(10)].concat())?;
            silence(to)
        }
        "gate" => {
            let all = gate(path.get(1).copied().unwrap_or_default(), number(2));
            whole(if all { 200 } else { 500 }, "", b"")
        }
        "garbage" => {
            to.write_all(b"garbage, not HTTP\r\n\r\n")?;
            Ok(false)
        }
        "close" => Ok(false),
        _ => whole(404, "", b""),
    }
}

/// Sends nothing more until the other side gives up.
fn silence(stream: &TcpStream) -> io::Result<bool> {
    stream.set_read_timeout(Some(SILENCE))?;
    let mut stream = stream;
    let _ = stream.read(&mut [0]);
    Ok(false)
}

/// Waits for `wanted` requests to the gate `name`. Returns whether they arrived.
fn gate(name: &str, wanted: usize) -> bool {
    static WAITING: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);
    static CHANGED: Condvar = Condvar::new();
    let mut held = WAITING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *held.entry(name.to_owned()).or_default() += 1;
    CHANGED.notify_all();
    let there = |counts: &HashMap<String, usize>| counts.get(name).is_some_and(|count| *count >= wanted);
    CHANGED
        .wait_timeout_while(held, Duration::from_secs(3), |counts| !there(counts))
        .is_ok_and(|(counts, _)| there(&counts))
}
