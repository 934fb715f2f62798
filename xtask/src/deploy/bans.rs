//! The filter for fail2ban that PLATFORM.md has, asked of fail2ban itself.

use std::{fs, process::Command};

use super::{Bench, said};
use crate::{Failure, tools::Tool, workspace};

const FAIL2BAN: Tool =
    Tool { names: &["fail2ban-regex"], debian: "fail2ban", otherwise: "install fail2ban, which brings fail2ban-regex" };

/// What every filter may include.
const COMMON: &str = "/etc/fail2ban/filter.d/common.conf";

/// What fail2ban makes of a line in the journal: the host, the unit's program, then what the gallery wrote. The first
/// two are of somebody who is to be banned. In the third, a client has written the words of the filter into a field.
const LINES: &str = r#"Nov 30 09:00:00 host edge-gallery[7]: {"request_id":"0123456789abcdef","client":"203.0.113.7","event":"login-refused","status":401}
Nov 30 09:00:01 host edge-gallery[7]: {"request_id":"0123456789abcdef","client":"2001:db8::7","service":"host","status":400,"ms":1}
Nov 30 09:00:02 host edge-gallery[7]: {"request_id":"0123456789abcdef","client":"203.0.113.8","status":200,"key":"\"client\":\"203.0.113.9\",\"event\":\"login-refused\","}
"#;

pub fn check(bench: &Bench) -> Result<String, Failure> {
    let document = fs::read_to_string(workspace::root().join("PLATFORM.md"))?;
    let filter = document.split_once("filter.d/edge-gallery.conf\n").and_then(|(_, rest)| rest.split_once("\n# /etc/"));
    let (filter, _) = filter.ok_or("PLATFORM.md has no filter for fail2ban")?;
    let folder = bench.folder("fail2ban")?;
    let program = FAIL2BAN.need()?;
    fs::copy(COMMON, folder.join("common.conf")).map_err(|error| format!("{COMMON}: {error}"))?;
    let (lines, file) = (folder.join("lines.log"), folder.join("edge-gallery.conf"));
    fs::write(&lines, LINES)?;
    fs::write(&file, filter)?;
    let told = said(Command::new(program).arg(&lines).arg(&file), "fail2ban-regex")?;
    if !told.contains("Lines: 3 lines, 0 ignored, 2 matched, 1 missed") {
        return Err(format!("the filter does not match what it should: {told}").into());
    }
    Ok("the filter matches two lines of three".to_owned())
}
