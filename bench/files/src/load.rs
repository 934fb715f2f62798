//! Clients that send a request, read the whole answer, and send the request again.
//!
//! Client and server share the cores of one machine, so the client does as little as possible. It writes the bytes of
//! one request again and again on one connection, and counts the bytes of the body without keeping them.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use harness::Failure;

/// The longest head of a response, and the most bytes of a body that are read at once.
const BUFFER: usize = 256 * 1024;
/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request and the answer to it.
pub struct Asked {
    address: String,
    request: Vec<u8>,
    status: u16,
    length: usize,
}

impl Asked {
    /// A GET of `url`, which is to give `status` and `length` bytes.
    pub fn new(url: &str, headers: &[(&str, &str)], status: u16, length: usize) -> Result<Self, Failure> {
        let rest = url.strip_prefix("http://").ok_or("not an http URL")?;
        let (address, path) = rest.split_once('/').ok_or("a URL without a path")?;
        let mut request = format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\n");
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        request.push_str("\r\n");
        Ok(Self { address: address.to_owned(), request: request.into_bytes(), status, length })
    }
}

/// The number of answers that `clients` got in `time`, and the time that they took.
pub fn run(asked: &Asked, clients: usize, time: Duration) -> Result<(u64, Duration), Failure> {
    let started = Instant::now();
    let counts = thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(|| client(asked, time))).collect();
        let join = |client: thread::ScopedJoinHandle<'_, _>| client.join().unwrap_or_else(|_| Err("panicked".into()));
        clients.into_iter().map(join).collect::<Result<Vec<u64>, Failure>>()
    })?;
    Ok((counts.iter().sum(), started.elapsed()))
}

fn client(asked: &Asked, time: Duration) -> Result<u64, Failure> {
    let mut connection = TcpStream::connect(&asked.address)?;
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut buffer = vec![0; BUFFER];
    let end = Instant::now() + time;
    let mut answers = 0;
    while Instant::now() < end {
        connection.write_all(&asked.request)?;
        answer(&mut connection, &mut buffer, asked)?;
        answers += 1;
    }
    Ok(answers)
}

/// Reads one answer to its end. An error if it is not the expected answer.
fn answer(connection: &mut TcpStream, buffer: &mut [u8], asked: &Asked) -> Result<(), Failure> {
    let mut filled = 0;
    let head = loop {
        let read = connection.read(&mut buffer[filled..])?;
        if read == 0 {
            return Err("the server closed the connection".into());
        }
        let searched = filled.saturating_sub(3);
        filled += read;
        if let Some(at) = buffer[searched..filled].windows(4).position(|four| four == b"\r\n\r\n") {
            break searched + at + 4;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    let status = text.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    // A 304 may state the length of the body that it does not send (RFC 9110 section 8.6).
    let length = if asked.status == 304 { 0 } else { length.unwrap_or_default() };
    if status != Some(asked.status) || length != asked.length {
        return Err(format!(
            "came status {status:?} with {length} bytes, wanted {} with {}",
            asked.status, asked.length
        )
        .into());
    }
    let mut left = (head + length).checked_sub(filled).ok_or("more came than was asked for")?;
    while left > 0 {
        let most = left.min(buffer.len());
        let read = connection.read(&mut buffer[..most])?;
        if read == 0 {
            return Err("the body broke off".into());
        }
        left -= read;
    }
    Ok(())
}
