//! Both services on WASI 0.2, in one.

use all_in_one::{AllInOne, Config};

platform_wasi02::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
