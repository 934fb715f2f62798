//! A way to a store on which one request can be held up.

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

/// What the first request that is held up is given.
type Bar = (mpsc::Sender<()>, mpsc::Receiver<()>);

impl Gate {
    /// Holds up the first request whose head begins with these words.
    pub fn before(store: &Store, words: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let by_gate = Store { endpoint: format!("http://{}", listener.local_addr().unwrap()), ..store.clone() };
        let target = store.endpoint.trim_start_matches("http://").to_owned();
        let (arrive, arrived) = mpsc::channel();
        let (open, opened) = mpsc::channel();
        let bar = Arc::new(Mutex::new(Some((arrive, opened))));
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&target).unwrap());
                let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let bar = bar.clone();
                thread::spawn(move || pass(&forth, &server, words, &bar));
                thread::spawn(move || {
                    let _ = io::copy(&mut &back, &mut &client);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { store: by_gate, arrived, open }
    }

    /// Returns when the request is held up.
    pub fn wait(&self) {
        self.arrived.recv_timeout(PATIENCE).expect("the request comes");
    }

    pub fn open(&self) {
        self.open.send(()).expect("the request is held up");
    }
}

/// A client writes the head of a request in one piece, as it begins one only after the last answer.
fn pass(mut from: &TcpStream, mut to: &TcpStream, words: &str, bar: &Mutex<Option<Bar>>) -> Option<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut bytes).ok()?;
        if length == 0 {
            return to.shutdown(Shutdown::Write).ok();
        }
        if bytes[..length].starts_with(words.as_bytes())
            && let Some((arrive, opened)) = bar.lock().unwrap().take()
        {
            arrive.send(()).ok()?;
            opened.recv_timeout(PATIENCE).ok()?;
        }
        to.write_all(&bytes[..length]).ok()?;
    }
}
