//! The native host: hyper, SQLite, KV on disk.
