//! One HTTP/1.1 request, as a server in front of the store handles it.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpStream},
    thread,
};

/// Everything before a request's body, the blank line included.
pub(crate) struct Head(String);

impl Head {
    /// Reads a head. `None` at the end of the connection.
    pub fn read(client: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut text = String::new();
        while client.read_line(&mut text)? > 0 {
            if text.ends_with("\r\n\r\n") {
                return Ok(Some(Self(text)));
            }
        }
        Ok(None)
    }

    /// The method, and the path without its query.
    pub fn is_for(&self) -> (&str, &str) {
        let mut words = self.0.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        (method, target.split('?').next().unwrap_or_default())
    }
}

/// Forwards one request, and returns at most `most` bytes of its answer. No other request follows on this connection,
/// because it may need another answer.
pub(crate) fn forward(head: &Head, client: BufReader<TcpStream>, store: TcpStream, most: u64) -> io::Result<()> {
    let lines = head.0.strip_suffix("\r\n").unwrap_or(&head.0);
    (&store).write_all(format!("{lines}connection: close\r\n\r\n").as_bytes())?;
    // The part of the body that arrived with the head.
    (&store).write_all(client.buffer())?;
    let client = client.into_inner();
    pump(client.try_clone()?, store.try_clone()?, u64::MAX);
    pump(store, client, most);
    Ok(())
}

/// Copies at most `most` bytes in one direction, on a thread of its own, then ends both connections.
pub(crate) fn pump(from: TcpStream, mut to: TcpStream, most: u64) {
    thread::spawn(move || {
        let _ = io::copy(&mut io::Read::take(&from, most), &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
