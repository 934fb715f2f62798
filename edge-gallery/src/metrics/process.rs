//! What Prometheus' clients say of every process, by the names that they have agreed on
//! (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).

use std::{
    fmt,
    fs::{read_dir, read_to_string},
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::{Registry, Unit},
};

#[derive(Debug)]
struct Process {
    /// Seconds since 1970.
    started: f64,
}

pub fn register(registry: &mut Registry) {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    registry.register_collector(Box::new(Process { started }));
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut tell =
            |name, help, unit: Option<Unit>, metric: &dyn Encode| metric.encode_as(&mut encoder, name, help, unit);
        let started = ConstGauge::new(self.started);
        tell("process_start_time", "When the program started, since 1970", Some(Unit::Seconds), &started)?;
        if let Some(seconds) = processor_seconds() {
            let help = "The processor's time of the whole program";
            tell("process_cpu", help, Some(Unit::Seconds), &ConstCounter::new(seconds))?;
        }
        if let Some(bytes) = resident_bytes() {
            tell("process_resident_memory", "Memory in use", Some(Unit::Bytes), &ConstGauge::new(bytes))?;
        }
        if let Some(count) = open_descriptors() {
            tell("process_open_fds", "Open descriptors", None, &ConstGauge::new(count))?;
        }
        Ok(())
    }
}

/// A metric with a name.
trait Encode {
    fn encode_as(&self, encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, unit: Option<Unit>)
    -> fmt::Result;
}

impl<M: EncodeMetric> Encode for M {
    fn encode_as(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        name: &str,
        help: &str,
        unit: Option<Unit>,
    ) -> fmt::Result {
        self.encode(encoder.encode_descriptor(name, help, unit.as_ref(), self.metric_type())?)
    }
}

#[cfg(unix)]
fn processor_seconds() -> Option<f64> {
    use rustix::time::{ClockId, clock_gettime};
    let time: std::time::Duration = clock_gettime(ClockId::ProcessCPUTime).try_into().ok()?;
    Some(time.as_secs_f64())
}

#[cfg(not(unix))]
fn processor_seconds() -> Option<f64> {
    None
}

/// Linux only, as the next.
fn resident_bytes() -> Option<i64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?;
    kibibytes.parse::<i64>().ok()?.checked_mul(1024)
}

fn open_descriptors() -> Option<i64> {
    // The folder itself is open while it is read.
    i64::try_from(read_dir("/proc/self/fd").ok()?.count()).ok().map(|count| count - 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_process_has_memory_descriptors_and_used_its_processor() {
        assert!(resident_bytes().unwrap() > 1 << 20);
        let before = open_descriptors().unwrap();
        let _held = std::fs::File::open("/proc/self/status").unwrap();
        assert!(before > 0 && open_descriptors().unwrap() > 0);
        assert!(processor_seconds().unwrap() > 0.0);
    }
}
