//! The prices, each with the page that it is from. None of them is asked for when the program runs.

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    FastlyRequest,
    FastlyByte,
    FastlyKvRead,
    FastlyKvWrite,
    FastlyCpu,
    /// A read of the bucket: R2's class B.
    StoreRead,
    /// A write to the bucket: R2's class A.
    StoreWrite,
    StoreByte,
    StoreMonth,
    WorkersRequest,
    WorkersByte,
    WorkersKvRead,
    WorkersKvWrite,
    WorkersCpu,
    D1Row,
    StreamMinute,
    StreamStored,
    SpinRequest,
    ServerByte,
    ServerMonth,
}

/// Where a price is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The vendor's own page, and the copy of it that was read.
    Vendor { page: &'static str, copy: &'static str },
    /// Somebody else's page, and its date. The vendor's own page was not read, so the price is not known.
    Elsewhere { page: &'static str, date: &'static str },
    /// No page was found.
    None,
}

#[derive(Clone, Copy, Debug)]
pub struct Price {
    pub unit: Unit,
    /// What is paid for, as a row of a table calls it.
    pub what: &'static str,
    /// The price as it is written, in US$.
    pub text: &'static str,
    /// Picodollars (10^-12 US$) for one. `None` for what is not added up.
    pub pico: Option<u64>,
    pub source: Source,
}

const R2: Source =
    Source::Vendor { page: "https://developers.cloudflare.com/r2/pricing/", copy: "cloudflare-docs 07ec87d" };
const WORKERS: Source = Source::Vendor {
    page: "https://developers.cloudflare.com/workers/platform/pricing/",
    copy: "cloudflare-docs 07acbb6",
};
const KV: Source =
    Source::Vendor { page: "https://developers.cloudflare.com/kv/platform/pricing/", copy: "cloudflare-docs 16f657e" };
const D1: Source =
    Source::Vendor { page: "https://developers.cloudflare.com/d1/platform/pricing/", copy: "cloudflare-docs 25a83ce" };
const STREAM: Source =
    Source::Vendor { page: "https://developers.cloudflare.com/stream/pricing/", copy: "cloudflare-docs 042669e" };

const fn price(unit: Unit, what: &'static str, text: &'static str, pico: Option<u64>, source: Source) -> Price {
    Price { unit, what, text, pico, source }
}

/// Every price. What has none is listed too: a sum that leaves it out must say so.
pub const PRICES: [Price; 20] = [
    price(
        Unit::FastlyRequest,
        "Fastly Compute, a request",
        "0.50 / million",
        Some(500_000),
        Source::Elsewhere { page: "a directory of APIs", date: "2026-05-04" },
    ),
    price(
        Unit::FastlyByte,
        "Fastly, bytes to guests",
        "0.12 / GB",
        Some(120),
        Source::Elsewhere { page: "a directory of APIs", date: "2026-09-20" },
    ),
    price(Unit::FastlyKvRead, "Fastly KV Store, a read", "unknown", None, Source::None),
    price(Unit::FastlyKvWrite, "Fastly KV Store, a write", "unknown", None, Source::None),
    price(Unit::FastlyCpu, "Fastly Compute, CPU time", "unknown", None, Source::None),
    price(Unit::StoreRead, "R2, a read (class B)", "0.36 / million", Some(360_000), R2),
    price(Unit::StoreWrite, "R2, a write (class A)", "4.50 / million", Some(4_500_000), R2),
    price(Unit::StoreByte, "R2, bytes to guests", "0", Some(0), R2),
    price(Unit::StoreMonth, "R2, storage", "0.015 / GB and month", None, R2),
    price(Unit::WorkersRequest, "Workers, a request", "0.30 / million", Some(300_000), WORKERS),
    price(Unit::WorkersByte, "Workers, bytes to guests", "0", Some(0), WORKERS),
    price(Unit::WorkersKvRead, "Workers KV, a read", "0.50 / million", Some(500_000), KV),
    price(Unit::WorkersKvWrite, "Workers KV, a write", "5.00 / million", Some(5_000_000), KV),
    price(Unit::WorkersCpu, "Workers, CPU time", "0.02 / million ms", None, WORKERS),
    price(Unit::D1Row, "D1, a row read", "0.001 / million", Some(1_000), D1),
    price(Unit::StreamMinute, "Cloudflare Stream, a minute delivered", "1.00 / thousand", Some(1_000_000_000), STREAM),
    price(Unit::StreamStored, "Cloudflare Stream, minutes stored", "5.00 / thousand and month", None, STREAM),
    price(Unit::SpinRequest, "Akamai Functions, which run Spin", "unknown", None, Source::None),
    price(Unit::ServerByte, "your server, bytes to guests", "with the server", None, Source::None),
    price(
        Unit::ServerMonth,
        "a server with 20 TB to guests (Hetzner CX33)",
        "EUR 6.49 / month",
        None,
        Source::Elsewhere { page: "a repository of a platform", date: "2026-05-27" },
    ),
];

impl Price {
    pub fn of(unit: Unit) -> &'static Self {
        // Every unit has its row, see the test.
        PRICES.iter().find(|price| price.unit == unit).unwrap_or(&PRICES[0])
    }

    /// Whether the vendor's own page has the price.
    pub const fn is_known(&self) -> bool {
        matches!(self.source, Source::Vendor { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text and the number of a price say the same.
    #[test]
    fn texts_and_numbers_agree() {
        for price in PRICES {
            let Some(pico) = price.pico else { continue };
            let (amount, per) = price.text.split_once(" / ").unwrap_or((price.text, "one"));
            let units: f64 = match per {
                "million" => 1e6,
                "GB" => 1e9,
                "thousand" => 1e3,
                "one" => 1.0,
                other => panic!("{}: {other}", price.what),
            };
            let dollars: f64 = amount.parse().unwrap();
            let wanted = dollars / units * 1e12;
            assert!((wanted - f64::from(u32::try_from(pico).unwrap())).abs() < 1e-6, "{}: {wanted}", price.what);
        }
    }

    #[test]
    fn every_unit_has_one_price() {
        let mut units: Vec<Unit> = PRICES.iter().map(|price| price.unit).collect();
        units.sort();
        units.dedup();
        assert_eq!(units.len(), PRICES.len());
        for price in PRICES {
            assert_eq!(Price::of(price.unit).what, price.what);
        }
    }

    /// What no vendor's own page says is not called a price that is known.
    #[test]
    fn fastly_has_no_price_that_is_known() {
        for price in PRICES.iter().filter(|price| price.what.contains("Fastly")) {
            assert!(!price.is_known(), "{}", price.what);
        }
        assert!(PRICES.iter().filter(|price| price.source == Source::None).all(|price| price.pico.is_none()));
    }
}
