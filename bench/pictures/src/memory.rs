//! The most memory that a process takes.

use std::{fs, process::Child, thread, time::Duration};

use harness::Failure;

/// Watches a process until it ends, and returns the most memory that was resident, in bytes. Linux keeps the maximum.
pub fn peak(child: &mut Child) -> Result<u64, Failure> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or_default() << 10);
        thread::sleep(Duration::from_millis(10));
    }
    Ok(peak)
}
