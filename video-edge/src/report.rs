//! `POST /api/playback/report`: how a film played, from the page at the end of a view. The numbers go into the log,
//! with the arm of the viewer, and nothing of the session, of the film or of the client goes with them.

use edge::Failure;
use http::{HeaderValue, Response, StatusCode, header};
use platform::{Cx, Kind, Platform, Problem, record::Playback};

use crate::{VideoEdge, delivery::Choice};

/// The longest report, in bytes.
const MAX_BODY: usize = 1024;
/// The largest number: a day in milliseconds.
const MOST: u32 = 86_400_000;

const PACKAGINGS: [&str; 2] = ["cmaf", "ts"];
const FAILURES: [&str; 5] = ["network", "media", "key", "unsupported", "other"];

pub(crate) async fn take<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    body: P::Body,
    choice: &Choice<'_>,
) -> Result<Response<P::Body>, Failure> {
    if !service.config.takes_reports {
        return Err(Problem::not_found("This gallery takes no reports.").into());
    }
    let body = P::collect(body, MAX_BODY).await.map_err(|error| match error.kind() {
        Kind::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A report is at most 1 KiB."),
        _ => Problem::bad_request("The body broke off."),
    })?;
    let report = std::str::from_utf8(&body).ok().and_then(parse);
    let report = report.ok_or_else(|| Problem::bad_request("This is no report of playback."))?;
    // A viewer of the arm `ts` whose film has one package was served as the control is.
    cx.record.arm.set(if choice.is_ts && report.packaging != "ts" { choice.control } else { choice.arm });
    cx.record.report.set(Some(report));
    let mut response = Response::new(P::Body::from(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Reads a flat object of JSON with exactly these members. No value holds a comma, a colon or an escape, so that much
/// of JSON is enough.
fn parse(text: &str) -> Option<Playback> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let (mut packaging, mut failure, mut first_frame) = (None, None, None);
    let mut numbers = [None; 4];
    for member in inside.split(',') {
        let (name, value) = member.split_once(':')?;
        let value = value.trim();
        let twice = match name.trim() {
            "\"packaging\"" => packaging.replace(word(value, &PACKAGINGS)?).is_some(),
            "\"failure\"" => failure.replace(or_null(value, |value| word(value, &FAILURES))?).is_some(),
            "\"firstFrameMs\"" => first_frame.replace(or_null(value, number)?).is_some(),
            "\"stalls\"" => numbers[0].replace(number(value)?).is_some(),
            "\"stalledMs\"" => numbers[1].replace(number(value)?).is_some(),
            "\"playedMs\"" => numbers[2].replace(number(value)?).is_some(),
            "\"switches\"" => numbers[3].replace(number(value)?).is_some(),
            _ => return None,
        };
        if twice {
            return None;
        }
    }
    let [stalls, stalled_ms, played_ms, switches] = numbers;
    Some(Playback {
        packaging: packaging?,
        first_frame_ms: first_frame?,
        stalls: stalls?,
        stalled_ms: stalled_ms?,
        played_ms: played_ms?,
        switches: switches?,
        failure: failure?,
    })
}

#[allow(clippy::option_option, reason = "null is a value, and a wrong value is none")]
fn or_null<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if value == "null" { Some(None) } else { read(value).map(Some) }
}

fn number(value: &str) -> Option<u32> {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit()) && (value == "0" || !value.starts_with('0'));
    value.parse().ok().filter(|number| is_plain && *number <= MOST)
}

fn word(value: &str, known: &[&'static str]) -> Option<&'static str> {
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    known.iter().find(|word| **word == value).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"packaging":"cmaf","firstFrameMs":412,"stalls":1,"stalledMs":900,"playedMs":60000,"switches":2,"failure":null}"#;

    #[test]
    fn a_report_is_read() {
        let wanted = Playback {
            packaging: "cmaf",
            first_frame_ms: Some(412),
            stalls: 1,
            stalled_ms: 900,
            played_ms: 60_000,
            switches: 2,
            failure: None,
        };
        assert_eq!(parse(REPORT), Some(wanted));
        assert_eq!(parse(&REPORT.replace([',', ':'], " , ").replace(" , ", " ")), None);
        assert_eq!(parse(&format!(" {}\n", REPORT.replace(',', " ,\n ").replace(':', " : "))), Some(wanted));
        let failed = Playback { failure: Some("network"), first_frame_ms: None, ..wanted };
        assert_eq!(parse(&REPORT.replace("null", "\"network\"").replace("412", "null")), Some(failed));
    }

    #[test]
    fn anything_else_is_refused() {
        for (from, to) in [
            ("cmaf", "mp3"),
            ("412", "-1"),
            ("412", "4.5"),
            ("412", "\"1\""),
            ("412", "007"),
            ("412", "86400001"),
            ("412", "99999999999"),
            ("412", ""),
            ("900", "null"),
            ("\"stalls\":1,", ""),
            ("stalls", "film"),
            ("null", "\"a film of mine\""),
            ("null", "null,\"stalls\":1"),
            ("null", "null,\"key\":1"),
            ("}", ""),
            ("}", "}}"),
            ("{", "[{"),
            ("null", "nul\\u006c"),
        ] {
            let text = REPORT.replacen(from, to, 1);
            assert_ne!(text, REPORT);
            assert_eq!(parse(&text), None, "{text}");
        }
        for text in ["", "{}", "[]", "null", "1", "{,}"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
