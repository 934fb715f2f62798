//! The conformance cases on Spin by WASI 0.2.

use conformance::Probe;

platform_spin02::serve!(Probe, Probe::load);
