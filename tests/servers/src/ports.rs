//! Ports for servers that cannot choose one themselves, as they do where they listen on port 0.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    sync::{Mutex, PoisonError},
};

use crate::{Failure, cache};

/// Systems give out higher ones for port 0 and for outgoing connections. A port that is free there may be taken before
/// the server listens, and then another program answers the test.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The locks on ports that this process has been given.
static HELD: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// An address on which nobody listens. No other test gets it as long as this process lives.
pub fn free_address() -> Result<SocketAddr, Failure> {
    let folder = cache().join("ports");
    fs::create_dir_all(&folder)?;
    for port in PORTS {
        let file = File::options().create(true).append(true).open(folder.join(port.to_string()))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if file.try_lock().is_ok() && TcpListener::bind(address).is_ok() {
            HELD.lock().unwrap_or_else(PoisonError::into_inner).push(file);
            return Ok(address);
        }
    }
    Err(format!("no port is free from {} to {}", PORTS.start, PORTS.end).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_a_port_twice() {
        let given: Vec<u16> = (0..5).map(|_| free_address().unwrap().port()).collect();
        assert!(given.iter().all(|port| PORTS.contains(port)));
        assert!(given.is_sorted_by(|one, other| one < other), "{given:?}");
        let taken = TcpListener::bind(free_address().unwrap()).unwrap().local_addr().unwrap();
        assert_ne!(free_address().unwrap(), taken);
    }
}
