//! The latest time that a data folder has seen.
//!
//! Sessions, tokens and signed URLs end by the clock. A clock that went back while the program was down would bring
//! back to life what had expired.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{HostError, whole};

const FILE: &str = "clock";
/// How far the clock may be behind. Time servers set it back by seconds.
const TOLERANCE: Duration = Duration::from_mins(10);
/// How often the time is written. Each time costs a wait for the disk.
pub(crate) const EVERY: Duration = Duration::from_mins(5);

/// The file in the data folder. It holds seconds since 1970 as decimal digits.
#[derive(Clone)]
pub(crate) struct Clock(PathBuf);

impl Clock {
    /// An error if the clock is behind what the folder has seen.
    pub fn open(data_dir: &Path) -> Result<Self, HostError> {
        let clock = Self(data_dir.join(FILE));
        let behind = clock.seen().saturating_sub(now());
        if behind <= TOLERANCE {
            return Ok(clock);
        }
        let (minutes, file) = (behind.as_secs() / 60, clock.0.display());
        let what =
            format!("the system clock is {minutes} minutes behind the latest time that this data folder has seen");
        Err(HostError::new(what, format!("set the clock right, or delete {file} if it is right now")))
    }

    /// Writes the time. What cannot be written is tried again, and is no reason to stop.
    pub fn note(&self) {
        let latest = self.seen().max(now()).as_secs();
        let _ = whole::write(&self.0, format!("{latest}\n").as_bytes());
    }

    /// What the file says. A file that is missing, or says nothing that can be read, has seen nothing.
    fn seen(&self) -> Duration {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        Duration::from_secs(text.trim().parse().unwrap_or_default())
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(folder: &Path) -> u64 {
        fs::read_to_string(folder.join(FILE)).unwrap().trim().parse().unwrap()
    }

    #[test]
    fn a_clock_that_went_back_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let open = |text: String| {
            fs::write(folder.path().join(FILE), text).unwrap();
            Clock::open(folder.path())
        };
        let now = now().as_secs();
        for fine in [String::new(), "nonsense".into(), format!("{}\n", now - 9000), format!("{}\n", now + 500)] {
            assert!(open(fine.clone()).is_ok(), "{fine}");
        }
        let error = open(format!("{}\n", now + 7300)).err().unwrap().to_string();
        assert!(error.contains("121 minutes") && error.contains("set the clock right"), "{error}");
        assert!(error.contains(folder.path().join(FILE).to_str().unwrap()) && error.lines().count() == 1, "{error}");
        fs::remove_file(folder.path().join(FILE)).unwrap();
        assert!(Clock::open(folder.path()).is_ok());
    }

    #[test]
    fn the_latest_time_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, started) = (Clock::open(folder.path()).unwrap(), now().as_secs());
        clock.note();
        assert!(seen(folder.path()) >= started);
        fs::write(folder.path().join(FILE), format!("{}", started + 300)).unwrap();
        clock.note();
        assert_eq!(seen(folder.path()), started + 300);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
