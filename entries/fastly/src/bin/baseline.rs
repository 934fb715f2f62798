//! Answers every request with five bytes. Like the services, it reuses its sandbox.

use fastly::{Response, http::serve::Serve};

fn main() {
    let _ = Serve::new().run(|_| Response::from_body("hello"));
}
