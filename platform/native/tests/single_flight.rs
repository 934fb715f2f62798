//! One request makes what many want at once: [`SingleFlight`] on a host that serves requests side by side.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{cell::Cell, rc::Rc, time::Duration};

use edge::SingleFlight;
use platform::{Cx, Facts};
use platform_native::Native;
use support::on_native;
use tokio::task::JoinSet;

const FACTS: Facts = Facts { now: 0, entropy: [0; 32], https: false, client: None };

/// Makes the thing unless it is there. `make` decides how long this takes, and whether it succeeds.
async fn visit<F: Future<Output = bool>>(
    native: &Native,
    group: &SingleFlight,
    made: &Cell<bool>,
    make: impl FnOnce() -> F,
) {
    let cx = Cx::new(native, FACTS);
    let flight = group.join(&cx, "film").await;
    if (flight.waited.is_zero() || !made.get()) && make().await {
        made.set(true);
    }
}

#[test]
fn a_crowd_makes_it_once() {
    let makers = on_native(|native| async move {
        let (group, made, makers) = (Rc::<SingleFlight>::default(), Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let mut crowd = JoinSet::new();
        for _ in 0..100 {
            let (native, group, made, makers) = (native.clone(), group.clone(), made.clone(), makers.clone());
            crowd.spawn_local(async move {
                visit(&native, &group, &made, || async {
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

/// If a maker fails, or its client leaves, the next request makes the thing.
#[test]
fn who_ends_empty_handed_hands_the_turn_on() {
    on_native(|native| async move {
        let (group, made) = (Rc::<SingleFlight>::default(), Rc::new(Cell::new(false)));
        let gone = tokio::task::spawn_local({
            let (native, group) = (native.clone(), group.clone());
            async move {
                let cx = Cx::new(&native, FACTS);
                let _turn = group.join(&cx, "film").await;
                std::future::pending::<()>().await;
            }
        });
        tokio::task::yield_now().await;
        let makers = Rc::new(Cell::new(0));
        let mut crowd = JoinSet::new();
        for _ in 0..10 {
            let (native, group, made, makers) = (native.clone(), group.clone(), made.clone(), makers.clone());
            crowd.spawn_local(async move {
                visit(&native, &group, &made, || async {
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
        let group = SingleFlight::default();
        let cx = Cx::new(&native, FACTS);
        let _stuck = group.join(&cx, "film").await;
        assert!(group.join(&cx, "another film").await.waited.is_zero());
        let started = std::time::Instant::now();
        assert!(!group.join(&cx, "film").await.waited.is_zero());
        let waited = started.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
        // The request that went on without a flight holds none that it could pass to the next.
        let again = group.join(&cx, "film");
        assert!(tokio::time::timeout(Duration::from_millis(100), again).await.is_err());
    });
}
