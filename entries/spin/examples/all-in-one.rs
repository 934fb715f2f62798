//! Both services in one program on Spin.

use all_in_one::{AllInOne, Config};

platform_spin::serve!(AllInOne, |lookup| Config::load(lookup).map(AllInOne::new));
