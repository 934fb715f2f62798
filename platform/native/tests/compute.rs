//! The behaviour of `Platform::compute`.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use platform::{Kind, Platform};
use support::on_native;
use tokio::task::{JoinSet, yield_now};

#[test]
fn it_is_done_on_another_thread() {
    on_native(|native| async move {
        let here = thread::current().id();
        assert_ne!(native.compute(|| thread::current().id()).await.unwrap(), here);
    });
}

#[test]
fn it_takes_half_of_the_processors_and_two_at_most() {
    on_native(|native| async move {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = JoinSet::new();
        for _ in 0..12 {
            let (native, now, most) = (native.clone(), Arc::clone(&now), Arc::clone(&most));
            all.spawn_local(async move {
                let work = move || {
                    most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                    thread::sleep(Duration::from_millis(30));
                    now.fetch_sub(1, SeqCst);
                };
                native.compute(work).await
            });
        }
        while let Some(one) = all.join_next().await {
            one.unwrap().unwrap();
        }
        let cores = thread::available_parallelism().unwrap().get();
        assert_eq!(most.load(SeqCst), (cores / 2).clamp(1, 2));
    });
}

/// Viewers' requests go first.
#[cfg(target_os = "linux")]
#[test]
fn its_threads_have_the_lowest_priority_and_no_other_thread_has() {
    on_native(|native| async move {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let here = priority();
        assert_eq!(native.compute(priority).await.unwrap(), 19);
        assert_eq!(priority(), here);
    });
}

/// A client that leaves does not make room for another hash: the one that it began goes on.
#[test]
fn work_goes_on_without_its_request_and_counts() {
    on_native(|native| async move {
        let ended = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            let (native, ended) = (native.clone(), Arc::clone(&ended));
            let request = tokio::task::spawn_local(async move {
                let work = move || {
                    thread::sleep(Duration::from_millis(200));
                    ended.fetch_add(1, SeqCst);
                };
                native.compute(work).await
            });
            yield_now().await;
            request.abort();
        }
        native.compute(|| ()).await.unwrap();
        assert!(ended.load(SeqCst) >= 1, "the third did not wait");
    });
}

#[test]
fn a_panic_is_an_error_and_makes_room() {
    on_native(|native| async move {
        for _ in 0..5 {
            let error = native.compute(|| panic!("a panic of the test")).await.map(|(): ()| ()).unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
            assert!(!error.to_string().contains("of the test"));
        }
        assert_eq!(native.compute(|| 7).await.unwrap(), 7);
    });
}
