//! The conformance cases on WASI 0.2.

use conformance::Probe;

platform_wasi02::serve!(Probe, Probe::load);
