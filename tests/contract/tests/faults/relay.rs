//! A TCP relay in front of the store, which can be made to fail.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// What happens to a connection. A change ends all that are open.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Bytes pass both ways.
    Pass,
    /// Nobody listens: connections are refused.
    Refuse,
    /// A connection is taken and ended at once.
    Hang,
    /// Requests are taken and never answered.
    Silent,
    /// Every request gets these bytes, then the connection ends.
    Answer(Vec<u8>),
    /// Every request gets these bytes, then nothing more.
    AnswerAndStall(Vec<u8>),
    /// So many bytes of the store's answer pass, then the connection ends.
    CutAfter(usize),
}

struct State {
    mode: Mode,
    listener: Option<TcpListener>,
    open: Vec<TcpStream>,
    ended: bool,
}

pub struct Relay {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// How long a port that was given up may take to come back.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(2);

impl Relay {
    pub fn start(store: SocketAddr) -> io::Result<Self> {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.local_addr()?;
        let state = State { mode: Mode::Pass, listener: Some(listener), open: Vec::new(), ended: false };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&shared, store));
        Ok(Self { address, state })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on. Connections that are open are ended.
    pub fn set(&self, mode: Mode) -> io::Result<()> {
        let mut state = lock(&self.state);
        if matches!(mode, Mode::Refuse) {
            state.listener = None;
        } else if state.listener.is_none() {
            let since = Instant::now();
            state.listener = loop {
                match listen(self.address) {
                    Ok(listener) => break Some(listener),
                    Err(error) if since.elapsed() > PATIENCE => return Err(error),
                    Err(_) => thread::sleep(POLL),
                }
            };
        }
        state.mode = mode;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        Ok(())
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.ended = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn accept(shared: &Mutex<State>, store: SocketAddr) {
    loop {
        let mut state = lock(shared);
        if state.ended {
            return;
        }
        let accepted = state.listener.as_ref().and_then(|listener| listener.accept().ok());
        if let Some((client, _)) = accepted {
            let mode = state.mode.clone();
            let _ = serve(&mut state, client, mode, store);
        } else {
            drop(state);
            thread::sleep(POLL);
        }
    }
}

fn serve(state: &mut State, mut client: TcpStream, mode: Mode, store: SocketAddr) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_nodelay(true)?;
    match mode {
        Mode::Refuse | Mode::Hang => return client.shutdown(Shutdown::Both),
        Mode::Silent => state.open.push(client),
        Mode::Pass | Mode::CutAfter(_) => {
            let most = if let Mode::CutAfter(most) = mode { most as u64 } else { u64::MAX };
            let server = TcpStream::connect(store)?;
            server.set_nodelay(true)?;
            state.open.extend([client.try_clone()?, server.try_clone()?]);
            pump(client.try_clone()?, server.try_clone()?, u64::MAX);
            pump(server, client, most);
        }
        Mode::Answer(bytes) => {
            state.open.push(client.try_clone()?);
            thread::spawn(move || {
                if read_head(&mut client).is_ok() {
                    let _ = client.write_all(&bytes);
                }
                let _ = client.shutdown(Shutdown::Both);
            });
        }
        Mode::AnswerAndStall(bytes) => {
            state.open.push(client.try_clone()?);
            thread::spawn(move || read_head(&mut client).and_then(|()| client.write_all(&bytes)));
        }
    }
    Ok(())
}

/// Copies at most `most` bytes one way, on a thread of its own, then ends both connections.
fn pump(from: TcpStream, mut to: TcpStream, most: u64) {
    thread::spawn(move || {
        let _ = io::copy(&mut (&from).take(most), &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}

/// Reads a request up to the blank line; ours have no body.
fn read_head(client: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(())
}
