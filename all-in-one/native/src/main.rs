//! The gallery as one native program: both services, and an S3 store of its own when no bucket is configured.

mod arguments;
mod origins;

use std::{io::Write as _, net::TcpListener, process::ExitCode, sync::Arc};

use all_in_one::{AllInOne, Config};
use arguments::Arguments;
use clap::Parser as _;
use platform::config::ConfigError;
use platform_native::{Config as Environment, Host, Options};
use video_edge::VideoEdge;
use viewer_edge::ViewerEdge;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "edge-gallery: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    std::fs::create_dir_all(&arguments.data)
        .map_err(|error| format!("cannot make the data folder {}: {error}", arguments.data.display()))?;
    let gallery = bind(arguments.listen)?;
    let video = arguments.split.map(bind).transpose()?;

    let page_origins = origins::of(gallery.local_addr()?);
    let mut environment = Environment::environment();
    let unset = |name: &str| environment.get(name).is_none();
    let mut defaults = Vec::new();
    // With VIDEO_ORIGIN the page knows one origin only.
    if let Some(video) = video.as_ref().filter(|_| unset("VIDEO_ORIGIN")) {
        defaults.push(("VIDEO_API_BASE", origins::of(video.local_addr()?).remove(0)));
        defaults.push(("ALLOWED_ORIGINS", page_origins.join(",")));
        defaults.retain(|(name, _)| unset(name));
    }
    let store = if unset("S3_ENDPOINT") && unset("R2_ACCOUNT_ID") {
        // Pages elsewhere that may call the services may also read what these point them at.
        let elsewhere = environment.read(|lookup| lookup.allowed_origins())?;
        let store = embedded_store(arguments, &environment, [page_origins.clone(), elsewhere].concat())?;
        defaults.push(("S3_ENDPOINT", format!("http://{}", store.addr())));
        Some(store)
    } else {
        None
    };
    for (name, value) in defaults {
        environment = environment.with(name, value);
    }
    let config = environment.read(|lookup| Config::load(&lookup))?;

    let mut options = Options::new(&arguments.data).configured(&environment)?;
    options.trust_forwarded |= arguments.trust_forwarded;
    let mut host = Host::new(options);
    let mut ready = serde_json::json!({ "event": "ready", "gallery": page_origins[0] });
    if let Some(store) = &store {
        ready["store"] = format!("http://{}", store.addr()).into();
    }
    if let Some(video) = video {
        ready["video"] = origins::of(video.local_addr()?).remove(0).into();
        host.mount(gallery, move || ViewerEdge::new(Arc::clone(&config.viewer)));
        host.mount(video, move || VideoEdge::new(Arc::clone(&config.video)));
    } else {
        host.mount(gallery, move || AllInOne::new(config.clone()));
    }
    host.run(async move {
        // Polled first when every worker serves.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{ready}").and_then(|()| out.flush());
        drop(out);
        stop_signal().await;
    })?;
    if let Some(store) = store {
        store.stop()?;
    }
    Ok(())
}

fn bind(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}; choose another port").into())
}

fn embedded_store(
    arguments: &Arguments,
    environment: &Environment,
    allowed_origins: Vec<String>,
) -> Result<store::Running, Failure> {
    let config = environment.read(|lookup| {
        Ok::<_, ConfigError>(store::Config {
            root: arguments.data.join("store"),
            bucket: lookup.required("R2_BUCKET_NAME")?,
            access_key_id: lookup.required("R2_ACCESS_KEY_ID")?,
            secret_access_key: lookup.required("R2_SECRET_ACCESS_KEY")?,
            region: lookup.optional("R2_REGION").unwrap_or_else(|| "auto".to_owned()),
            allowed_origins,
        })
    })?;
    store::spawn(config, arguments.store_listen)
        .map_err(|error| format!("cannot start the store on {}: {error}", arguments.store_listen).into())
}

/// Ends at Ctrl-C and at SIGTERM.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // Without handlers the signals end the program as they always do.
        _ => std::future::pending().await,
    }
}
