//! `edge-gallery cost`: what a crowd of guests costs, on each host.

use std::io::Write as _;

use clap::ValueEnum;
use cost::{Bill, Crowd, Event, Host, Line, Source};
use serde_json::{Value, json};

use crate::Failure;

/// Reads nothing but these numbers: no gallery, no network. The operations are those that the tests of the gallery
/// assert; the prices are those of docs/COST.md.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many guests come
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    guests: u64,
    /// How often each of them comes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    visits: u64,
    /// How many films each of them watches
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=1_000))]
    films: u64,
    /// How many photos each of them opens
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    photos: u64,
    /// How long a film is
    #[arg(long, default_value_t = 5, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=300))]
    film_minutes: u64,
    /// How many items the gallery has: what is compared with reads all of them for a list
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    items: u64,
    /// The kilobytes of a first visit to your gallery; the default was measured with the demo library
    #[arg(long, value_name = "KB", default_value_t = Event::FirstVisit.body_bytes() / 1_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000))]
    first_visit_kb: u64,
    /// The kilobytes of opening a photo; the default was measured with the demo library
    #[arg(long, value_name = "KB", default_value_t = Event::Photo.body_bytes() / 1_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000))]
    photo_kb: u64,
    /// The host; `all` shows every one, and beside them the original on Workers and films on Cloudflare Stream
    #[arg(long, value_enum, default_value_t = Choice::All)]
    host: Choice,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Choice {
    Fastly,
    Spin,
    Wasi,
    Native,
    All,
}

impl Choice {
    fn hosts(self) -> &'static [Host] {
        match self {
            Self::Fastly => &[Host::Fastly],
            Self::Spin => &[Host::Spin],
            Self::Wasi => &[Host::Wasi],
            Self::Native => &[Host::Native],
            Self::All => &Host::ALL,
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let crowd = Crowd {
        guests: arguments.guests,
        visits: arguments.visits,
        photos: arguments.photos,
        films: arguments.films,
        film_minutes: arguments.film_minutes,
        items: arguments.items,
        visit_bytes: Some(arguments.first_visit_kb * 1_000),
        photo_bytes: Some(arguments.photo_kb * 1_000),
    };
    let hosts = arguments.host.hosts();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let bills: Vec<Value> = hosts.iter().map(|host| bill(&Bill::of(*host, &crowd))).collect();
        writeln!(
            out,
            "{}",
            json!({ "currency": "USD", "guests": crowd.guests, "visits": crowd.visits,
            "photos": crowd.photos, "films": crowd.films, "filmMinutes": crowd.film_minutes, "items": crowd.items,
            "hosts": bills })
        )?;
        return Ok(());
    }
    write!(out, "{}", cost::report(hosts, &crowd))?;
    Ok(())
}

fn bill(bill: &Bill) -> Value {
    let (least, most) = bill.pico();
    let unpriced: Vec<&str> = bill.unpriced().map(|line| line.price().what).collect();
    json!({
        "host": bill.host.name(),
        "lines": bill.lines.iter().map(line).collect::<Vec<_>>(),
        "atLeast": dollars(least),
        "atMost": dollars(most),
        "confirmed": bill.is_confirmed(),
        "unpriced": unpriced,
        "besides": bill.host.besides(),
    })
}

fn line(line: &Line) -> Value {
    let price = line.price();
    let (page, date) = match price.source {
        Source::Vendor { page, copy } => (Some(page), Some(copy)),
        Source::Elsewhere { page, date } => (Some(page), Some(date)),
        Source::None => (None, None),
    };
    json!({
        "what": price.what,
        "countAtLeast": line.count.least,
        "countAtMost": line.count.most,
        "price": price.text,
        "confirmed": price.is_known(),
        "page": page,
        "read": date,
        "atLeast": line.pico().map(|(least, _)| dollars(least)),
        "atMost": line.pico().map(|(_, most)| dollars(most)),
    })
}

/// A number of JSON has no more digits than a double.
#[allow(clippy::cast_precision_loss)]
fn dollars(pico: u128) -> f64 {
    pico as f64 / 1e12
}
