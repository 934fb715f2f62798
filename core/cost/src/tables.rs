//! The tables of docs/COST.md.

use std::fmt::Write as _;

use crate::{
    bill::Bill,
    crowd::Crowd,
    host::Host,
    line::Range,
    price::{PRICES, Source},
    report::{mark, report},
    request::{Calls, Catalogue, Instance},
    text::{bytes, counts, dollar_range},
    visit::Event,
};

/// The tables, by the names between which the document has them.
pub fn tables() -> [(&'static str, String); 4] {
    [("prices", prices()), ("operations", operations()), ("thousand", thousand()), ("example", example())]
}

fn prices() -> String {
    let mut text = String::from("| what | US$ | | from |\n|---|---|---|---|\n");
    for price in PRICES {
        let (known, from) = match price.source {
            Source::Vendor { page, copy } => ("vendor's page", format!("<{page}>, copy `{copy}`")),
            Source::Elsewhere { page, date } => ("**unknown**", format!("{page}, {date}")),
            Source::None if price.text != "unknown" => ("", "your contract".to_owned()),
            Source::None => ("**unknown**", "no page was found".to_owned()),
        };
        // Such a text says why there is no price.
        let amount = if price.text == "unknown" { "" } else { price.text };
        let _ = writeln!(
            text,
            "| {} | {amount}{} | {known} | {from} |",
            price.what,
            mark(amount.is_empty() || known != "**unknown**")
        );
    }
    text
}

fn operations() -> String {
    let mut text = String::from(
        "| | requests | KV reads | KV writes | bucket reads, SQL | bucket reads, snapshot | SQL queries | bodies |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for event in Event::ALL {
        let range = |catalogue, of: fn(Calls) -> u64| {
            let [least, most] = [Instance::Known, Instance::New].map(|instance| of(event.calls(catalogue, instance)));
            counts(Range { least, most })
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            event.name(),
            event.requests(),
            range(Catalogue::Sql, |calls| calls.kv_reads),
            range(Catalogue::Sql, |calls| calls.kv_writes),
            range(Catalogue::Sql, |calls| calls.store_calls),
            range(Catalogue::Snapshot, |calls| calls.store_calls),
            range(Catalogue::Sql, |calls| calls.sql_queries),
            bytes(event.body_bytes()),
        );
    }
    text
}

/// What a thousand of each event cost on each host.
fn thousand() -> String {
    let mut text = String::from("|");
    for name in Event::ALL.map(Event::name) {
        let _ = write!(text, " | {name}");
    }
    text.push_str(" |\n|---|---|---|---|---|\n");
    for host in Host::ALL {
        let _ = write!(text, "| {}", host.name());
        for event in Event::ALL {
            let bill = Bill::of_event(host, event, 1_000, &Crowd::ONE);
            let cell = if bill.lines.is_empty() {
                String::new()
            } else {
                format!("{}{}", dollar_range(bill.pico()), mark(bill.is_confirmed()))
            };
            let _ = write!(text, " | {cell}");
        }
        text.push_str(" |\n");
    }
    text
}

fn example() -> String {
    let crowd = Crowd { guests: 300, visits: 10, photos: 20, films: 5, ..Crowd::ONE };
    format!(
        "```sh\nedge-gallery cost --guests 300 --visits 10 --films 5\n```\n```text\n{}```\n",
        report(&Host::ALL, &crowd)
    )
}
