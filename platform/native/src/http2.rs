//! A connection of HTTP/2 (RFC 9113).
//!
//! Each stream is a task of its own. It ends when its response is sent, when its client resets it, and when its client
//! takes too little of it.

use std::{
    cell::{OnceCell, RefCell},
    convert::Infallible,
    future::{Future, poll_fn},
    net::IpAddr,
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use hyper::{rt::Executor, server::conn::http2, service::service_fn};
use platform::Service;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    flow::{Flow, Flowing, Patience},
    request::{MAX_HEAD_BYTES, Refused, Site},
    wire::{ClientTimeouts, STILL, Wire},
};

/// The requests that a client may have under way on one connection. RFC 9113 section 6.5.2 recommends no fewer.
const MAX_STREAMS: u32 = 100;
/// What hyper gathers at most of each response, in bytes, beside the one piece of the body that was read last.
const MAX_BUFFERED_BYTES: usize = 64 * 1024;
/// What a client may send ahead of the body of a request, in bytes: logins and lists of names are smaller. The second
/// is for all bodies of a connection. The smaller is the least that the protocol knows at its start.
const WINDOWS: (u32, u32) = (64 * 1024 - 1, 256 * 1024);
/// The longest list of header fields, in bytes, each counted with 32 bytes more (RFC 9113 section 6.5.2). hyper
/// answers longer ones by itself, with a 431 and without a line in the log. [`Site`] refuses what is shorter and
/// still too long.
#[expect(clippy::cast_possible_truncation, reason = "64 KiB")]
const MAX_FIELDS_BYTES: u32 = 2 * MAX_HEAD_BYTES as u32;
/// How long a client has to take leave of a connection that is to end and has no request.
const LEAVE: Duration = Duration::from_secs(1);
/// How often it is looked at whether a stream is too slow: so many times while it may stall.
const LOOKS: u32 = 16;

tokio::task_local! {
    /// The response of the stream whose task this is.
    static FLOW: OnceCell<Rc<Flow>>;
}

/// The streams of a connection.
#[derive(Clone)]
struct Streams {
    tasks: Rc<RefCell<JoinSet<()>>>,
    look: Duration,
}

impl<F: Future<Output = ()> + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let look = self.look;
        let watched = async move {
            tokio::select! {
                biased;
                () = stream => {}
                // This drops the stream, which resets it.
                () = overdue(look) => {}
            }
        };
        self.tasks.borrow_mut().spawn_local(FLOW.scope(OnceCell::new(), watched));
    }
}

impl Streams {
    fn are_none(&self) -> bool {
        self.tasks.borrow().is_empty()
    }

    /// Waits until a stream has ended.
    async fn one_ended(&self) {
        poll_fn(|task| match self.tasks.borrow_mut().poll_join_next(task) {
            Poll::Ready(Some(_)) => Poll::Ready(()),
            // If there is none, hyper wakes us when it begins one.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        })
        .await;
    }
}

/// Waits until the client of this task's stream takes too little.
async fn overdue(look: Duration) {
    loop {
        sleep(look).await;
        if FLOW.with(|flow| flow.get().is_some_and(|flow| flow.is_overdue())) {
            return;
        }
    }
}

/// Serves one connection until it ends, or is idle, or until the host stops and its last response is out.
pub(crate) async fn serve<S: Service + 'static>(
    site: Rc<Site<S>>,
    wire: Wire,
    peer: IpAddr,
    timeouts: ClientTimeouts,
    mut stopping: watch::Receiver<bool>,
) {
    let (tally, told) = (wire.tally(), Rc::clone(&site));
    let sent = Rc::clone(&tally);
    let patience = Patience::of_stream(&timeouts, MAX_STREAMS);
    let answer = service_fn(move |request| {
        let (site, tally) = (Rc::clone(&site), Rc::clone(&tally));
        async move {
            let method = request.method().clone();
            let (response, entry) = site.answer(peer, tally.log(), request).await;
            let (response, flow) = Flowing::response(&tally, &method, response, (entry, patience));
            let _ = FLOW.try_with(|slot| slot.set(flow));
            Ok::<_, Infallible>(response)
        }
    });
    let look = patience.stall.min(patience.slowest.1) / LOOKS;
    let streams = Streams { tasks: Rc::default(), look };
    // Floods of resets, of pings and of settings end the connection: hyper's own limits.
    let mut connection = pin!(
        http2::Builder::new(streams.clone())
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(MAX_FIELDS_BYTES)
            .max_send_buf_size(MAX_BUFFERED_BYTES)
            .initial_stream_window_size(WINDOWS.0)
            .initial_connection_window_size(WINDOWS.1)
            .serve_connection(wire, answer)
    );
    let (mut is_ending, mut has_left, mut before) = (false, false, 0);
    // A connection that has not brought a request yet is as slow as a slow head.
    let mut timer = pin!(sleep(timeouts.header));
    // A failed connection concerns only its client. If a response was under way, the log line shows the failure.
    let ended = loop {
        let mut end = false;
        tokio::select! {
            biased;
            ended = connection.as_mut() => break Some(ended),
            _ = stopping.wait_for(|stopping| *stopping), if !is_ending => end = true,
            () = streams.one_ended() => {}
            () = timer.as_mut() => match streams.are_none() {
                true if is_ending => break None,
                false if is_ending && !has_left && sent.of_bodies() == before => break None,
                none => end = none,
            },
        }
        if end && !is_ending {
            is_ending = true;
            connection.as_mut().graceful_shutdown();
        }
        (has_left, before) = (streams.are_none(), sent.of_bodies());
        let wait = if !is_ending {
            timeouts.idle
        } else if has_left {
            LEAVE
        } else {
            STILL
        };
        timer.as_mut().reset(Instant::now() + wait);
    };
    // Each holds the set, through hyper.
    streams.tasks.borrow_mut().abort_all();
    if let Some(Err(error)) = ended
        && let Some(refused) = Refused::of(&error)
    {
        told.refused(sent.log(), peer, refused);
    }
}
