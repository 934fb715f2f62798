//! What an operator ends, and the brake on guessing, on the native host: how soon each kind of URL is dead, and how
//! many wrong passwords are evaluated. Both are printed.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "the figures")]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use contract::{Answer, Call, Target};
use harness::{Gallery, Options};
use serde_json::json;

/// Within this time an end reaches everything.
const MOST: Duration = Duration::from_secs(30);

fn start(environment: &[(&str, &str)]) -> (Gallery, Target) {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let gallery = Gallery::start(&Options { links: true, environment, ..Options::default() }).unwrap();
    let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
    (gallery, target)
}

fn cookie(answer: &Answer) -> String {
    answer.need("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// The URLs that a guest with everything on the screen asks, each of another kind, with and without the cookie.
fn urls(target: &Target, cookie: &str) -> Vec<(&'static str, String, bool)> {
    let get = |path: &str| target.get(path).anonymous().header("cookie", cookie).expect(200).unwrap();
    let timeline = get("/api/timeline").json().unwrap();
    let block = timeline["blocks"][0][0].as_str().unwrap().to_owned();
    let films = get("/api/media?type=video").json().unwrap();
    let film = &films["items"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let master = text(&film["hls"]);
    let playback = get(&format!("/api/playback?{}", master.split_once('?').unwrap().1.split('&').next().unwrap()));
    let by_token = text(&playback.json().unwrap()["url"]);
    let folder = |url: &str| url[..url.find("/playlist?").unwrap()].to_owned();
    let variant = get(&master).text().unwrap().lines().find(|line| !line.starts_with('#')).unwrap().to_owned();
    let segment = variant.replace(".m3u8", "_000.ts");
    vec![
        ("timeline", "/api/timeline".to_owned(), true),
        ("block", format!("/api/blocks/{block}"), true),
        ("thumbnail", text(&film["thumbnails"]["medium"]), true),
        ("original", text(&film["file"]), true),
        ("master", master.clone(), true),
        ("variant", format!("{}/{variant}", folder(&master)), true),
        ("segment", format!("{}/{segment}", folder(&master)), true),
        ("master by token", by_token.clone(), false),
        ("variant by token", format!("{}/{variant}", folder(&by_token)), false),
        ("segment by token", format!("{}/{segment}", folder(&by_token)), false),
    ]
}

/// Asks every URL until all are dead, as a page and a player would, and prints how long each lived.
fn die(what: &str, target: &Target, cookie: &str, urls: &[(&'static str, String, bool)]) {
    let began = Instant::now();
    // The last time at which a URL still opened. A host has several workers, each of which learns of an end by itself.
    let mut lived = vec![Duration::ZERO; urls.len()];
    let mut quiet = 0;
    while quiet < 12 {
        let mut is_quiet = true;
        for ((_, url, with_cookie), lived) in urls.iter().zip(&mut lived) {
            let call = target.get(url).anonymous();
            let answer = if *with_cookie { call.header("cookie", cookie) } else { call }.send().unwrap();
            if answer.status != 401 {
                assert!(matches!(answer.status, 200 | 302), "{url}: {}", answer.status);
                *lived = began.elapsed();
                is_quiet = false;
                assert!(*lived < MOST, "{what}: {url} lives for more than half a minute");
            }
        }
        quiet = if is_quiet { quiet + 1 } else { 0 };
        thread::sleep(Duration::from_millis(100));
    }
    let seconds: Vec<String> =
        urls.iter().zip(&lived).map(|((name, ..), lived)| format!("{name} {:.1}", lived.as_secs_f64())).collect();
    println!("{what}, seconds until dead: {}", seconds.join(", "));
}

#[test]
fn an_end_reaches_every_kind_of_url() {
    let (gallery, target) = start(&[]);
    let url = gallery.run("link", &["add", "guests"], "").unwrap();
    let (_, token) = url.trim().rsplit_once('/').unwrap();
    let guest = cookie(&target.get(&format!("/l/{token}")).anonymous().expect(303).unwrap());
    let couple = target.cookie().unwrap().to_owned();
    let seen = urls(&target, &guest);

    gallery.run("link", &["end", "guests"], "").unwrap();
    die("link end", &target, &guest, &seen);
    target.get(&format!("/l/{token}")).anonymous().expect(404).unwrap();
    target.get("/auth").anonymous().header("cookie", &couple).expect(200).unwrap();

    let seen = urls(&target, &couple);
    gallery.run("session", &["end", "--all"], "").unwrap();
    // A new login works at once, on every worker.
    let again = cookie(&target.log_in(&target.password).expect(200).unwrap());
    for _ in 0..8 {
        target.get("/auth").anonymous().header("cookie", &again).expect(200).unwrap();
    }
    die("session end --all", &target, &couple, &seen);
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
