//! How many requests are under way at once: fewer when the store is busy, slowly more when it copes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Stop;

/// How often a wait looks whether the run is to stop.
pub const TICK: Duration = Duration::from_millis(100);

/// The lanes of a road, of which a busy store closes some.
pub struct Lanes {
    most: usize,
    inner: Mutex<Inner>,
    changed: Condvar,
}

struct Inner {
    /// How many lanes are open: 1 to `most`.
    open: usize,
    taken: usize,
    /// Successes since the number of open lanes changed.
    in_a_row: usize,
    /// Grows with each closing of lanes.
    closings: u64,
    not_before: Option<Instant>,
    counts: Counts,
    is_shut: bool,
}

/// How all requests of a bucket have ended.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    pub successes: u64,
    pub failures: u64,
}

/// The right to one request. A drop returns it.
pub struct Lane<'a> {
    lanes: &'a Lanes,
    closings: u64,
}

impl Lanes {
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        let inner = Inner {
            open: most,
            taken: 0,
            in_a_row: 0,
            closings: 0,
            not_before: None,
            counts: Counts::default(),
            is_shut: false,
        };
        Self { most, inner: Mutex::new(inner), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a free lane, and for the end of a pause. `None` if the run is to stop before, or the road is shut.
    pub fn enter(&self, stop: &Stop) -> Option<Lane<'_>> {
        let mut inner = self.lock();
        loop {
            if inner.is_shut {
                return None;
            }
            let now = Instant::now();
            let pause = inner.not_before.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
            if pause.is_zero() && inner.taken < inner.open {
                inner.taken += 1;
                return Some(Lane { lanes: self, closings: inner.closings });
            }
            if stop.is_requested() {
                return None;
            }
            let wait = if pause.is_zero() { TICK } else { pause.min(TICK) };
            inner = self.changed.wait_timeout(inner, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// No request is sent any more. Those that wait give up.
    pub fn shut(&self) {
        self.lock().is_shut = true;
        self.changed.notify_all();
    }
}

impl Lane<'_> {
    /// As many successes as there are open lanes open one more. Only lanes that are in use tell what the store can
    /// bear.
    pub fn succeeded(&self) {
        let mut inner = self.lanes.lock();
        inner.counts.successes += 1;
        if inner.taken < inner.open || inner.open == self.lanes.most {
            return;
        }
        inner.in_a_row += 1;
        if inner.in_a_row >= inner.open {
            inner.open += 1;
            inner.in_a_row = 0;
            drop(inner);
            self.lanes.changed.notify_one();
        }
    }

    /// Counts a failure. If the store is busy, half of the lanes close, and `pause` holds up all further requests.
    /// The requests of one moment close lanes once.
    pub fn failed(&self, is_busy: bool, pause: Option<Duration>) {
        let mut inner = self.lanes.lock();
        inner.counts.failures += 1;
        if !is_busy {
            return;
        }
        if self.closings == inner.closings {
            inner.open = (inner.open / 2).max(1);
            inner.closings += 1;
        }
        inner.in_a_row = 0;
        let until = pause.map(|pause| Instant::now() + pause);
        inner.not_before = inner.not_before.max(until);
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        self.lanes.lock().taken -= 1;
        self.lanes.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    fn open(lanes: &Lanes) -> usize {
        lanes.lock().open
    }

    #[test]
    fn half_when_busy_one_more_when_it_copes() {
        let (lanes, stop) = (Lanes::new(8), Stop::default());
        let enter = || lanes.enter(&stop).unwrap();
        // Eight requests of one moment fail together.
        let all: Vec<_> = (0..8).map(|_| enter()).collect();
        for lane in &all {
            lane.failed(true, None);
        }
        assert_eq!(open(&lanes), 4);
        drop(all);
        for _ in 0..5 {
            enter().failed(true, None);
        }
        assert_eq!(open(&lanes), 1, "never none");
        for wanted in [2, 2, 3, 3, 3, 4] {
            let all: Vec<_> = (0..open(&lanes)).map(|_| enter()).collect();
            all[0].succeeded();
            assert_eq!(open(&lanes), wanted);
        }
        enter().failed(false, None);
        enter().succeeded();
        assert_eq!(open(&lanes), 4, "neither another failure nor a lonely success changes anything");
        assert_eq!(lanes.counts(), Counts { successes: 7, failures: 14 });
    }

    #[test]
    fn a_pause_holds_up_everybody_and_a_stop_ends_it() {
        let (lanes, stop) = (Lanes::new(4), Stop::default());
        lanes.enter(&stop).unwrap().failed(true, Some(Duration::from_millis(150)));
        let began = Instant::now();
        drop(lanes.enter(&stop));
        assert!(began.elapsed() >= Duration::from_millis(140), "{:?}", began.elapsed());

        lanes.enter(&stop).unwrap().failed(true, Some(Duration::from_mins(5)));
        thread::scope(|scope| {
            let waits = scope.spawn(|| lanes.enter(&stop).is_none());
            stop.request();
            assert!(waits.join().unwrap());
        });
        assert!(began.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn a_stop_or_a_shut_road_ends_the_wait_for_a_lane() {
        let (lanes, stop) = (Lanes::new(1), Stop::default());
        let lane = lanes.enter(&stop);
        thread::scope(|scope| {
            let waits = scope.spawn(|| lanes.enter(&Stop::default()).is_none());
            lanes.shut();
            assert!(waits.join().unwrap());
        });
        drop(lane);
        assert!(lanes.enter(&stop).is_none());

        let lanes = Lanes::new(1);
        stop.request();
        let free = lanes.enter(&stop);
        assert!(free.is_some(), "what needs no wait is not refused");
        assert!(lanes.enter(&stop).is_none());
    }

    #[test]
    fn never_more_than_are_open() {
        let (lanes, stop) = (Lanes::new(16), Stop::default());
        let (under_way, most, refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let mut done = 0;
                    while done < 20 {
                        let lane = lanes.enter(&stop).unwrap();
                        let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                        // The first requests come all at once.
                        if lanes.lock().closings > 3 {
                            most.fetch_max(now, Ordering::SeqCst);
                        }
                        thread::sleep(Duration::from_millis(1));
                        if now > 2 {
                            refused.fetch_add(1, Ordering::SeqCst);
                            lane.failed(true, None);
                        } else {
                            done += 1;
                            lane.succeeded();
                        }
                        under_way.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 4, "{most:?}");
        assert!(refused.load(Ordering::SeqCst) < 320, "fewer refusals than successes: {refused:?}");
        assert_eq!(lanes.lock().taken, 0);
    }
}
