//! Sessions that a viewer has ended by logging out. Each has an entry in the KV store until it would have expired.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use bytes::Bytes;
use gallery::session::CLOCK_SKEW_SECONDS;
use platform::{Cx, Error, Kind, Kv, KvKey, Platform, StoreName};

use super::{FRESH_SECONDS, GRACE_SECONDS};

/// The most sessions about which an instance remembers what it read.
const REMEMBERED: usize = 256;

type Id = [u8; 16];

struct Known {
    id: Id,
    read_at: u64,
    is_ended: bool,
}

/// What an instance knows of sessions, the last used at the end.
#[derive(Default)]
pub(super) struct Ended(RefCell<VecDeque<Known>>);

impl Ended {
    /// Whether a session has ended, as it was at most [`FRESH_SECONDS`] ago.
    pub async fn contains<P: Platform>(&self, cx: &Cx<'_, P>, id: Id) -> Result<bool, Error> {
        let now = cx.facts.now;
        let known = self.recall(id);
        match known {
            // What has ended stays ended.
            Some((_, true)) => return Ok(true),
            Some((read_at, false)) if now.abs_diff(read_at) < FRESH_SECONDS => return Ok(false),
            _ => {}
        }
        match (cx.kv(StoreName::CacheVersion)?.get(&key(id)?).await, known) {
            (Ok(entry), _) => {
                // The session may have been ended here while this was read.
                let is_ended = entry.is_some() || matches!(self.recall(id), Some((_, true)));
                self.remember(id, now, is_ended);
                Ok(is_ended)
            }
            (Err(error), Some((read_at, false))) if now.abs_diff(read_at) < GRACE_SECONDS => {
                cx.record.note(&error);
                Ok(false)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Ends a session that would expire at `expires`.
    pub async fn add<P: Platform>(&self, cx: &Cx<'_, P>, id: Id, expires: u64) -> Result<(), Error> {
        // Another host's clock may be behind.
        let left = Duration::from_secs(expires.saturating_sub(cx.facts.now) + CLOCK_SKEW_SECONDS);
        cx.kv(StoreName::CacheVersion)?.put(&key(id)?, Bytes::from_static(b"1"), Some(left)).await?;
        self.remember(id, cx.facts.now, true);
        Ok(())
    }

    fn recall(&self, id: Id) -> Option<(u64, bool)> {
        let mut all = self.0.borrow_mut();
        let at = all.iter().rposition(|known| known.id == id)?;
        let known = all.remove(at)?;
        let found = (known.read_at, known.is_ended);
        all.push_back(known);
        Some(found)
    }

    fn remember(&self, id: Id, read_at: u64, is_ended: bool) {
        let mut all = self.0.borrow_mut();
        all.retain(|known| known.id != id);
        if all.len() >= REMEMBERED {
            all.pop_front();
        }
        all.push_back(Known { id, read_at, is_ended });
    }
}

fn key(id: Id) -> Result<KvKey, Error> {
    let digits = format!("ended:{:032x}", u128::from_be_bytes(id));
    KvKey::parse(digits).ok_or(Error::new(Kind::Internal, "auth.ended"))
}
