//! The log: one line per request. A thread of its own writes the lines, so that a slow terminal or pipe slows no
//! request.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use platform::{Record, record::Sent};

use crate::{Ended, Observer};

/// The most lines that wait. When the reader has stopped reading, further lines are dropped and counted.
const WAITING_LINES: usize = 8192;
/// How long lines are gathered before they are written together. A wake-up for each line would cost more than the
/// line.
const GATHER: Duration = Duration::from_millis(5);

/// How long the end of the program waits for the lines that are still to be written.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The way to the writer of the lines. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Log {
    lines: SyncSender<String>,
    lost: Lost,
}

/// The lines that nobody will read.
#[derive(Clone)]
struct Lost {
    dropped: Arc<AtomicU64>,
    observer: Option<Arc<dyn Observer>>,
}

impl Lost {
    fn count(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
        if let Some(observer) = &self.observer {
            (0..lines).for_each(|_| observer.dropped_line());
        }
    }
}

impl Log {
    /// Starts the writer. When every clone of the log is dropped, the writer writes the remaining lines and ends.
    pub fn start(
        sink: Box<dyn Write + Send>,
        observer: Option<Arc<dyn Observer>>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (lines, waiting) = sync_channel(WAITING_LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Lost { dropped: Arc::clone(&dropped), observer: observer.clone() };
        let writer = std::thread::Builder::new().name("log".into()).spawn(move || write(sink, &waiting, &lost))?;
        Ok((Self { lines, lost: Lost { dropped, observer } }, writer))
    }

    pub fn line(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.lost.count(1);
        }
    }
}

/// Waits for the last lines. A reader that has stopped reading must not keep the program from ending.
pub(crate) fn finish(writer: JoinHandle<()>) {
    let asked = Instant::now();
    while !writer.is_finished() {
        if asked.elapsed() > LAST_LINES {
            return;
        }
        std::thread::sleep(GATHER);
    }
    let _ = writer.join();
}

/// A closed pipe fails every write from then on, a full disk for a while. The lines are then lost and counted, and the
/// host goes on.
fn write(mut sink: Box<dyn Write + Send>, waiting: &Receiver<String>, lost: &Lost) {
    let (mut batch, mut broken) = (String::new(), false);
    while let Ok(line) = waiting.recv() {
        std::thread::sleep(GATHER);
        batch.clear();
        // What failed may have ended within a line.
        if broken {
            batch.push('\n');
        }
        let mut lines = 0;
        for line in std::iter::once(line).chain(waiting.try_iter().take(WAITING_LINES)) {
            batch.push_str(&line);
            batch.push('\n');
            lines += 1;
        }
        let dropped = lost.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let _ = writeln!(batch, "{{\"service\":\"host\",\"log_lines_dropped\":{dropped}}}");
        }
        broken = sink.write_all(batch.as_bytes()).and_then(|()| sink.flush()).is_err();
        if broken {
            // Those before are in the metrics already, and still have to be told.
            lost.dropped.fetch_add(dropped, Ordering::Relaxed);
            lost.count(lines);
        }
    }
}

/// A request whose line is still to be written.
pub(crate) struct Entry {
    pub record: Record,
    pub request_id: String,
    pub method: &'static str,
    pub status: u16,
    /// Until the head of the answer.
    pub head: Duration,
}

impl Entry {
    /// Writes the line. `bytes` of the body were sent. `complete` is false if the body broke off, or if the client
    /// left before its end.
    pub fn write(&self, log: &Log, bytes: u64, complete: bool) {
        let Self { ref record, ref request_id, method, status, head } = *self;
        if let Some(observer) = &log.lost.observer {
            observer.ended(&Ended { record, method, status, head, bytes, complete });
        }
        log.line(record.log_line(request_id, method, status, head, Some(Sent { bytes, complete })));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::mpsc::{Sender, channel},
    };

    use super::*;

    /// A sink that reports what it is given, and can be made to wait or fail.
    struct Sink {
        told: Sender<String>,
        wait: Option<Receiver<()>>,
        fail: bool,
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(wait) = self.wait.take() {
                let _ = wait.recv();
            }
            self.told.send(String::from_utf8_lossy(bytes).into_owned()).unwrap();
            if self.fail { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_stops_nobody_and_what_is_lost_is_counted() {
        #[derive(Default)]
        struct Counter(AtomicU64);
        impl Observer for Counter {
            fn ended(&self, _: &Ended<'_>) {}
            fn refused_connection(&self) {}
            fn dropped_line(&self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (told, hears) = channel();
        let counter = Arc::new(Counter::default());
        let observer: Arc<dyn Observer> = counter.clone();
        let (log, writer) = Log::start(Box::new(Sink { told, wait: None, fail: true }), Some(observer)).unwrap();
        log.line("one".into());
        assert_eq!(hears.recv().unwrap(), "one\n");
        log.line("two".into());
        drop(log);
        writer.join().unwrap();
        assert_eq!(hears.recv().unwrap(), "\ntwo\n{\"service\":\"host\",\"log_lines_dropped\":1}\n");
        assert_eq!(counter.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_stuck_reader_costs_lines_and_no_time() {
        let (told, hears) = channel();
        let (go, wait) = channel();
        let (log, writer) = Log::start(Box::new(Sink { told, wait: Some(wait), fail: false }), None).unwrap();
        let started = Instant::now();
        for _ in 0..WAITING_LINES * 3 {
            log.line("line".into());
        }
        assert!(started.elapsed() < Duration::from_secs(1));
        go.send(()).unwrap();
        drop(log);
        writer.join().unwrap();
        let all: String = hears.iter().collect();
        // The lines that waited may come after the one that tells of the others.
        let told =
            all.lines().filter_map(|line| line.split_once("dropped\":")?.1.strip_suffix('}')?.parse::<usize>().ok());
        let lost: usize = told.sum();
        assert_eq!(all.lines().filter(|line| *line == "line").count() + lost, WAITING_LINES * 3);
        assert!(lost > 0);
    }
}
