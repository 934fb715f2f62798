//! The part of the host that accepts requests.

use std::{
    convert::Infallible,
    io::Write as _,
    sync::{Arc, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header::HOST, uri::Scheme};
use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use tokio::{net::TcpListener, sync::TryAcquireError};
use wasmtime_wasi_http::{
    Error, WasiBody,
    handler::{InstantiationError, ProxyHandler},
    io::TokioIo,
};

use crate::component::Component;

/// The pause before a request that found no instance is tried again.
const SOON: Duration = Duration::from_millis(1);

/// Serves until the process ends. The first component whose path matches serves a request.
pub async fn open(listener: TcpListener, routes: Vec<(String, Component)>) -> wasmtime::Result<()> {
    let routes = routes.into_iter().map(|(path, component)| (path, ProxyHandler::new(component)));
    let routes: Arc<[_]> = routes.collect();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            let serve = service_fn(|request: Request<Incoming>| {
                let takes = |(path, _): &&(String, _)| {
                    let rest = request.uri().path().strip_prefix(path.as_str());
                    path.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                let handler = routes.iter().find(takes).map(|(_, handler)| handler.clone());
                async move {
                    let Some(handler) = handler else { return Ok(bare(StatusCode::NOT_FOUND)) };
                    Ok::<_, Infallible>(answer(&handler, request).await)
                }
            });
            // A client that leaves, or a body that breaks off, ends only its own connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
        });
    }
}

async fn answer(handler: &ProxyHandler<Component>, request: Request<Incoming>) -> Response<WasiBody> {
    let Some(request) = whole(request) else { return bare(StatusCode::BAD_REQUEST) };
    let mut request = request.map(|body| body.map_err(Error::from).boxed_unsync());
    loop {
        let error = match handler.handle((), request).await {
            Ok(response) => return response,
            Err(error) => error,
        };
        match error.downcast::<InstantiationError<()>>() {
            // No further instance may be made. One of the existing instances takes the request soon.
            Ok(refused) if refused.error.is::<TryAcquireError>() => {
                request = refused.request.into_inner().unwrap_or_else(PoisonError::into_inner);
                tokio::time::sleep(SOON).await;
            }
            Ok(refused) => return failed(&refused.into()),
            Err(error) => return failed(&error),
        }
    }
}

fn failed(error: &wasmtime::Error) -> Response<WasiBody> {
    complain(error);
    bare(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The request with its target in absolute form, as WASI expects it. `None` unless the request has exactly one
/// `Host`.
fn whole(mut request: Request<Incoming>) -> Option<Request<Incoming>> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next().filter(|_| hosts.next().is_none())?.to_str().ok()?.to_owned();
    let target = request.uri().path_and_query()?.clone();
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(host).path_and_query(target).build().ok()?;
    *request.uri_mut() = uri;
    Some(request)
}

fn bare(status: StatusCode) -> Response<WasiBody> {
    let mut response = Response::new(Empty::<Bytes>::new().map_err(Error::from).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// Prints to standard error what went wrong in a component.
pub fn complain(error: &wasmtime::Error) {
    let _ = writeln!(std::io::stderr(), "wasi-host: {error:?}");
}
