//! Both services in one program on Spin by WASI 0.2.

use all_in_one::{AllInOne, Config, Maker};

platform_spin02::serve!(AllInOne, |lookup| {
    Config::load(lookup).map(|config| AllInOne::new(config).with_maker(Maker::new(picture::make)))
});
