//! The conformance cases on WASI 0.3.

use conformance::Probe;

platform_wasi::serve!(Probe, Probe::load);
