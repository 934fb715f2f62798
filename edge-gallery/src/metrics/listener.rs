//! `GET /metrics` on an address of its own, on a thread of its own: it answers also while every worker is busy.

use std::{convert::Infallible, io, net::TcpListener, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{sync::Semaphore, time::timeout};

use super::Metrics;

/// The most scrapers at a time.
const AT_ONCE: usize = 8;
/// How long a scrape may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers scrapers until the program ends.
pub fn listen(listener: TcpListener, metrics: Arc<Metrics>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new()
        .name("metrics".to_owned())
        .spawn(move || runtime.block_on(accept(listener, metrics)))?;
    Ok(())
}

async fn accept(listener: TcpListener, metrics: Arc<Metrics>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // There are no descriptors left. Open connections must close first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let metrics = Arc::clone(&metrics);
        tokio::spawn(async move {
            let _seat = seat;
            let answer = service_fn(|request| std::future::ready(Ok::<_, Infallible>(answer(&metrics, &request))));
            let serving = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), answer);
            let _ = timeout(PATIENCE, serving).await;
        });
    }
}

fn answer(metrics: &Metrics, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let bare = |status| {
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        response
    };
    if request.uri().path() != "/metrics" {
        return bare(StatusCode::NOT_FOUND);
    }
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut response = bare(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let Some((media_type, text)) = metrics.text(accept) else { return bare(StatusCode::INTERNAL_SERVER_ERROR) };
    // hyper sends no body to a HEAD.
    let mut response = Response::new(Full::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
