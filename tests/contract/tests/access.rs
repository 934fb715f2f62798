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
    time::Duration,
};

use contract::{Answer, Call, Target, die, is_a_described_login, kinds};
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

/// While a run replaces an original, the row, or the snapshot of it, may still be about the one before. A guest must
/// not get the new bytes blanked where the old ones had a place, also where both files have the same length.
#[test]
fn what_is_blanked_is_the_file_that_was_examined() {
    const KEY: &str = "2025/06 Hochzeit/IMG_0042.jpg";
    let (gallery, target) = start(&[]);
    let guest = cookie(&target.get(&format!("/l/{}", gallery.links[2])).anonymous().expect(303).unwrap());
    let ask = || target.get("/api/file/2025/06%20Hochzeit/IMG_0042.jpg").anonymous().header("cookie", &guest);
    let before = ask().expect(200).unwrap();
    let database = rusqlite::Connection::open(gallery.data().join("gallery.db")).unwrap();
    let patches = || -> Vec<u8> {
        database.query_row("SELECT patches FROM media WHERE key = ?1", [KEY], |row| row.get(0)).unwrap()
    };
    let old = patches();

    let photos = gallery.data().join("photos");
    let mut bytes = std::fs::read(photos.join(KEY)).unwrap();
    // A bit of the picture.
    let near_the_end = bytes.len() - 20;
    bytes[near_the_end] ^= 1;
    std::fs::write(photos.join(KEY), &bytes).unwrap();
    gallery.ingest(&photos, &[]).unwrap();
    assert!(patches() != old, "the patches are about no object");
    let after = ask().expect(200).unwrap();
    assert!(after.body != before.body && after.body.len() == before.body.len());

    database.execute("UPDATE media SET patches = ?1 WHERE key = ?2", rusqlite::params![old, KEY]).unwrap();
    thread::sleep(Duration::from_millis(200));
    for call in [ask(), ask().header("range", "bytes=0-99"), ask().header("range", "bytes=-10")] {
        let answer = call.expect(502).unwrap();
        answer.has("content-type", "application/problem+json").unwrap();
    }
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
    is_a_described_login(&held).unwrap();
    assert_eq!(held.json().unwrap()["type"], "/problems#too-many-passwords");
    // The neighbour is not held, and who knows the password may log in as often as they like.
    for _ in 0..30 {
        assert_eq!(log_in(&target.password, "198.51.100.8").status, 200);
    }
    let refused = log_in("wrong", "2001:db8::1");
    assert_eq!(refused.status, 401);
    is_a_described_login(&refused).unwrap();
    assert_eq!(refused.json().unwrap()["type"], "/problems#wrong-password");
}
