//! The gallery on Fastly's local server: services in Viceroy, the store and the library in a native gallery beside them.

use crate::{
    Failure, Gallery, Options, Sqld,
    viceroy::{Viceroy, free_address},
};

/// A running gallery on Fastly. Ends when dropped.
pub struct FastlyGallery {
    // Dropped in this order: the services before their store.
    pub services: Vec<Viceroy>,
    /// Has the store, the library and the catalogue. Serves the same gallery itself.
    pub native: Gallery,
    /// The catalogue's database, when split: else it is the snapshot in the bucket.
    pub sqld: Option<Sqld>,
    pub url: String,
    /// video-edge's, which is the gallery's unless split.
    pub video_url: String,
    /// When split: a second viewer, which hands `/api/hls/...` on to video-edge.
    pub routed_url: Option<String>,
}

impl FastlyGallery {
    /// Starts one with the test library, or what `options` say: all in one on the snapshot in the bucket, or, split, each
    /// service in a server of its own on a libSQL server.
    pub fn start(options: &Options) -> Result<Self, Failure> {
        let (viewer, routed) = (free_address()?, free_address()?);
        let origins = format!("http://{viewer},http://localhost:{},http://{routed}", viewer.port());
        let sqld = if options.split { Some(Sqld::start(None)?) } else { None };
        let mut environment = options.environment.clone();
        environment.extend(sqld.iter().map(|sqld| ("SQL_URL".to_owned(), sqld.url.clone())));
        // For its store, which lets the pages of these origins read.
        environment.push(("ALLOWED_ORIGINS".to_owned(), origins.clone()));
        let native = Gallery::start(&Options { split: false, environment, ..options.clone() })?;
        let mut config = native.environment().to_vec();
        config.retain(|(name, _)| name != "ALLOWED_ORIGINS");
        config.push(("S3_ENDPOINT".to_owned(), native.store_url.clone()));
        let start = |service: &str, config: &[(String, String)], address| {
            Viceroy::start_with(options.host_arguments, service, config, address)
        };
        if sqld.is_none() {
            let service = start("all-in-one-fastly", &config, viewer)?;
            let url = service.url.clone();
            return Ok(Self { services: vec![service], native, sqld, video_url: url.clone(), routed_url: None, url });
        }
        let video = free_address()?;
        let mut one_domain = config.clone();
        one_domain.push(("VIDEO_ORIGIN".to_owned(), format!("http://{video}")));
        config.push(("VIDEO_API_BASE".to_owned(), format!("http://{video}")));
        config.push(("ALLOWED_ORIGINS".to_owned(), origins));
        let services = vec![
            start("viewer-edge-fastly", &config, viewer)?,
            start("video-edge-fastly", &config, video)?,
            start("viewer-edge-fastly", &one_domain, routed)?,
        ];
        let [url, video_url, routed_url] = [0, 1, 2].map(|index: usize| services[index].url.clone());
        Ok(Self { url, video_url, routed_url: Some(routed_url), services, native, sqld })
    }
}
