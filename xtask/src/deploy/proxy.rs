//! Caddy with the Caddyfile: that bodies pass through as they come, and what the gallery is told of a client.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use servers::Process;

use super::{Bench, free_port, said};
use crate::{
    Failure,
    tools::{self, Tool},
};

const CADDY: Tool = Tool { names: &["caddy"], debian: "caddy", otherwise: "install Caddy" };
/// What a pipe, a socket and Caddy's own buffers may hold back of the first half.
const HALF: usize = 8 << 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// Caddy at `https://localhost:PORT`, in front of a server. It has a certificate of its own authority, which nobody is
/// made to trust.
pub struct Caddy {
    _process: Process,
    pub url: String,
}

impl Caddy {
    pub fn start(bench: &Bench, upstream: SocketAddr) -> Result<Self, Failure> {
        let program = CADDY.need()?;
        let (folder, port) = (bench.folder(&format!("caddy-{}", upstream.port()))?, free_port()?);
        let caddy = |verb: &str| {
            let mut command = Command::new(&program);
            command.arg(verb).env("DOMAIN", format!("localhost:{port}")).env("UPSTREAM", upstream.to_string());
            command.env("XDG_DATA_HOME", &folder).env("XDG_CONFIG_HOME", &folder).env("HOME", &folder);
            command
        };
        let file = bench.deploy.join("Caddyfile");
        let with = |verb| -> Command {
            let mut command = caddy(verb);
            command.args(["--adapter", "caddyfile", "--config"]).arg(&file);
            command
        };
        said(&mut with("validate"), "caddy validate")?;
        let formatted = said(caddy("fmt").arg(&file), "caddy fmt")?;
        if formatted != fs::read_to_string(&file)?.trim() {
            return Err("caddy fmt would write the Caddyfile otherwise".into());
        }
        let mut config: Value = serde_json::from_str(&said(&mut with("adapt"), "caddy adapt")?)?;
        // What a test may not do: change the machine's trust, and use ports of everybody.
        config["admin"] = json!({ "disabled": true });
        config["apps"]["pki"] = json!({ "certificate_authorities": { "local": { "install_trust": false } } });
        let server = config["apps"]["http"]["servers"].as_object_mut().and_then(|all| all.values_mut().next());
        server.ok_or("the Caddyfile has no site")?["automatic_https"] = json!({ "disable_redirects": true });
        let file = folder.join("config.json");
        fs::write(&file, config.to_string())?;
        let log = folder.join("log");
        let mut run = caddy("run");
        run.arg("--config").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let process = Process::listening(&mut run, "caddy", ([127, 0, 0, 1], port).into(), &log, || false)?;
        Ok(Self { _process: process, url: format!("https://localhost:{port}") })
    }
}

/// A body of which the second half is only sent once the client has most of the first.
pub fn check(bench: &Bench) -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let (go_on, told) = mpsc::channel::<()>();
    let (tell, heads) = mpsc::channel();
    thread::spawn(move || serve(&listener, &told, &tell));
    let caddy = Caddy::start(bench, address)?;

    let mut curl = Command::new(tools::CURL.need()?);
    // A client that does not ask for compression, and claims to be another over another scheme.
    curl.args(["--silent", "--insecure", "--include", "--http1.1", "--max-time", "60"]);
    curl.args(["--header", "X-Forwarded-For: 192.0.2.7", "--header", "X-Forwarded-Proto: http"]);
    let mut client = curl.arg(format!("{}/film", caddy.url)).stdout(Stdio::piped()).spawn()?;
    let mut body = BufReader::new(client.stdout.take().ok_or("curl has no output")?);
    let mut head = String::new();
    while body.read_line(&mut head)? > 2 {}
    if !head.to_lowercase().contains(&format!("content-length: {}", 2 * HALF)) {
        return Err(format!("the length of a body is lost: {head}").into());
    }
    // Else the client would wait for ever, and curl gives up.
    let mut first = vec![0; HALF - (HALF >> 3)];
    body.read_exact(&mut first).map_err(|_| "Caddy holds a body back until it is complete")?;
    go_on.send(())?;
    let rest = body.read_to_end(&mut Vec::new())?;
    if first.len() + rest != 2 * HALF || !client.wait()?.success() {
        return Err("a body arrived cut".into());
    }
    let head = heads.recv_timeout(PATIENCE)?.to_lowercase();
    for line in ["x-forwarded-for: 127.0.0.1", "x-forwarded-proto: https", "host: localhost:"] {
        if !head.contains(line) || head.contains("192.0.2.7") {
            return Err(format!("the gallery is not told `{line}`: {head}").into());
        }
    }
    if head.contains("accept-encoding") {
        return Err("Caddy asks for compression where the client did not".into());
    }
    Ok("they pass through as they come; a client cannot claim another address or scheme".to_owned())
}

/// Answers requests: half of a body, and the other half when told.
fn serve(listener: &TcpListener, told: &mpsc::Receiver<()>, tell: &mpsc::Sender<String>) -> Option<()> {
    for stream in listener.incoming() {
        let mut stream = stream.ok()?;
        let mut request = BufReader::new(stream.try_clone().ok()?);
        let mut head = String::new();
        while request.read_line(&mut head).ok()? > 2 {}
        // Whoever only looks whether somebody listens sends nothing.
        if head.is_empty() {
            continue;
        }
        tell.send(head).ok()?;
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: {}\r\n\r\n", 2 * HALF).ok()?;
        stream.write_all(&vec![1; HALF]).ok()?;
        told.recv_timeout(PATIENCE).ok()?;
        stream.write_all(&vec![2; HALF]).ok()?;
    }
    Some(())
}
