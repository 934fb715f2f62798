//! What an operator ends for everybody, and the brake on guessing, on the native host: how soon each kind of URL is
//! dead, and how many wrong passwords are evaluated. Both are printed.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "the figures")]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use contract::{Answer, Call, Target, die, kinds};
use harness::{Gallery, Options};
use serde_json::json;

fn start(environment: &[(&str, &str)]) -> (Gallery, Target) {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let gallery = Gallery::start(&Options { links: true, environment, ..Options::default() }).unwrap();
    let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
    (gallery, target)
}

fn cookie(answer: &Answer) -> String {
    answer.need("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn the_end_of_all_sessions_reaches_every_kind_of_url() {
    let (gallery, target) = start(&[]);
    let couple = target.cookie().unwrap().to_owned();
    let seen = kinds(&target, &couple).unwrap();
    gallery.run("session", &["end", "--all"], "").unwrap();
    // A new login works at once, on every worker.
    let again = cookie(&target.log_in(&target.password).expect(200).unwrap());
    for _ in 0..8 {
        target.get("/auth").anonymous().header("cookie", &again).expect(200).unwrap();
    }
    die("session end --all", &target, &couple, &seen).unwrap();
    for figure in target.figures() {
        println!("{figure}");
    }
    target.get("/auth").anonymous().header("cookie", &again).expect(200).unwrap();
}

/// A thousand wrong passwords from one address, several at once.
#[test]
fn guessing_is_braked_and_hurts_nobody_else() {
    let (_gallery, target) = start(&[("TRUST_FORWARDED", "true")]);
    let log_in = |password: &str, client: &str| {
        let body = json!({ "password": password }).to_string();
        let call = Call::new(format!("{}/login", target.base)).method("POST").body("application/json", body);
        call.header("x-forwarded-for", client).send().unwrap()
    };
    let (evaluated, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    let wrong: Mutex<Vec<String>> = Mutex::default();
    thread::scope(|scope| {
        for worker in 0..8 {
            let (evaluated, refused, wrong, log_in) = (&evaluated, &refused, &wrong, &log_in);
            scope.spawn(move || {
                for number in 0..125 {
                    let answer = log_in(&format!("guess {worker} {number}"), "198.51.100.7");
                    match answer.status {
                        401 => evaluated.fetch_add(1, Ordering::Relaxed),
                        429 => refused.fetch_add(1, Ordering::Relaxed),
                        status => {
                            wrong.lock().unwrap().push(status.to_string());
                            0
                        }
                    };
                }
            });
        }
    });
    let (evaluated, refused) = (evaluated.into_inner(), refused.into_inner());
    println!("1,000 wrong passwords: {evaluated} evaluated, {refused} refused");
    assert_eq!(wrong.into_inner().unwrap(), Vec::<String>::new());
    // Two windows, should a minute end meanwhile.
    assert!((10..=20).contains(&evaluated), "{evaluated} evaluated");
    let held = log_in(&target.password, "198.51.100.7");
    let after: u64 = held.need("retry-after").unwrap().parse().unwrap();
    assert!(held.status == 429 && (1..=60).contains(&after), "{}: {after}", held.status);
    // The neighbour is not held, and who knows the password may log in as often as they like.
    for _ in 0..30 {
        assert_eq!(log_in(&target.password, "198.51.100.8").status, 200);
    }
    assert_eq!(log_in("wrong", "2001:db8::1").status, 401);
}
