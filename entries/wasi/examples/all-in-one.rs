//! Both services on WASI 0.3, in one.

use all_in_one::{AllInOne, Config};

platform_wasi::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
