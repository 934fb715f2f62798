//! A load balancer for tests: a round robin in front of several machines, request by request.
//!
//! Each request goes to the machine after the one before, on a connection of its own, as nginx does it without
//! `keepalive`. A machine that refuses the connection is passed over. A machine that takes the request and does not
//! answer is the client's loss, who may ask again.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// How long a client or a machine may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// The longest head of a request, in bytes.
const MAX_HEAD: u64 = 64 * 1024;

/// A running round robin. It takes no more connections when it is dropped.
pub struct RoundRobin {
    /// `http://127.0.0.1:port`.
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    machines: Vec<SocketAddr>,
    next: AtomicUsize,
    /// How many requests each machine took.
    taken: Vec<AtomicU64>,
    passed_over: AtomicU64,
    ended: AtomicBool,
}

impl RoundRobin {
    pub fn start(machines: Vec<SocketAddr>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            taken: machines.iter().map(|_| AtomicU64::new(0)).collect(),
            machines,
            next: AtomicUsize::new(0),
            passed_over: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || client.and_then(|client| shared.serve(&client)));
            }
        });
        Ok(Self { url: format!("http://{address}"), address, shared })
    }

    /// How many requests each machine took, in the order of the machines.
    pub fn taken(&self) -> Vec<u64> {
        self.shared.taken.iter().map(|taken| taken.load(Ordering::Relaxed)).collect()
    }

    /// How often a machine refused a connection, and another one was asked.
    pub fn passed_over(&self) -> u64 {
        self.shared.passed_over.load(Ordering::Relaxed)
    }
}

impl Drop for RoundRobin {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Forwards one request and its answer, then ends both connections.
    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        client.set_read_timeout(Some(SILENCE))?;
        let mut reader = BufReader::new(client.try_clone()?);
        let Some(head) = read_head(&mut reader)? else { return Ok(()) };
        let machine = self.connect()?;
        machine.set_nodelay(true)?;
        machine.set_read_timeout(Some(SILENCE))?;
        (&machine).write_all(&head)?;
        // A part of the body may have arrived with the head.
        (&machine).write_all(reader.buffer())?;
        let (mut from, mut to) = (client.try_clone()?, machine.try_clone()?);
        thread::spawn(move || io::copy(&mut from, &mut to));
        let sent = io::copy(&mut &machine, &mut client);
        // Ends the other direction too, also where the client goes on sending.
        let _ = machine.shutdown(Shutdown::Both);
        let _ = client.shutdown(Shutdown::Both);
        sent.map(drop)
    }

    /// A connection to the machine whose turn it is, or to the next one that takes it.
    fn connect(&self) -> io::Result<TcpStream> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let mut refused = None;
        for at in 0..self.machines.len() {
            let at = (turn + at) % self.machines.len();
            match TcpStream::connect(self.machines[at]) {
                Ok(machine) => {
                    self.taken[at].fetch_add(1, Ordering::Relaxed);
                    return Ok(machine);
                }
                Err(error) => {
                    self.passed_over.fetch_add(1, Ordering::Relaxed);
                    refused = Some(error);
                }
            }
        }
        Err(refused.unwrap_or_else(|| io::Error::other("there is no machine")))
    }
}

/// The head of a request, with the wish that the connection ends after it. `None` where a client says nothing.
fn read_head(client: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let before = head.len();
        client.by_ref().take(MAX_HEAD.saturating_sub(before as u64)).read_until(b'\n', &mut head)?;
        let line = &head[before..];
        if line.is_empty() {
            return Ok(None);
        }
        if line == b"\r\n" {
            head.truncate(before);
            head.extend_from_slice(b"connection: close\r\n\r\n");
            return Ok(Some(head));
        }
        if line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case(b"connection:")) {
            head.truncate(before);
        }
    }
}
