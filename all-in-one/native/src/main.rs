//! The gallery as one native program: both services, and an S3 store of its own when no bucket is configured.

mod arguments;
mod origins;

use std::{collections::HashMap, io::Write as _, net::TcpListener, process::ExitCode};

use all_in_one::AllInOne;
use arguments::Arguments;
use clap::Parser as _;
use platform::config::Lookup;
use platform_native::{Host, Options};
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
    let mut config: HashMap<String, String> = HashMap::new();
    if let Some(video) = &video {
        let base = origins::of(video.local_addr()?).remove(0);
        config.insert("VIDEO_API_BASE".to_owned(), environment("VIDEO_API_BASE").unwrap_or(base));
        config.insert("ALLOWED_ORIGINS".to_owned(), environment("ALLOWED_ORIGINS").unwrap_or(page_origins.join(",")));
    }
    let store = if environment("S3_ENDPOINT").is_none() && environment("R2_ACCOUNT_ID").is_none() {
        let store = embedded_store(arguments, page_origins.clone())?;
        config.insert("S3_ENDPOINT".to_owned(), format!("http://{}", store.addr()));
        Some(store)
    } else {
        None
    };
    let lookup = {
        let config = config.clone();
        move |name: &str| config.get(name).cloned().or_else(|| environment(name))
    };

    // A missing value stops the start here, before any worker is there to trip over it.
    AllInOne::load(&Lookup(&lookup))?;
    let mut host = Host::new(Options {
        data_dir: arguments.data.clone(),
        config,
        trust_forwarded: arguments.trust_forwarded,
        ..Options::default()
    });
    let mut ready = serde_json::json!({ "event": "ready", "gallery": page_origins[0] });
    if let Some(store) = &store {
        ready["store"] = format!("http://{}", store.addr()).into();
    }
    if let Some(video) = video {
        ready["video"] = origins::of(video.local_addr()?).remove(0).into();
        host.mount(gallery, {
            let lookup = lookup.clone();
            move || Ok(ViewerEdge::new(viewer_edge::Config::load(&Lookup(&lookup))?))
        });
        host.mount(video, move || Ok(VideoEdge::new(video_edge::Config::load(&Lookup(&lookup))?)));
    } else {
        host.mount(gallery, move || Ok(AllInOne::load(&Lookup(&lookup))?));
    }
    host.run(stop_signal(), move || {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{ready}").and_then(|()| out.flush());
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

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn embedded_store(arguments: &Arguments, allowed_origins: Vec<String>) -> Result<store::Running, Failure> {
    let required = |name: &'static str| Lookup(&environment).required(name);
    let config = store::Config {
        root: arguments.data.join("store"),
        bucket: required("R2_BUCKET_NAME")?,
        access_key_id: required("R2_ACCESS_KEY_ID")?,
        secret_access_key: required("R2_SECRET_ACCESS_KEY")?,
        region: environment("R2_REGION").unwrap_or_else(|| "auto".to_owned()),
        allowed_origins,
    };
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
