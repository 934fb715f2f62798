//! `edge-gallery serve`: both services on the native host, and an S3 store of its own when no bucket is configured.

mod arguments;
pub mod origins;
mod reach;

use std::{
    io::Write as _,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{Arc, OnceLock, mpsc},
    time::{Duration, Instant},
};

use all_in_one::{AllInOne, Config};
use edge::catalogue::Source;
use gallery::schema;
use ingest::Database;
use platform::config::{ConfigError, names};
use platform_fallback::Endpoint;
use platform_native::{Config as Environment, Crowd, Host, KV_FILE, Observer, Options, Place, Tls, trust};
use video_edge::VideoEdge;
use viewer_edge::{Maker, ViewerEdge};

use crate::{
    Failure, kept,
    metrics::{self, Metrics},
    private,
};
use reach::Reach;

pub use arguments::{Arguments, Settings};

/// Sessions that were ended in a file are not ended in the bucket.
const LEFT_BEHIND: &str = "GALLERY_KV=bucket reads nothing of the kv.db in the data folder, so that sessions which were \
    ended there live again: run edge-gallery session end --all, and delete kv.db and kv.id";

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut environment = Environment::environment();
    let settings = environment.read(|lookup| Settings::load(&lookup, arguments))?;
    std::fs::create_dir_all(&settings.data)
        .map_err(|error| format!("cannot make the data folder {}: {error}", settings.data.display()))?;
    private::tidy(&settings.data);
    let gallery = bind(settings.listen)?;
    let video = settings.split.map(bind).transpose()?;
    let metrics = settings.metrics.map(bind).transpose()?.map(|listener| (listener, Metrics::new()));
    let observer = metrics.as_ref().map(|(_, metrics)| Arc::clone(metrics) as Arc<dyn Observer>);

    let tls = settings.tls.as_ref().map(|(certificate, key)| Tls::load(certificate, key)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let page_origins = origins::over(scheme, gallery.local_addr()?);
    if arguments.local || environment.read(|lookup| lookup.switch(names::GALLERY_LOCAL))? {
        environment = for_this_machine(environment, &settings)?;
    }
    if let Some(path) = &arguments.base_path {
        environment = environment.with(names::BASE_PATH.text(), path.clone());
    }
    let unset = |name: names::Name| environment.get(name.text()).is_none_or(|value| value.trim().is_empty());
    let mut defaults = Vec::new();
    // With VIDEO_ORIGIN the page uses only one origin.
    if let Some(video) = video.as_ref().filter(|_| unset(names::VIDEO_ORIGIN)) {
        let (address, base) = (video.local_addr()?, origins::over(scheme, video.local_addr()?).remove(0));
        if !origins::can_be_named(address, tls.is_some()) && unset(names::VIDEO_API_BASE) {
            // So that the page asks the gallery.
            defaults.push((names::VIDEO_ORIGIN, base));
        } else {
            defaults.push((names::VIDEO_API_BASE, base));
            defaults.push((names::ALLOWED_ORIGINS, page_origins.join(",")));
        }
        defaults.retain(|(name, _)| unset(*name));
    }
    let store = if unset(names::S3_ENDPOINT) && unset(names::R2_ACCOUNT_ID) {
        // Whoever has a signed URL may read its object, on whatever page. The store does not know by which names
        // browsers reach the gallery.
        let store = embedded_store(&settings, &environment, observer.clone(), vec!["*".to_owned()])?;
        let url = origins::of(store.addr()).remove(0);
        kept::write(&kept::store(&settings.data), Some(&url))
            .map_err(|error| format!("cannot write into the data folder {}: {error}", settings.data.display()))?;
        defaults.push((names::S3_ENDPOINT, url));
        Some(store)
    } else {
        None
    };
    let reach = Reach {
        gallery: gallery.local_addr()?,
        store: store.as_ref().map(store::Running::addr),
        trust_forwarded: settings.trust_forwarded,
        tls: tls.is_some(),
    };
    let films = reach.films(unset);
    defaults.extend(films.delivery.map(|delivery| (names::VIDEO_DELIVERY, delivery.to_owned())));
    for warning in reach.plain_http().into_iter().chain(films.warning) {
        let _ = writeln!(std::io::stderr(), "edge-gallery: {warning}");
    }
    for (name, value) in defaults {
        environment = environment.with(name.text(), value);
    }
    let config = environment.read(|lookup| Config::load(&lookup))?;
    let below = |origin: &str| [origin, config.base.as_str()].concat();

    environment.read(|lookup| Endpoint::load(&lookup))?.map_or(Ok(()), migrate)?;
    let mut options = Options::new(&settings.data).configured(&environment)?;
    if environment.read(|lookup| Source::load(&lookup))? == Source::Sql {
        publish_first(options.database.as_ref(), &settings.data);
    }
    look_for_left_sessions(&options);
    options.trust_forwarded = settings.trust_forwarded;
    options.tls = tls;
    options.cache_bytes = settings.cache_bytes;
    options.observer = observer;
    let watched = metrics.map(|(listener, metrics)| watch(listener, metrics)).transpose()?;
    let grace = options.shutdown_grace;
    let stopped_at = Arc::new(OnceLock::new());
    let stopping = Arc::clone(&stopped_at);
    let mut host = Host::new(options);
    let mut ready = serde_json::json!({ "event": "ready", "gallery": below(&page_origins[0]) });
    if let Some(store) = &store {
        ready["store"] = origins::of(store.addr()).remove(0).into();
    }
    if let Some(address) = watched {
        ready["metrics"] = format!("{}/metrics", origins::of(address).remove(0)).into();
    }
    // All workers share it.
    let maker = Maker::new(picture::make);
    if let Some(video) = video {
        ready["video"] = below(&origins::over(scheme, video.local_addr()?).remove(0)).into();
        host.mount(gallery, move || ViewerEdge::new(Arc::clone(&config.viewer)).with_maker(maker.clone()));
        host.mount(video, move || VideoEdge::new(Arc::clone(&config.video)));
    } else {
        host.mount(gallery, move || AllInOne::new(config.clone()).with_maker(maker.clone()));
    }
    host.run(async move {
        // The future is first polled when every worker serves. Whoever is told may stop the program at once.
        let stopped = stop_signal();
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{ready}").and_then(|()| out.flush());
        drop(out);
        stopped.await;
        let _ = stopping.set(Instant::now());
    })?;
    if let Some(store) = store {
        // Its clients have the rest of the time: some download from it what the services sent them to.
        let past = stopped_at.get().map_or(Duration::ZERO, Instant::elapsed);
        let _ = kept::write(&kept::store(&settings.data), None);
        store.stop_within(grace.saturating_sub(past))?;
    }
    Ok(())
}

fn look_for_left_sessions(options: &Options) {
    if options.kv.is_some() && options.data_dir.join(KV_FILE).exists() {
        let _ = writeln!(std::io::stderr(), "edge-gallery: {LEFT_BEHIND}");
    }
}

fn for_this_machine(environment: Environment, settings: &Settings) -> Result<Environment, Failure> {
    if ![Some(settings.listen), settings.split].iter().flatten().all(|address| address.ip().is_loopback()) {
        return Err("--local is for a gallery that only this machine can reach: listen on 127.0.0.1".into());
    }
    Ok(environment.with(names::GALLERY_LOCAL.text(), "true".to_owned()))
}

/// Tells what was counted at an address of its own.
fn watch(listener: TcpListener, metrics: Arc<Metrics>) -> Result<SocketAddr, Failure> {
    let address = listener.local_addr()?;
    metrics::listen(listener, metrics).map_err(|error| format!("cannot serve the metrics: {error}"))?;
    if !address.ip().is_loopback() {
        let _ = writeln!(std::io::stderr(), "edge-gallery: whoever reaches {address} can read the metrics");
    }
    Ok(address)
}

/// Makes the catalogue's index in a file of an earlier version, which has rows and no index. A database behind HTTP
/// gets it together with its schema.
fn publish_first(database: Option<&Place>, data: &Path) {
    let path = match database {
        Some(Place::Http(_)) => return,
        Some(Place::File(path)) => path.clone(),
        None => data.join("gallery.db"),
    };
    // The host says what is wrong with a file that cannot be opened.
    let Ok(file) = Database::file(&path) else { return };
    if let Err(error) = ingest::publish_first(file) {
        let _ = writeln!(std::io::stderr(), "edge-gallery: {} has no index: {error}", path.display());
    }
}

/// Brings a database behind HTTP up to date. A SQLite file the host brings up to date itself.
///
/// A database that does not answer, or lets nobody write, is no reason not to start: requests then get 503 until it
/// answers. Nor does the start wait long for it.
fn migrate(endpoint: Endpoint) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let certificates: Vec<_> = trust::certificates()?.iter().map(|der| der.to_vec()).collect();
    let origin = endpoint.origin();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let database = Database::http(Arc::new(endpoint), &certificates);
        let migrated = database.migrate();
        let published = migrated.and_then(|_| Ok(ingest::publish_first(database)?));
        send.send(published)
    });
    let words = match receive.recv_timeout(PATIENCE) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(schema::Failure::Database(error))) => error.to_string(),
        Ok(Err(failure)) => return Err(format!("the database {origin} cannot be used: {failure}").into()),
        Err(_) => format!("it has not answered within {} s", PATIENCE.as_secs()),
    };
    let _ = writeln!(std::io::stderr(), "edge-gallery: the schema of {origin} could not be checked: {words}");
    Ok(())
}

fn bind(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}; choose another port").into())
}

fn embedded_store(
    settings: &Settings,
    environment: &Environment,
    observer: Option<Arc<dyn Observer>>,
    allowed_origins: Vec<String>,
) -> Result<store::Running, Failure> {
    let config = environment.read(|lookup| {
        Ok::<_, ConfigError>(store::Config {
            root: settings.data.join("store"),
            bucket: lookup.required(names::R2_BUCKET_NAME)?,
            access_key_id: lookup.required(names::R2_ACCESS_KEY_ID)?,
            secret_access_key: lookup.required(names::R2_SECRET_ACCESS_KEY)?,
            region: lookup.required(names::R2_REGION)?,
            allowed_origins,
        })
    })?;
    // The same limits as those of the gallery: browsers ask both.
    let crowd = Crowd::new(None, !settings.trust_forwarded, observer);
    let door = move |client| crowd.admit(client).map(|seat| Box::new(seat) as Box<dyn Send>);
    let store = store::spawn_behind(Box::new(door), config, settings.store_listen)
        .map_err(|error| format!("cannot start the store on {}: {error}", settings.store_listen))?;
    if let Some(lost) = store.lost() {
        let _ = writeln!(std::io::stderr(), "edge-gallery: {lost}");
    }
    Ok(store)
}

/// From this call on, Ctrl-C and SIGTERM end the future and not the program.
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals =
        signal(SignalKind::interrupt()).and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)));
    async {
        match signals {
            Ok((mut interrupt, mut terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            // If no handler can be set, a signal ends the program as usual.
            Err(_) => std::future::pending().await,
        }
    }
}
