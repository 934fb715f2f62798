//! tower-http's `ServeDir` with its default settings, on hyper.

use std::net::SocketAddr;

use harness::Failure;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

/// Serves a folder on the address in `LISTEN`, on every core, until the process ends.
pub fn serve(folder: &str) -> Result<(), Failure> {
    let address: SocketAddr = std::env::var("LISTEN")?.parse()?;
    let service = ServeDir::new(folder);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(address).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let mut connection = http1::Builder::new();
                connection.timer(TokioTimer::new());
                // A client that goes away is no failure.
                let _ = connection.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}
