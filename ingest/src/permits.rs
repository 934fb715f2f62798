//! A counting semaphore, which bounds what all threads together hold in memory.

use std::sync::{Condvar, Mutex, PoisonError};

/// `capacity` permits, of which several may be taken at a time.
pub struct Permits {
    capacity: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// Permits that were taken. A drop returns them.
pub struct Permit<'a> {
    permits: &'a Permits,
    count: u64,
}

impl Permits {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, free: Mutex::new(capacity), returned: Condvar::new() }
    }

    /// Waits for `count` permits. If `count` exceeds the capacity, waits for all permits.
    pub fn acquire(&self, count: u64) -> Permit<'_> {
        let count = count.clamp(1, self.capacity);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.returned.wait_while(free, |free| *free < count).unwrap_or_else(PoisonError::into_inner);
        *free -= count;
        Permit { permits: self, count }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.permits.free.lock().unwrap_or_else(PoisonError::into_inner) += self.count;
        self.permits.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn never_more_than_there_are() {
        let (permits, held, most) = (Permits::new(3), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for count in [1, 2, 3, 9, 1, 2] {
                let (permits, held, most) = (&permits, &held, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let permit = permits.acquire(count);
                        let now = held.fetch_add(permit.count, Ordering::SeqCst) + permit.count;
                        most.fetch_max(now, Ordering::SeqCst);
                        held.fetch_sub(permit.count, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(*permits.free.lock().unwrap(), 3);
    }
}
