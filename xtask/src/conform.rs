//! `cargo xtask conform`: the same gallery on every host, as a table.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

use crate::{Failure, fastly, page, tools, workspace::cargo};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these hosts, by commas: memory, native, fastly, wasi, wasi02, spin.
    #[arg(long, value_delimiter = ',')]
    on: Vec<String>,
    /// The contract against this deployment instead, which must hold the test library.
    #[arg(long, requires = "password")]
    base: Option<String>,
    /// Its password.
    #[arg(long)]
    password: Option<String>,
    /// Its video service, where that has an origin of its own.
    #[arg(long)]
    video: Option<String>,
    /// Where its presigned URLs lead.
    #[arg(long)]
    store: Option<String>,
    /// It reads its catalogue from the bucket.
    #[arg(long)]
    snapshot: bool,
}

/// What is run, and the column it counts in.
const SUITES: [(&str, &str, &str); 6] = [
    ("conformance", "hosts", "conformance"),
    ("contract", "native", "contract"),
    ("contract", "deliveries", "contract"),
    ("contract", "fastly", "contract"),
    ("contract", "wasi", "contract"),
    ("contract", "faults", "faults"),
];
const COLUMNS: [&str; 3] = ["conformance", "contract", "faults"];

#[derive(Clone, Copy, Default)]
struct Count {
    passed: u32,
    failed: u32,
    ignored: u32,
}

/// By host, then column.
type Table = BTreeMap<String, BTreeMap<&'static str, Count>>;

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut table = Table::new();
    let mut reasons = Vec::new();
    if let Some(base) = &arguments.base {
        let mut command = cargo();
        command.args(["run", "--quiet", "--package", "contract", "--bin", "contract", "--", "--base", base]);
        for (name, value) in [("--video", &arguments.video), ("--store", &arguments.store)] {
            command.args(value.iter().flat_map(|value| [name, value]));
        }
        command.args(arguments.snapshot.then_some("--snapshot"));
        // In the environment, where other users of the machine do not see it.
        command.env("GALLERY_PASSWORD", arguments.password.as_deref().unwrap_or_default());
        say("The deployment must hold the test library: `cargo run -p contract -- --write-library FOLDER`, then \
             `ingest FOLDER --demo-film`.\n");
        count(&mut command, "contract", &[], &mut table, &mut reasons)?;
    } else {
        page::build()?;
        tools::need_wasm_targets()?;
        let viceroy = fastly::viceroy()?;
        for (package, test, column) in SUITES {
            let mut command = cargo();
            command.args(["test", "--quiet", "--package", package, "--test", test]).env("VICEROY", &viceroy);
            count(&mut command, column, &arguments.on, &mut table, &mut reasons)?;
        }
    }
    report(&table, &reasons)
}

/// Runs a suite and counts what it says of each case. A suite that dies without a word has failed.
fn count(
    command: &mut std::process::Command,
    column: &'static str,
    on: &[String],
    table: &mut Table,
    reasons: &mut Vec<String>,
) -> Result<(), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("the suite has no output")?).lines();
    let mut seen = 0;
    for line in lines.map_while(Result::ok) {
        let Some((host, case, verdict, kind)) = verdict_of(&line) else {
            // The words of a failure stand between the cases and the summary.
            if !line.starts_with("test result") && !line.is_empty() {
                say(&line);
            }
            continue;
        };
        seen += 1;
        if !on.is_empty() && !on.iter().any(|wanted| wanted == host) {
            continue;
        }
        let count = table.entry(host.to_owned()).or_default().entry(column).or_default();
        match verdict {
            "ok" => count.passed += 1,
            "ignored" => {
                count.ignored += 1;
                let reason = format!("{host}, {column}: {kind}");
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            _ => {
                count.failed += 1;
                reasons.push(format!("{host}, {column}: {case} failed"));
            }
        }
    }
    let status = child.wait()?;
    if seen == 0 {
        return Err(format!("{column}: the suite said nothing ({status})").into());
    }
    Ok(())
}

/// `test [why] host-arrangement::case ... ok`: the host, the case, the verdict, and why it is ignored.
fn verdict_of(line: &str) -> Option<(&str, &str, &str, &str)> {
    let (named, verdict) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let (kind, name) = named.strip_prefix('[').and_then(|rest| rest.split_once("] ")).unwrap_or(("", named));
    let name = name.trim();
    let host = name.split("::").next()?.split('-').next()?;
    Some((host, name, verdict.trim(), kind))
}

fn report(table: &Table, reasons: &[String]) -> Result<(), Failure> {
    let cell = |count: Option<&Count>| {
        count.map_or_else(|| "-".to_owned(), |it| format!("{}/{}/{}", it.passed, it.failed, it.ignored))
    };
    say(&format!("\n{:12}{:>16}{:>16}{:>16}", "", COLUMNS[0], COLUMNS[1], COLUMNS[2]));
    for (host, columns) in table {
        let [first, second, third] = COLUMNS.map(|column| cell(columns.get(column)));
        say(&format!("{host:12}{first:>16}{second:>16}{third:>16}"));
    }
    say("passed/failed/ignored; - is not run on that host");
    for reason in reasons {
        say(reason);
    }
    let json: serde_json::Map<String, serde_json::Value> = table
        .iter()
        .map(|(host, columns)| {
            let suites = columns.iter().map(|(name, it)| {
                (
                    (*name).to_owned(),
                    serde_json::json!({ "passed": it.passed, "failed": it.failed, "ignored": it.ignored }),
                )
            });
            (host.clone(), serde_json::Value::Object(suites.collect()))
        })
        .collect();
    say(&serde_json::Value::Object(json).to_string());
    let failed: u32 = table.values().flat_map(BTreeMap::values).map(|count| count.failed).sum();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} cases failed").into()) }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
