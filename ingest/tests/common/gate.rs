//! A way to a store on which requests can be held up or refused.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use super::Store;

/// Longer than anything that is waited for here takes.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Gate {
    /// The store, by this way.
    pub store: Store,
    arrived: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
}

impl Gate {
    /// Holds up the first request whose head begins with these words.
    pub fn before(store: &Store, words: &'static str) -> Self {
        let (arrive, arrived) = mpsc::channel();
        let (open, opened) = mpsc::channel();
        let bar = Mutex::new(Some((arrive, opened)));
        let store = way(store, move |head, _| {
            if head.starts_with(words.as_bytes())
                && let Some((arrive, opened)) = bar.lock().unwrap().take()
            {
                let _ = arrive.send(());
                let _ = opened.recv_timeout(PATIENCE);
            }
            true
        });
        Self { store, arrived, open }
    }

    /// Returns when the request is held up.
    pub fn wait(&self) {
        self.arrived.recv_timeout(PATIENCE).expect("the request comes");
    }

    pub fn open(&self) {
        self.open.send(()).expect("the request is held up");
    }
}

/// The store, by a way on which every request whose head begins with these words is refused.
pub fn refusing(store: &Store, words: &'static str, status: u16, code: &str) -> Store {
    let body = format!("<Error><Code>{code}</Code></Error>");
    let answer = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    way(store, move |head, mut client| {
        let is_refused = head.starts_with(words.as_bytes());
        if is_refused {
            let _ = client.write_all(answer.as_bytes());
        }
        !is_refused
    })
}

/// A way to a store. `look` gets the beginning of each request and the client, and says whether the request goes on.
fn way(store: &Store, look: impl Fn(&[u8], &TcpStream) -> bool + Send + Sync + 'static) -> Store {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let by_way = Store { endpoint: format!("http://{}", listener.local_addr().unwrap()), ..store.clone() };
    let target = store.endpoint.trim_start_matches("http://").to_owned();
    let look = Arc::new(look);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
            let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let look = look.clone();
            thread::spawn(move || pass(&forth, &server, &*look));
            thread::spawn(move || {
                let _ = io::copy(&mut &back, &mut &client);
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    });
    by_way
}

/// A client writes the head of a request in one piece, as it begins one only after the last answer.
fn pass(mut from: &TcpStream, mut to: &TcpStream, look: &dyn Fn(&[u8], &TcpStream) -> bool) -> Option<()> {
    let mut bytes = vec![0; 1 << 16];
    let mut goes_on = true;
    loop {
        let length = from.read(&mut bytes).ok()?;
        if length == 0 {
            return to.shutdown(Shutdown::Write).ok();
        }
        // What follows a request that does not go on is its body.
        goes_on = goes_on && look(&bytes[..length], from);
        if goes_on {
            to.write_all(&bytes[..length]).ok()?;
        }
    }
}
