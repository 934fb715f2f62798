//! The probe in each host.

use std::{net::TcpListener, sync::mpsc, thread, time::Duration};

use conformance::Probe;
use harness::{Failure, Gallery, Local, Options, Sqld, Wasi, WasiHost, free_address, named};
use platform::config::Lookup;

use crate::upstream;

/// The host in which the probe runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Native,
    /// The native host with its KV stores in the bucket.
    NativeBucket,
    Fastly,
    Wasi(Wasi),
    /// Node, with the component for WASI 0.2.
    Node,
    /// The real Spin, if this machine has one that is new enough.
    SpinUp(Wasi),
    /// `wasmtime serve`, if this machine has it.
    Wasmtime(Wasi),
}

/// A host with the probe in it. It ends when it is dropped, in the order of the fields. The native host ends with the
/// process.
pub struct Running {
    pub url: String,
    _local: Option<Local>,
    _wasi: Option<WasiHost>,
    _gallery: Option<Gallery>,
    _sqld: Option<Sqld>,
    _data: Option<tempfile::TempDir>,
}

impl Host {
    /// Includes hosts made by others only if this machine has them, because no package client that the tests use
    /// installs them.
    pub fn all() -> Vec<Self> {
        let ours = [Wasi::P3, Wasi::P2, Wasi::Spin, Wasi::Spin02].map(Self::Wasi);
        let spin = [Wasi::Spin, Wasi::Spin02].into_iter().filter(|wasi| named::wants_spin(wasi.suffix()));
        let spin = spin.map(Self::SpinUp);
        let wasmtime = named::wants_wasmtime().then_some([Wasi::P3, Wasi::P2].map(Self::Wasmtime));
        let others = spin.chain(wasmtime.into_iter().flatten());
        let first = [Self::Native, Self::NativeBucket, Self::Fastly];
        first.into_iter().chain(ours).chain([Self::Node]).chain(others).collect()
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::NativeBucket => "native-bucket",
            Self::Fastly => "fastly",
            Self::Wasi(wasi) => wasi.suffix(),
            Self::Node => "node",
            Self::SpinUp(Wasi::Spin02) => "spin02-up",
            Self::SpinUp(_) => "spin-up",
            Self::Wasmtime(Wasi::P3) => "wasi-wasmtime",
            Self::Wasmtime(_) => "wasi02-wasmtime",
        }
    }

    /// What this machine lacks to run the host.
    pub fn missing(self) -> Option<String> {
        let sqld = || harness::sqld::program().err().map(|failure| failure.to_string());
        match self {
            Self::Native | Self::NativeBucket | Self::Wasi(Wasi::Spin) | Self::SpinUp(Wasi::Spin) => None,
            Self::Fastly if std::env::var_os("VICEROY").is_some() => None,
            Self::Fastly => harness::viceroy().err().or_else(sqld),
            Self::Node => harness::node().err().map(|failure| failure.to_string()).or_else(sqld),
            Self::Wasi(_) | Self::SpinUp(_) | Self::Wasmtime(_) => sqld(),
        }
    }

    pub fn start(self) -> Result<Running, Failure> {
        let upstream = upstream::start()?;
        match self {
            Self::Native => native(upstream, None),
            Self::NativeBucket => native(upstream, Some(Gallery::start_empty(&Options::default())?)),
            Self::Fastly => fastly(upstream),
            Self::Wasi(wasi) | Self::SpinUp(wasi) | Self::Wasmtime(wasi) => self.on_wasi(wasi, upstream),
            Self::Node => self.on_wasi(Wasi::P2, upstream),
        }
    }

    /// KV is in the bucket and SQL on a libSQL server. On Spin, KV is in stores of the host, and from 4.1 on SQL is in
    /// a SQLite file of the host.
    fn on_wasi(self, wasi: Wasi, upstream: String) -> Result<Running, Failure> {
        let (sqld, gallery) = if wasi.has_sql() {
            (None, Gallery::start_empty(&Options::default())?)
        } else {
            let (sqld, gallery) = with_tables()?;
            (Some(sqld), gallery)
        };
        let mut environment = gallery.environment().to_vec();
        environment.push(("S3_ENDPOINT".to_owned(), gallery.store_url.clone()));
        environment.push(("CONFORMANCE_UPSTREAM".to_owned(), upstream));
        let database = wasi.is_spin().then(|| gallery.data().join("gallery.db"));
        let address = free_address()?;
        let (mut stand_in, mut local) = (None, None);
        match self {
            Self::SpinUp(_) => {
                local = Some(Local::spin_alone(wasi, "conformance", &environment, gallery.data(), address)?);
            }
            Self::Node => local = Some(Local::node(&[], "conformance", &environment, address)?),
            Self::Wasmtime(_) => local = Some(Local::wasmtime(wasi, "conformance", &environment, address)?),
            _ => {
                let service = format!("conformance-{}", wasi.suffix());
                stand_in = Some(WasiHost::start(&service, &environment, database.as_deref(), address)?);
            }
        }
        let url = format!("http://{address}");
        Ok(Running { url, _local: local, _wasi: stand_in, _gallery: Some(gallery), _sqld: sqld, _data: None })
    }
}

/// The native host in this process, on threads of its own. Its KV stores are in the bucket of the gallery, if there is
/// one.
fn native(upstream: String, gallery: Option<Gallery>) -> Result<Running, Failure> {
    let data = tempfile::tempdir()?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let (send, ready) = mpsc::channel();
    let mut options = platform_native::Options::new(data.path());
    options.log = Box::new(std::io::sink());
    if let Some(gallery) = &gallery {
        let known = gallery.environment().iter().cloned();
        let more =
            [("S3_ENDPOINT".to_owned(), gallery.store_url.clone()), ("GALLERY_KV".to_owned(), "bucket".to_owned())];
        let config =
            known.chain(more).fold(platform_native::Config::empty(), |all, (name, value)| all.with(name, value));
        options = options.configured(&config)?;
    }
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
    Ok(Running { url, _local: None, _wasi: None, _gallery: gallery, _sqld: None, _data: Some(data) })
}

/// Fastly's local server, on a libSQL server with the catalogue's tables.
fn fastly(upstream: String) -> Result<Running, Failure> {
    let (sqld, _gallery) = with_tables()?;
    let config = [("CONFORMANCE_UPSTREAM".to_owned(), upstream), ("SQL_URL".to_owned(), sqld.url.clone())];
    let viceroy = Local::viceroy("conformance-fastly", &config, free_address()?)?;
    let url = viceroy.url.clone();
    Ok(Running { url, _local: Some(viceroy), _wasi: None, _gallery: None, _sqld: Some(sqld), _data: None })
}

/// A libSQL server with the catalogue's tables, and a gallery without a library that uses it. Ingest makes the tables.
fn with_tables() -> Result<(Sqld, Gallery), Failure> {
    let sqld = Sqld::start(None)?;
    let environment = vec![("SQL_URL".to_owned(), sqld.url.clone())];
    let gallery = Gallery::start_empty(&Options { environment, ..Options::default() })?;
    gallery.ingest(tempfile::tempdir()?.path(), &[])?;
    Ok((sqld, gallery))
}
