//! The demo library: pictures and films drawn by this code, the same on every machine.
