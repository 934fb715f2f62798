//! Both services in one program on WASI 0.3.

use all_in_one::{AllInOne, Config};

platform_wasi::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
