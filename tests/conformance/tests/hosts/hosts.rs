//! The probe in each host.

use std::{net::TcpListener, sync::mpsc, thread, time::Duration};

use conformance::Probe;
use harness::{Failure, Gallery, Options, Sqld, Viceroy, Wasi, WasiHost, free_address};
use platform::config::Lookup;

use crate::upstream;

/// What the probe runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Native,
    Fastly,
    Wasi(Wasi),
}

/// A host with the probe in it. Ends when dropped, in this order; the native one with the process.
pub struct Running {
    pub url: String,
    _viceroy: Option<Viceroy>,
    _wasi: Option<WasiHost>,
    _gallery: Option<Gallery>,
    _sqld: Option<Sqld>,
    _data: Option<tempfile::TempDir>,
}

impl Host {
    pub fn all() -> [Self; 6] {
        let [p3, p2, keyvalue, spin] = [Wasi::P3, Wasi::P2, Wasi::P2Keyvalue, Wasi::Spin].map(Self::Wasi);
        [Self::Native, Self::Fastly, p3, p2, keyvalue, spin]
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Fastly => "fastly",
            Self::Wasi(wasi) => wasi.suffix(),
        }
    }

    /// What this machine lacks to run it.
    pub fn missing(self) -> Option<String> {
        let sqld = || harness::sqld::program().err().map(|failure| failure.to_string());
        match self {
            Self::Native | Self::Wasi(Wasi::Spin) => None,
            Self::Fastly if std::env::var_os("VICEROY").is_some() => None,
            Self::Fastly => harness::viceroy().err().or_else(sqld),
            Self::Wasi(_) => sqld(),
        }
    }

    pub fn start(self) -> Result<Running, Failure> {
        let upstream = upstream::start()?;
        match self {
            Self::Native => native(upstream),
            Self::Fastly => fastly(upstream),
            Self::Wasi(wasi) => on_wasi(wasi, upstream),
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
    Ok(Running { url, _viceroy: None, _wasi: None, _gallery: None, _sqld: None, _data: Some(data) })
}

/// In Viceroy, on a libSQL server with the catalogue's tables.
fn fastly(upstream: String) -> Result<Running, Failure> {
    let (sqld, _gallery) = with_tables()?;
    let config = [("CONFORMANCE_UPSTREAM".to_owned(), upstream), ("SQL_URL".to_owned(), sqld.url.clone())];
    let viceroy = Viceroy::start("conformance-fastly", &config, free_address()?)?;
    let url = viceroy.url.clone();
    Ok(Running { url, _viceroy: Some(viceroy), _wasi: None, _gallery: None, _sqld: Some(sqld), _data: None })
}

/// In wasmtime: KV in the bucket or in stores of the host's, and SQL on a libSQL server; for Spin, in stores and a SQLite file of the host's.
fn on_wasi(wasi: Wasi, upstream: String) -> Result<Running, Failure> {
    let (sqld, gallery) = if wasi == Wasi::Spin {
        (None, Gallery::start_empty(&Options::default())?)
    } else {
        let (sqld, gallery) = with_tables()?;
        (Some(sqld), gallery)
    };
    let mut environment = gallery.environment().to_vec();
    environment.push(("S3_ENDPOINT".to_owned(), gallery.store_url.clone()));
    environment.push(("CONFORMANCE_UPSTREAM".to_owned(), upstream));
    let database = sqld.is_none().then(|| gallery.data().join("gallery.db"));
    let service = format!("conformance-{}", wasi.suffix());
    let host = WasiHost::start(&service, &environment, database.as_deref(), free_address()?)?;
    let url = host.url.clone();
    Ok(Running { url, _viceroy: None, _wasi: Some(host), _gallery: Some(gallery), _sqld: sqld, _data: None })
}

/// A libSQL server with the catalogue's tables, and a gallery without a library that uses it. Ingest makes the tables.
fn with_tables() -> Result<(Sqld, Gallery), Failure> {
    let sqld = Sqld::start(None)?;
    let environment = vec![("SQL_URL".to_owned(), sqld.url.clone())];
    let gallery = Gallery::start_empty(&Options { environment, ..Options::default() })?;
    gallery.ingest(tempfile::tempdir()?.path(), &[])?;
    Ok((sqld, gallery))
}
