//! Lets threads work side by side, and decide one after the other in the order in which the work was given out. The
//! outcome then does not depend on which thread is quicker.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
pub struct Turns {
    next: Mutex<usize>,
    moved: Condvar,
}

/// The right to decide when the numbers before have decided. A drop passes it on.
pub struct Turn<'a> {
    turns: &'a Turns,
    number: usize,
}

impl Turns {
    /// Numbers begin at 0, and every number must be given out.
    pub const fn turn(&self, number: usize) -> Turn<'_> {
        Turn { turns: self, number }
    }
}

impl Turn<'_> {
    /// Waits for the numbers before.
    pub fn wait(&self) {
        let next = self.turns.next.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.turns.moved.wait_while(next, |next| *next < self.number).unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.wait();
        *self.turns.next.lock().unwrap_or_else(PoisonError::into_inner) = self.number + 1;
        self.turns.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn everyone_decides_in_order_whoever_is_quicker() {
        let (turns, given, decided) = (Turns::default(), AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let (turns, given, decided) = (&turns, &given, &decided);
                scope.spawn(move || {
                    loop {
                        let number = given.fetch_add(1, Ordering::Relaxed);
                        let turn = turns.turn(number);
                        if number >= 200 {
                            return;
                        }
                        if number % 7 == 3 {
                            // Gives up without deciding.
                            continue;
                        }
                        std::thread::sleep(std::time::Duration::from_micros(thread * 50));
                        turn.wait();
                        decided.lock().unwrap().push(number);
                    }
                });
            }
        });
        let wanted: Vec<_> = (0..200).filter(|number| number % 7 != 3).collect();
        assert_eq!(*decided.lock().unwrap(), wanted);
    }
}
