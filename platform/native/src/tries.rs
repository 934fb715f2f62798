//! Counters of tries, in the memory of the process. They begin anew when it starts.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
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
    /// When those began that have not ended, the oldest first.
    pending: VecDeque<Instant>,
}

impl Counter {
    const fn at(began: Instant) -> Self {
        Self { began, wrong: 0, pending: VecDeque::new() }
    }

    /// A try whose client left before its end was wrong, as far as anybody knows.
    fn give_up(&mut self, now: Instant) {
        while self.pending.front().is_some_and(|began| now.saturating_duration_since(*began) >= LONGEST) {
            self.pending.pop_front();
            self.wrong = self.wrong.saturating_add(1);
        }
    }
}

#[derive(Default)]
pub(crate) struct Counters(Mutex<HashMap<String, Counter>>);

impl Counters {
    pub fn begin(&self, who: &str, now: Instant) -> Tries {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        counter.pending.push_back(now);
        let left = WINDOW.saturating_sub(now.saturating_duration_since(counter.began));
        Tries {
            wrong: counter.wrong,
            pending: u32::try_from(counter.pending.len()).unwrap_or(u32::MAX),
            left: left.as_secs().max(1),
        }
    }

    pub fn end(&self, who: &str, was_wrong: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = all.get_mut(who) {
            counter.pending.pop_front();
            counter.wrong = counter.wrong.saturating_add(u32::from(was_wrong));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_after_the_first_try_the_count_begins_anew() {
        let (counters, start) = (Counters::default(), Instant::now());
        let at = |seconds| counters.begin("a", start + Duration::from_secs(seconds));
        assert_eq!(at(0), Tries { wrong: 0, pending: 1, left: 60 });
        assert_eq!(at(10), Tries { wrong: 0, pending: 2, left: 50 });
        counters.end("a", true);
        counters.end("a", false);
        assert_eq!(at(59), Tries { wrong: 1, pending: 1, left: 1 });
        assert_eq!(counters.begin("b", start).wrong, 0);
        assert_eq!(at(60), Tries { wrong: 0, pending: 2, left: 60 });
        assert_eq!(at(74), Tries { wrong: 1, pending: 2, left: 46 }, "the one of 59 has never ended");
    }

    #[test]
    fn the_number_of_counters_is_bounded() {
        let (counters, start) = (Counters::default(), Instant::now());
        for number in 0..MOST as u64 + 5 {
            counters.begin(&number.to_string(), start + Duration::from_micros(number));
        }
        assert_eq!(counters.0.lock().unwrap().len(), MOST);
        let now = start + Duration::from_secs(1);
        assert_eq!(counters.begin("0", now).pending, 1, "the oldest began anew");
        assert_eq!(counters.begin(&(MOST + 4).to_string(), now).pending, 2);
    }
}
