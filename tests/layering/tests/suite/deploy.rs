//! The files of `deploy/` agree with the program, with the table of configuration, and with each other. What other
//! programs say about them is asked by `cargo xtask deploy`.

mod ci;
mod files;
mod unit;
