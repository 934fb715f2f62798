//! A password's hash that needs more memory than the guest may have.

use contract::{Outcome, ensure_eq};
use harness::Wasi;

use crate::fixture::Library;

/// The hash of `tulips`, made by argon2-cffi with 64 MiB and one pass.
const HASH: &str = "$argon2id$v=19$m=65536,t=1,p=1$jpCIi/hf2WFvlzS+5K/DEg$cZnHm7Ir87y9rPmCt3AHxPDWZg5CgggaeMgVkwQ1Cg8";
/// The memory that a guest may have, in bytes.
const MEMORY: &str = "16777216";

/// The right password is not reported as a wrong one. With enough memory, it opens the gallery.
pub fn wants_more_memory(wasi: Wasi, library: &Library) -> Outcome {
    let store = &library.gallery()?.store_url;
    for (arguments, tulips, others) in [(&["--memory-limit", MEMORY][..], 503, 503), (&[], 200, 401)] {
        let host = library.host_with(wasi, store, arguments, &[("GALLERY_PASSWORD", HASH)])?;
        for (password, wanted) in [("tulips", tulips), ("roses", others)] {
            let body = format!(r#"{{"password":"{password}"}}"#);
            let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
            let login = agent.post(format!("{}/login", host.url)).header("content-type", "application/json");
            let answer = login.send(&body).map_err(|error| error.to_string())?;
            ensure_eq!(answer.status().as_u16(), wanted, "{password}, {arguments:?}");
        }
    }
    Ok(())
}
