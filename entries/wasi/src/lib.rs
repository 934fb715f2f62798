//! The programs for hosts of WASI 0.3. They are in `examples/`, and link for wasm32-wasip2 only.
