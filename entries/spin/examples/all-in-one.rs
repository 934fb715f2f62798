//! Both services in one program on Spin.

use all_in_one::{AllInOne, Config, Maker};

platform_spin::serve!(AllInOne, |lookup| {
    Config::load(lookup).map(|config| AllInOne::new(config).with_maker(Maker::new(picture::make)))
});
