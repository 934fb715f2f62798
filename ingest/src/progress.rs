//! Progress on stderr: a bar on a terminal, a line now and then without one.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::printable;

/// Where progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// A bar if stderr is a terminal, otherwise lines.
    #[default]
    Auto,
    Nothing,
}

/// One stretch of work, e.g. all photos.
pub struct Progress {
    how: How,
    noun: &'static str,
    total: u64,
    /// The work that is done, in the unit of `total`.
    done: AtomicU64,
    tenths: AtomicU64,
    /// When the last line was written, in seconds from the start.
    spoke: AtomicU64,
    started: Instant,
}

enum How {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

impl Progress {
    /// `total` files.
    pub fn files(show: Show, noun: &'static str, total: u64) -> Self {
        Self::new(show, noun, total, "{prefix} [{bar:30}] {pos}/{len}  {per_sec}  {eta} left  {wide_msg}")
    }

    /// `total` mebibytes of files.
    pub fn mebibytes(show: Show, noun: &'static str, total: u64) -> Self {
        Self::new(show, noun, total, "{prefix} [{bar:30}] {percent:>3} %  {eta} left  {wide_msg}")
    }

    fn new(show: Show, noun: &'static str, total: u64, template: &str) -> Self {
        let how = if show == Show::Nothing || total == 0 {
            How::Nothing
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5));
            bar.set_style(
                ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> "),
            );
            bar.set_prefix(noun);
            How::Bar(bar)
        } else {
            How::Lines
        };
        Self {
            how,
            noun,
            total,
            done: AtomicU64::new(0),
            tenths: AtomicU64::new(0),
            spoke: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// More work is done.
    pub fn advance(&self, by: u64) {
        let done = self.done.fetch_add(by, Ordering::Relaxed) + by;
        match &self.how {
            How::Bar(bar) => bar.set_position(done),
            How::Lines => {
                let tenth = done * 10 / self.total;
                // At most one line per second, however fast the work is. The last line is always written.
                let second = self.started.elapsed().as_secs();
                let is_due = done >= self.total || self.spoke.load(Ordering::Relaxed) < second;
                if is_due && self.tenths.fetch_max(tenth, Ordering::Relaxed) < tenth {
                    self.spoke.store(second, Ordering::Relaxed);
                    self.line(&format!("{}: {done}/{}{}", self.noun, self.total, self.left(done)));
                }
            }
            How::Nothing => {}
        }
    }

    /// What is being worked on.
    pub fn now(&self, what: &str) {
        if let How::Bar(bar) = &self.how {
            bar.set_message(printable(what));
        }
    }

    /// Prints an event on a line of its own, if there is no bar.
    pub fn milestone(&self, what: &str) {
        if let How::Lines = self.how {
            self.line(&printable(what));
        }
    }

    fn left(&self, done: u64) -> String {
        if done == 0 || done >= self.total {
            return String::new();
        }
        let elapsed = self.started.elapsed();
        #[allow(clippy::cast_precision_loss)] // counts of files and seconds
        let left = elapsed.mul_f64((self.total - done) as f64 / done as f64);
        format!(", {} left", HumanDuration(left))
    }

    // A closed stderr must not stop the work.
    #[allow(clippy::unused_self)]
    fn line(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let How::Bar(bar) = &self.how {
            bar.finish_and_clear();
        }
    }
}
