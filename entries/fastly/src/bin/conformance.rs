//! The conformance cases on Fastly Compute.

fn main() {
    platform_fastly::serve(conformance::Probe::load);
}
