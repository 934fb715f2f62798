//! `edge-gallery health`: asks a gallery whether it runs. An image without a shell has nothing else to ask with.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use platform::config::{
    ConfigError, Lookup,
    names::{GALLERY_LISTEN, GALLERY_TLS_CERT},
};
use platform_native::Config as Environment;
use ureq::{Agent, tls::TlsConfig};

use crate::Failure;

/// `/readyz` waits for the bucket and the database, and neither for long.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of an answer that are shown.
const SHOWN: u64 = 1024;

/// Without a URL, the gallery of this configuration is asked, on this machine. Exit code 1: it does not answer, or not
/// with 200.
#[derive(clap::Args)]
pub struct Arguments {
    /// Ask /readyz, which also looks at the bucket, the database, the KV store and the clock, instead of /healthz
    #[arg(long)]
    ready: bool,
    /// The origin of a gallery elsewhere, such as `https://gallery.example`
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(PATIENCE));
    let origin = if let Some(url) = &arguments.url {
        let certificates: Vec<Vec<u8>> =
            platform_native::trust::certificates()?.iter().map(|der| der.to_vec()).collect();
        agent = agent.tls_config(ingest::tls::config(&certificates)).proxy(ingest::proxy::to_origin(url));
        url.trim_end_matches('/').to_owned()
    } else {
        // The certificate names the gallery's domain, and not this machine. Nothing secret is sent.
        agent = agent.tls_config(TlsConfig::builder().disable_verification(true).build()).proxy(None);
        Environment::environment().read(|lookup| here(&lookup))?
    };
    let url = format!("{origin}/{}", if arguments.ready { "readyz" } else { "healthz" });
    let mut answer = Agent::from(agent.build()).get(&url).call().map_err(|error| format!("{url}: {error}"))?;
    if answer.status() == 200 {
        return Ok(());
    }
    let said = answer.body_mut().with_config().limit(SHOWN).read_to_string().unwrap_or_default();
    let said = said.lines().next().unwrap_or_default();
    Err(format!("{url} answers {}: {said}", answer.status().as_u16()).into())
}

/// The origin by which this machine reaches the gallery that this configuration starts.
fn here(lookup: &Lookup<'_>) -> Result<String, ConfigError> {
    let given = lookup.required(GALLERY_LISTEN)?;
    let not_an_address = |_| ConfigError::new(GALLERY_LISTEN, "must be an address and a port, such as 127.0.0.1:8080");
    let mut address: SocketAddr = given.parse().map_err(not_an_address)?;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let scheme = if lookup.optional(GALLERY_TLS_CERT).is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gallery_of_this_machine_is_asked_where_it_listens() {
        for (listen, certificate, origin) in [
            (None, None, "http://127.0.0.1:8080"),
            (Some("0.0.0.0:80"), None, "http://127.0.0.1:80"),
            (Some("[::]:443"), Some("cert.pem"), "https://[::1]:443"),
            (Some("192.0.2.1:8080"), None, "http://192.0.2.1:8080"),
        ] {
            let get = |name: &str| {
                let given = if name == "GALLERY_LISTEN" { listen } else { certificate };
                given.map(str::to_owned)
            };
            assert_eq!(here(&Lookup(&get)).unwrap(), origin);
        }
        assert!(here(&Lookup(&|_| Some("gallery".to_owned()))).is_err());
    }
}
