//! The gallery on Fastly's local server.

use std::net::SocketAddr;

use crate::{EdgeGallery, Failure, Gallery, Local, Options, Project, Sqld, free_address};

/// A running gallery on Fastly. With both services in one program, it reads the snapshot in the bucket.
pub type FastlyGallery = EdgeGallery<Local>;

impl FastlyGallery {
    pub fn start(options: &Options) -> Result<Self, Failure> {
        Self::start_with(options, false, |_, service, config, address| {
            Local::viceroy_with(options.host_arguments, &format!("{service}-fastly"), config, address)
        })
    }

    /// Starts a gallery with the test library by the Fastly CLI, with the manifests of a deployment: `fastly compute
    /// build`, and then `fastly compute serve`. Only the addresses of the stack are others.
    pub fn by_cli(split: bool) -> Result<Self, Failure> {
        let viewer = free_address()?;
        let video = if split { free_address()? } else { viewer };
        let of = |address: SocketAddr| format!("http://{address}");
        let origins = format!("{},http://localhost:{}", of(viewer), viewer.port());
        let sqld = if split { Some(Sqld::start(None)?) } else { None };
        let sql = sqld.as_ref().map(|sqld| sqld.url.clone()).unwrap_or_default();
        let mut environment = vec![("ALLOWED_ORIGINS".to_owned(), origins.clone())];
        environment.extend(sqld.iter().map(|sqld| ("SQL_URL".to_owned(), sqld.url.clone())));
        let native = Gallery::start(&Options { environment, ..Options::default() })?;
        let films = of(video);
        let stack = [
            ("http://127.0.0.1:7676,http://localhost:7676", origins.as_str()),
            ("http://127.0.0.1:9000", native.store_url.as_str()),
            ("http://127.0.0.1:8081", sql.as_str()),
            ("http://127.0.0.1:7677", films.as_str()),
        ];
        let serve = |program: &str, address| Project::new(program, &stack)?.serve(native.environment(), address);
        let services = if split {
            vec![serve("viewer-edge-fastly", viewer)?, serve("video-edge-fastly", video)?]
        } else {
            vec![serve("all-in-one-fastly", viewer)?]
        };
        Ok(Self { services, native, sqld, url: of(viewer), video_url: films, routed_url: None })
    }
}
