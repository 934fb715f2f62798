//! Many small requests, some at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many objects are uploaded or deleted at once. Most of these threads wait for the network.
pub fn uploads() -> usize {
    (cores() * 2).max(4)
}

pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does the work of all items on so many threads. After a failure, no further work begins.
pub fn abreast<T: Sync, E: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<E>> = Mutex::new(None);
    let run = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = work(item) {
                next.store(items.len(), Ordering::Relaxed);
                failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            scope.spawn(run);
        }
        run();
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_done_or_the_first_failure_ends_it() {
        let done = Mutex::new(Vec::new());
        let items: Vec<u32> = (0..100).collect();
        let work = |item: &u32| {
            done.lock().unwrap().push(*item);
            if *item == 70 { Err("seventy") } else { Ok(()) }
        };
        assert_eq!(abreast(&items[..70], 8, work), Ok(()));
        let mut all = std::mem::take(&mut *done.lock().unwrap());
        all.sort_unstable();
        assert_eq!(all, items[..70]);
        assert_eq!(abreast(&items[70..], 1, work), Err("seventy"));
        assert_eq!(*done.lock().unwrap(), [70]);
        assert_eq!(abreast(&[0_u32; 0], 4, work), Ok(()));
    }
}
