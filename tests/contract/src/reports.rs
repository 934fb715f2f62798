//! `POST /api/playback/report`: how a film played. It is off unless `PLAYBACK_REPORTS` is set.

use crate::{
    Answer, Call, Outcome, Target,
    library::{encode, film},
    openapi::is_a_described_report,
};

cases!(reports:
    needs [Film]: refused_without_a_right;
    needs [Film, NoReports]: off_by_default;
);

const PATH: &str = "/api/playback/report";
const REPORT: &str =
    r#"{"packaging":"ts","firstFrameMs":412,"stalls":1,"stalledMs":900,"playedMs":60000,"switches":2,"failure":null}"#;

/// A report as a page sends it: `sendBeacon` sends text without asking first.
fn report(call: Call<'_>, body: impl Into<Vec<u8>>) -> Result<Answer, String> {
    call.method("POST").body("text/plain;charset=UTF-8", body).send()
}

fn status(call: Call<'_>, body: impl Into<Vec<u8>>, wanted: u16) -> Result<Answer, String> {
    let answer = report(call, body)?;
    ensure_eq!(answer.status, wanted, "a report");
    answer.has("cache-control", "no-store")?;
    ensure!(wanted == 204 || answer.json().is_ok(), "no problem body");
    is_a_described_report(&answer)?;
    Ok(answer)
}

/// The same for whoever may report and for a report of any kind.
fn off_by_default(target: &Target) -> Outcome {
    for body in [REPORT, "x"] {
        status(target.video(PATH), body, 404)?;
    }
    ensure!(!timing(target)?.contains("reports"), "the page is told to report");
    Ok(())
}

/// What the master's answer tells the page.
fn timing(target: &Target) -> Result<String, String> {
    Ok(target.follow(&film(target)?.1).expect(200)?.need("server-timing")?.to_owned())
}

fn refused_without_a_right(target: &Target) -> Outcome {
    status(target.video(PATH).anonymous(), REPORT, 401)?;
    status(target.video(PATH).header("sec-fetch-site", "cross-site"), REPORT, 403)?;
    status(target.video(PATH).header("origin", "https://elsewhere.example"), REPORT, 403)?;
    let key = encode(&film(target)?.0.key);
    let token = "A".repeat(142);
    status(target.video(&format!("/api/hls/~{token}/report?key={key}")).anonymous(), REPORT, 401)?;
    Ok(())
}

/// The runs with `PLAYBACK_REPORTS`.
pub(crate) fn on(target: &Target) -> Outcome {
    refused_without_a_right(target)?;
    let answer = timing(target)?;
    ensure!(answer.split(", ").any(|entry| entry == "reports"), "the page is not told to report: {answer}");
    let key = encode(&film(target)?.0.key);
    let playback = target.get(&format!("/api/playback?key={key}")).expect(200)?.json()?;
    let url = playback["url"].as_str().ok_or("/api/playback gives no URL")?;
    let (before, _) = url.split_once("/playlist?").ok_or_else(|| format!("{url} is no master"))?;
    let base = if before.starts_with('/') { target.video_base.as_str() } else { "" };
    let by_token = |key: &str| Call::new(format!("{base}{before}/report?key={key}"));
    // The token is that of one film.
    for (key, body, wanted) in [(key.as_str(), REPORT, 204), (&key, "x", 400), ("absent.mp4", REPORT, 401)] {
        // Else browsers would report a failure to a page on another site.
        status(by_token(key), body, wanted)?.has("cross-origin-resource-policy", "cross-origin")?;
    }
    status(target.video(PATH), REPORT, 204)?;
    for bad in ["", "{}", "[1]", &REPORT.replace("ts", "mp3"), &REPORT.replace("412", "-1"), &format!("{REPORT} x")] {
        status(target.video(PATH), bad, 400)?;
    }
    status(target.video(PATH), [0xff, 0xfe], 400)?;
    status(target.video(PATH), vec![b' '; 1025], 413)?;
    Ok(())
}
