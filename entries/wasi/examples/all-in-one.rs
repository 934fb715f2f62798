//! Both services in one program on WASI 0.3.

use all_in_one::{AllInOne, Config, Maker};

platform_wasi::serve!(AllInOne, |lookup| {
    Config::load(lookup).map(|config| AllInOne::new(config).with_maker(Maker::new(picture::make)))
});
