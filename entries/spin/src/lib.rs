//! The programs for Spin 4.1 and newer. They are in `examples/`, and link for wasm32-wasip2 only.
