//! Each delivery of segments, on a native host configured for it. On one port the session's cookie is used, and with
//! split services playback tokens.

use std::process::ExitCode;

use contract::{Target, deliveries};
use harness::{Gallery, Options};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let trials = [("native", false), ("native-split", true)]
        .into_iter()
        .flat_map(|(name, split)| deliveries().into_iter().map(move |delivery| (name, split, delivery)))
        .map(|(name, split, (configuration, case))| {
            Trial::test(format!("{name}::{}", case.name), move || {
                let environment = configuration.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
                let gallery = Gallery::start(&Options { split, environment, links: true, ..Options::default() })?;
                let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password)
                    .with_links(&gallery.links, gallery.operator());
                Ok((case.run)(&target)?)
            })
        })
        .chain([Trial::test("native::a_report_says_nothing_of_its_viewer", report_line)])
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The line of a report has the numbers and the arm, and nothing by which it could be joined with other lines.
fn report_line() -> Result<(), libtest_mimic::Failed> {
    let environment = [("PLAYBACK_REPORTS", "true"), ("VIDEO_EXPERIMENT", "redirect:100"), ("LOG_CLIENT", "whole")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let gallery = Gallery::start(&Options { environment, ..Options::default() })?;
    let target = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
    let report = r#"{"packaging":"cmaf","firstFrameMs":null,"stalls":0,"stalledMs":0,"playedMs":0,"switches":0,"failure":"media"}"#;
    target.get("/api/playback/report").method("POST").body("text/plain", report).expect(204)?;
    let mut line = None;
    for _ in 0..100 {
        line = gallery.log()?.lines().find(|line| line.contains("\"report\"")).map(str::to_owned);
        if line.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let line: serde_json::Value = serde_json::from_str(&line.ok_or("no line of the report")?)?;
    for name in ["request_id", "client", "event"] {
        if !line[name].is_null() {
            return Err(format!("{name} in {line}").into());
        }
    }
    let wanted = serde_json::json!({ "packaging": "cmaf", "first_frame_ms": null, "stalls": 0, "stalled_ms": 0,
                                     "played_ms": 0, "switches": 0, "failure": "media" });
    if line["report"] != wanted || line["arm"] != "redirect" || line["route"] != "/api/playback/report" {
        return Err(format!("the line is {line}").into());
    }
    Ok(())
}
