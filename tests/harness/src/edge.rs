//! The gallery on an edge host: the services run in a local server of that host. A native gallery beside them has the
//! store and the library.

use std::net::SocketAddr;

use crate::{Failure, Gallery, Options, Sqld, free_address};

/// A running gallery. Each of its services runs in an `S`. The gallery ends when it is dropped.
pub struct EdgeGallery<S> {
    // The fields are dropped in this order: the services before their store.
    pub services: Vec<S>,
    /// The native gallery with the store, the library and the catalogue. It serves the same gallery itself.
    pub native: Gallery,
    /// The catalogue's database, if the services are split and the host has no SQL. Otherwise the catalogue is in the
    /// host's own database, or in the snapshot in the bucket.
    pub sqld: Option<Sqld>,
    pub url: String,
    /// The URL of video-edge. It is the gallery's URL unless the services are split.
    pub video_url: String,
    /// If the services are split: the URL of a second viewer-edge, which forwards `/api/hls/...` to video-edge.
    pub routed_url: Option<String>,
}

impl<S> EdgeGallery<S> {
    /// Starts a gallery with the test library, or with what `options` say. Both services run in one program. If they
    /// are split, each service has a server of its own, and uses a libSQL server unless the host has SQL itself.
    /// `start` starts a service by its name, with this environment, at this address.
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
        // The native gallery's store lets pages of these origins read.
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
