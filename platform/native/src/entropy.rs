//! Randomness for requests, asked of the operating system for several requests at once.

use std::cell::RefCell;

use platform::{Error, Kind};

/// How many bytes are asked for at once: those of 32 requests.
const STOCK: usize = 1024;

/// The randomness that a worker has in stock, at the end of the list.
#[derive(Default)]
pub(crate) struct Entropy(RefCell<Vec<u8>>);

impl Entropy {
    /// Fills `bytes`. What was taken is never given again.
    pub fn take(&self, bytes: &mut [u8]) -> Result<(), Error> {
        let mut stock = self.0.borrow_mut();
        if stock.len() < bytes.len() {
            let mut fresh = vec![0; STOCK.max(bytes.len())];
            getrandom::fill(&mut fresh)
                .map_err(|error| Error::because(Kind::Internal, "host.entropy", error.to_string()))?;
            *stock = fresh;
        }
        let left = stock.len() - bytes.len();
        bytes.copy_from_slice(&stock[left..]);
        // Not only shortened: a token that was made of it must not be found in memory later.
        stock[left..].fill(0);
        stock.truncate(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice() {
        let entropy = Entropy::default();
        let mut seen = HashSet::new();
        for _ in 0..1000 {
            let mut bytes = [0; 32];
            entropy.take(&mut bytes).unwrap();
            assert!(seen.insert(bytes) && bytes != [0; 32]);
        }
        let mut many = vec![0; 3 * STOCK];
        entropy.take(&mut many).unwrap();
        assert!(many.iter().any(|byte| *byte != 0));
    }
}
