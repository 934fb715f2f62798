//! One maker for what many want at once: [`platform::flights`] on a host that serves requests side by side.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{cell::Cell, rc::Rc, time::Duration};

use platform::{Cx, Facts, flights::Flights};
use platform_native::Native;
use support::on_native;
use tokio::task::JoinSet;

const FACTS: Facts = Facts { now: 0, entropy: [0; 32], https: false, client: None };

/// Makes the thing unless it is there; how long that takes, and whether it works, is up to `make`.
async fn visit<F: Future<Output = bool>>(
    native: &Native,
    flights: &Flights,
    made: &Cell<bool>,
    make: impl FnOnce() -> F,
) {
    let cx = Cx::new(native, FACTS);
    let turn = flights.turn(&cx, "film").await;
    if !(turn.waited && made.get()) && make().await {
        made.set(true);
    }
}

#[test]
fn a_crowd_makes_it_once() {
    let makers = on_native(|native| async move {
        let (flights, made, makers) = (Rc::<Flights>::default(), Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let mut crowd = JoinSet::new();
        for _ in 0..100 {
            let (native, flights, made, makers) = (native.clone(), flights.clone(), made.clone(), makers.clone());
            crowd.spawn_local(async move {
                visit(&native, &flights, &made, || async {
                    makers.set(makers.get() + 1);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    true
                })
                .await;
            });
        }
        crowd.join_all().await;
        makers.get()
    });
    assert_eq!(makers, 1);
}

/// One that fails, and one whose client has left, hand the turn on.
#[test]
fn who_ends_empty_handed_hands_the_turn_on() {
    on_native(|native| async move {
        let (flights, made) = (Rc::<Flights>::default(), Rc::new(Cell::new(false)));
        let gone = tokio::task::spawn_local({
            let (native, flights) = (native.clone(), flights.clone());
            async move {
                let cx = Cx::new(&native, FACTS);
                let _turn = flights.turn(&cx, "film").await;
                std::future::pending::<()>().await;
            }
        });
        tokio::task::yield_now().await;
        let makers = Rc::new(Cell::new(0));
        let mut crowd = JoinSet::new();
        for _ in 0..10 {
            let (native, flights, made, makers) = (native.clone(), flights.clone(), made.clone(), makers.clone());
            crowd.spawn_local(async move {
                visit(&native, &flights, &made, || async {
                    makers.set(makers.get() + 1);
                    // The first two fail.
                    makers.get() > 2
                })
                .await;
            });
        }
        tokio::task::yield_now().await;
        assert_eq!(makers.get(), 0, "someone makes it already");
        gone.abort();
        crowd.join_all().await;
        assert_eq!(makers.get(), 3);
    });
}

#[test]
fn other_things_wait_for_nobody_and_a_stuck_maker_not_for_ever() {
    on_native(|native| async move {
        let flights = Flights::default();
        let cx = Cx::new(&native, FACTS);
        let _stuck = flights.turn(&cx, "film").await;
        assert!(!flights.turn(&cx, "another film").await.waited);
        let started = std::time::Instant::now();
        assert!(flights.turn(&cx, "film").await.waited);
        let waited = started.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
        // Whoever went on without a turn has none to give.
        let again = flights.turn(&cx, "film");
        assert!(tokio::time::timeout(Duration::from_millis(100), again).await.is_err());
    });
}
