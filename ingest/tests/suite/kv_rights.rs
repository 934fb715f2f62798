//! The rights that KV stores in the bucket need, each of them refused in turn.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
};

use ingest::{Location, probe_kv};

/// A store that refuses one method, and takes the others. Lists are empty.
fn store(refused: &'static str) -> Location {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
            let is_list = head.contains("list-type=2");
            let method = if is_list { "LIST" } else { head.split(' ').next().unwrap() };
            let (status, body) = match method {
                _ if method == refused => ("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
                "LIST" => ("200 OK", "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
                "DELETE" => ("204 No Content", ""),
                _ => ("200 OK", ""),
            };
            let length = body.len();
            write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = reader.read_to_end(&mut Vec::new());
        }
    });
    Location {
        name: "media".into(),
        bucket: sigv4::Bucket::new(&endpoint, sigv4::UrlStyle::Path, "media", "auto").unwrap(),
        public: None,
        credentials: sigv4::Credentials::new("key", "secret"),
    }
}

#[test]
fn what_a_key_may_not_do_is_named() {
    assert_eq!(probe_kv(&store("nothing"), &[]), Ok(()));
    for (refused, named) in [("LIST", "list"), ("PUT", "write"), ("GET", "read"), ("DELETE", "delete")] {
        let words = probe_kv(&store(refused), &[]).unwrap_err();
        assert!(words.starts_with(&format!("the key may not {named} below kv/")), "{refused}: {words}");
    }
}
