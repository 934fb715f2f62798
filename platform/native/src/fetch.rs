//! Outgoing requests. Each worker reuses its own connections, and each request has its own timeouts.
//!
//! hyper speaks HTTP/1.1, hyper-util resolves and connects, hyper-rustls adds TLS. The connection pool is ours,
//! because the pool of hyper-util hides two things that are needed here. The first is whether a connection was used
//! before: only then is a break before the head worth a second try. The second is when a connection is established:
//! the timeouts for connecting and for the first byte apply to each request.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, Uri,
    header::HOST,
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use platform::{Error, Kind, Timeouts, headers::strip_hop_by_hop};
use tokio::{task::spawn_local, time::timeout};
use tower_service::Service as _;

use crate::{Body, HostError, trust};

/// Stores close idle connections. Idle connections are dropped here before most stores close them.
const IDLE: Duration = Duration::from_secs(30);
const MAX_IDLE_PER_HOST: usize = 64;
const TCP_KEEPALIVE: Duration = Duration::from_mins(1);
/// How slowly a body may leave, in bytes a second.
const SLOWEST: u64 = 32 * 1024;

type Sender = SendRequest<Full<Bytes>>;
type Place = (Scheme, Authority);

/// The connections of one worker.
pub(crate) struct Client {
    connector: HttpsConnector<HttpConnector>,
    idle: RefCell<HashMap<Place, Vec<(Instant, Sender)>>>,
}

/// A request for which no head arrived, and the request itself if no byte of it was sent.
struct Failed {
    error: Error,
    unsent: Option<Request<Full<Bytes>>>,
    /// Whether the connection ended. If the connection had been idle, its end says nothing about the health of the
    /// other side.
    ended: bool,
}

impl Client {
    pub fn new() -> Result<Self, HostError> {
        Self::trusting(trust::roots()?)
    }

    fn trusting(roots: Arc<rustls::RootCertStore>) -> Result<Self, HostError> {
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| HostError::new("cannot set up TLS", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE));
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        Ok(Self { connector, idle: RefCell::default() })
    }

    /// An idle connection that is still open. The last used connection comes first.
    fn take(&self, place: &Place) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        let here = idle.get_mut(place)?;
        while let Some((since, sender)) = here.pop() {
            if since.elapsed() < IDLE && sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps a connection for the next request, once its response has been read to the end.
    fn keep(self: &Rc<Self>, place: Place, mut sender: Sender) {
        let client = Rc::downgrade(self);
        spawn_local(async move {
            if sender.ready().await.is_err() {
                return;
            }
            let Some(client) = client.upgrade() else { return };
            let mut idle = client.idle.borrow_mut();
            let here = idle.entry(place).or_default();
            here.retain(|(since, sender)| since.elapsed() < IDLE && !sender.is_closed());
            if here.len() < MAX_IDLE_PER_HOST {
                here.push((Instant::now(), sender));
            }
        });
    }

    async fn connect(&self, (scheme, authority): &Place, within: Duration) -> Result<Sender, Error> {
        let uri = Uri::builder()
            .scheme(scheme.clone())
            .authority(authority.clone())
            .path_and_query(PathAndQuery::from_static("/"))
            .build()
            .map_err(|error| Error::because(Kind::Invalid, "fetch.connect", error))?;
        let standing = async {
            let stream = self
                .connector
                .clone()
                .call(uri)
                .await
                .map_err(|error| Error::because(Kind::Unavailable, "fetch.connect", error))?;
            let (sender, connection) = handshake(stream).await.map_err(|error| failure("fetch.connect", error))?;
            // The task ends when the sender is dropped or the other side closes. The sender gets every failure.
            spawn_local(async move { drop(connection.await) });
            Ok(sender)
        };
        timeout(within, standing).await.unwrap_or_else(|_| Err(Error::new(Kind::Timeout, "fetch.connect")))
    }

    async fn exchange(
        self: &Rc<Self>,
        place: &Place,
        mut sender: Sender,
        request: Request<Full<Bytes>>,
        timeouts: Timeouts,
    ) -> Result<Response<Body>, Failed> {
        match timeout(timeouts.first_byte, sender.try_send_request(request)).await {
            Err(_) => {
                let error = Error::new(Kind::Timeout, "fetch.first_byte");
                Err(Failed { error, unsent: None, ended: false })
            }
            Ok(Err(mut failed)) => {
                let unsent = failed.take_message();
                let error = failed.into_error();
                let ended = !error.is_parse() && !error.is_user();
                Err(Failed { error: failure("fetch.send", error), unsent, ended })
            }
            Ok(Ok(response)) => {
                self.keep(place.clone(), sender);
                let mut response = response.map(|incoming| Body::arriving(incoming, timeouts.between_bytes));
                strip_hop_by_hop(response.headers_mut());
                Ok(response)
            }
        }
    }
}

/// See [`platform::Platform::fetch`].
///
/// If the other side has just closed the connection, the request is sent once more on a new connection. This is done
/// always if no byte was sent, and otherwise if the method is idempotent (RFC 9110 section 9.2.2). The timeout for
/// the first byte starts when the request is given to an established connection. It is longer for a large body, because
/// buffers of the system hide when the last byte leaves.
pub(crate) async fn send(client: &Rc<Client>, request: Request<Bytes>) -> Result<Response<Body>, Error> {
    let mut timeouts = request.extensions().get::<Timeouts>().copied().unwrap_or_default();
    let sending = Duration::from_secs(request.body().len() as u64 / SLOWEST);
    timeouts.first_byte = timeouts.first_byte.saturating_add(sending);
    let (place, mut request) = addressed(request)?;
    if let Some(sender) = client.take(&place) {
        let again = request.method().is_idempotent().then(|| copy(&request));
        match client.exchange(&place, sender, request, timeouts).await {
            Ok(response) => return Ok(response),
            Err(failed) => match failed.unsent.or(again) {
                Some(unsent) if failed.ended => request = unsent,
                _ => return Err(failed.error),
            },
        }
    }
    let sender = client.connect(&place, timeouts.connect).await?;
    client.exchange(&place, sender, request, timeouts).await.map_err(|failed| failed.error)
}

/// Splits the URI into the place to connect to and the target to request there.
fn addressed(request: Request<Bytes>) -> Result<(Place, Request<Full<Bytes>>), Error> {
    let invalid = |words: &'static str| Error::because(Kind::Invalid, "fetch.request", words);
    let (mut head, body) = request.into_parts();
    let mut uri = std::mem::take(&mut head.uri).into_parts();
    let (Some(scheme), Some(authority)) = (uri.scheme.take(), uri.authority.take()) else {
        return Err(invalid("the URI is not absolute"));
    };
    if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
        return Err(invalid("the URI's scheme is neither http nor https"));
    }
    if authority.as_str().contains('@') || head.method == Method::CONNECT {
        return Err(invalid("the request is not one to an origin"));
    }
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| invalid("the URI has no host"))?;
    head.headers.insert(HOST, host);
    head.uri = uri.path_and_query.map_or_else(|| Uri::from_static("/"), Uri::from);
    head.version = http::Version::HTTP_11;
    Ok(((scheme, authority), Request::from_parts(head, Full::new(body))))
}

fn copy(request: &Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    let mut copy = Request::new(request.body().clone());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

fn failure(operation: &'static str, error: hyper::Error) -> Error {
    let kind = if error.is_parse() || error.is_user() { Kind::Invalid } else { Kind::Unavailable };
    Error::because(kind, operation, error)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rustls::{
        RootCertStore, ServerConfig, ServerConnection, StreamOwned,
        pki_types::{CertificateDer, PrivateKeyDer},
    };

    use super::*;

    /// An https server for `localhost`. Returns its port, its certificate, and the number of connections it has had.
    fn https() -> (u16, CertificateDer<'static>, Arc<std::sync::atomic::AtomicUsize>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let (config, count) = (Arc::new(config), Arc::<std::sync::atomic::AtomicUsize>::default());
        let counter = Arc::clone(&count);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let server = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(server, stream.unwrap());
                counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut head = [0; 1000];
                // A client that refuses the certificate ends the handshake, and with it this connection.
                while stream.read(&mut head).is_ok_and(|count| count > 0) {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret").unwrap();
                }
            }
        });
        (port, certificate, count)
    }

    async fn get(client: &Rc<Client>, url: String) -> Result<Bytes, Error> {
        let request = Request::builder().uri(url).body(Bytes::new()).unwrap();
        send(client, request).await?.into_body().collect(100).await
    }

    #[test]
    fn tls_is_checked_and_its_connections_are_used_again() {
        let (port, certificate, connections) = https();
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let trusting = Rc::new(Client::trusting(Arc::new(roots)).unwrap());
            for _ in 0..3 {
                assert_eq!(get(&trusting, format!("https://localhost:{port}/")).await.unwrap(), "secret");
                tokio::task::yield_now().await;
            }
            assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
            drop(trusting);

            let usual = Rc::new(Client::new().unwrap());
            let error = get(&usual, format!("https://localhost:{port}/")).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Unavailable);
            assert!(error.to_string().contains("UnknownIssuer"), "{error}");
        });
    }
}
