//! The programs for Spin 3.1 and newer, by WASI 0.2. They are in `examples/`, and link for wasm32-wasip2 only.
