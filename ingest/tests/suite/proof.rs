//! A store that says yes, and does not hold what it was given.

use std::time::Duration;

use crate::common::jpeg::{encode, quarters};
use crate::common::sink::{Answer, Put, Sink};
use crate::common::{database, options, sql};
use image::ImageFormat;
use ingest::Options;
use md5::{Digest, Md5};

fn library(sink: &Sink) -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path(), &sink.settings);
    options.patience = Duration::from_millis(300);
    for (name, side) in [("a.jpg", 8), ("b.jpg", 9)] {
        let jpeg = encode(&quarters(side, 8), ImageFormat::Jpeg);
        std::fs::write(folder.path().join("library").join(name), jpeg).unwrap();
    }
    (folder, options)
}

fn rows(options: &Options) -> Vec<String> {
    sql(database(options), "SELECT key FROM media ORDER BY key")
}

fn is_original(put: &Put) -> bool {
    put.path == "/media/a.jpg"
}

fn tag(bytes: &[u8]) -> String {
    let hex: Vec<_> = Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{}\"", hex.concat())
}

#[test]
fn what_the_store_does_not_hold_has_no_row() {
    type Lie = fn(&Put) -> Answer;
    let lies: [(Lie, &str); 4] = [
        (|_| Answer::With(200, "content-type: text/html", "<html>Welcome"), "holds nothing"),
        (|_| Answer::Status(200, "<html>Welcome"), "holds nothing"),
        (|put| Answer::Keep(put.body.len() / 2), "bytes"),
        (|_| Answer::Keep(0), "holds 0 of"),
    ];
    for (lie, words) in lies {
        let sink = Sink::new(move |put, _| if is_original(put) { lie(put) } else { Answer::Take });
        let (_folder, options) = library(&sink);
        let report = ingest::run(&options).unwrap();
        assert_eq!((report.added, report.failed.len(), report.exit_code()), (1, 1, 2), "{report}");
        assert!(report.failed[0].reason.contains(words), "{report}");
        assert_eq!(rows(&options), ["b.jpg"]);
        assert_eq!(sink.puts().iter().filter(|put| is_original(put)).count(), 3, "and it was tried again");
        let again = ingest::run(&options).unwrap();
        assert_eq!((again.unchanged, again.failed.len()), (1, 1), "nor does the next run believe it: {again}");
    }
}

#[test]
fn a_lie_told_once_is_mended() {
    let mut lies = 1;
    let sink = Sink::new(move |put, _| {
        if is_original(put) && lies > 0 {
            lies -= 1;
            return Answer::Keep(put.body.len() / 2);
        }
        Answer::Take
    });
    let (folder, options) = library(&sink);
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.objects, report.exit_code()), (2, 4, 0), "{report}");
    let size = std::fs::metadata(folder.path().join("library/a.jpg")).unwrap().len();
    assert_eq!(sink.kept("/media/a.jpg"), usize::try_from(size).ok());
}

#[test]
fn a_tag_of_the_bytes_is_proof_and_any_other_calls_for_a_look() {
    let sink = Sink::new(|put, _| Answer::Tag(tag(&put.body)));
    let (_folder, options) = library(&sink);
    assert_eq!(ingest::run(&options).unwrap().added, 2);
    let looked = |sink: &Sink| {
        let mut heads = sink.heads();
        heads.retain(|path| !path.starts_with("/media/catalogue/"));
        heads.sort();
        heads
    };
    // Before the upload: whether something else lies there.
    assert_eq!(looked(&sink), ["/media/a.jpg", "/media/b.jpg"]);

    // As of an encrypted object.
    let sink = Sink::new(|_, _| Answer::Tag("\"0123456789abcdef0123456789abcdef\"".to_owned()));
    let (_folder, options) = library(&sink);
    assert_eq!(ingest::run(&options).unwrap().added, 2);
    assert_eq!(looked(&sink).len(), 2 + 4);
}
