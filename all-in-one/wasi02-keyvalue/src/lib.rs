//! Both services on WASI 0.2, in one, with stores of the host's.

use all_in_one::{AllInOne, Config};

platform_wasi02::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new), platform_wasi02::Keyvalue);
