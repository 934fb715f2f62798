//! The conformance cases on WASI 0.2, with stores of the host's.

use conformance::Probe;

platform_wasi02::serve!(Probe, Probe::load, platform_wasi02::Keyvalue);
