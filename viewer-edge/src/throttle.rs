//! The brake on guessing passwords.
//!
//! Wrong passwords are counted by the client's address and by what the password is for. So whoever mistypes locks out
//! nobody at another address. A host that does not say who the client is checks few passwords at once, and waits after
//! a wrong one.

use std::{cell::Cell, net::IpAddr, time::Duration};

use bytes::Bytes;
use edge::digest;
use gallery::link::LinkId;
use http::{HeaderValue, header};
use platform::{Cx, Error, Kv, KvKey, Platform, Problem, ProblemType, StoreName, Tries};

/// The most wrong passwords a minute, and the most that are checked at once.
const MOST: u32 = 10;
/// The pause after a wrong password where nobody counts.
const PAUSE: Duration = Duration::from_secs(1);
/// The most passwords that are checked at once where nobody counts.
const AT_ONCE: u32 = 4;
/// How long one waits for its turn: so many times so long.
const TURN: Duration = Duration::from_millis(50);
const MOST_TURNS: u32 = 200;

/// The passwords that an instance checks, where nobody counts.
#[derive(Default)]
pub(crate) struct Throttle {
    now: Cell<u32>,
}

/// A password that is being checked, by who counts it.
pub(crate) enum Try<'a> {
    Host(KvKey, Tries),
    /// An entry of the cache. Requests that write it at the same time count too few.
    Store(KvKey, Tries),
    /// Nobody. Holds the place among those that are checked at once.
    Uncounted {
        _place: Turn<'a>,
    },
}

pub(crate) struct Turn<'a>(&'a Cell<u32>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl Throttle {
    /// Begins to check a password for a link, or for the whole gallery. 429 if there were too many wrong ones. Guests
    /// behind one router may log in at the same moment: those who are too many wait.
    pub async fn begin<P: Platform>(&self, cx: &Cx<'_, P>, link: Option<LinkId>) -> Result<Try<'_>, Problem> {
        let who = cx.facts.client.and_then(|client| who(client, link));
        for _ in 0..MOST_TURNS {
            let counted = match &who {
                None => None,
                Some(who) => match count(cx, who).await {
                    Ok(counted) => Some(counted),
                    // Who cannot be counted waits.
                    Err(error) => {
                        cx.record.note(&error);
                        None
                    }
                },
            };
            let Some((tries, attempt)) = counted else {
                if self.now.get() < AT_ONCE {
                    self.now.set(self.now.get() + 1);
                    return Ok(Try::Uncounted { _place: Turn(&self.now) });
                }
                cx.sleep(TURN).await;
                continue;
            };
            if tries.wrong < MOST && tries.pending <= MOST {
                return Ok(attempt);
            }
            // What is refused is not counted: the wait is as long as it is said to be.
            if let Try::Host(..) = attempt {
                attempt.end(cx, false).await;
            }
            if tries.wrong >= MOST {
                let after = HeaderValue::from(tries.left);
                let words = "There were too many wrong passwords from your network. Try again in a minute.";
                return Err(Problem::of(ProblemType::TooManyPasswords, words).with(header::RETRY_AFTER, after));
            }
            cx.sleep(TURN).await;
        }
        let words = "Too many passwords are being checked. Try again in a moment.";
        let after = HeaderValue::from_static("5");
        Err(Problem::of(ProblemType::Busy, words).with(header::RETRY_AFTER, after))
    }
}

impl Try<'_> {
    /// A counter that fails is no reason to refuse who knows the password.
    pub async fn end<P: Platform>(self, cx: &Cx<'_, P>, was_wrong: bool) {
        let ended = match &self {
            Try::Host(who, tries) => cx.end_try(who, tries.number, was_wrong).await,
            // It was counted before the check, because that takes long.
            Try::Store(who, tries) if !was_wrong => write(cx, who, *tries).await,
            Try::Uncounted { .. } if was_wrong => {
                cx.sleep(PAUSE).await;
                Ok(())
            }
            Try::Store(..) | Try::Uncounted { .. } => Ok(()),
        };
        if let Err(error) = ended {
            cx.record.note(&error);
        }
    }
}

/// A client with IPv6 has a whole /64.
fn who(client: IpAddr, link: Option<LinkId>) -> Option<KvKey> {
    let network = match client.to_canonical() {
        IpAddr::V4(client) => client.to_string(),
        IpAddr::V6(client) => {
            let [a, b, c, d, ..] = client.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    };
    let link = link.map(|link| link.to_string()).unwrap_or_default();
    KvKey::parse(format!("tries:{}", digest(&[&network, &link])))
}

async fn count<P: Platform>(cx: &Cx<'_, P>, who: &KvKey) -> Result<(Tries, Try<'static>), Error> {
    if let Some(tries) = cx.begin_try(who).await? {
        return Ok((tries, Try::Host(who.clone(), tries)));
    }
    // The end of the minute, and the count.
    let entry = cx.kv(StoreName::VideoCache)?.get(who).await?.unwrap_or_default();
    let number = |at: usize| Some(u64::from_be_bytes(entry.get(at..at + 8)?.try_into().ok()?));
    let left = number(0).unwrap_or_default().saturating_sub(cx.facts.now);
    let wrong = u32::try_from(number(8).unwrap_or_default()).unwrap_or(u32::MAX);
    let is_current = (1..=Tries::SECONDS).contains(&left);
    let (wrong, left) = if is_current { (wrong, left) } else { (0, Tries::SECONDS) };
    let tries = Tries { wrong, pending: 1, left, number: 0 };
    if wrong < MOST {
        write(cx, who, Tries { wrong: wrong + 1, ..tries }).await?;
    }
    Ok((tries, Try::Store(who.clone(), tries)))
}

async fn write<P: Platform>(cx: &Cx<'_, P>, who: &KvKey, tries: Tries) -> Result<(), Error> {
    let ends = cx.facts.now.saturating_add(tries.left);
    let entry = [ends.to_be_bytes(), u64::from(tries.wrong).to_be_bytes()].concat();
    let ttl = Some(Duration::from_secs(tries.left));
    cx.kv(StoreName::VideoCache)?.put(who, Bytes::from(entry), ttl).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_network_and_a_link_counts_alone() {
        let key = |client: &str, link| who(client.parse().unwrap(), link).unwrap();
        assert_eq!(key("2001:db8::1", None), key("2001:db8::ffff", None));
        assert_ne!(key("2001:db8::1", None), key("2001:db8:0:1::1", None));
        assert_ne!(key("192.0.2.1", None), key("192.0.2.2", None));
        assert_ne!(key("192.0.2.1", None), key("192.0.2.1", Some(LinkId([1; 16]))));
    }
}
