//! One request makes what many want at once, within an instance, or within all that share a group.
//!
//! If many requests find a cache empty, each would make the same value. Here the first request makes the value, and
//! the others wait and then find it. On hosts that give each request an instance of its own, no request ever waits
//! here.
//!
//! A waiting request looks again from time to time instead of being woken. In a component of WASI 0.3 each request is
//! a task of the host, and a task that wakes another ends the instance (wit-bindgen 0.57).

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use platform::{Cx, Platform};

/// How long a request waits for others before it makes the value without them. The maker may be stuck.
const PATIENCE: Duration = Duration::from_secs(3);
/// The pause before the second look. Each pause is twice as long as the one before, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(32);

/// The names of the values that are being made. Each name has one flight. An instance has few at a time.
#[derive(Clone, Default)]
pub struct SingleFlight(Arc<Mutex<Vec<String>>>);

/// The right to make one value. It ends when it is dropped, whether or not the value was made. It may go to another
/// thread.
pub struct Flight {
    group: SingleFlight,
    name: Option<String>,
    /// How long this request waited for another one. If it did, the value may be there by now.
    pub waited: Duration,
}

impl SingleFlight {
    /// Waits until no other request makes `name`, but at most for a few seconds.
    pub async fn join<P: Platform>(&self, cx: &Cx<'_, P>, name: &str) -> Flight {
        self.join_within(cx, name, PATIENCE).await
    }

    /// The same, with a patience of the caller's.
    pub async fn join_within<P: Platform>(&self, cx: &Cx<'_, P>, name: &str, patience: Duration) -> Flight {
        let (mut waited, mut pause) = (Duration::ZERO, SHORTEST);
        let ours = loop {
            if self.takes(name) {
                break true;
            }
            if waited >= patience {
                break false;
            }
            cx.sleep(pause).await;
            waited += pause;
            pause = LONGEST.min(pause * 2);
        };
        Flight { group: self.clone(), name: ours.then(|| name.to_owned()), waited }
    }

    /// Notes the name, unless another request makes it.
    fn takes(&self, name: &str) -> bool {
        let mut names = self.names();
        let free = names.iter().all(|known| known != name);
        if free {
            names.push(name.to_owned());
        }
        free
    }

    /// A list that somebody left while it was changed is still a list.
    fn names(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Whether the others wait for this request. It is not so if the patience came to an end.
    pub fn is_ours(&self) -> bool {
        self.name.is_some()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            self.group.names().retain(|known| known != name);
        }
    }
}
