//! The gallery on an edge host: services in a local server of that host, the store and the library in a native gallery beside
//! them.

use std::net::SocketAddr;

use crate::{Failure, Gallery, Options, Sqld, free_address};

/// A running gallery, each of its services in an `S`. Ends when dropped.
pub struct EdgeGallery<S> {
    // Dropped in this order: the services before their store.
    pub services: Vec<S>,
    /// Has the store, the library and the catalogue. Serves the same gallery itself.
    pub native: Gallery,
    /// The catalogue's database, when split on hosts without SQL: else it is the host's, or the snapshot in the bucket.
    pub sqld: Option<Sqld>,
    pub url: String,
    /// video-edge's, which is the gallery's unless split.
    pub video_url: String,
    /// When split: a second viewer, which forwards `/api/hls/...` to video-edge.
    pub routed_url: Option<String>,
}

impl<S> EdgeGallery<S> {
    /// Starts one with the test library, or what `options` say: all in one, or, split, each service in a server of its own, on a
    /// libSQL server unless the host has SQL itself. `start` starts a service by its name, with this environment, at this address.
    pub(crate) fn start_with(
        options: &Options,
        has_sql: bool,
        start: impl Fn(&Gallery, &str, &[(String, String)], SocketAddr) -> Result<S, Failure>,
    ) -> Result<Self, Failure> {
        let (viewer, routed) = (free_address()?, free_address()?);
        let origins = format!("http://{viewer},http://localhost:{},http://{routed}", viewer.port());
        let sqld = if options.split && !has_sql { Some(Sqld::start(None)?) } else { None };
        let mut environment = options.environment.clone();
        environment.extend(sqld.iter().map(|sqld| ("SQL_URL".to_owned(), sqld.url.clone())));
        // For its store, which lets the pages of these origins read.
        environment.push(("ALLOWED_ORIGINS".to_owned(), origins.clone()));
        let native = Gallery::start(&Options { split: false, environment, ..options.clone() })?;
        let mut config = native.environment().to_vec();
        config.retain(|(name, _)| name != "ALLOWED_ORIGINS");
        config.push(("S3_ENDPOINT".to_owned(), native.store_url.clone()));
        let start = |service: &str, config: &[(String, String)], address| start(&native, service, config, address);
        let of = |address: SocketAddr| format!("http://{address}");
        if !options.split {
            let services = vec![start("all-in-one", &config, viewer)?];
            return Ok(Self { services, native, sqld, url: of(viewer), video_url: of(viewer), routed_url: None });
        }
        let video = free_address()?;
        let mut one_domain = config.clone();
        one_domain.push(("VIDEO_ORIGIN".to_owned(), of(video)));
        config.push(("VIDEO_API_BASE".to_owned(), of(video)));
        config.push(("ALLOWED_ORIGINS".to_owned(), origins));
        let services = vec![
            start("viewer-edge", &config, viewer)?,
            start("video-edge", &config, video)?,
            start("viewer-edge", &one_domain, routed)?,
        ];
        Ok(Self { services, native, sqld, url: of(viewer), video_url: of(video), routed_url: Some(of(routed)) })
    }
}
