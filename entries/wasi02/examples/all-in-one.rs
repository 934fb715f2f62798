//! Both services in one program on WASI 0.2.

use all_in_one::{AllInOne, Config};

platform_wasi02::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
