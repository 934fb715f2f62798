//! The flags of the commands that need an account.

use std::process::Command;

use crate::document::{Kind, blocks};

/// A command, and its flags that the document may use. They were read in November 2026 from the sources of wrangler 4
/// (`cloudflare/workers-sdk`), the references of Fastly's CLI (fastly.com/documentation/reference/cli) and of Spin
/// (spinframework.dev/cli-reference), and Akamai's documentation of `spin aka deploy`. The help of the Fastly CLI is
/// asked too, in every test run.
const COMMANDS: [(&str, &[&str]); 18] = [
    ("npx wrangler d1 export", &["--remote", "--output", "--table", "--no-schema", "--no-data"]),
    ("npx wrangler d1 execute", &["--remote", "--file", "--command"]),
    ("npx wrangler kv bulk get", &["--namespace-id", "--binding", "--remote"]),
    ("npx wrangler r2 bucket cors list", &["--jurisdiction"]),
    ("npx wrangler r2 bucket cors set", &["--file", "--jurisdiction", "--force"]),
    ("fastly compute publish", &["--env", "--domain", "--service-id", "--comment"]),
    ("fastly config-store-entry update", &["--key", "--store-id", "--value", "--upsert", "--stdin"]),
    ("fastly secret-store-entry create", &["--name", "--store-id", "--recreate-allow", "--stdin", "--file"]),
    ("fastly kv-store-entry create", &["--store-id", "--key", "--value"]),
    ("fastly tls-subscription create", &["--domain", "--cert-auth", "--common-name", "--config"]),
    ("fastly tls-subscription list", &[]),
    ("fastly service domain create", &["--service-id", "--name", "--version", "--autoclone"]),
    ("fastly service domain delete", &["--service-id", "--name", "--version", "--autoclone"]),
    ("fastly service version activate", &["--version", "--service-id", "--service-name"]),
    ("spin build", &["--from", "--component-id"]),
    ("spin up", &["--build", "--from", "--runtime-config-file", "--listen"]),
    ("spin aka deploy", &["--from", "--variable"]),
    ("dig", &["+noall", "+answer"]),
];

pub const TESTS: [(&str, fn()); 2] = [
    ("commands_that_need_an_account_have_flags_that_exist", commands_that_need_an_account_have_flags_that_exist),
    ("a_flag_that_does_not_exist_is_seen", a_flag_that_does_not_exist_is_seen),
];

/// What a shell does itself, and what every machine has.
const PLAIN: [&str; 1] = ["echo"];

/// The flags of a command, without their values.
fn flags(command: &str) -> impl Iterator<Item = &str> {
    let words = command.split_whitespace().filter(|word| word.starts_with("--") || word.starts_with('+'));
    words.map(|word| word.split('=').next().unwrap_or(word))
}

fn known(command: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    COMMANDS.iter().find(|(name, _)| command == *name || command.starts_with(&format!("{name} ")))
}

/// The help of a command, if its program is installed here.
fn help(name: &str) -> Option<String> {
    let mut words = name.trim_start_matches("npx ").split(' ');
    let program = words.next()?;
    let program = if program == "fastly" { harness::fastly_cli().ok()? } else { program.into() };
    let output = Command::new(program).args(words).arg("--help").output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    output.status.success().then(|| String::from_utf8_lossy(&text).into_owned())
}

fn commands_that_need_an_account_have_flags_that_exist() {
    let mut seen = Vec::new();
    for block in blocks().into_iter().filter(|block| block.kind == Kind::Account) {
        for command in block.commands() {
            if PLAIN.iter().any(|plain| command.starts_with(plain)) {
                continue;
            }
            let (name, listed) = known(&command).unwrap_or_else(|| panic!("line {}: {command}", block.line));
            let help = if *name == "dig" { None } else { help(name) };
            for flag in flags(&command) {
                assert!(listed.contains(&flag), "line {}: {name} has no {flag}", block.line);
                if let Some(help) = &help {
                    assert!(help.contains(flag), "line {}: the help of {name} has no {flag}", block.line);
                }
            }
            seen.push(*name);
        }
    }
    for wanted in ["npx wrangler d1 export", "npx wrangler r2 bucket cors set", "fastly compute publish", "spin up"] {
        assert!(seen.contains(&wanted), "the document has no {wanted}");
    }
}

fn a_flag_that_does_not_exist_is_seen() {
    let (_, listed) = known("npx wrangler d1 export x --remote --out y").unwrap();
    let unknown: Vec<&str> =
        flags("npx wrangler d1 export x --remote --out=y").filter(|flag| !listed.contains(flag)).collect();
    assert_eq!(unknown, ["--out"]);
    assert!(known("npx wrangler d1 exporter").is_none());
}
