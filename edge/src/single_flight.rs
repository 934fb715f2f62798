//! One maker for what many want at once, within an instance.
//!
//! A crowd that finds a cache empty would make the same thing as often as it has heads. Here the first one makes it, and the
//! others wait and find it made. On hosts that give each request an instance nobody ever waits here.
//!
//! A request that waits looks again from time to time instead of being woken. In a component of WASI 0.3 each request
//! is a task of the host's, and a task that wakes another ends the instance (wit-bindgen 0.57).

use std::{cell::RefCell, collections::HashSet, time::Duration};

use platform::{Cx, Platform};

/// How long someone waits for others before making it without them: the maker may be stuck.
const PATIENCE: Duration = Duration::from_secs(3);
/// The pause before the second look. Each is twice as long as the one before, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(32);

/// The names of what is being made, one flight each.
#[derive(Default)]
pub struct SingleFlight(RefCell<HashSet<String>>);

/// The right to make one thing. Ends when dropped, made or not.
pub struct Flight<'a> {
    group: &'a SingleFlight,
    name: Option<&'a str>,
    /// Others were at it before: what is wanted may be there by now.
    pub waited: bool,
}

impl SingleFlight {
    /// Waits until nobody else makes `name`, and no longer than a few seconds.
    pub async fn join<'a, P: Platform>(&'a self, cx: &Cx<'_, P>, name: &'a str) -> Flight<'a> {
        let (mut waited, mut pause) = (Duration::ZERO, SHORTEST);
        let ours = loop {
            if self.0.borrow_mut().insert(name.to_owned()) {
                break true;
            }
            if waited >= PATIENCE {
                break false;
            }
            cx.sleep(pause).await;
            waited += pause;
            pause = LONGEST.min(pause * 2);
        };
        Flight { group: self, name: ours.then_some(name), waited: !waited.is_zero() }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(name) = self.name {
            self.group.0.borrow_mut().remove(name);
        }
    }
}
