//! The CPU time that servers take.

use std::{fs, time::Duration};

/// The CPU time of a process and its children so far, from Linux's `/proc`. `None` on other systems.
pub fn cpu(process: u32) -> Option<Duration> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    children.chain([process]).map(own_cpu).sum()
}

fn own_cpu(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The program's name is in parentheses and may hold anything. After the name, `utime` is the 12th field, and
    // `stime` is the next.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}
