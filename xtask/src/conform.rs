//! `cargo xtask conform`: the same gallery on every host, as a table.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use crate::{Failure, fastly, page, suites::Suites, tools, wasi, workspace::cargo};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these hosts, separated by commas: memory, native, fastly, wasi, wasi02, spin, spin02, node.
    #[arg(long, value_delimiter = ',')]
    on: Vec<String>,
    /// Run the contract against this deployment instead. Cases that need other pictures than it holds are left out.
    #[arg(long, requires = "password")]
    base: Option<String>,
    /// The deployment's password.
    #[arg(long)]
    password: Option<String>,
    /// The address of the deployment's video-edge, if it has its own. Otherwise a film's URL tells.
    #[arg(long)]
    video: Option<String>,
    /// The origin of the deployment's presigned URLs. Otherwise a film's playlist tells.
    #[arg(long)]
    store: Option<String>,
    /// The deployment reads its catalogue from the bucket. Otherwise the cost of an answer tells.
    #[arg(long)]
    snapshot: bool,
}

const HOSTS: [&str; 8] = ["memory", "native", "fastly", "wasi", "wasi02", "spin", "spin02", "node"];
/// The suites: the test program, and the column of the table.
const SUITES: [(&str, &str); 9] = [
    ("conformance/hosts", "conformance"),
    ("contract/native", "contract"),
    ("contract/deliveries", "contract"),
    ("contract/fastly", "contract"),
    ("contract/wasi", "contract"),
    ("contract/machines", "contract"),
    ("contract/instances", "contract"),
    ("contract/large", "contract"),
    ("contract/faults", FAULTS),
];
const FAULTS: &str = "faults";
const COLUMNS: [&str; 3] = ["conformance", "contract", FAULTS];
/// How the names of arrangements end that try failures.
const FAILURES: [&str; 2] = ["-alone", "-faults"];
/// How many seeds of faults are tried on the platform in memory.
const SEEDS: u64 = 10_000;

#[derive(Clone, Copy, Default)]
struct Count {
    passed: u32,
    failed: u32,
    ignored: u32,
}

/// The counts by host and column.
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
        // The password goes into the environment, where other users of the machine do not see it.
        command.env("GALLERY_PASSWORD", arguments.password.as_deref().unwrap_or_default());
        say("Cases that need what the deployment does not hold are left out, and named at the end. To run them too, \
             fill a bucket of its own with the test library: `cargo run -p contract -- --write-library FOLDER`, then \
             `edge-gallery ingest FOLDER --demo-film`.\n");
        count(&mut command, "contract", &mut table, &mut reasons)?;
    } else {
        page::build()?;
        tools::need_wasm_targets()?;
        wasi::need_node()?;
        // As `cargo xtask test` builds them, so that neither builds again what the other has built.
        let suites = Suites::build(fastly::viceroy()?, fastly::cli()?)?;
        let wanted = |host: &&str| arguments.on.is_empty() || arguments.on.iter().any(|on| on == host);
        if let Some(unknown) = arguments.on.iter().find(|on| !HOSTS.contains(&on.as_str())) {
            return Err(format!("there is no host {unknown}; the hosts are {}", HOSTS.join(", ")).into());
        }
        for (test, column) in SUITES {
            say(&format!("== {test}"));
            let mut command = suites.command(test)?;
            for host in HOSTS.iter().filter(|host| !wanted(host)) {
                // The trials of a host are named `host::case`, `host-split::case` and so on.
                command.args(["--skip", &format!("{host}::"), "--skip", &format!("{host}-")]);
            }
            count(&mut command, column, &mut table, &mut reasons)?;
        }
        if wanted(&"memory") {
            seeds(suites.seeds(SEEDS)?, &mut table)?;
        }
    }
    report(&table, &reasons)
}

/// Counts seeds as the faults of the platform in memory.
fn seeds(mut command: Command, table: &mut Table) -> Result<(), Failure> {
    say("== seeds");
    let output = command.stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().last().unwrap_or_default();
    let result: serde_json::Value = serde_json::from_str(last).map_err(|_| "the seeds ended without a result")?;
    let of = |name: &str| result["faults"][name].as_u64().and_then(|count| u32::try_from(count).ok());
    let (Some(passed), Some(failed)) = (of("passed"), of("failed")) else {
        return Err("the seeds ended without counts".into());
    };
    said.lines().filter(|line| line.starts_with("seed ")).for_each(say);
    table.entry("memory".to_owned()).or_default().insert(FAULTS, Count { passed, failed, ignored: 0 });
    Ok(())
}

/// Runs a suite, and counts the verdicts of its cases. A suite that ends without a verdict has failed.
fn count(
    command: &mut Command,
    column: &'static str,
    table: &mut Table,
    reasons: &mut Vec<String>,
) -> Result<(), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("the suite has no output")?).lines();
    let (mut seen, mut failed) = (0, 0);
    for line in lines.map_while(Result::ok) {
        let Some((arrangement, case, verdict, kind)) = verdict_of(&line) else {
            // The messages of failures are between the cases and the summary.
            if !line.starts_with("test result") && !line.is_empty() {
                say(&line);
            }
            continue;
        };
        seen += 1;
        let host = arrangement.split('-').next().unwrap_or(arrangement);
        // A suite of another column may try failures of its own host too.
        let column = if FAILURES.iter().any(|end| arrangement.ends_with(end)) { FAULTS } else { column };
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
                failed += 1;
                count.failed += 1;
                reasons.push(format!("{host}, {column}: {case} failed"));
            }
        }
    }
    let status = child.wait()?;
    if !status.success() && failed == 0 {
        return Err(format!("{column}: the suite ended after {seen} cases ({status})").into());
    }
    Ok(())
}

/// `test [why] host-arrangement::case ... ok`: the host's arrangement, the case, the verdict, and why it is ignored.
fn verdict_of(line: &str) -> Option<(&str, &str, &str, &str)> {
    let (named, verdict) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let (kind, name) = named.strip_prefix('[').and_then(|rest| rest.split_once("] ")).unwrap_or(("", named));
    let name = name.trim();
    let (arrangement, _) = name.split_once("::")?;
    Some((arrangement, name, verdict.trim(), kind))
}

fn report(table: &Table, reasons: &[String]) -> Result<(), Failure> {
    if table.is_empty() {
        return Err("no case was run".into());
    }
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
