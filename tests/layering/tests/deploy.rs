//! The files of `deploy/` agree with the program, with the table of configuration, and with each other. What other
//! programs say about them is asked by `cargo xtask deploy`.

#![allow(clippy::unwrap_used)]

mod deploy {
    pub mod ci;
    pub mod files;
    pub mod unit;
}
