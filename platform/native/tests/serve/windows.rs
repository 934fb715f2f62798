//! Clients of HTTP/2 that take too little, or nothing more.

use std::time::{Duration, Instant};

use h2::Reason;
use tokio::time::sleep;

use crate::{
    over_http2::{Client, read, request, run},
    over_tls::start,
};

#[test]
fn a_stream_that_is_not_taken_ends_and_others_go_on() {
    const STALL: Duration = Duration::from_millis(800);
    let site = start(|options| options.stall_timeout = STALL);
    run(async {
        // What no window lets out, what it lets out in part, and what waits with its last byte.
        for (window, size) in [(0, 10_000), (70_000, 50 << 20), (65_500, 65_501), (1, 40_000)] {
            let mut client = Client::with(&site, |builder| {
                builder.initial_window_size(window);
            })
            .await;
            let mut still = client.get(&format!("/bytes?n={size}")).await.into_body();
            let started = Instant::now();
            let moving = async {
                for _ in 0..10 {
                    // An answer without a body needs no window.
                    let mut head = request("/hello");
                    *head.method_mut() = http::Method::HEAD;
                    assert_eq!(client.ask(head).await.unwrap().status(), 200);
                    sleep(STALL / 5).await;
                }
            };
            let ended = async {
                loop {
                    match still.data().await.unwrap() {
                        // Taken, and the window is not widened.
                        Ok(_) => {}
                        Err(error) => break (error, started.elapsed()),
                    }
                }
            };
            let ((error, elapsed), ()) = tokio::join!(ended, moving);
            assert_eq!(error.reason(), Some(Reason::CANCEL), "{window} {size}");
            assert!((STALL * 3 / 4..STALL * 2).contains(&elapsed), "{window} {size}: {elapsed:?}");
        }
    });
    let lines = site.host.log.wait(4 * 11);
    let mut sent: Vec<_> = lines.iter().filter(|line| line["complete"] == false).map(|line| &line["bytes"]).collect();
    sent.sort_by_key(|bytes| bytes.as_u64());
    assert_eq!(sent, [0, 1, 65_500, 70_000]);
}

#[test]
fn a_stream_of_which_too_little_is_taken_ends() {
    const LONG: Duration = Duration::from_secs(2);
    // A stream has to take a hundredth of this: 41 kB.
    let site = start(|options| options.slowest = (4 << 20, LONG));
    run(async {
        for (piece, is_ended) in [(1_000, true), (20_000, false)] {
            let mut client = Client::with(&site, |builder| {
                builder.initial_window_size(70_000);
            })
            .await;
            let mut body = client.get("/bytes?n=500000").await.into_body();
            let started = Instant::now();
            let (mut got, mut allowed, mut taken) = (0, 0, 0);
            let ended = loop {
                tokio::select! {
                    data = body.data() => match data {
                        Some(Ok(data)) => got += data.len(),
                        other => break other.transpose(),
                    },
                    () = sleep(Duration::from_millis(100)) => {
                        allowed += piece;
                        let more = got.min(allowed) - taken;
                        taken += more;
                        body.flow_control().release_capacity(more).unwrap();
                    }
                }
                assert!(started.elapsed() < LONG * 10, "{got}");
            };
            assert_eq!(ended.is_err(), is_ended, "{piece} {got}");
            assert!(started.elapsed() >= LONG, "{:?}", started.elapsed());
        }
    });
    let lines = site.host.log.wait(2);
    assert_eq!((&lines[0]["complete"], lines[1].get("complete")), (&false.into(), None));
}

/// Streams that wait for others of their connection are not too slow by themselves.
#[test]
fn what_waits_for_a_slow_connection_is_not_ended_while_it_moves() {
    let site = start(|options| {
        options.stall_timeout = Duration::from_secs(2);
        options.slowest = (4 << 20, Duration::from_mins(1));
    });
    run(async {
        let mut client = Client::connect(&site).await;
        let mut bodies = Vec::new();
        for _ in 0..20 {
            bodies.push(client.get("/bytes?n=1000000").await.into_body());
        }
        for body in bodies {
            assert_eq!(read(body).await.unwrap().len(), 1_000_000);
        }
    });
    assert!(site.host.log.wait(20).iter().all(|line| line.get("complete").is_none()));
}

#[test]
fn a_connection_that_takes_nothing_is_left() {
    let site = start(|options| options.stall_timeout = Duration::from_millis(300));
    run(async {
        let mut client = Client::with(&site, |builder| {
            builder.initial_window_size(60 << 20);
        })
        .await;
        let _body = client.get("/bytes?n=50000000").await;
        // The client reads no more from its socket.
        std::thread::sleep(Duration::from_secs(3));
        let line = &site.host.log.wait(1)[0];
        assert!(line["complete"] == false && line["bytes"].as_u64().unwrap() < 50_000_000, "{line}");
    });
}

#[test]
fn silent_and_idle_connections_end() {
    let site = start(|options| {
        options.header_timeout = Duration::from_millis(300);
        options.idle_timeout = Duration::from_millis(1200);
    });
    run(async {
        let started = Instant::now();
        let silent = Client::connect(&site).await;
        silent.ended().await;
        assert!((250..1100).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
        let mut idle = Client::connect(&site).await;
        assert_eq!(idle.text("/slow?ms=1500").await, "slow");
        let started = Instant::now();
        sleep(Duration::from_millis(700)).await;
        assert_eq!(idle.text("/hello").await, "hello");
        idle.ended().await;
        assert!((1800..4000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    });
}

#[test]
fn stopping_lets_a_download_finish_and_waits_for_nobody_else() {
    const WHOLE: usize = 64 << 20;
    let mut site = start(|_| {});
    run(async {
        let mut idle = Client::connect(&site).await;
        idle.text("/hello").await;
        let mut slow = Client::connect(&site).await;
        let mut body = slow.get(&format!("/bytes?n={WHOLE}")).await.into_body();
        // Begun before the end, answered after it.
        let mut ready = slow.send.clone().ready().await.unwrap();
        let (later, _) = ready.send_request(request("/slow?ms=1500"), true).unwrap();
        sleep(Duration::from_millis(300)).await;
        let started = Instant::now();
        site.host.signal();
        idle.ended().await;
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        assert_eq!(read(later.await.unwrap().into_body()).await.unwrap(), b"slow");
        assert!(slow.ask(request("/hello")).await.is_err(), "it takes no new requests");
        let mut got = 0;
        while let Some(piece) = body.data().await {
            let piece = piece.unwrap().len();
            body.flow_control().release_capacity(piece).unwrap();
            got += piece;
            if got % (1 << 20) < piece {
                sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(got, WHOLE);
        slow.ended().await;
    });
    site.host.stop().unwrap();
    assert!(site.host.log.wait(3).iter().all(|line| line.get("complete").is_none()));
}

#[test]
fn stopping_does_not_wait_for_a_stream_that_stands_still() {
    let mut site = start(|_| {});
    let started = Instant::now();
    run(async {
        let mut client = Client::connect(&site).await;
        let _still = client.get("/bytes?n=50000000").await;
        sleep(Duration::from_millis(300)).await;
        site.host.signal();
        client.ended().await;
    });
    assert!((25..45).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    site.host.stop().unwrap();
    assert_eq!(site.host.log.wait(1)[0]["complete"], false);
}
