//! One maker for what many want at once, within an instance.
//!
//! A crowd that finds a cache empty would make the same thing as often as it has heads. Here the first one makes it, and the
//! others wait their turn and find it made. On hosts that run a request an instance nobody ever waits here.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::{Future, poll_fn},
    pin::pin,
    task::{Poll, Waker},
    time::Duration,
};

use crate::{Cx, Platform};

/// How long someone waits for others before making it without them: the maker may be stuck.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is being made, by name, and who waits for it.
#[derive(Default)]
pub struct Flights(RefCell<HashMap<String, Vec<Waker>>>);

/// The right to make a thing. Ends when dropped, made or not.
pub struct Turn<'a> {
    flights: &'a Flights,
    name: Option<&'a str>,
    /// Others were at it before: what is wanted may be there by now.
    pub waited: bool,
}

impl Flights {
    /// Waits until nobody else makes `name`, and no longer than a few seconds.
    pub async fn turn<'a, P: Platform>(&'a self, cx: &Cx<'_, P>, name: &'a str) -> Turn<'a> {
        let mut sleeping = pin!(cx.sleep(PATIENCE));
        let mut waited = false;
        let ours = poll_fn(|task| {
            if self.take_off(name) {
                return Poll::Ready(true);
            }
            waited = true;
            if sleeping.as_mut().poll(task).is_ready() {
                return Poll::Ready(false);
            }
            if let Some(waiting) = self.0.borrow_mut().get_mut(name) {
                waiting.push(task.waker().clone());
            }
            Poll::Pending
        })
        .await;
        Turn { flights: self, name: ours.then_some(name), waited }
    }

    fn take_off(&self, name: &str) -> bool {
        let mut under_way = self.0.borrow_mut();
        let free = !under_way.contains_key(name);
        if free {
            under_way.insert(name.to_owned(), Vec::new());
        }
        free
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let waiting = self.name.and_then(|name| self.flights.0.borrow_mut().remove(name));
        // Woken after the map is let go: a waker may run anything.
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}
