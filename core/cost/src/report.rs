//! The bill of a crowd, as `edge-gallery cost` prints it and docs/COST.md shows it.

use std::fmt::Write as _;

use crate::{
    bill::Bill,
    crowd::Crowd,
    host::Host,
    line::Line,
    price::{Source, Unit},
    text::{bytes, count, counts, dollar_range},
};

/// What the marks mean, and what the numbers are.
const LEGEND: &str = "\
?  a price that is not from its vendor's own page, or a sum with one
Counts go from what instances that know the viewer need to the most that the contract allows on every host.
What plans include for nothing is not taken off. docs/COST.md has the prices with their sources.
";

/// One block for each host.
pub fn report(hosts: &[Host], crowd: &Crowd) -> String {
    let mut text = format!(
        "{}: {}, {} and {} of {} each; {}. US$ for all of it.\n",
        some(crowd.guests, "guest"),
        some(crowd.visits, "visit"),
        some(crowd.photos, "photo"),
        some(crowd.films, "film"),
        some(crowd.film_minutes, "minute"),
        some(crowd.items, "item"),
    );
    for host in hosts {
        block(&mut text, &Bill::of(*host, crowd));
    }
    text.push('\n');
    text.push_str(LEGEND);
    text
}

fn block(text: &mut String, bill: &Bill) {
    let _ = writeln!(text, "\n{}", bill.host.name());
    for line in bill.lines.iter().filter(|line| line.count.most > 0) {
        let price = line.price();
        let mark = mark(price.is_known() || price.source == Source::None);
        let each = if price.pico.is_some() { format!("{}{mark}", price.text) } else { String::new() };
        let sum = line.pico().map_or_else(|| price.text.to_owned(), |pico| format!("{}{mark}", dollar_range(pico)));
        let _ = writeln!(text, "  {:38}{:>22}  {each:18}{sum:>20}", price.what, amount(line));
    }
    let sum = format!("{}{}", dollar_range(bill.pico()), mark(bill.is_confirmed()));
    let _ = writeln!(text, "  {:80}{sum:>20}", "sum");
    let _ = writeln!(text, "  {}", bill.host.besides());
}

fn amount(line: &Line) -> String {
    match line.unit {
        // The same at least and at most.
        Unit::FastlyByte | Unit::ServerByte | Unit::StoreByte | Unit::WorkersByte => bytes(line.count.most),
        _ => counts(line.count),
    }
}

pub const fn mark(is_confirmed: bool) -> &'static str {
    if is_confirmed { "" } else { " ?" }
}

fn some(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}
