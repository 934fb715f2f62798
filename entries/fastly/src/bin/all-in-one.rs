//! Both services on Fastly Compute, in one.

use all_in_one::{AllInOne, Config};

fn main() {
    platform_fastly::serve(|lookup| Config::load(lookup).map(AllInOne::new));
}
