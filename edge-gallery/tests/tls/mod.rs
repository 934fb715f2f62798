//! A store over TLS, with a certificate that no system trusts. It has one empty bucket, and lets every page read.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};

pub struct Server {
    pub port: u16,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// And the certificate to trust, in PEM.
    pub fn start() -> (Self, String) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<AtomicUsize>::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                let mut line = String::new();
                // A client that does not trust us sends nothing.
                while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                    line.clear();
                }
                if line.is_empty() {
                    continue;
                }
                seen.fetch_add(1, Ordering::SeqCst);
                let body = "<Error><Code>NoSuchKey</Code></Error>";
                let head = format!(
                    "HTTP/1.1 404 Not Found\r\nconnection: close\r\naccess-control-allow-origin: *\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.get_mut().write_all((head + body).as_bytes());
                stream.get_mut().conn.send_close_notify();
                let _ = stream.get_mut().flush();
            }
        });
        (Self { port, requests }, cert.pem())
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}
