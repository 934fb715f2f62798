//! An original far larger than the memory of a guest passes through it as a stream, byte for byte.

use std::io::Read as _;

use contract::{Outcome, Target, ensure, ensure_eq};
use harness::{LargeObject, Wasi};

use crate::fixture::{Library, ended, is_at};

/// The memory that a guest may have, in bytes.
const MEMORY: u64 = 16 * 1024 * 1024;
/// The length of the original, unless `LARGE_BYTES` gives another.
const LENGTH: u64 = 1 << 30;
const KEY: &str = "big.png";
const PIECE: usize = 256 * 1024;

pub fn streams(wasi: Wasi, library: &Library) -> Outcome {
    let length = std::env::var("LARGE_BYTES").ok().and_then(|text| text.parse().ok()).unwrap_or(LENGTH);
    let object = LargeObject::start(library.store()?, &format!("/gallery/{KEY}"), length);
    let object = object.map_err(|error| format!("the large object: {error}"))?;
    let host = library.host(wasi, &object.url(), &["--memory-limit", &MEMORY.to_string()])?;
    let target = Target::new(&host.url, &host.url, object.url(), &library.gallery()?.password);

    object.hold();
    let answer = ureq::get(format!("{}/api/file/{KEY}", target.base)).header("cookie", target.cookie()?).call();
    let mut answer = answer.map_err(|error| error.to_string())?;
    let mut body = answer.body_mut().as_reader();
    let mut buffer = vec![0; PIECE];
    // The store has sent no more than the first few thousand bytes, and waits.
    body.read_exact(&mut buffer[..1]).map_err(|error| format!("the first byte: {error}"))?;
    is_at(0, &buffer[..1])?;
    object.release();
    let mut position = 1;
    loop {
        let read = body.read(&mut buffer).map_err(|error| format!("after {position} bytes: {error}"))?;
        if read == 0 {
            break;
        }
        is_at(position, &buffer[..read])?;
        position += read as u64;
    }
    ensure_eq!(position, length, "bytes in all");
    // The two requests are the login and the file.
    let memory = ended(&host, 2)?.iter().map(|instance| instance.memory).max().unwrap_or_default();
    ensure!((1..=MEMORY).contains(&memory), "the guest had {memory} bytes of memory");
    eprintln!("{length} bytes, most guest memory {memory}");
    Ok(())
}
