//! How many connections clients may hold, in all and each.
//!
//! A program without descriptors can neither accept a connection nor open one to the bucket. Somebody who only opens
//! connections must not get it there.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

use crate::{Observer, log::Log};

/// What else the program needs: files, the runtime's own, standard streams.
const RESERVED: u64 = 128;
/// The descriptors of a connection: its own, one to the bucket, and both ends of it where the embedded store serves
/// in this process, which browsers also ask themselves.
const EACH: u64 = 4;
/// More connections than this cost too much memory, whatever the limit of descriptors is.
const MOST: u64 = 16_384;
/// Without a limit that can be read. Every system allows as many descriptors.
const FEW: u64 = 256;
/// A browser opens six connections. Behind one address there may be a household, or a wedding. Where there are more
/// connections in all, an address may have a quarter of them.
const MOST_PER_ADDRESS: usize = 256;

/// How long refusals are gathered for their first line, and then for each further one.
const FIRST_LINE: Duration = Duration::from_secs(1);
const BETWEEN_LINES: Duration = Duration::from_secs(59);

/// The connections of all clients.
pub struct Crowd {
    most: usize,
    /// `None` where every client comes from the operator's own proxy.
    most_per_address: Option<usize>,
    present: Mutex<Present>,
    refused: AtomicU64,
    refusal: Notify,
    observer: Option<Arc<dyn Observer>>,
}

#[derive(Default)]
struct Present {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection that was let in. It counts until this is dropped.
pub struct Seat {
    crowd: Arc<Crowd>,
    address: Option<IpAddr>,
}

impl Crowd {
    /// At most `most` connections; `None` for what the limit of descriptors allows. The observer hears of refusals.
    pub fn new(most: Option<usize>, each_client_is_known: bool, observer: Option<Arc<dyn Observer>>) -> Arc<Self> {
        let most = most.unwrap_or_else(affordable);
        Arc::new(Self {
            most,
            most_per_address: each_client_is_known.then(|| MOST_PER_ADDRESS.max(most / 4).min(most / 2)),
            present: Mutex::default(),
            refused: AtomicU64::new(0),
            refusal: Notify::new(),
            observer,
        })
    }

    /// A seat for a connection, if there is one. A refusal is counted.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let address = counted(peer).filter(|_| self.most_per_address.is_some());
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        let beside = address.and_then(|address| present.by_address.get(&address)).copied();
        if present.all >= self.most || beside.is_some() && beside >= self.most_per_address {
            self.refused.fetch_add(1, Ordering::Relaxed);
            self.refusal.notify_one();
            if let Some(observer) = &self.observer {
                observer.refused_connection();
            }
            return None;
        }
        present.all += 1;
        if let Some(address) = address {
            *present.by_address.entry(address).or_default() += 1;
        }
        Some(Seat { crowd: Arc::clone(self), address })
    }

    /// Writes a line a minute as long as connections are refused, and none otherwise. Never ends.
    pub(crate) async fn tell(&self, log: &Log) {
        loop {
            self.refusal.notified().await;
            sleep(FIRST_LINE).await;
            self.tell_now(log);
            sleep(BETWEEN_LINES).await;
        }
    }

    pub(crate) fn tell_now(&self, log: &Log) {
        let refused = self.refused.swap(0, Ordering::Relaxed);
        if refused > 0 {
            log.line(format!("{{\"service\":\"host\",\"connections_refused\":{refused}}}"));
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut present = self.crowd.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.all -= 1;
        if let Some(address) = self.address
            && let Some(count) = present.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                present.by_address.remove(&address);
            }
        }
    }
}

/// What counts as one client: an IPv4 address, or the /64 that a provider gives to one customer. `None` for this
/// machine, whose programs are not strangers.
fn counted(peer: IpAddr) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    match peer {
        _ if peer.is_loopback() => None,
        IpAddr::V4(_) => Some(peer),
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
    }
}

/// The connections for which there are descriptors. The soft limit, which is low for programs that use `select`, is
/// raised to the hard one first.
fn affordable() -> usize {
    let connections = (descriptors().saturating_sub(RESERVED) / EACH).clamp(FEW / EACH, MOST);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(unix)]
fn descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // A system may refuse what it names as its limit (macOS, where this many are allowed).
    if setrlimit(Resource::Nofile, raised).is_err() {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(10_240), maximum: limit.maximum });
    }
    // No limit at all is more than enough.
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn descriptors() -> u64 {
    FEW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_has_so_many_connections_and_others_have_theirs() {
        let crowd = Crowd::new(Some(20), true, None);
        for (first, same, other) in
            [("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:0:ffff::1", "2001:db8:0:1::1")]
        {
            let mut held: Vec<_> = (0..10).map(|_| crowd.admit(ip(first)).unwrap()).collect();
            assert!(crowd.admit(ip(first)).is_none() && crowd.admit(ip(same)).is_none());
            assert!(crowd.admit(ip(other)).is_some());
            held.pop();
            assert!(crowd.admit(ip(same)).is_some());
        }
        assert_eq!(crowd.refused.load(Ordering::Relaxed), 4);
        assert!(crowd.present.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn programs_of_this_machine_and_a_trusted_proxy_have_all_there_are() {
        for (each_client_is_known, peer) in
            [(true, "127.0.0.1"), (true, "::1"), (true, "::ffff:127.0.0.2"), (false, "192.0.2.1")]
        {
            let crowd = Crowd::new(Some(20), each_client_is_known, None);
            let held: Vec<_> = (0..20).map(|_| crowd.admit(ip(peer)).unwrap()).collect();
            assert!(crowd.admit(ip(peer)).is_none() && crowd.admit(ip("192.0.2.9")).is_none());
            drop(held);
            assert!(crowd.admit(ip(peer)).is_some());
        }
    }

    #[test]
    fn the_limit_of_descriptors_is_raised_and_followed() {
        let most = affordable();
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        let descriptors = limit.current.unwrap_or(u64::MAX);
        assert!(most >= 64 && (most as u64 <= descriptors / 4 || descriptors < 256), "{most} of {descriptors}");
    }
}
