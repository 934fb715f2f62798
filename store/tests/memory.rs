//! How much memory a large object takes. The test is alone in its process, so the growth is that of the store.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use std::{
    fs,
    io::{BufReader, Read},
    net::TcpStream,
    time::{Duration, Instant},
};

use common::{BUCKET, client::read_head, request, start, start_in};

const GIB: u64 = 1 << 30;

/// The most bytes that this process ever had resident. The store runs in this process.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// The status and the length of a response's body, read in pieces.
fn drain(stream: TcpStream) -> (u16, u64) {
    let mut reader = BufReader::new(stream);
    let (status, _) = read_head(&mut reader);
    let (mut piece, mut total) = (vec![0; 64 * 1024], 0);
    loop {
        match reader.read(&mut piece).unwrap() {
            0 => return (status, total),
            n => total += n as u64,
        }
    }
}

#[test]
fn a_gibibyte_is_streamed_in_little_memory() {
    let store = start();
    store.put("big", "x").ok(200);
    // The object is only a length of empty bytes. A PUT of them would only make the test slower.
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    let blob = fs::read_dir(root.join("objects")).unwrap().next().unwrap().unwrap().path();
    fs::OpenOptions::new().write(true).open(blob).unwrap().set_len(GIB).unwrap();
    let index = rusqlite::Connection::open(root.join("index.sqlite")).unwrap();
    index.execute("UPDATE object SET size = ?1", [i64::try_from(GIB).unwrap()]).unwrap();
    drop(index);
    let store = start_in(folder);

    assert_eq!(store.head("big").ok(200).header("content-length"), Some("1073741824"));
    let before = peak();
    let url = store.get_url("big");
    let since = Instant::now();
    let middle = request("GET", &url).headers(&[("range", "bytes=1000000000-1000000009")]).send().ok(206);
    assert_eq!(middle.body, [0; 10]);
    assert!(since.elapsed() < Duration::from_secs(1), "a range reads only its bytes: {:?}", since.elapsed());
    let open = request("GET", &url).headers(&[("range", "bytes=1-")]).open();
    assert_eq!(drain(open), (206, GIB - 1));
    let grown = peak() - before;
    assert!(grown < 16 << 20, "grew by {grown} bytes");
}
