//! Tokens and links that were changed at random: none is accepted. `GALLERY_MUTATIONS` sets how many of each purpose
//! are tried.

#![allow(clippy::print_stdout, reason = "the figures")]

use gallery::{
    link::{Flags, Link, LinkId, LinksKey},
    playback,
    session::{Generation, Purpose, TokenKey},
    views::View,
};

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW: u64 = 1_750_000_000;
const USUAL: u64 = 20_000;
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// xorshift64*
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }
}

fn count() -> u64 {
    std::env::var("GALLERY_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL)
}

/// A text with one to four changes: another letter, a letter less or more, two parts exchanged, an end cut off.
fn mutate(token: &str, random: &mut Random) -> String {
    let mut bytes = token.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let (at, letter) = (random.below(bytes.len().max(1)), LETTERS[random.below(64)]);
        match random.below(8) {
            0 if !bytes.is_empty() => drop(bytes.remove(at)),
            1 => bytes.insert(at, letter),
            2 => bytes.rotate_left(at),
            3 => bytes.truncate(at),
            4 => bytes.extend_from_within(at..),
            _ if !bytes.is_empty() => bytes[at] = letter,
            _ => {}
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[test]
fn no_mutated_token_is_accepted() {
    let generation = Generation { auth_version: "1".to_owned(), epoch: 2 };
    let sessions = TokenKey::derive(SECRET, Purpose::Session);
    let playbacks = TokenKey::derive(SECRET, Purpose::Playback);
    let session = sessions.mint(&generation, (NOW, NOW + 86_400), [7; 16], Some(LinkId([9; 16])));
    let claims = sessions.verify(&session, NOW).unwrap();
    let playback = playback::mint(&playbacks, &claims, "a.mp4", NOW, 60.0);
    for (name, key, other, token) in
        [("session", &sessions, &playbacks, &session), ("playback", &playbacks, &sessions, &playback)]
    {
        assert!(key.verify(token, NOW).is_some() && other.verify(token, NOW).is_none());
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let (mut tried, mut accepted) = (0_u64, 0_u64);
        while tried < count() {
            let bad = mutate(token, &mut random);
            if bad == *token {
                continue;
            }
            tried += 1;
            accepted += u64::from(key.verify(&bad, NOW).is_some() || other.verify(&bad, NOW).is_some());
        }
        println!("{name}: {tried} mutated tokens, {accepted} accepted");
        assert_eq!(accepted, 0);
    }
}

#[test]
fn no_mutated_text_of_links_is_accepted() {
    let link = Link {
        id: LinkId([1; 16]),
        expires: u64::MAX,
        flags: Flags::ALL,
        password: None,
        views: vec![View::of(None), View::album("a", "b")],
    };
    let key = LinksKey::derive(SECRET);
    let sealed = key.seal(&[link]);
    let mut random = Random(1);
    for _ in 0..count() {
        let mut bad = sealed.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bad.len());
            bad[at] ^= 1 << random.below(8);
        }
        assert!(bad == sealed || key.open(&bad).is_err());
    }
}
