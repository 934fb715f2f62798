//! A client that sees how a response ends.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub struct Answer {
    /// 0 if the connection ended without a response.
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether the body reached the end that its framing states.
    pub complete: bool,
}

/// Sends one request to the host at `base` and reads to the end of the connection.
pub fn send(base: &str, method: &str, target: &str, body: &[u8]) -> Result<Answer, String> {
    exchange(base, method, target, body).map_err(|error| format!("{method} {target}: {error}"))
}

fn exchange(base: &str, method: &str, target: &str, body: &[u8]) -> Result<Answer, Box<dyn std::error::Error>> {
    let length = if method == "GET" { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    exchange_with(base, method, target, &format!("connection: close\r\n{length}"), body)
}

/// The same with these lines in the head, and with a body that they frame.
pub fn send_with(base: &str, method: &str, target: &str, lines: &str, body: &[u8]) -> Result<Answer, String> {
    exchange_with(base, method, target, lines, body)
        .map_err(|error| format!("{method} {target} with {lines:?}: {error}"))
}

fn exchange_with(
    base: &str,
    method: &str,
    target: &str,
    lines: &str,
    body: &[u8],
) -> Result<Answer, Box<dyn std::error::Error>> {
    let host = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let head = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nx-now: {now}\r\n{lines}\r\n");
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        // A reset counts as an end of the connection. Silence does not.
        Err(error) if error.kind() != ErrorKind::ConnectionReset => return Err(error.into()),
        _ => {}
    }
    let Some(split) = all.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(Answer { status: 0, head: String::new(), body: all, complete: false });
    };
    let head = String::from_utf8_lossy(&all[..split]).to_ascii_lowercase();
    let rest = &all[split + 4..];
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or("no status")?;
    let field =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
    let bodiless = method == "HEAD" || matches!(status, 204 | 304);
    let (body, complete) = if bodiless {
        (rest.to_vec(), true)
    } else if field("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        unchunked(rest)
    } else if let Some(length) = field("content-length") {
        (rest.to_vec(), rest.len() == length.parse::<usize>()?)
    } else {
        (rest.to_vec(), true)
    };
    Ok(Answer { status, head, body, complete })
}

/// Sends a request, reads some of its answer, and goes.
pub fn leave(base: &str, target: &str, after: usize) -> Result<(), String> {
    let go = || -> std::io::Result<()> {
        let host = base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n").as_bytes())?;
        stream.read_exact(&mut vec![0; after])
    };
    go().map_err(|error| format!("{target}: {error}"))
}

fn unchunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return (body, false) };
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
        let Some(size) = size else { return (body, false) };
        rest = &rest[end + 2..];
        if size == 0 {
            return (body, true);
        }
        if rest.len() < size + 2 {
            body.extend_from_slice(&rest[..size.min(rest.len())]);
            return (body, false);
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}
