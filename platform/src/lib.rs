//! The four things that cannot be functions (fetch, KV, SQL, the facts of a request), and what is written once over them.
