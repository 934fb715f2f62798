//! `edge-gallery cost` as a person runs it.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

/// Runs the verb without any configuration. Returns the exit code, and what it printed and said.
fn cost(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    let output = command.env_clear().arg("cost").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(arguments: &[&str]) -> Value {
    let (code, out, said) = cost(&[arguments, &["--json"]].concat());
    assert_eq!((code, out.lines().count()), (0, 1), "{said}");
    serde_json::from_str(&out).unwrap()
}

fn host<'a>(bills: &'a Value, name: &str) -> &'a Value {
    bills["hosts"].as_array().unwrap().iter().find(|bill| bill["host"] == name).unwrap()
}

/// The document shows what the program prints.
#[test]
fn the_example_of_the_document_is_what_is_printed() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/COST.md");
    let document = fs::read_to_string(document).unwrap();
    let (_, rest) =
        document.split_once("edge-gallery cost --guests 300 --visits 10 --films 5\n```\n```text\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let (code, out, said) = cost(&["--guests", "300", "--visits", "10", "--films", "5"]);
    assert_eq!((code, out.as_str(), said.as_str()), (0, example, ""));
}

#[test]
fn one_host_or_all_and_what_they_are_compared_with() {
    for (arguments, wanted) in [
        (&["--host", "fastly"][..], &["fastly"][..]),
        (&["--host", "native"], &["native"]),
        (&[], &["fastly", "spin", "wasi", "native", "workers", "stream"]),
    ] {
        let bills = json(arguments);
        let names: Vec<&str> =
            bills["hosts"].as_array().unwrap().iter().map(|bill| bill["host"].as_str().unwrap()).collect();
        assert_eq!(names, wanted);
        let (_, out, _) = cost(arguments);
        for name in wanted {
            assert!(out.contains(&format!("\n{name}\n")), "{out}");
        }
    }
}

/// A sum with a price that no vendor's own page confirms carries the mark, and what has no price is named.
#[test]
fn what_is_not_confirmed_is_marked() {
    let bills = json(&[]);
    for (name, confirmed) in
        [("fastly", false), ("spin", true), ("wasi", true), ("native", true), ("workers", true), ("stream", true)]
    {
        let bill = host(&bills, name);
        assert_eq!(bill["confirmed"], confirmed, "{name}");
        for line in bill["lines"].as_array().unwrap().iter().filter(|line| line["confirmed"] == true) {
            assert!(line["page"].as_str().unwrap().starts_with("https://developers.cloudflare.com/"), "{line}");
        }
    }
    assert_eq!(host(&bills, "fastly")["unpriced"].as_array().unwrap().len(), 2);
    let (_, out, _) = cost(&["--host", "fastly"]);
    let sum = out.lines().find(|line| line.trim_start().starts_with("sum")).unwrap();
    assert!(sum.ends_with(" ?"), "{sum}");
    let (_, out, _) = cost(&["--host", "native"]);
    let sum = out.lines().find(|line| line.trim_start().starts_with("sum")).unwrap();
    assert!(!sum.contains('?'), "{sum}");
}

/// Two guests, once each, without photos: 2 films of a minute at a dollar a thousand minutes.
#[test]
fn films_on_stream_by_hand() {
    let bills = json(&["--guests", "2", "--visits", "1", "--photos", "0", "--films", "1", "--film-minutes", "1"]);
    let stream = host(&bills, "stream");
    assert_eq!((stream["atLeast"].as_f64(), stream["atMost"].as_f64()), (Some(0.002), Some(0.002)));
    assert_eq!(bills["guests"], 2);
}

/// Twice the bytes cost twice as much where bytes are paid for, and nothing where they are not.
#[test]
fn larger_photos_cost_more_only_where_bytes_are_paid_for() {
    let bytes = |more: &[&str]| {
        let bills = json(&[&["--guests", "1000", "--visits", "1", "--films", "0", "--photos", "10"], more].concat());
        let lines = host(&bills, "fastly")["lines"].as_array().unwrap().clone();
        let line = lines.into_iter().find(|line| line["what"] == "Fastly, bytes to guests").unwrap();
        (line["countAtMost"].as_u64().unwrap(), host(&bills, "native")["atMost"].as_f64().unwrap())
    };
    let (small, large) = (bytes(&["--photo-kb", "200"]), bytes(&["--photo-kb", "400"]));
    assert_eq!(large.0 - small.0, 1_000 * 10 * 200_000);
    assert!((large.1 - small.1).abs() < 1e-12);
}

#[test]
fn bad_input_is_answered_with_what_would_be_right() {
    for (arguments, told) in [
        (&["--guests", "0"][..], "1..="),
        (&["--guests", "many"], "invalid digit"),
        (&["--visits", "0"], "1..="),
        (&["--film-minutes", "0"], "1..="),
        (&["--host", "fastyl"], "fastly"),
        (&["--gests", "3"], "--guests"),
        (&["--guests", "99999999999999999999"], "--guests"),
    ] {
        let (code, out, said) = cost(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}

/// The largest numbers that are taken do not overflow.
#[test]
fn the_largest_crowd_has_a_bill() {
    let (code, out, said) = cost(&[
        "--guests",
        "1000000",
        "--visits",
        "1000",
        "--films",
        "1000",
        "--photos",
        "10000",
        "--film-minutes",
        "300",
        "--items",
        "1000000",
        "--first-visit-kb",
        "100000",
        "--photo-kb",
        "100000",
    ]);
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("1,000,000 guests"), "{out}");
}
