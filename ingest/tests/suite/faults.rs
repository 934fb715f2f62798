//! A store that refuses, fails or goes away, and a run that is stopped half-way.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::jpeg::{encode, quarters};
use crate::common::sink::{Answer, Sink};
use crate::common::{Store, database, options, sql};
use image::ImageFormat;
use ingest::{Error, Options};

/// A library of photos with three thumbnails each and the options to ingest it into `sink`, with little patience.
fn library(sink: &Sink, photos: usize) -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path(), &sink.settings);
    options.patience = Duration::from_millis(300);
    for number in 0..photos {
        let width = 500 + u32::try_from(number).unwrap();
        let jpeg = encode(&quarters(width, 400), ImageFormat::Jpeg);
        std::fs::write(folder.path().join(format!("library/{number:03}.jpg")), jpeg).unwrap();
    }
    (folder, options)
}

fn rows(options: &Options) -> Vec<String> {
    sql(database(options), "SELECT key FROM media ORDER BY key")
}

fn version(options: &Options, key: &str) -> String {
    sql::<String>(database(options), &format!("SELECT version FROM media WHERE key = '{key}'")).remove(0)
}

fn store_error(options: &Options) -> String {
    match ingest::run(options) {
        Err(Error::Store(message)) => {
            assert!(!message.contains("test-secret") && !message.contains("X-Amz"), "{message}");
            message
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn uploads_have_a_length_a_type_and_a_life() {
    let sink = Sink::new(|_, _| Answer::Take);
    let (_folder, options) = library(&sink, 1);
    ingest::run(&options).unwrap();
    let puts = sink.puts();
    let paths: Vec<_> = puts.iter().map(|put| put.path.as_str()).collect();
    let version = version(&options, "000.jpg");
    let below = |size: &str| format!("/media/renditions/000.jpg/{version}/{size}.webp");
    // The original comes last: while it is missing, no other object of the photo matters.
    assert_eq!(paths, [below("large").as_str(), below("medium").as_str(), below("small").as_str(), "/media/000.jpg"]);
    for put in &puts {
        let header = |name: &str| put.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(header("content-length"), Some(put.body.len().to_string().as_str()));
        assert_eq!(header("transfer-encoding"), None);
        assert_eq!(header("cache-control"), Some("private, max-age=14400"));
        let is_original = put.path == "/media/000.jpg";
        assert_eq!(header("content-type"), Some(if is_original { "image/jpeg" } else { "image/webp" }));
    }
    ingest::run(&options).unwrap();
    assert_eq!(sink.puts().len(), puts.len(), "a second run uploads nothing");
}

#[test]
fn trouble_that_passes_is_waited_out() {
    for trouble in [
        || Answer::Status(503, "<Error><Code>SlowDown</Code></Error>"),
        || Answer::Status(500, ""),
        || Answer::Status(429, ""),
        || Answer::HangUp,
    ] {
        let sink = Sink::new(move |_, before| if before == 0 { trouble() } else { Answer::Take });
        let (_folder, options) = library(&sink, 1);
        let report = ingest::run(&options).unwrap();
        assert_eq!((report.added, report.exit_code()), (1, 0), "{report}");
        let puts = sink.puts();
        assert_eq!(puts.len(), 5);
        assert_eq!((&puts[0].path, &puts[0].body), (&puts[1].path, &puts[1].body));
    }
}

#[test]
fn a_file_the_store_will_not_take_has_no_row_and_the_others_go_in() {
    let sink = Sink::new(|put, _| {
        if put.path.contains("/001.jpg/") && put.path.ends_with("/medium.webp") {
            Answer::Status(500, "")
        } else {
            Answer::Take
        }
    });
    let (_folder, options) = library(&sink, 3);
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.failed.len(), report.exit_code()), (2, 1, 2));
    assert!(report.failed[0].reason.contains("answered 500"), "{report}");
    assert_eq!(rows(&options), ["000.jpg", "002.jpg"]);
}

#[test]
fn a_refusing_store_ends_the_run_and_says_what_to_check() {
    let code = |code: &'static str| match code {
        "SignatureDoesNotMatch" => "<Error><Code>SignatureDoesNotMatch</Code></Error>",
        _ => "<Error><Code>NoSuchBucket</Code></Error>",
    };
    for (status, body, hint) in [
        (403, code("SignatureDoesNotMatch"), "R2_SECRET_ACCESS_KEY"),
        (404, code("NoSuchBucket"), "R2_BUCKET_NAME"),
        (403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", "clock"),
        (301, "", "S3_ENDPOINT"),
        (500, "", "try again"),
        (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", "R2_ACCESS_KEY_ID"),
        (404, "<!doctype html><p>Nothing here", "is not an S3 store"),
    ] {
        let sink = Sink::new(|_, _| Answer::Take).answer_get(status, body);
        let (_folder, options) = library(&sink, 2);
        let message = store_error(&options);
        assert!(message.contains(hint), "{message}");
        assert!(sink.puts().is_empty());
    }
    // Reading is allowed, writing is not.
    let sink = Sink::new(|_, _| Answer::Status(403, "<Error><Code>AccessDenied</Code></Error>"));
    let (_folder, options) = library(&sink, 40);
    let message = store_error(&options);
    assert!(message.contains("may read and write media"), "{message}");
    assert!(sink.puts().len() < 20, "the rest is not tried");
    assert!(rows(&options).is_empty());
}

/// S3 answers such a key "access denied" for an object that is not there, and without a body to a HEAD.
#[test]
fn a_key_that_may_not_list_brings_new_files_in() {
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let sink = Sink::new(|_, _| Answer::Take).answer_get(403, denied);
    let (_folder, options) = library(&sink, 2);
    ingest::run(&options).unwrap();
    assert_eq!(rows(&options).len(), 2);
    assert!(!sink.heads().is_empty());
}

#[test]
fn a_store_that_is_not_there_is_named() {
    let sink = Sink::new(|_, _| Answer::Take);
    let (_folder, mut options) = library(&sink, 1);
    // No program listens on this port.
    options.bucket = Store { endpoint: "http://127.0.0.1:1".to_owned(), ..sink.settings.clone() }.location();
    let message = store_error(&options);
    assert!(message.contains("is not reachable") && message.contains("S3_ENDPOINT"), "{message}");
}

#[test]
fn a_store_that_goes_away_ends_the_run() {
    let sink = Sink::new(|_, before| if before < 8 { Answer::Take } else { Answer::HangUp });
    let (_folder, options) = library(&sink, 60);
    assert!(store_error(&options).contains("is not reachable"));
    let tried: HashSet<_> = sink.puts().into_iter().map(|put| put.path).collect();
    assert!(tried.len() < 60, "the rest is not tried: {tried:?}");
}

#[test]
fn a_store_that_answers_nothing_more_ends_the_run_after_one_patience() {
    let sink = Sink::new(|_, before| if before < 9 { Answer::Take } else { Answer::Gone });
    let (_folder, mut options) = library(&sink, 60);
    options.patience = Duration::from_secs(1);
    let began = Instant::now();
    assert!(store_error(&options).contains("is not reachable"));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn a_store_that_comes_back_gets_everything() {
    let began = Arc::new(std::sync::OnceLock::new());
    let sink = Sink::new(move |_, before| {
        let away = began.get_or_init(Instant::now).elapsed() < Duration::from_secs(2);
        if before > 2 && away { Answer::HangUp } else { Answer::Take }
    });
    let (_folder, mut options) = library(&sink, 12);
    options.patience = Duration::from_secs(20);
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.exit_code()), (12, 0), "{report}");
    assert!(report.seconds >= 1.9, "{report}");
}

#[test]
fn a_store_that_says_when_is_left_alone_until_then() {
    for (status, header) in [(503, "Retry-After: 1"), (429, "retry-after: 1")] {
        let times = Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = times.clone();
        let sink = Sink::new(move |_, before| {
            seen.lock().unwrap().push(Instant::now());
            if before == 1 { Answer::With(status, header, "") } else { Answer::Take }
        });
        let sink = sink.pace(Duration::from_millis(100));
        // Far more patience than a test has: without the header, the first pause is half a second at most.
        let (_folder, mut options) = library(&sink, 3);
        options.patience = Duration::from_mins(5);
        let report = ingest::run(&options).unwrap();
        assert_eq!((report.added, report.exit_code()), (3, 0), "{report}");
        let times = times.lock().unwrap();
        let refused = times[1];
        // What was on its way already still arrives.
        let early = times[2..].iter().filter(|at| at.duration_since(refused) < Duration::from_millis(950)).count();
        assert!(early < 5 && times.len() == 13, "{early} of {}", times.len());
        assert!(report.seconds >= 0.95, "{report}");
    }
}

#[test]
fn one_answer_in_ten_fails_and_no_file_is_lost() {
    let sink = Sink::new(|_, before| match before % 30 {
        9 => Answer::Status(503, "<Error><Code>SlowDown</Code></Error>"),
        19 => Answer::Status(500, ""),
        29 => Answer::HangUp,
        _ => Answer::Take,
    });
    let (_folder, options) = library(&sink, 60);
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.objects, report.exit_code()), (60, 240, 0), "{report}");
    assert_eq!(rows(&options).len(), 60);
    for key in rows(&options) {
        let version = version(&options, &key);
        let rendition = |size: &str| format!("/media/renditions/{key}/{version}/{size}.webp");
        let there = |path: String| sink.kept(&path).is_some_and(|size| size > 0);
        assert!(there(format!("/media/{key}")) && there(rendition("large")), "{key}");
    }
}

#[test]
fn a_busy_store_gets_fewer_requests_at_once() {
    let threads = (std::thread::available_parallelism().map_or(1, usize::from) * 2).max(4);
    // After the first refusals have closed half of the lanes, the second ones close half of the rest.
    let refusals = 2 * threads;
    let busy = move |before| before < refusals;
    let sink = Sink::new(move |_, before| if busy(before) { Answer::Status(429, "") } else { Answer::Take });
    let sink = sink.pace(Duration::from_millis(20));
    let (_folder, mut options) = library(&sink, 40);
    options.patience = Duration::from_secs(5);
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.exit_code()), (40, 0), "{report}");
    let puts = sink.puts();
    let most = puts[refusals..refusals + 2].iter().map(|put| put.at_once).max().unwrap();
    assert!(most <= threads / 2, "{most} of {threads}");
}

#[test]
fn a_connection_that_ends_in_the_middle_is_tried_again() {
    let sink = Sink::new(|_, _| Answer::Take).cut(3);
    let (folder, options) = library(&sink, 1);
    // Larger than what fits into the buffers of a connection.
    let mut jpeg = encode(&quarters(8, 8), ImageFormat::Jpeg);
    jpeg.resize(8 << 20, 0);
    std::fs::write(folder.path().join("library/000.jpg"), &jpeg).unwrap();
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.exit_code(), sink.cuts()), (1, 0, 0), "{report}");
    assert_eq!(sink.kept("/media/000.jpg"), Some(jpeg.len()));
}

#[test]
fn a_stopped_run_leaves_no_row_without_its_objects() {
    let stop = ingest::Stop::default();
    let request = stop.clone();
    let sink = Sink::new(move |_, before| {
        if before == 9 {
            request.request();
        }
        Answer::Take
    });
    let (_folder, mut options) = library(&sink, 40);
    options.stop = stop;
    let report = ingest::run(&options).unwrap();
    assert!(report.interrupted);
    assert_eq!(report.exit_code(), 130);
    let rows = rows(&options);
    assert!(rows.len() < 10);
    assert_eq!(rows.len() as u64, report.added);
    let has = |path: String| sink.puts().iter().any(|put| put.path == path);
    for key in &rows {
        assert!(has(format!("/media/{key}")), "{key}");
        let version = version(&options, key);
        for size in ["small", "medium", "large"] {
            assert!(has(format!("/media/renditions/{key}/{version}/{size}.webp")), "{key} {size}");
        }
    }
    // After a second run, everything is there.
    options.stop = ingest::Stop::default();
    assert_eq!(ingest::run(&options).unwrap().added, 40 - report.added);
}

#[test]
fn a_stop_ends_an_upload_under_way() {
    let stop = ingest::Stop::default();
    let request = stop.clone();
    // The thumbnails are uploaded. While the original is on its way, the run is stopped.
    let sink = Sink::new(move |put, _| {
        if put.path.ends_with("/small.webp") {
            request.request();
        }
        Answer::Take
    });
    let (_folder, mut options) = library(&sink, 1);
    options.stop = stop;
    let report = ingest::run(&options).unwrap();
    assert!(report.interrupted && report.failed.is_empty(), "{report}");
    assert!(rows(&options).is_empty());
    assert!(sink.puts().iter().all(|put| put.path != "/media/000.jpg"));
}

#[test]
fn a_file_that_changes_while_it_is_uploaded_is_not_in() {
    let folder = Arc::new(std::sync::Mutex::new(std::path::PathBuf::new()));
    let path = folder.clone();
    let changes = Arc::new(AtomicUsize::new(0));
    let counted = changes.clone();
    let sink = Sink::new(move |put, _| {
        if put.path.ends_with("/small.webp") {
            counted.fetch_add(1, Ordering::Relaxed);
            let file = path.lock().unwrap().join("library/000.jpg");
            std::fs::write(file, encode(&quarters(99, 77), ImageFormat::Jpeg)).unwrap();
        }
        Answer::Take
    });
    let (temp, options) = library(&sink, 1);
    temp.path().clone_into(&mut folder.lock().unwrap());
    let report = ingest::run(&options).unwrap();
    assert_eq!(changes.load(Ordering::Relaxed), 1);
    assert!(report.failed[0].reason.contains("changed"), "{report}");
    assert!(rows(&options).is_empty());
}

#[test]
fn a_stop_ends_the_deletions_and_what_is_done_is_forgotten() {
    const DUE: usize = 1000;
    let sink = Sink::new(|_, _| Answer::Take);
    let (_folder, mut options) = library(&sink, 1);
    ingest::run(&options).unwrap();
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DUE}) \
         INSERT INTO deletions (object, key, due) SELECT 'old/' || i, 'old', '2020' FROM n RETURNING object"
    );
    assert_eq!(sql::<String>(database(&options), &fill).len(), DUE);
    let left = |options: &Options| sql::<String>(database(options), "SELECT object FROM deletions").len();
    let stop = ingest::Stop::default();
    options.stop = stop.clone();
    sink.on_delete(move |count| {
        if count == 500 {
            stop.request();
        }
    });
    assert_eq!(ingest::run(&options).unwrap().exit_code(), 130);
    let (left_over, deletes) = (left(&options), sink.deletes().len());
    assert!((500..700).contains(&deletes), "{deletes}");
    assert!((DUE - deletes..=DUE - 400).contains(&left_over), "{left_over} of {DUE} after {deletes}");
    // The next run goes on.
    options.stop = ingest::Stop::default();
    assert_eq!(ingest::run(&options).unwrap().exit_code(), 0);
    assert_eq!(left(&options), 0);
    assert!(sink.deletes().len() < DUE + 300, "{}", sink.deletes().len());
}

#[test]
fn of_what_is_old_below_downloads_only_downloads_are_deleted() {
    let (old, new) = ("2020-01-01T00:00:00.000Z", jiff::Timestamp::now().to_string());
    let ids = ["0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff"];
    let [manifest, fresh] = ids.map(|id| format!("downloads/{id}"));
    let sink = Sink::new(|_, _| Answer::Take).answer_list(&[
        ("downloads/a.jpg", old),
        ("downloads/2024/b.jpg", old),
        ("downloads/check", old),
        (&manifest, old),
        (&fresh, &new),
    ]);
    let (_folder, options) = library(&sink, 0);
    let found = ingest::doctor(&options, false).unwrap().found;
    let mut deletes = sink.deletes();
    deletes.sort();
    assert_eq!(deletes, [format!("/media/{manifest}"), "/media/downloads/check".to_owned()]);
    let strays = found.iter().filter(|finding| finding.kind == ingest::Kind::Stray);
    let names: Vec<_> = strays.map(|finding| finding.name.as_str()).collect();
    assert_eq!(names, ["downloads/2024/b.jpg", "downloads/a.jpg"], "they are named, and that is all");
}
