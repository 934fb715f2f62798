//! `edge-gallery download` asks again when a pack that the gallery has named is gone.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

/// The first line of a request, whose body is read too.
fn asked(connection: &TcpStream) -> String {
    let mut reader = BufReader::new(connection);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", number)) => length = number.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    reader.read_exact(&mut vec![0_u8; length]).unwrap();
    first
}

/// A gallery whose packs are made anew between its answer and the next request, once. The new one is not given either,
/// in other words.
fn answer(mut connection: &TcpStream, first: &str, prepared: &mut u32) {
    let (status, body) = match first.split(' ').nth(1).unwrap_or_default() {
        "/l/x" => ("200 OK", String::new()),
        "/api/download" => {
            *prepared += 1;
            let part = format!(r#"{{"url":"/api/download/~{prepared}/Photos.zip","name":"Photos.zip"}}"#);
            ("200 OK", format!(r#"{{"parts":[{part}],"leftOut":0}}"#))
        }
        "/api/download/~1/Photos.zip" => ("404 Not Found", r#"{"detail":"no longer kept"}"#.to_owned()),
        _ => ("403 Forbidden", r#"{"detail":"for looking only"}"#.to_owned()),
    };
    let length = body.len();
    let head = format!("content-type: application/json\r\ncontent-length: {length}\r\nset-cookie: s=t\r\n");
    connection.write_all(format!("HTTP/1.1 {status}\r\n{head}connection: close\r\n\r\n{body}").as_bytes()).unwrap();
}

#[test]
fn a_pack_that_is_gone_is_asked_for_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut prepared = 0;
        for connection in listener.incoming().map(Result::unwrap) {
            let first = asked(&connection);
            answer(&connection, &first, &mut prepared);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let said = |url: String| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
        let command = command.env_clear().stdin(Stdio::null()).args(["download", "--quiet", "--view", "photos", &url]);
        let output = command.arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let words = said(format!("{origin}/l/x"));
    assert!(words.contains("for looking only"), "{words}");
    // Whoever names the ZIP by its URL has nothing to ask for again.
    let words = said(format!("{origin}/api/download/~1/Photos.zip"));
    assert!(words.contains("no longer kept"), "{words}");
}
