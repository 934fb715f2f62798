//! A connection of HTTP/1.1.

use std::{convert::Infallible, net::IpAddr, pin::pin, rc::Rc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use platform::Service;
use tokio::sync::watch;

use crate::{
    request::{MAX_HEAD_BYTES, Refused, Site},
    wire::{STILL, Sent, Wire},
};

/// What hyper gathers at most of a response while its client reads slowly, in bytes, beside the one piece of the body
/// that was read last.
const MAX_BUFFERED_BYTES: usize = 128 * 1024;

/// Serves one connection until it ends, or until the host stops and its last response is out.
pub(crate) async fn serve<S: Service + 'static>(
    site: Rc<Site<S>>,
    wire: Wire,
    peer: IpAddr,
    header_timeout: Duration,
    mut stopping: watch::Receiver<bool>,
) {
    let (tally, told) = (wire.tally(), Rc::clone(&site));
    let sent = Rc::clone(&tally);
    let answer = service_fn(move |request| {
        let (site, tally) = (Rc::clone(&site), Rc::clone(&tally));
        async move {
            let asked = (request.method().clone(), request.version());
            let (response, entry) = site.answer(peer, tally.log(), request).await;
            Ok::<_, Infallible>(Sent::response(&tally, asked, response, entry))
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_header_size(MAX_HEAD_BYTES)
            .max_buf_size(MAX_BUFFERED_BYTES)
            .serve_connection(wire, answer)
    );
    // A failed connection concerns only its client. If a response was under way, the log line shows the failure.
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        _ = stopping.wait_for(|stopping| *stopping) => {
            connection.as_mut().graceful_shutdown();
            loop {
                let before = sent.written();
                tokio::select! {
                    ended = connection.as_mut() => break ended,
                    () = tokio::time::sleep(STILL) => if sent.written() == before { return },
                }
            }
        }
    };
    if let Err(error) = ended
        && let Some(refused) = Refused::of(&error)
    {
        told.refused(sent.log(), peer, refused);
    }
}
