//! Clients that come over TLS.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use platform_native::{Options, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring, pki_types::CertificateDer};

use crate::support::{Running, start_with};

type Client = StreamOwned<ClientConnection, TcpStream>;

pub struct Site {
    pub host: Running,
    certificate: CertificateDer<'static>,
}

pub fn start(change: impl FnOnce(&mut Options)) -> Site {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let tls = Tls::load(&certificate, &key).unwrap();
    let host = start_with(|options| {
        options.tls = Some(tls);
        change(options);
    });
    // Each file in place of the other is one line with its name.
    for (certificate, wrong) in [(&key, &certificate), (&certificate, &certificate)] {
        let error = Tls::load(certificate, wrong).err().unwrap().to_string();
        assert!(error.contains(".pem cannot be used") && error.lines().count() == 1, "{error}");
    }
    Site { host, certificate: cert.der().clone() }
}

impl Site {
    /// A client that trusts the host, and speaks these protocols (ALPN), best first.
    pub fn client(&self, protocols: &[&str]) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    fn connect(&self) -> Client {
        let connection = ClientConnection::new(self.client(&[]), "localhost".try_into().unwrap()).unwrap();
        StreamOwned::new(connection, self.host.connect())
    }

    /// Everything until the connection ends.
    fn get(&self, target: &str) -> Vec<u8> {
        let mut client = self.connect();
        write!(client, "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut all = Vec::new();
        client.read_to_end(&mut all).unwrap();
        all
    }
}

#[test]
fn requests_are_answered_and_the_service_knows_of_tls() {
    let site = start(|_| {});
    assert!(String::from_utf8(site.get("/facts")).unwrap().ends_with("true 127.0.0.1"));
    let large = site.get("/bytes?n=8000000");
    assert_eq!(large.iter().rev().take_while(|byte| **byte == b'x').count(), 8_000_000);
    let lines = site.host.log.wait(2);
    assert_eq!((&lines[1]["bytes"], lines[1].get("complete")), (&8_000_000.into(), None));
}

#[test]
fn what_is_not_tls_leaves_a_line_and_a_silent_client_is_left() {
    let site = start(|options| options.header_timeout = Duration::from_millis(300));
    let silent = site.host.connect();
    assert_eq!(site.host.get("/hello").status(), 0);
    let line = &site.host.log.wait(1)[0];
    assert_eq!((&line["status"], &line["client"]), (&400.into(), &"127.0.0.0/24".into()));
    assert!(line["failure"].as_str().unwrap().contains("TLS"), "{line}");
    let mut silent = silent;
    let started = Instant::now();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_client_that_takes_nothing_is_left_with_tls_too() {
    let site = start(|options| options.stall_timeout = Duration::from_millis(300));
    let mut client = site.connect();
    client.write_all(b"GET /bytes?n=67108864 HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    client.flush().unwrap();
    assert_eq!(site.host.log.wait(1)[0]["complete"], false);
}
