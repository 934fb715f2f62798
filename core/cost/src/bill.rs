//! Operations times prices.

use crate::{crowd::Crowd, host::Host, line::Line, visit::Event};

/// What a host costs.
#[derive(Clone, Debug)]
pub struct Bill {
    pub host: Host,
    pub lines: Vec<Line>,
}

impl Bill {
    /// The whole bill of a crowd.
    pub fn of(host: Host, crowd: &Crowd) -> Self {
        let mut bill = Self { host, lines: Vec::new() };
        for event in Event::ALL {
            bill.add(host.lines(event, crowd), crowd.times(event));
        }
        bill
    }

    /// The bill of one event, so many times.
    pub fn of_event(host: Host, event: Event, times: u64, crowd: &Crowd) -> Self {
        let mut bill = Self { host, lines: Vec::new() };
        bill.add(host.lines(event, crowd), times);
        bill
    }

    fn add(&mut self, lines: Vec<Line>, times: u64) {
        for line in lines {
            let count = line.count.times(times);
            match self.lines.iter_mut().find(|known| known.unit == line.unit) {
                Some(known) => known.count = known.count.and(count),
                None => self.lines.push(Line { count, ..line }),
            }
        }
    }

    /// The sum of what has a price, in picodollars, at least and at most.
    pub fn pico(&self) -> (u128, u128) {
        self.lines.iter().filter_map(Line::pico).fold((0, 0), |sum, pico| (sum.0 + pico.0, sum.1 + pico.1))
    }

    /// Whether every price in the sum is from its vendor's own page.
    pub fn is_confirmed(&self) -> bool {
        self.lines.iter().all(|line| line.price().pico.is_none() || line.count.most == 0 || line.price().is_known())
    }

    /// What is used and has no price.
    pub fn unpriced(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.price().pico.is_none() && line.count.most > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{line::Range, price::Unit};

    const CROWD: Crowd = Crowd { guests: 300, visits: 10, photos: 20, films: 5, ..Crowd::ONE };

    fn count(bill: &Bill, unit: Unit) -> Range {
        bill.lines.iter().find(|line| line.unit == unit).map(|line| line.count).unwrap_or_default()
    }

    #[test]
    fn how_often_things_happen() {
        assert_eq!(Event::ALL.map(|event| CROWD.times(event)), [300, 2_700, 6_000, 1_500]);
        assert_eq!(CROWD.segments(), 75);
        assert_eq!(Crowd { visits: 0, ..CROWD }.times(Event::FirstVisit), 0);
        assert_eq!(Crowd { film_minutes: 1, ..CROWD }.segments(), 15);
    }

    /// 300 x 40 + 2,700 x 3 + 6,000 x 4 + 1,500 x 8 = 56,100 requests at 0.50 a million: 0.02805.
    #[test]
    fn fastly_by_hand() {
        let bill = Bill::of(Host::Fastly, &CROWD);
        assert_eq!(count(&bill, Unit::FastlyRequest), Range::exactly(56_700));
        // 300 x (720,000 + 42 x 1,400) + 2,700 x 3 x 1,400 + 6,000 x (453,000 + 4 x 1,400)
        // + 1,500 x (135,000 + 8 x 1,400) = 233,640,000 + 11,340,000 + 2,751,600,000 + 219,300,000.
        assert_eq!(count(&bill, Unit::FastlyByte), Range::exactly(3_215_880_000));
        // At least 300 x (28 + 1 for the login) + 6,000 x 4 + 1,500 x 150 reads of the bucket = 257,700.
        // At most, of a first visit: 28 x 3 for thumbnails, 4 for the timeline, 4 for the manifest, 4 for the block, 2
        // for the login, 1 for the session = 99. Of a return: 2. Of a photo: 4 x 3 = 12.
        // Of a film: 5 x (1 + 2) + 2 + 150 = 167.
        let most = 300 * 99 + 2_700 * 2 + 6_000 * 12 + 1_500 * 167;
        assert_eq!(count(&bill, Unit::StoreRead), Range { least: 257_700, most });
        // 0.02835 + 3.21588 x 0.12 = 0.4142556, and 0.2577 x 0.36 = 0.092772.
        assert_eq!(bill.pico().0, 28_350_000_000 + 385_905_600_000 + 92_772_000_000);
        assert!(!bill.is_confirmed());
        assert_eq!(bill.unpriced().count(), 2);
        // 1,500 films of 5 minutes at 6 Mbit/s, for nothing.
        assert_eq!(count(&bill, Unit::StoreByte), Range::exactly(337_500_000_000));
    }

    #[test]
    fn native_by_hand() {
        let bill = Bill::of(Host::Native, &CROWD);
        // SQL is on the same machine: only thumbnails, playlists that are made and segments are read from the bucket.
        assert_eq!(count(&bill, Unit::StoreRead), Range { least: 257_400, most: 257_400 + 1_500 * 5 });
        assert_eq!(bill.pico(), (92_664_000_000, 95_364_000_000));
        assert!(bill.is_confirmed());
        // The bytes that Fastly counts too.
        let fastly = Bill::of(Host::Fastly, &CROWD);
        assert_eq!(count(&bill, Unit::ServerByte), count(&fastly, Unit::FastlyByte));
    }

    /// KV is in the bucket: a read is one of class B, a write one of class A.
    #[test]
    fn wasi_pays_for_kv_in_the_bucket() {
        let bill = Bill::of_event(Host::Wasi, Event::Film, 1, &CROWD);
        // Seven answers of video-edge, warm: 7 reads of KV. Cold: 7 x (1 + 2) reads of KV, 167 of the bucket, 5 writes.
        assert_eq!(count(&bill, Unit::StoreRead), Range { least: 150 + 7, most: 167 + 21 });
        assert_eq!(count(&bill, Unit::StoreWrite), Range { least: 0, most: 5 });
        assert_eq!(bill.pico().1, 188 * 360_000 + 5 * 4_500_000);
    }

    #[test]
    fn the_original_by_hand() {
        let bill = Bill::of_event(Host::Workers, Event::FirstVisit, 1, &CROWD);
        assert_eq!(count(&bill, Unit::WorkersRequest), Range::exactly(31));
        assert_eq!(count(&bill, Unit::WorkersKvRead), Range::exactly(29));
        assert_eq!(count(&bill, Unit::StoreRead), Range::exactly(56));
        assert_eq!(count(&bill, Unit::D1Row), Range::exactly(1_000));
        assert_eq!(bill.pico().0, 31 * 300_000 + 29 * 500_000 + 56 * 360_000 + 1_000 * 1_000);
        let film = Bill::of_event(Host::Workers, Event::Film, 1, &CROWD);
        assert_eq!(count(&film, Unit::WorkersKvRead), Range { least: 79, most: 80 });
        assert_eq!(count(&film, Unit::WorkersKvWrite), Range { least: 0, most: 77 });
        assert!(bill.is_confirmed());
    }

    /// 1,500 films of five minutes at 1.00 a thousand minutes.
    #[test]
    fn stream_by_hand() {
        assert_eq!(Bill::of(Host::Stream, &CROWD).pico(), (7_500_000_000_000, 7_500_000_000_000));
    }

    /// What docs/COST.md says in words.
    #[test]
    fn a_first_visit_is_dearer_on_fastly_and_a_new_film_cheaper_than_on_workers() {
        let of = |host, event| Bill::of_event(host, event, 1, &CROWD).pico();
        assert!(of(Host::Fastly, Event::FirstVisit).0 > of(Host::Workers, Event::FirstVisit).1);
        let visit = Bill::of_event(Host::Fastly, Event::FirstVisit, 1, &CROWD);
        let bytes = visit.lines.iter().find(|line| line.unit == Unit::FastlyByte).and_then(Line::pico).unwrap();
        assert!(2 * bytes.0 > visit.pico().1, "most of a first visit is its bytes");
        assert!(of(Host::Fastly, Event::Photo).0 > of(Host::Workers, Event::Photo).1);
        assert!(of(Host::Fastly, Event::Film).1 < of(Host::Workers, Event::Film).1);
        assert!(of(Host::Fastly, Event::Film).1 < of(Host::Stream, Event::Film).0);
        for event in [Event::FirstVisit, Event::Photo] {
            assert!(of(Host::Wasi, event).1 > of(Host::Workers, event).1, "an instance for each request: {event:?}");
        }
        for host in [Host::Spin, Host::Native] {
            for event in Event::ALL {
                assert!(of(host, event).1 < of(Host::Workers, event).1, "{host:?} {event:?}");
            }
        }
    }
}
