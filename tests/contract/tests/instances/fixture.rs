//! One library for all cases. Each case has a host of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use contract::{Outcome, ensure};
use harness::{Ended, Gallery, LargeObject, Options, Wasi, WasiHost};

pub type Case = fn(Wasi, &Library) -> Outcome;

/// A store with the test library in it, started by the first case that needs it.
#[derive(Clone, Default)]
pub struct Library(Arc<OnceLock<Result<Gallery, String>>>);

impl Library {
    pub fn gallery(&self) -> Result<&Gallery, String> {
        let start = || Gallery::start(&Options::default()).map_err(|failure| failure.to_string());
        self.0.get_or_init(start).as_ref().map_err(Clone::clone)
    }

    /// The address of the library's store.
    pub fn store(&self) -> Result<SocketAddr, String> {
        address(&self.gallery()?.store_url)
    }

    /// Both services in one, on the store at `store`, with more arguments for the host.
    pub fn host(&self, wasi: Wasi, store: &str, arguments: &[&str]) -> Result<WasiHost, String> {
        self.host_with(wasi, store, arguments, &[])
    }

    /// The same host, with more configuration.
    pub fn host_with(
        &self,
        wasi: Wasi,
        store: &str,
        arguments: &[&str],
        otherwise: &[(&str, &str)],
    ) -> Result<WasiHost, String> {
        let gallery = self.gallery()?;
        let mut config = gallery.environment().to_vec();
        for (name, value) in [("S3_ENDPOINT", store)].iter().chain(otherwise) {
            config.retain(|(known, _)| known != name);
            config.push(((*name).to_owned(), (*value).to_owned()));
        }
        let database = wasi.is_spin().then(|| gallery.data().join("gallery.db"));
        let service = format!("all-in-one-{}", wasi.suffix());
        let anywhere = ([127, 0, 0, 1], 0).into();
        WasiHost::start_with(arguments, &service, &config, database.as_deref(), anywhere)
            .map_err(|failure| failure.to_string())
    }
}

pub fn address(url: &str) -> Result<SocketAddr, String> {
    url.trim_start_matches("http://").parse().map_err(|_| format!("{url} is no address"))
}

/// The host's instances, once they have answered so many requests and ended.
pub fn ended(host: &WasiHost, requests: u64) -> Result<Vec<Ended>, String> {
    let mut ended = Vec::new();
    for _ in 0..100 {
        ended = host.ended().map_err(|failure| failure.to_string())?;
        if ended.iter().map(|instance| instance.requests).sum::<u64>() >= requests {
            return Ok(ended);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("instances that did not end, beside {ended:?}"))
}

/// The bytes that a large object has at `position`.
pub fn is_at(position: u64, mut piece: &[u8]) -> Outcome {
    let mut at = position;
    while !piece.is_empty() {
        let wanted = LargeObject::bytes_from(at);
        let length = wanted.len().min(piece.len());
        ensure!(piece[..length] == wanted[..length], "other bytes after {at}");
        piece = &piece[length..];
        at += length as u64;
    }
    Ok(())
}
