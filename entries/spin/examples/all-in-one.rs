//! Both services on Spin, in one.

use all_in_one::{AllInOne, Config};

platform_spin::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
