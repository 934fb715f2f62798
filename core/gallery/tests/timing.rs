//! Whether the time of a comparison tells how much of a secret is right: Welch's t-test over two classes of inputs in
//! random order (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017). |t| above 4.5 is a leak.
//!
//! `cargo test --release -p gallery --test timing -- --ignored --nocapture`, on a quiet machine. It is not run with the
//! others, because other programs disturb it.

#![allow(clippy::print_stdout, reason = "the figures")]
#![allow(clippy::cast_precision_loss, reason = "times are small numbers")]

use std::{hint::black_box, time::Instant};

use gallery::{
    password::Password,
    session::{Generation, Purpose, TokenKey},
};

const ROUNDS: usize = 400_000;
const RUNS: usize = 9;
/// The slowest tenth of all measurements is that of interrupts.
const KEPT: f64 = 0.9;
const MOST: f64 = 4.5;

/// The inputs of the two classes are as long as each other. Each is copied to one place before it is timed.
fn t(inputs: [&str; 2], mut compare: impl FnMut(&str)) -> f64 {
    let mut place = inputs[0].to_owned();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut times: Vec<(bool, f64)> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let class = state & 1 == 0;
        place.clear();
        place.push_str(inputs[usize::from(class)]);
        let start = Instant::now();
        compare(black_box(&place));
        times.push((class, start.elapsed().as_nanos() as f64));
    }
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let cut = sorted[(ROUNDS as f64 * KEPT) as usize];
    let moments = |class: bool| {
        let of: Vec<f64> =
            times.iter().filter(|(own, time)| *own == class && *time <= cut).map(|(_, time)| *time).collect();
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        let variance = of.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (of.len() as f64 - 1.0);
        (mean, variance / of.len() as f64)
    };
    let ((a, va), (b, vb)) = (moments(true), moments(false));
    (a - b) / (va + vb).sqrt()
}

/// The median of several runs: another program may disturb one.
fn median(mut run: impl FnMut() -> f64) -> f64 {
    let mut all: Vec<f64> = (0..RUNS).map(|_| run().abs()).collect();
    all.sort_by(f64::total_cmp);
    all[RUNS / 2]
}

#[test]
#[ignore = "needs a quiet machine"]
fn passwords_and_tokens_take_the_same_time() {
    let password = Password::parse("tulips and rain in the garden").unwrap();
    let (near, far) = ("tulips and rain in the gardem", "xulips and rain in the garden");
    let of_password = median(|| t([near, far], |given| drop(black_box(password.matches(given)))));
    let key = TokenKey::derive(b"a secret of at least thirty-two bytes", Purpose::Session);
    let generation = Generation { auth_version: "1".to_owned(), epoch: 0 };
    let good = key.mint(&generation, (1_750_000_000, 1_750_086_400), [7; 16], None);
    // The first byte of the signature is wrong, or its last one.
    let at = |at: usize| {
        let other = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
        [&good[..at], other, &good[at + 1..]].concat()
    };
    let (early, late) = (at(100), at(good.len() - 3));
    let of_token = median(|| {
        t([&early, &late], |given| {
            black_box(key.verify(given, 1_750_000_000));
        })
    });
    println!("|t| of passwords {of_password:.2}, of tokens {of_token:.2}");
    assert!(of_password < MOST && of_token < MOST);
}
