//! The contract's tables against each server.

use std::fmt::Display;

use contract::{Served, check, file_bytes, table::TABLES};
use harness::Failure;
use serde_json::{Value, json};

use crate::{
    files::BIG,
    servers::{Server, Servers},
};

const METHODS: [&str; 2] = ["GET", "HEAD"];

/// What a server made of the rows.
struct Rows {
    /// How many of each table.
    tables: Vec<usize>,
    failed: Vec<Failed>,
}

struct Failed {
    method: &'static str,
    row: String,
    what: String,
}

impl Failed {
    /// Whether the only mistake is that the server applied the range to a HEAD (section 14.2). This mistake fails
    /// many rows.
    fn heeds_a_range(&self) -> bool {
        self.method == "HEAD" && ["status: came 206, wanted 200", "status: came 416, wanted 200"].contains(&&*self.what)
    }
}

/// Prints the results of all servers. Returns whether the gallery passed all rows, and the counts.
pub fn compare(servers: &Servers) -> Result<(bool, Value), Failure> {
    let servers = servers.all()?;
    let all = servers.iter().map(keep).collect::<Result<Vec<_>, Failure>>()?;
    let asked: Vec<usize> = TABLES.iter().map(|(_, rows)| METHODS.len() * rows.len()).collect();

    println!("Rows of RFC 9110 kept, each by GET and by HEAD\n");
    line("", "asked", servers.iter().map(|server| server.name));
    for (at, (table, _)) in TABLES.iter().enumerate() {
        line(table, asked[at], all.iter().map(|kept| kept.tables[at]));
    }
    let in_all = asked.iter().sum::<usize>();
    for method in METHODS {
        let of_it = in_all / METHODS.len();
        let failed = |kept: &Rows| kept.failed.iter().filter(|failed| failed.method == method).count();
        line(&format!("all, by {method}"), of_it, all.iter().map(|kept| of_it - failed(kept)));
    }
    line("all", in_all, all.iter().map(|kept| kept.tables.iter().sum::<usize>()));
    for (server, kept) in servers.iter().zip(&all).filter(|(_, kept)| !kept.failed.is_empty()) {
        println!("\n{} fails", server.name);
        let (ranges, others): (Vec<_>, Vec<_>) = kept.failed.iter().partition(|failed| failed.heeds_a_range());
        if !ranges.is_empty() {
            println!("  HEAD: {} rows in which it heeds a range, which means nothing there", ranges.len());
        }
        for Failed { method, row, what } in others {
            println!("  {method}, {row}\n      {what}");
        }
    }
    println!();

    let counts = servers.iter().zip(&all).map(|(server, kept)| {
        let passed: usize = kept.tables.iter().sum();
        (server.name.to_owned(), json!({ "passed": passed, "failed": kept.failed.len() }))
    });
    let counts = Value::Object(counts.collect());
    Ok((all.last().is_some_and(|ours| ours.failed.is_empty()), counts))
}

/// A line of the table.
fn line(name: &str, asked: impl Display, of_each: impl Iterator<Item = impl Display>) {
    print!("{name:24} {asked:>10}");
    for number in of_each {
        print!(" {number:>10}");
    }
    println!();
}

fn keep(server: &Server<'_>) -> Result<Rows, Failure> {
    let served = Served::new(|| server.get(BIG), file_bytes(BIG)?)?;
    let mut kept = Rows { tables: Vec::new(), failed: Vec::new() };
    for (table, rows) in TABLES {
        let before = kept.failed.len();
        for row in rows {
            for method in METHODS {
                if let Err(what) = check(&served, row, method) {
                    let row = format!("{table}: {} {:?}", row.what, row.headers);
                    kept.failed.push(Failed { method, row, what });
                }
            }
        }
        kept.tables.push(METHODS.len() * rows.len() - (kept.failed.len() - before));
    }
    Ok(kept)
}
