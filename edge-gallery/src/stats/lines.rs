//! The log lines of the services, as hosts hand them on.

use serde::Deserialize;

/// What the line of a request says that is counted here.
#[derive(Debug, Deserialize)]
pub struct Request {
    #[serde(default)]
    pub service: String,
    pub route: String,
    pub status: u16,
    /// Milliseconds until the head of the answer.
    pub ms: f32,
    pub cache: String,
    pub arm: Option<String>,
    /// Of the body. Hosts that do not see how it is sent say nothing.
    pub bytes: Option<u64>,
    /// Processor time in milliseconds, on hosts that tell.
    pub cpu_ms: Option<f64>,
    pub report: Option<Report>,
}

/// What a page told at the end of a view.
#[derive(Debug, Deserialize)]
pub struct Report {
    pub packaging: String,
    /// Milliseconds. `None` if no frame was shown.
    pub first_frame_ms: Option<f32>,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub played_ms: u64,
    pub switches: u64,
    pub failure: Option<String>,
}

/// Reads a line. The host may have put its own text before it, or have wrapped it into its own JSON. `None` for any
/// other line.
pub fn read(line: &str) -> Option<Request> {
    /// The fields in which collectors such as journald, Logpush and Loki wrap a line. A record may have more than one.
    const NAMES: [&str; 5] = ["message", "MESSAGE", "msg", "log", "line"];
    /// How many braces a host's own text may have.
    const MOST: usize = 8;
    line.match_indices('{').take(MOST).find_map(|(at, _)| {
        let json = &line[at..];
        // Something may stand behind it too.
        let first = serde_json::Deserializer::from_str(json).into_iter::<Request>().next();
        first.and_then(Result::ok).or_else(|| {
            let wrapped: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).ok()?;
            NAMES.iter().find_map(|name| read(wrapped.get(*name)?.as_str()?))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"request_id":"1","service":"video-edge","route":"/api/hls/playlist","method":"GET","status":200,"ms":1.25,"cache":"hit","kv_reads":1,"kv_writes":0,"store_calls":0,"sql_queries":0,"arm":"redirect","bytes":812}"#;

    #[test]
    fn lines_as_hosts_hand_them_on() {
        let wrapped = serde_json::json!({ "PRIORITY": "6", "MESSAGE": LINE }).to_string();
        let beat = serde_json::json!({ "message": LINE, "log": { "offset": 0, "file": { "path": "x" } } }).to_string();
        let loki = serde_json::json!({ "labels": {}, "line": LINE }).to_string();
        for line in [
            LINE,
            &format!("host{{a}} {LINE}"),
            &format!("stdout [0] :: {LINE}"),
            &format!("2026-11-01T00:00:00Z log | {LINE}\r"),
            &wrapped,
            &beat,
            &loki,
        ] {
            let read = read(line).unwrap();
            assert_eq!((read.status, read.bytes, read.arm.as_deref()), (200, Some(812), Some("redirect")), "{line}");
        }
    }

    #[test]
    fn other_lines() {
        for line in
            ["", "{", "ready", r#"{"service":"host","failure":"x"}"#, r#"{"message":"{}"}"#, r#"{"ready":true}"#]
        {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
