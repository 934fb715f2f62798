//! The command line of `serve`, over the names of the configuration that mean the same.

use std::{net::SocketAddr, path::PathBuf};

use platform::config::{
    ConfigError, Lookup, Name,
    names::{
        CACHE_BYTES, GALLERY_DATA, GALLERY_LISTEN, GALLERY_METRICS, GALLERY_SPLIT, GALLERY_STORE_LISTEN,
        GALLERY_TLS_CERT, GALLERY_TLS_KEY, TRUST_FORWARDED,
    },
};

/// Configuration and secrets come from the environment; `edge-gallery check` says what is missing. Without
/// `S3_ENDPOINT` and `R2_ACCOUNT_ID` an S3 store in the data folder serves.
#[derive(Default, clap::Args)]
pub struct Arguments {
    /// Where the gallery listens; port 0 picks a free one [env: GALLERY_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Gives video-edge an address of its own, and the page the way to it [env: GALLERY_SPLIT]
    #[arg(long, value_name = "ADDRESS")]
    split: Option<SocketAddr>,
    /// Where Prometheus finds counts of requests; nobody else should [env: GALLERY_METRICS]
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// The path below which browsers find the gallery, such as /gallery [env: BASE_PATH]
    #[arg(long, value_name = "PATH")]
    pub base_path: Option<String>,
    /// Where the catalogue, the KV store and the embedded S3 store live [env: GALLERY_DATA] [default: .data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where the embedded store listens; browsers must reach it [env: GALLERY_STORE_LISTEN] [default: 127.0.0.1:9000]
    #[arg(long, value_name = "ADDRESS")]
    store_listen: Option<SocketAddr>,
    /// A PEM file of a certificate: the gallery then speaks TLS [env: GALLERY_TLS_CERT]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// A PEM file of the certificate's key [env: GALLERY_TLS_KEY]
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Believe X-Forwarded-For and X-Forwarded-Proto. Only behind a proxy that sets them [env: TRUST_FORWARDED]
    #[arg(long)]
    trust_forwarded: bool,
    /// Take a password and a secret that are easy to guess. Only on a machine of your own [env: GALLERY_LOCAL]
    #[arg(long)]
    pub local: bool,
}

/// Where `serve` listens, and where it keeps everything.
pub struct Settings {
    pub listen: SocketAddr,
    pub split: Option<SocketAddr>,
    pub metrics: Option<SocketAddr>,
    pub data: PathBuf,
    pub store_listen: SocketAddr,
    /// The certificate and its key.
    pub tls: Option<(PathBuf, PathBuf)>,
    pub trust_forwarded: bool,
    pub cache_bytes: u64,
}

impl Settings {
    /// What the command line says goes before what the configuration says.
    pub fn load(lookup: &Lookup<'_>, arguments: &Arguments) -> Result<Self, ConfigError> {
        let optional =
            |given: Option<SocketAddr>, name| given.map_or_else(|| address(lookup, name), |given| Ok(Some(given)));
        let required = |given: Option<SocketAddr>, name: Name| match optional(given, name)? {
            Some(address) => Ok(address),
            None => Err(ConfigError::new(name, "is not set")),
        };
        let data = arguments.data.clone().map_or_else(|| lookup.required(GALLERY_DATA).map(PathBuf::from), Ok)?;
        let file = |given: &Option<PathBuf>, name| given.clone().or_else(|| lookup.optional(name).map(PathBuf::from));
        let tls = match (file(&arguments.tls_cert, GALLERY_TLS_CERT), file(&arguments.tls_key, GALLERY_TLS_KEY)) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (None, Some(_)) => return Err(ConfigError::new(GALLERY_TLS_CERT, "is not set, and GALLERY_TLS_KEY is")),
            (Some(_), None) => return Err(ConfigError::new(GALLERY_TLS_KEY, "is not set, and GALLERY_TLS_CERT is")),
        };
        Ok(Self {
            listen: required(arguments.listen, GALLERY_LISTEN)?,
            split: optional(arguments.split, GALLERY_SPLIT)?,
            metrics: optional(arguments.metrics, GALLERY_METRICS)?,
            data,
            store_listen: required(arguments.store_listen, GALLERY_STORE_LISTEN)?,
            tls,
            trust_forwarded: arguments.trust_forwarded || lookup.switch(TRUST_FORWARDED)?,
            cache_bytes: lookup.bytes(CACHE_BYTES)?.unwrap_or_default(),
        })
    }
}

fn address(lookup: &Lookup<'_>, name: Name) -> Result<Option<SocketAddr>, ConfigError> {
    let error = ConfigError::new(name, "must be an address and a port, such as 127.0.0.1:8080");
    lookup.optional(name).map(|text| text.parse().map_err(|_| error)).transpose()
}
