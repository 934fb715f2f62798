//! A store with one object that is too large to keep. Its bytes are made while they are sent.

use std::{
    io::{self, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::exchange::{Head, forward};

/// How many bytes of a body are sent before it is held back.
const BEFORE: u64 = 64 * 1024;
/// How long a body is held back at most. After that, it ends early.
const PATIENCE: Duration = Duration::from_secs(20);

/// Noise whose length is a prime, so that no two places near each other look alike.
static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..1_048_573).map(|_| byte()).collect()
});

/// A server in front of a store, which serves one object itself.
pub struct LargeObject {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    store: SocketAddr,
    /// The path as in the target of a request.
    path: String,
    length: u64,
    held: Mutex<bool>,
    released: Condvar,
    ended: AtomicBool,
}

impl LargeObject {
    /// The object at `path`, such as `/bucket/key`, has `length` bytes. All other objects are at `store`.
    pub fn start(store: SocketAddr, path: &str, length: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            store,
            path: path.to_owned(),
            length,
            held: Mutex::new(false),
            released: Condvar::new(),
            ended: AtomicBool::new(false),
        });
        let object = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if object.ended.load(Ordering::Relaxed) {
                    return;
                }
                let object = Arc::clone(&object);
                thread::spawn(move || object.answer(client));
            }
        });
        Ok(Self { address, shared })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Some of the object's bytes, from `position` on.
    pub fn bytes_from(position: u64) -> &'static [u8] {
        let at = position % NOISE.len() as u64;
        &NOISE[usize::try_from(at).unwrap_or_default()..]
    }

    /// From now on, bodies stop after their first bytes until they are released.
    pub fn hold(&self) {
        *self.shared.held() = true;
    }

    pub fn release(&self) {
        *self.shared.held() = false;
        self.shared.released.notify_all();
    }
}

impl Drop for LargeObject {
    fn drop(&mut self) {
        self.release();
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, bool> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut client = BufReader::new(client);
        while let Some(head) = Head::read(&mut client)? {
            let (method, path) = head.is_for();
            if path != self.path {
                return forward(&head, client, TcpStream::connect(self.store)?, u64::MAX);
            }
            let sends_it = method == "GET";
            self.send(client.get_mut(), sends_it)?;
        }
        Ok(())
    }

    fn send(&self, client: &mut TcpStream, body: bool) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-type: image/png\r\netag: \"large\"\r\n\
             last-modified: Wed, 01 Jan 2025 00:00:00 GMT\r\naccept-ranges: bytes\r\n\r\n",
            self.length
        );
        client.write_all(head.as_bytes())?;
        let mut position = 0;
        while body && position < self.length {
            if position >= BEFORE {
                self.wait()?;
            }
            let until = if position < BEFORE { BEFORE.min(self.length) } else { self.length };
            let piece = LargeObject::bytes_from(position);
            let most = usize::try_from(until - position).unwrap_or(usize::MAX);
            let piece = &piece[..piece.len().min(most)];
            client.write_all(piece)?;
            position += piece.len() as u64;
        }
        Ok(())
    }

    fn wait(&self) -> io::Result<()> {
        let waited = self.released.wait_timeout_while(self.held(), PATIENCE, |held| *held);
        let (held, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *held { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}
