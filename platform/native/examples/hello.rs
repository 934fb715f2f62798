//! The smallest host: one service with one answer. The host's own cost is measured with it.
//!
//! `cargo run --release -p platform-native --example hello -- 8080 > /dev/null`

use edge::respond;
use http::{Request, Response, StatusCode};
use platform::{Cx, Platform, Service};
use platform_native::{Host, Options};

struct Hello;

impl Service for Hello {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, _: Request<P::Body>) -> Response<P::Body> {
        cx.record.service.set("hello");
        respond::bytes(StatusCode::OK, "text/plain", "hello")
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(8080), |port| port.parse())?;
    let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
    let mut host = Host::new(Options::new(std::env::temp_dir().join("platform-native-hello")));
    host.mount(listener, || Hello);
    host.run(std::future::pending())?;
    Ok(())
}
