//! A TCP relay in front of the store, which can be made to fail.

use std::{
    io::{self, BufReader, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use servers::free_address;

use crate::exchange::{Head, forward, pump};

/// The data beside the objects: the catalogue's snapshot, and the KV stores of hosts that have no KV. A [`Mode`] with
/// an answer answers only requests for objects. The store answers requests for these paths.
const BESIDE: [&str; 2] = ["/catalogue/", "/kv/"];

/// What happens to a connection. A change of the mode ends all open connections.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Bytes pass both ways.
    Pass,
    /// Nobody listens: connections are refused.
    Refuse,
    /// A connection is accepted and ended at once.
    Hang,
    /// Requests are accepted and never answered.
    Silent,
    /// Bytes pass both ways, but those of the store after a delay.
    Slow(Duration),
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

/// How long it may take until a port that was closed can be opened again: a process that another thread starts has it
/// open until it is another program.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(2);

impl Relay {
    pub fn start(store: SocketAddr) -> io::Result<Self> {
        // Nobody else gets the port while it is closed.
        let address = free_address().map_err(io::Error::other)?;
        let listener = listen(address)?;
        let state = State { mode: Mode::Pass, listener: Some(listener), open: Vec::new(), ended: false };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&shared, store));
        Ok(Self { address, state })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the mode from now on. Open connections are ended.
    pub fn set(&self, mode: Mode) -> io::Result<()> {
        let mut state = lock(&self.state);
        if matches!(mode, Mode::Refuse) {
            state.listener = None;
        } else if state.listener.is_none() {
            state.listener = Some(listen(self.address)?);
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
    let since = Instant::now();
    let listener = loop {
        match TcpListener::bind(address) {
            Ok(listener) => break listener,
            Err(error) if since.elapsed() > PATIENCE => return Err(error),
            Err(_) => thread::sleep(POLL),
        }
    };
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

fn serve(state: &mut State, client: TcpStream, mode: Mode, store: SocketAddr) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_nodelay(true)?;
    let connect = |state: &mut State| {
        let server = TcpStream::connect(store)?;
        server.set_nodelay(true)?;
        state.open.extend([client.try_clone()?, server.try_clone()?]);
        io::Result::Ok(server)
    };
    match mode {
        Mode::Refuse | Mode::Hang => client.shutdown(Shutdown::Both),
        Mode::Silent => {
            state.open.push(client);
            Ok(())
        }
        Mode::Pass => {
            let server = connect(state)?;
            pump(client.try_clone()?, server.try_clone()?, u64::MAX);
            pump(server, client, u64::MAX);
            Ok(())
        }
        Mode::Slow(_) | Mode::Answer(_) | Mode::AnswerAndStall(_) | Mode::CutAfter(_) => {
            let server = connect(state)?;
            thread::spawn(move || answer(client, server, mode));
            Ok(())
        }
    }
}

/// Answers requests for objects as the mode says.
fn answer(client: TcpStream, server: TcpStream, mode: Mode) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let Some(head) = Head::read(&mut client)? else { return Ok(()) };
    let (_, path) = head.is_for();
    if BESIDE.iter().any(|beside| path.contains(beside)) {
        return forward(&head, client, server, u64::MAX);
    }
    match mode {
        Mode::Slow(time) => {
            thread::sleep(time);
            forward(&head, client, server, u64::MAX)
        }
        Mode::CutAfter(most) => forward(&head, client, server, most as u64),
        Mode::Answer(bytes) => {
            let written = client.get_mut().write_all(&bytes);
            client.get_ref().shutdown(Shutdown::Both)?;
            written
        }
        Mode::AnswerAndStall(bytes) => client.get_mut().write_all(&bytes),
        Mode::Pass | Mode::Refuse | Mode::Hang | Mode::Silent => Ok(()),
    }
}
