//! Work that takes long, such as the hash of a password, beside the requests of viewers.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::support::start_with;

#[test]
fn viewers_do_not_wait_for_it() {
    let host = start_with(|options| options.workers = 1);
    thread::scope(|scope| {
        let logins: Vec<_> = (0..2).map(|_| scope.spawn(|| host.get("/compute?ms=2000"))).collect();
        thread::sleep(Duration::from_millis(200));
        let started = Instant::now();
        for _ in 0..10 {
            assert_eq!(host.get("/hello").text(), "hello");
        }
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
        assert!(logins.iter().all(|login| !login.is_finished()));
        assert!(logins.into_iter().all(|login| login.join().unwrap().text() == "computed"));
    });
}

/// At most two are done at once by all workers together, and 32 wait, for five seconds.
#[test]
fn too_much_of_it_is_refused_with_a_date_for_the_next_try() {
    let host = start_with(|options| options.workers = 2);
    let answers: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..50).map(|_| scope.spawn(|| host.get("/compute?ms=200"))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status() == 503).collect();
    assert!(refused.len() >= 50 - 2 - 32 && refused.len() < 48, "{}", refused.len());
    assert!(refused.iter().all(|answer| answer.header("retry-after") == Some("5")));
    assert!(answers.iter().all(|answer| matches!(answer.status(), 200 | 503)));
    assert_eq!(host.get("/compute?ms=1").text(), "computed", "it is over");
}
