//! One library for all tests. Each test has a gallery of its own, with a store of its own behind a relay.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use contract::Target;
use harness::{ENVIRONMENT, Failure, Gallery, Local, Options, Wasi, WasiHost, free_address, relay::Relay};
use tempfile::TempDir;

/// The host in which the services run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Native,
    /// Fastly's local server.
    Fastly,
    Wasi(Wasi),
}

impl Host {
    /// Whether the catalogue is in the bucket, and out of reach with the bucket. So is KV, unless the host has stores
    /// of its own.
    pub fn needs_the_bucket_for_more(self) -> bool {
        !matches!(self, Self::Native | Self::Wasi(Wasi::Spin))
    }
}

/// The test library: a store's folder, and the catalogue of its objects.
pub struct Library {
    folder: TempDir,
}

fn setting(name: &str) -> Result<String, String> {
    let value = ENVIRONMENT.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    value.ok_or_else(|| format!("the harness has no {name}"))
}

/// A store on a folder.
fn store(root: PathBuf) -> Result<store::Running, Failure> {
    let config = store::Config {
        root,
        bucket: setting("R2_BUCKET_NAME")?,
        access_key_id: setting("R2_ACCESS_KEY_ID")?,
        secret_access_key: setting("R2_SECRET_ACCESS_KEY")?,
        region: "auto".to_owned(),
        allowed_origins: Vec::new(),
    };
    Ok(store::spawn(config, ([127, 0, 0, 1], 0).into())?)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl Library {
    fn make() -> Result<Self, Failure> {
        let library = Self { folder: TempDir::new()? };
        let store = store(library.store())?;
        let photos = library.folder.path().join("photos");
        harness::write_photos(&photos)?;
        let mut environment: Vec<(String, String)> =
            ENVIRONMENT.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.push(("S3_ENDPOINT".to_owned(), format!("http://{}", store.addr())));
        environment.push(("GALLERY_DATABASE".to_owned(), library.database().to_string_lossy().into_owned()));
        harness::ingest(&photos, &["--demo-film"], &environment)?;
        store.stop()?;
        Ok(library)
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("gallery.db")
    }
}

/// Galleries on one host. The library is made by the first test that needs it.
#[derive(Clone)]
pub struct Fixtures {
    pub host: Host,
    library: Arc<OnceLock<Result<Library, String>>>,
}

/// The running services.
enum Service {
    Native(Gallery),
    Fastly(Local),
    Wasi(WasiHost),
}

/// A gallery whose store can fail.
pub struct Fixture {
    // The fields are dropped in this order: the gallery first, its store last.
    service: Service,
    pub relay: Relay,
    _store: store::Running,
    folder: TempDir,
    pub host: Host,
    pub target: Target,
}

impl Fixtures {
    pub fn on(host: Host, library: &Arc<OnceLock<Result<Library, String>>>) -> Self {
        Self { host, library: Arc::clone(library) }
    }

    pub fn start(&self) -> Result<Fixture, String> {
        self.start_with(&[])
    }

    /// Starts a gallery with more environment. A variable with an empty value counts as missing.
    pub fn start_with(&self, environment: &[(&str, &str)]) -> Result<Fixture, String> {
        let library = self.library.get_or_init(|| Library::make().map_err(|failure| failure.to_string()));
        let library = library.as_ref().map_err(Clone::clone)?;
        Fixture::start(self.host, library, environment).map_err(|failure| failure.to_string())
    }
}

impl Fixture {
    fn start(host: Host, library: &Library, environment: &[(&str, &str)]) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        copy(&library.store(), &folder.path().join("store"))?;
        let store = store(folder.path().join("store"))?;
        let relay = Relay::start(store.addr())?;
        let (endpoint, mut more) = (relay.url(), environment.to_vec());
        more.push(("S3_ENDPOINT", &endpoint));
        let service = if host == Host::Native {
            let owned = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let (environment, database) = (owned.collect(), Some(library.database()));
            Service::Native(Gallery::start_empty(&Options { environment, database, ..Options::default() })?)
        } else {
            let usual = ENVIRONMENT.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
            let all = usual.chain(&more).filter(|(_, value)| !value.is_empty());
            let config: Vec<_> = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            match host {
                Host::Wasi(wasi) => {
                    let database = folder.path().join("gallery.db");
                    fs::copy(library.database(), &database)?;
                    let database = wasi.is_spin().then_some(database);
                    let service = format!("all-in-one-{}", wasi.suffix());
                    Service::Wasi(WasiHost::start(&service, &config, database.as_deref(), ([127, 0, 0, 1], 0).into())?)
                }
                Host::Fastly | Host::Native => {
                    Service::Fastly(Local::viceroy("all-in-one-fastly", &config, free_address()?)?)
                }
            }
        };
        let (url, video_url) = match &service {
            Service::Native(gallery) => (&gallery.url, &gallery.video_url),
            Service::Fastly(viceroy) => (&viceroy.url, &viceroy.url),
            Service::Wasi(host) => (&host.url, &host.url),
        };
        let target = Target::new(url, video_url, relay.url(), setting("GALLERY_PASSWORD")?);
        Ok(Self { service, relay, _store: store, folder, host, target })
    }

    /// The data folder of a native gallery.
    pub fn data(&self) -> &Path {
        match &self.service {
            Service::Native(gallery) => gallery.data(),
            Service::Fastly(_) | Service::Wasi(_) => self.folder.path(),
        }
    }

    /// The services' log so far.
    pub fn log(&self) -> Result<String, String> {
        let log = match &self.service {
            Service::Native(gallery) => gallery.log(),
            Service::Fastly(viceroy) => viceroy.log(),
            Service::Wasi(host) => host.log(),
        };
        log.map_err(|failure| failure.to_string())
    }

    /// Everything that the host wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, String> {
        let stderr = match &self.service {
            Service::Native(gallery) => gallery.stderr(),
            Service::Fastly(viceroy) => viceroy.stderr(),
            Service::Wasi(host) => host.stderr(),
        };
        stderr.map_err(|failure| failure.to_string())
    }
}
