//! Both services in one program on Fastly Compute.

use all_in_one::{AllInOne, Config};

fn main() {
    platform_fastly::serve(|lookup| Config::load(lookup).map(AllInOne::new));
}
