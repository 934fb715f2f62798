//! The probe in each host.

use std::{net::TcpListener, sync::mpsc, thread, time::Duration};

use conformance::Probe;
use harness::{Failure, Gallery, Options, Sqld, Viceroy, free_address};
use platform::config::Lookup;

use crate::upstream;

/// What the probe runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Native,
    Fastly,
}

/// A host with the probe in it. Ends when dropped, in this order; the native one with the process.
pub struct Running {
    pub url: String,
    _viceroy: Option<Viceroy>,
    _sqld: Option<Sqld>,
    _data: Option<tempfile::TempDir>,
}

impl Host {
    pub const fn all() -> [Self; 2] {
        [Self::Native, Self::Fastly]
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Fastly => "fastly",
        }
    }

    /// What this machine lacks to run it.
    pub fn missing(self) -> Option<String> {
        match self {
            Self::Native => None,
            Self::Fastly if std::env::var_os("VICEROY").is_some() => None,
            Self::Fastly => {
                harness::viceroy().err().or_else(|| harness::sqld::program().err().map(|failure| failure.to_string()))
            }
        }
    }

    pub fn start(self) -> Result<Running, Failure> {
        let upstream = upstream::start()?;
        match self {
            Self::Native => native(upstream),
            Self::Fastly => fastly(upstream),
        }
    }
}

/// In this process, on threads of its own.
fn native(upstream: String) -> Result<Running, Failure> {
    let data = tempfile::tempdir()?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let (send, ready) = mpsc::channel();
    let mut options = platform_native::Options::new(data.path());
    options.log = Box::new(std::io::sink());
    thread::spawn(move || {
        let mut host = platform_native::Host::new(options);
        host.mount(listener, move || {
            let find = |_: &str| Some(upstream.clone());
            #[allow(clippy::unwrap_used, reason = "the only name it asks for is there")]
            Probe::load(&Lookup(&find)).unwrap()
        });
        host.run(async move {
            let _ = send.send(());
            std::future::pending::<()>().await;
        })
    });
    ready.recv_timeout(Duration::from_secs(10))?;
    Ok(Running { url, _viceroy: None, _sqld: None, _data: Some(data) })
}

/// In Viceroy, on a libSQL server with the catalogue's tables.
fn fastly(upstream: String) -> Result<Running, Failure> {
    let sqld = Sqld::start(None)?;
    // Ingest makes the tables; it needs a bucket for that.
    let environment = vec![("SQL_URL".to_owned(), sqld.url.clone())];
    let gallery = Gallery::start_empty(&Options { environment, ..Options::default() })?;
    let nothing = tempfile::tempdir()?;
    gallery.ingest(nothing.path(), &[])?;
    let config = [("CONFORMANCE_UPSTREAM".to_owned(), upstream), ("SQL_URL".to_owned(), sqld.url.clone())];
    let viceroy = Viceroy::start("conformance-fastly", &config, free_address()?)?;
    Ok(Running { url: viceroy.url.clone(), _viceroy: Some(viceroy), _sqld: Some(sqld), _data: None })
}
