//! `edge-gallery stats` as a person runs it.

use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// Runs the verb with this input. Returns the exit code, and what it printed and said.
fn stats(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().arg("stats").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A run that reads no input may end before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json_of(arguments: &[&str], input: &str) -> Value {
    let (code, out, said) = stats(&[arguments, &["--json"]].concat(), input);
    assert_eq!((code, out.lines().count()), (0, 1), "{said}");
    serde_json::from_str(&out).unwrap()
}

/// The line of a request, as a service writes it.
fn line(number: u32, arm: Option<&str>, ms: f64) -> String {
    let mut line = json!({
        "request_id": format!("{number:016x}"), "service": "video-edge", "route": "/api/hls/:key/:variant.m3u8",
        "method": "GET", "status": if number.is_multiple_of(50) { 503 } else { 200 }, "ms": ms,
        "cache": if number.is_multiple_of(4) { "miss" } else { "hit" }, "kv_reads": 1, "kv_writes": 0,
        "store_calls": 0, "sql_queries": 0, "bytes": 5_000,
    });
    if let Some(arm) = arm {
        line["arm"] = arm.into();
    }
    line.to_string() + "\n"
}

/// A thousand requests of each of two arms. Those of `redirect` take twice as long.
fn two_arms() -> String {
    let of = |arm, factor: f64| (0..1000).map(move |number| line(number, Some(arm), f64::from(number % 100) * factor));
    of("presign", 0.1).chain(of("redirect", 0.2)).collect::<String>() + "ready\n" + &line(0, None, 1.0)
}

#[test]
fn arms_are_counted_and_compared() {
    let outcome = json_of(&["--control", "presign"], &two_arms());
    assert_eq!((&outcome["lines"], &outcome["otherLines"]), (&json!(2_002), &json!(1)));
    assert_eq!(outcome["all"]["requests"], 2_001);
    let arm = &outcome["arms"]["presign"];
    assert_eq!((&arm["requests"], &arm["bytes"]), (&json!(1_000), &json!(5_000_000.0)));
    assert_eq!(arm["cacheHits"]["value"], 0.75);
    assert_eq!(arm["serverErrors"]["value"], 0.02);
    assert_eq!(arm["clientErrors"]["value"], 0.0);
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 0.01;
    assert!(near(&arm["p50Ms"]["value"], 5.0) && near(&arm["p99Ms"]["value"], 9.9), "{arm}");
    let redirect = outcome["routesOfArms"].as_array().unwrap().iter().find(|of| of["arm"] == "redirect").unwrap();
    let less = &redirect["lessControl"]["p50Ms"];
    assert!(near(&less["value"], 5.0) && less["low"].as_f64().unwrap() > 3.0, "{less}");
    let same = &redirect["lessControl"]["serverErrors"];
    assert!(same["low"].as_f64().unwrap() < 0.0 && same["high"].as_f64().unwrap() > 0.0, "{same}");
}

#[test]
fn the_text_says_what_can_be_told() {
    let (code, out, said) = stats(&["--control", "presign"], &two_arms());
    assert_eq!((code, said.as_str()), (0, ""));
    for wanted in [
        "2001 log lines of requests; 1 other lines were passed over.",
        "redirect, /api/hls/:key/:variant.m3u8: the middle time is more: by 5.00 (",
        "redirect, /api/hls/:key/:variant.m3u8: the share of 5xx may be the same: by 0.00 % (",
    ] {
        assert!(out.contains(wanted), "no {wanted:?} in {out}");
    }
    let few: String = (0..5).map(|number| line(number, Some(["presign", "ts"][number as usize % 2]), 1.0)).collect();
    let (_, out, _) = stats(&[], &few);
    assert!(out.contains("the middle time cannot be compared, with so few requests"), "{out}");
    let (code, out, _) = stats(&[], "nothing\n");
    assert!(code == 0 && out.contains("There is nothing to count."), "{out}");
}

#[test]
fn files_and_the_input_together() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    fs::write(&file, line(1, None, 1.0) + &line(2, None, 1.0)).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(json_of(&[file], &line(3, None, 1.0))["all"]["requests"], 2);
    assert_eq!(json_of(&[file, "-"], &line(3, None, 1.0))["all"]["requests"], 3);
    let (code, _, said) = stats(&[file, "absent"], "");
    assert!(code == 1 && said.contains("absent"), "{said}");
    let (code, _, said) = stats(&[file, "--control", "ts"], "");
    assert!(code == 1 && said.contains("no line has the arm ts"), "{said}");
}

/// What a host does not tell is a dash: the processor's time anywhere but natively and on Fastly, and the hits of a
/// service that keeps nothing.
#[test]
fn services_have_a_line_each_and_a_dash_for_what_no_host_told() {
    let of = |service: &str, route: &str, more: Value| {
        let mut line = json!({
            "service": service, "route": route, "method": "GET", "status": 200, "ms": 4.0, "cache": "bypass",
            "kv_reads": 0, "kv_writes": 0, "store_calls": 1, "sql_queries": 0,
        });
        for (name, value) in more.as_object().unwrap() {
            line[name] = value.clone();
        }
        line.to_string() + "\n"
    };
    // Spin hands the lines on as they are; `fastly log-tail` puts a name and a number before each.
    let spin = (0..9).map(|_| of("viewer-edge", "/api/media", json!({}))).collect::<String>()
        + &of("viewer-edge", "/healthz", json!({ "status": 503, "ms": 250.0 }));
    let video = |cache: &str, cpu_ms: f64| of("video-edge", "/healthz", json!({ "cache": cache, "cpu_ms": cpu_ms }));
    let fastly = [video("hit", 1.0), video("hit", 2.0), video("hit", 3.0), video("miss", 10.0)]
        .map(|line| format!("stdout | 1a2b3c4d | {line}"))
        .concat();
    let input = spin + &fastly;
    let (code, out, said) = stats(&[], &input);
    assert_eq!((code, said.as_str()), (0, ""));
    let table: Vec<Vec<&str>> = out
        .lines()
        .skip_while(|line| *line != "Services")
        .skip(1)
        .take(3)
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    let titles = ["requests", "half within ms", "99 % within ms", "4xx", "5xx", "processor ms each", "from cache"];
    assert_eq!(table[0], titles, "{out}");
    assert_eq!(table[1], ["video-edge", "4", "4.00", "4.00", "0.00 %", "0.00 %", "4.00", "75.00 %"], "{out}");
    assert_eq!(table[2], ["viewer-edge", "10", "4.00", "250", "0.00 %", "10.00 %", "-", "-"], "{out}");
    let outcome = json_of(&[], &input);
    assert_eq!(outcome["services"]["viewer-edge"]["requests"], 10);
    assert_eq!(outcome["services"]["viewer-edge"]["cpuMs"], Value::Null);
    assert_eq!(outcome["services"]["video-edge"]["cpuMs"]["value"], 4.0);
    // Both services have the route: it stands once, with the requests of both.
    assert_eq!(outcome["routes"]["/healthz"]["requests"], 5);
}

/// Pages report in the log of the route that takes the reports.
#[test]
fn views_by_arm() {
    let report = |arm: &str, first_frame: Value, failure: Value| {
        json!({
            "service": "video-edge", "route": "/api/playback/report", "method": "POST", "status": 204, "ms": 0.1,
            "cache": "bypass", "kv_reads": 0, "kv_writes": 0, "store_calls": 0, "sql_queries": 0, "arm": arm,
            "report": { "packaging": "cmaf", "first_frame_ms": first_frame, "stalls": 2, "stalled_ms": 1_500,
                        "played_ms": 1_800_000, "switches": 1, "failure": failure },
        })
        .to_string()
            + "\n"
    };
    let input = (0..100).map(|number| report("ts", json!(300 + number), Value::Null)).collect::<String>()
        + &(0..100).map(|number| report("presign", json!(200 + number), Value::Null)).collect::<String>()
        + &report("presign", Value::Null, json!("network"));
    let outcome = json_of(&["--control", "presign"], &input);
    let views = &outcome["viewsOfArms"]["presign"];
    assert_eq!((&views["views"], &views["hours"]), (&json!(101), &json!(50.5)));
    assert_eq!(views["firstFrameP50Ms"]["value"], 250.0);
    assert_eq!(views["stallsPerHour"]["value"], 4.0);
    assert_eq!(views["failureCodes"], json!({ "network": 1 }));
    assert_eq!(outcome["viewsOfPackagings"]["cmaf"]["views"], 201);
    let (_, out, _) = stats(&["--control", "presign"], &input);
    assert!(out.contains("ts beside presign: the middle time to the first frame is more: by 100 ("), "{out}");
    assert!(out.contains("presign: 1 failed: network"), "{out}");
}
