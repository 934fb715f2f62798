//! Counters of tries, in the memory of the process. They begin anew when it starts.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use platform::Tries;

const WINDOW: Duration = Duration::from_secs(Tries::SECONDS);
/// No check takes longer: it waits for its turn, and then for a hash.
const LONGEST: Duration = Duration::from_secs(15);
/// The most counters. Whoever tries from more addresses at once makes the oldest of them begin anew.
const MOST: usize = 10_000;

struct Counter {
    began: Instant,
    wrong: u32,
    /// Those that have not ended, by their numbers, and when they began. The oldest is the first.
    pending: VecDeque<(u64, Instant)>,
}

impl Counter {
    const fn at(began: Instant) -> Self {
        Self { began, wrong: 0, pending: VecDeque::new() }
    }

    /// A try whose client left before its end was wrong, as far as anybody knows.
    fn give_up(&mut self, now: Instant) {
        while self.pending.front().is_some_and(|(_, began)| now.saturating_duration_since(*began) >= LONGEST) {
            self.pending.pop_front();
            self.wrong = self.wrong.saturating_add(1);
        }
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    all: Mutex<HashMap<String, Counter>>,
    /// The number of the next try. No two have the same, whatever they are counted by.
    next: AtomicU64,
}

impl Counters {
    pub fn begin(&self, who: &str, now: Instant) -> Tries {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |counter: &Counter| now.saturating_duration_since(counter.began) >= WINDOW;
        if all.len() >= MOST && !all.contains_key(who) {
            all.retain(|_, counter| !is_over(counter));
            if all.len() >= MOST
                && let Some(oldest) = all.iter().min_by_key(|(_, counter)| counter.began).map(|(who, _)| who.clone())
            {
                all.remove(&oldest);
            }
        }
        let counter = all.entry(who.to_owned()).or_insert_with(|| Counter::at(now));
        counter.give_up(now);
        if is_over(counter) {
            let pending = std::mem::take(&mut counter.pending);
            *counter = Counter { pending, ..Counter::at(now) };
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        counter.pending.push_back((number, now));
        let left = WINDOW.saturating_sub(now.saturating_duration_since(counter.began));
        Tries {
            wrong: counter.wrong,
            pending: u32::try_from(counter.pending.len()).unwrap_or(u32::MAX),
            left: left.as_secs().max(1),
            number,
        }
    }

    /// Ends a try. One that was given up is counted already.
    pub fn end(&self, who: &str, number: u64, was_wrong: bool) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counter) = all.get_mut(who) else { return };
        let Some(at) = counter.pending.iter().position(|(pending, _)| *pending == number) else { return };
        counter.pending.remove(at);
        counter.wrong = counter.wrong.saturating_add(u32::from(was_wrong));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_after_the_first_try_the_count_begins_anew() {
        let (counters, start) = (Counters::default(), Instant::now());
        let at = |seconds| counters.begin("a", start + Duration::from_secs(seconds));
        assert_eq!(at(0), Tries { wrong: 0, pending: 1, left: 60, number: 0 });
        assert_eq!(at(10), Tries { wrong: 0, pending: 2, left: 50, number: 1 });
        counters.end("a", 0, true);
        counters.end("a", 1, false);
        assert_eq!(at(59), Tries { wrong: 1, pending: 1, left: 1, number: 2 });
        assert_eq!(counters.begin("b", start).wrong, 0);
        assert_eq!(at(60), Tries { wrong: 0, pending: 2, left: 60, number: 4 });
        assert_eq!(at(74), Tries { wrong: 1, pending: 2, left: 46, number: 5 }, "the one of 59 has never ended");
        counters.end("a", 2, true);
        assert_eq!(at(75).wrong, 2, "it is counted once, and the one of 60 is given up");
    }

    /// Ten clients have left. Others at their address wait, and ask again and again whether it is their turn.
    #[test]
    fn who_waits_keeps_no_try_alive_that_was_given_up() {
        let (counters, start) = (Counters::default(), Instant::now());
        for _ in 0..10 {
            counters.begin("a", start);
        }
        for step in 0..300 {
            let tries = counters.begin("a", start + Duration::from_millis(1000 + 50 * step));
            counters.end("a", tries.number, false);
        }
        let tries = counters.begin("a", start + Duration::from_secs(16));
        assert_eq!((tries.wrong, tries.pending), (10, 1));
    }

    #[test]
    fn the_number_of_counters_is_bounded() {
        let (counters, start) = (Counters::default(), Instant::now());
        for number in 0..MOST as u64 + 5 {
            counters.begin(&number.to_string(), start + Duration::from_micros(number));
        }
        assert_eq!(counters.all.lock().unwrap().len(), MOST);
        let now = start + Duration::from_secs(1);
        assert_eq!(counters.begin("0", now).pending, 1, "the oldest began anew");
        assert_eq!(counters.begin(&(MOST + 4).to_string(), now).pending, 2);
    }
}
