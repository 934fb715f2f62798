//! The conformance cases on Spin.

use conformance::Probe;

platform_spin::serve!(Probe, Probe::load);
