//! The system calls that the program makes, against those that its unit allows: a call that is refused would show only
//! on a machine that runs the unit.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    process::{Command, Stdio},
};

use servers::Process;

use super::{Bench, SETTINGS, curl, free_port, said, units::SYSTEMD};
use crate::{Failure, tools::Tool, workspace};

const STRACE: Tool = Tool { names: &["strace"], debian: "strace", otherwise: "install strace" };
const FILTER: &str = "SystemCallFilter=";

pub fn check(bench: &Bench) -> Result<String, Failure> {
    let systemd = SYSTEMD.need()?;
    let groups = groups(&said(Command::new(systemd).args(["syscall-filter", "--no-pager"]), "systemd-analyze")?);
    let unit = fs::read_to_string(bench.deploy.join("systemd/edge-gallery.service"))?;
    let allowed = allowed(&unit, &groups);
    let mut made = traced(bench)?;
    // SQLite gives its files the owner of the database where it runs as root, and only there. The unit has a user.
    made.remove("fchown");
    let refused: Vec<&str> = made.difference(&allowed).map(String::as_str).collect();
    if !refused.is_empty() {
        return Err(format!("the unit refuses what the program calls: {}", refused.join(", ")).into());
    }
    // A filter that allows everything would pass too.
    if allowed.contains("mount") || !allowed.contains("openat") || made.len() < 30 {
        return Err("neither the filter nor the calls are what they should be".into());
    }
    Ok(format!("{} kinds, all of them allowed", made.len()))
}

/// The kinds of calls while it starts, takes pictures in, serves them, and ends.
fn traced(bench: &Bench) -> Result<BTreeSet<String>, Failure> {
    let folder = bench.folder("calls")?;
    let (port, store) = (free_port()?, free_port()?);
    let trace = |name: &str, arguments: &[&str]| -> Result<Command, Failure> {
        let mut command = Command::new(STRACE.need()?);
        command.args(["-f", "-qq", "-e", "signal=none", "-o"]).arg(folder.join(name)).arg(bench.program());
        command.args(arguments).env_clear().envs(SETTINGS).env("GALLERY_DATA", folder.join("data"));
        command.env("GALLERY_LISTEN", format!("127.0.0.1:{port}"));
        command.env("GALLERY_STORE_LISTEN", format!("127.0.0.1:{store}"));
        command.stdin(Stdio::null()).stdout(File::create(folder.join("out"))?).stderr(Stdio::inherit());
        Ok(command)
    };
    let address = ([127, 0, 0, 1], port).into();
    let serving =
        Process::listening(&mut trace("serve", &["serve"])?, "edge-gallery", address, &folder.join("out"), || false)?;
    let pictures = workspace::root().join("docs/screenshots");
    let ingested = trace("ingest", &["ingest", &pictures.to_string_lossy()])?.status()?;
    if !ingested.success() {
        return Err("ingest failed".into());
    }
    let url = format!("http://127.0.0.1:{port}");
    let cookies = folder.join("cookies").to_string_lossy().into_owned();
    let login = serde_json::json!({ "password": SETTINGS[0].1 }).to_string();
    let json = ["--header", "content-type: application/json", "--data"];
    curl(&[&["--cookie-jar", &cookies], &json[..], &[&login, &format!("{url}/login")]].concat())?;
    for path in ["/", "/readyz", "/api/media", "/api/file/grid.png", "/api/thumbnail/grid.png?size=small"] {
        let answer = curl(&["--cookie", &cookies, &format!("{url}{path}"), "--output", "-"])?;
        if !answer.starts_with("HTTP/1.1 200") {
            return Err(format!("{path}: {}", answer.lines().next().unwrap_or_default()).into());
        }
    }
    // The program gets the signal, and not strace, which passes none on.
    let child = format!("/proc/{0}/task/{0}/children", serving.id());
    let pid = fs::read_to_string(child)?.trim().to_owned();
    said(Command::new("kill").arg(&pid), "kill")?;
    drop(serving);
    let mut made = BTreeSet::new();
    for name in ["serve", "ingest"] {
        made.extend(fs::read(folder.join(name))?.split(|byte| *byte == b'\n').filter_map(call));
    }
    Ok(made)
}

/// The call in a line such as `123  openat(AT_FDCWD, ...`.
fn call(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let name = line.split_once(' ')?.1.trim_start().split_once('(')?.0;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| name.to_owned())
}

/// Groups of calls, as `systemd-analyze syscall-filter` lists them.
fn groups(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut groups = BTreeMap::<String, Vec<String>>::new();
    let mut group = String::new();
    for line in text.lines() {
        if line.starts_with('@') {
            line.trim().clone_into(&mut group);
        } else if line.starts_with(' ') && !line.trim().starts_with('#') {
            groups.entry(group.clone()).or_default().push(line.trim().to_owned());
        }
    }
    groups
}

/// The calls that a unit allows (systemd.exec(5)): the first line begins a list, `~` takes away from it.
fn allowed(unit: &str, groups: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    fn expand(name: &str, groups: &BTreeMap<String, Vec<String>>, calls: &mut BTreeSet<String>) {
        match groups.get(name) {
            Some(members) => members.iter().for_each(|member| expand(member, groups, calls)),
            None => {
                calls.insert(name.to_owned());
            }
        }
    }
    let mut allowed = BTreeSet::new();
    for line in unit.lines().filter_map(|line| line.strip_prefix(FILTER)) {
        let (taken, names) = line.strip_prefix('~').map_or((false, line), |names| (true, names));
        let mut calls = BTreeSet::new();
        // systemd adds the default group to each list that allows.
        let default = (!taken).then_some("@default");
        names.split_whitespace().chain(default).for_each(|name| expand(name, groups, &mut calls));
        if taken { allowed.retain(|call| !calls.contains(call)) } else { allowed.extend(calls) }
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_list_from_which_groups_are_taken() {
        let listed =
            "@default\n    # What every process needs\n    execve\n\n@io\n    read\n    @more\n\n@more\n    chown\n";
        let groups = groups(listed);
        let calls = |unit: &str| allowed(unit, &groups).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(calls("SystemCallFilter=@io poll\n"), "chown execve poll read");
        assert_eq!(calls("SystemCallFilter=@io\nNice=1\nSystemCallFilter=~@more\n"), "execve read");
        assert_eq!(calls("SystemCallFilter=\n"), "execve");
    }

    #[test]
    fn the_name_of_a_call_is_read_from_its_line() {
        let of = |line: &str| call(line.as_bytes());
        assert_eq!(of("12   openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 3").as_deref(), Some("openat"));
        for other in ["12 <... futex resumed>) = 0", "12 +++ exited with 0 +++", "12 ???( <unfinished ...>", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
