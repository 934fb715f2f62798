//! Answers every request with five bytes, in a reused sandbox as the services do.

use fastly::{Response, http::serve::Serve};

fn main() {
    let _ = Serve::new().run(|_| Response::from_body("hello"));
}
