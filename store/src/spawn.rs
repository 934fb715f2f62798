//! The store on a thread of its own, for callers without an async runtime.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    thread::{Builder, JoinHandle},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    Config,
    front::Front,
    lost::Lost,
    server::{self, Door, Limits},
};

/// A store that serves until it is stopped or dropped.
pub struct Running {
    addr: SocketAddr,
    lost: Option<Lost>,
    stop: Option<oneshot::Sender<Duration>>,
    thread: Option<JoinHandle<()>>,
}

/// Serves the store at `addr` (port 0 picks a free one) on its own thread. When this returns, the port accepts
/// connections.
///
/// # Errors
/// Those of [`serve`](crate::serve), and those of binding the address.
pub fn spawn(config: Config, addr: SocketAddr) -> io::Result<Running> {
    spawn_behind(server::open(), config, addr)
}

/// The same behind a door, which decides for each client whether one more connection of it is served.
///
/// # Errors
/// Those of [`spawn`].
pub fn spawn_behind(door: Door, config: Config, addr: SocketAddr) -> io::Result<Running> {
    let listener = TcpListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let mut front = Front::open(config)?;
    let lost = front.lost.take();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _context = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    let (stop, stopped) = oneshot::channel();
    let thread = Builder::new().name("store".into()).spawn(move || {
        runtime.block_on(server::run(listener, front, Limits::default(), door, async {
            // A dropped sender stops the store too.
            stopped.await.ok()
        }));
    })?;
    Ok(Running { addr, lost, stop: Some(stop), thread: Some(thread) })
}

impl Running {
    /// The address on which the store listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was set aside and what was gone when the folder was opened, for the operator to be told.
    pub fn lost(&self) -> Option<&Lost> {
        self.lost.as_ref()
    }

    /// Stops as [`stop`](Self::stop) does, but lets requests in flight end for up to `grace`.
    ///
    /// # Errors
    /// If the store's thread has panicked.
    pub fn stop_within(mut self, grace: Duration) -> io::Result<()> {
        let _ = self.stop.take().map(|stop| stop.send(grace));
        self.end()
    }

    /// Stops accepting, lets requests in flight end for up to five seconds, and closes the folder.
    ///
    /// # Errors
    /// If the store's thread has panicked.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => Err(io::Error::other("the store's thread panicked")),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // There is nobody left to whom an error could be reported.
        let _ = self.end();
    }
}
